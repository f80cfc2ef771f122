import {
  type Io,
  type Program,
  bugReport,
  exitCodes,
  runCommandLine,
  samsaCommands,
  samsaNouns,
} from '@samsa/cli'
import type { StartParts } from './start/run-start.ts'
import { startCommand } from './start/start-command.ts'

/** The program `samsa` as a value. */
export function samsaProgram(parts: StartParts): Program {
  return {
    name: 'samsa',
    about: "An event-streaming platform that speaks Apache Kafka's wire protocol.",
    version: parts.version,
    commands: [startCommand(parts), ...samsaCommands],
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
