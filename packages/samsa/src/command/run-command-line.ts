import { Command as Commander, CommanderError, Option } from 'commander'
import { type Command, type Io, exitCodes } from './command.ts'

export interface Program {
  readonly name: string
  readonly about: string
  readonly version: string
  readonly commands: readonly Command[]
  readonly help: string
}

/** Parses a command line, runs the command it names and answers the exit code. */
export async function runCommandLine(program: Program, line: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok
  const commander = commanderOf(program, io)
  for (const command of program.commands) {
    addCommand(commander, command).action(async (...inputs: unknown[]) => {
      exitCode = await command.run(inputOf(command, inputs), io)
    })
  }
  if (line.length === 0) {
    io.print(commander.helpInformation() + program.help)
    return exitCodes.ok
  }
  try {
    await commander.parseAsync([...line], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    throw error
  }
}

function commanderOf(program: Program, io: Io): Commander {
  return new Commander(program.name)
    .description(program.about)
    .version(program.version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .addHelpText('after', program.help)
    .showHelpAfterError(`Try: ${program.name} --help`)
    .exitOverride()
    .configureOutput({ writeOut: text => io.print(text), writeErr: text => io.printError(text) })
}

function addCommand(program: Commander, command: Command): Commander {
  const added = program
    .command(command.name)
    .description(command.about)
    .helpOption('-h, --help', 'Print this help.')
    .addHelpText('after', examplesText(command))
    .showHelpAfterError(`Try: ${program.name()} ${command.name} --help`)
    .allowExcessArguments(false)
  if (command.argument !== undefined) added.argument(`[${command.argument.name}]`, command.argument.about)
  for (const option of command.options) added.addOption(commanderOption(option))
  return added
}

function commanderOption({ flags, about, choices, isRepeatable }: Command['options'][number]): Option {
  const option = new Option(flags, about)
  if (choices !== undefined) option.choices([...choices])
  if (isRepeatable) option.argParser((text, earlier: string[] | undefined) => [...(earlier ?? []), text])
  return option
}

/** Commander hands over the argument, if there is one, then the options. */
function inputOf(command: Command, inputs: readonly unknown[]): Record<string, unknown> {
  if (command.argument === undefined) return { ...(inputs[0] as object) }
  const [argument, options] = inputs
  return { ...(options as object), ...(argument !== undefined && { argument }) }
}

function examplesText({ examples }: Command): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, about]) => `  ${line.padEnd(width)}  ${about}\n`)
  return `\nExamples:\n${lines.join('')}`
}
