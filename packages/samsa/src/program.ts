import {
  type Command,
  type Io,
  type KafkaTool,
  type Program,
  bugReport,
  completionCommand,
  exitCodes,
  kafkaTools,
  runCommandLine,
  samsaCommands,
  samsaNouns,
} from '@samsa/cli'
import { serverTools } from './server-tools/index.ts'
import type { StartParts } from './start/run-start.ts'
import { startCommand } from './start/start-command.ts'

/** The program `samsa` as a value. */
export function samsaProgram(parts: StartParts): Program {
  const commands: Command[] = [startCommand(parts), ...samsaCommands]
  commands.push(completionCommand(() => ({ commands, nouns: samsaNouns, tools: () => allTools(parts) })))
  return {
    name: 'samsa',
    about: "An event-streaming platform that speaks Apache Kafka's wire protocol.",
    version: parts.version,
    commands,
    nouns: samsaNouns,
    help: '\nFirst steps:\n  samsa start         A node on 127.0.0.1:9092; it says how to try it.\n  samsa start --help  All options, with examples.\n',
  }
}

/** Runs a command line; every failure ends in a message and an exit code. */
export async function runSamsa(parts: StartParts, line: readonly string[], io: Io): Promise<number> {
  try {
    return await runCommandLine(samsaProgram(parts), line, io)
  } catch (error) {
    io.printError(bugReport(error))
    return exitCodes.bug
  }
}

/** All of Kafka's tools, loaded. */
async function allTools(parts: StartParts): Promise<KafkaTool[]> {
  const { realProcesses } = await import('./server-tools/real-processes.ts')
  const serverParts = { ...parts, processes: realProcesses }
  const loading = [
    ...Object.values(kafkaTools).map(load => load()),
    ...Object.values(serverTools).map(load => load(serverParts)),
  ]
  return (await Promise.all(loading)).sort((a, b) => (a.name < b.name ? -1 : 1))
}
