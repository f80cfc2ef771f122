import { cpuUsage } from 'node:process'
import type { Library } from './library.ts'

// From the import of the library to the first record read back. Prints one line of JSON.

const before = cpuUsage()
const startedAt = performance.now()
const { startSamsa } = (await import(process.argv[2]!)) as Library
const importedAt = performance.now()
const samsa = await startSamsa({ topics: ['orders'] })
const readyAt = performance.now()
await samsa.producer().send({ topic: 'orders', value: 'coffee' })
await samsa.records('orders', 1)
const readAt = performance.now()
const { user, system } = cpuUsage(before)
await samsa.close()
console.log(
  JSON.stringify({
    importMs: importedAt - startedAt,
    startMs: readyAt - importedAt,
    allMs: readAt - startedAt,
    cpuMs: (user + system) / 1000,
  }),
)
