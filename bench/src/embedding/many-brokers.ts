import type { Library } from './library.ts'

// Starts and stops many brokers, each with a record sent and read; needs --expose-gc. Prints one line of JSON.

/** So many until what is made once is made: compiled codecs, caches, warm code. */
const WARM_UP = 50

const count = Number(process.argv[3])
const { startSamsa } = (await import(process.argv[2]!)) as Library

async function run(brokers: number): Promise<void> {
  for (let n = 0; n < brokers; n++) {
    const samsa = await startSamsa({ topics: ['orders'] })
    await samsa.producer().send({ topic: 'orders', value: 'coffee' })
    await samsa.records('orders', 1)
    await samsa.close()
  }
}

async function usedBytes(): Promise<number> {
  for (let pass = 0; pass < 3; pass++) {
    globalThis.gc!()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

await run(WARM_UP)
const handlesBefore = process.getActiveResourcesInfo().length
const bytesBefore = await usedBytes()
const startedAt = performance.now()
await run(count)
const eachMs = (performance.now() - startedAt) / count
const bytesAfter = await usedBytes()
console.log(
  JSON.stringify({
    eachMs,
    leftBytes: Math.max(0, Math.round((bytesAfter - bytesBefore) / count)),
    leftHandles: process.getActiveResourcesInfo().length - handlesBefore,
  }),
)
