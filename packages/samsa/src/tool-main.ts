import { holdOptimiser } from './start/optimiser.ts'

/** What each executable of Kafka's tools calls, with its own name. */
export async function toolMain(name: string): Promise<void> {
  // Before anything else is loaded; the start itself releases it.
  if (name === 'kafka-server-start') holdOptimiser()
  const { runTool } = await import('./run-tool.ts')
  await runTool(name)
}
