import { endOnUncaughtErrors, kafkaTools, processIo, runKafkaTool } from '@samsa/cli'
import { endProcess } from './end-process.ts'
import { version } from './version.ts'

/** Runs one of Kafka's tools as this process: each executable of the package calls this with its own name. */
export async function toolMain(name: string): Promise<void> {
  const io = processIo(version)
  endOnUncaughtErrors(io)
  const tool = await kafkaTools[name]!()
  endProcess(await runKafkaTool(tool, process.argv.slice(2), io))
}
