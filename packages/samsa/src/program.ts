import type { Command, Io } from './command/command.ts'
import { exitCodes } from './command/command.ts'
import { type Program, runCommandLine } from './command/run-command-line.ts'
import { bugReport } from './process-io.ts'
import { type StartParts, startCommand } from './start/start-command.ts'

/** The program `samsa` as a value. */
export function samsaProgram(parts: StartParts): Program {
  return {
    name: 'samsa',
    about: "An event-streaming platform that speaks Apache Kafka's wire protocol.",
    version: parts.version,
    commands: [startCommand(parts) as Command],
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
