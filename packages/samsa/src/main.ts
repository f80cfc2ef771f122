import { readFileSync } from 'node:fs'
import { realWorld } from '@samsa/base'
import { startBroker } from '@samsa/broker'
import { endOnUncaughtErrors, processIo } from './process-io.ts'
import { runSamsa } from './program.ts'
import { createTopics } from './start/create-topics.ts'

const manifest = new URL('../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

endOnUncaughtErrors(processIo)
const code = await runSamsa(
  { version, world: realWorld(), startBroker, createTopics },
  process.argv.slice(2),
  processIo,
)
process.exitCode = code
// What is written goes out first; something left open by a failure does not keep the process.
setTimeout(() => process.exit(code), 1000).unref()
