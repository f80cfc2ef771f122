import { type KafkaTool, endOnUncaughtErrors, kafkaTools, processIo, runKafkaTool } from '@samsa/cli'
import { endProcess } from './end-process.ts'
import { serverTools } from './server-tools/index.ts'
import { version } from './version.ts'

/** Runs one of Kafka's tools as this process. */
export async function runTool(name: string): Promise<void> {
  const io = processIo(version)
  endOnUncaughtErrors(io)
  endProcess(await runKafkaTool(await toolOf(name), process.argv.slice(2), io))
}

async function toolOf(name: string): Promise<KafkaTool> {
  const serverTool = serverTools[name]
  if (serverTool === undefined) return kafkaTools[name]!()
  const { realParts } = await import('./start/real-parts.ts')
  const { realProcesses } = await import('./server-tools/real-processes.ts')
  return serverTool({ ...realParts(version), processes: realProcesses })
}
