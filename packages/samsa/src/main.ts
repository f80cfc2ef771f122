import { endOnUncaughtErrors, processIo } from '@samsa/cli'
import { endProcess } from './end-process.ts'
import { runSamsa } from './program.ts'
import { realParts } from './start/real-parts.ts'
import { version } from './version.ts'

const io = processIo(version)
endOnUncaughtErrors(io)
endProcess(await runSamsa(realParts(version), process.argv.slice(2), io))
