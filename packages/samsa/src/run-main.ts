import { endOnUncaughtErrors, processIo } from '@samsa/cli'
import { endProcess } from './end-process.ts'
import { runSamsa } from './program.ts'
import { realParts } from './start/real-parts.ts'
import { version } from './version.ts'

/** Runs `samsa` as this process. */
export async function runMain(): Promise<void> {
  const io = processIo(version)
  endOnUncaughtErrors(io)
  endProcess(await runSamsa(realParts(version), process.argv.slice(2), io))
}
