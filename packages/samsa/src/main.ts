import { realWorld } from '@samsa/base'
import { endOnUncaughtErrors, processIo } from '@samsa/cli'
import { endProcess } from './end-process.ts'
import { runSamsa } from './program.ts'
import { version } from './version.ts'

const io = processIo(version)
endOnUncaughtErrors(io)
const code = await runSamsa(
  {
    version,
    world: realWorld(),
    startBroker: async options => (await import('@samsa/broker')).startBroker(options),
    createTopics: async (...given) => (await import('./start/create-topics.ts')).createTopics(...given),
  },
  process.argv.slice(2),
  io,
)
endProcess(code)
