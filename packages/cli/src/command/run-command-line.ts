import { Argument, type Command as Commander, CommanderError } from 'commander'
import { type Command, type Io, exitCodes, isExpectedFailure } from './command.ts'
import { addOptions, bareCommander, examplesText, noticesOf, optionValues } from './commander.ts'

export interface Program {
  readonly name: string
  readonly about: string
  readonly version: string
  readonly commands: readonly Command[]
  /** What each noun is about, for commands of a noun and a verb. */
  readonly nouns: Readonly<Record<string, string>>
  readonly help: string
}

/** Parses a command line, runs the command it names and answers the exit code. */
export async function runCommandLine(program: Program, line: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok
  const root = bareCommander(program.name, program.about, io)
    .version(program.version, '-V, --version', 'Print the version.')
    .addHelpText('after', program.help)
    .showHelpAfterError(`Try: ${program.name} --help`)
  for (const command of program.commands) {
    const parser = addCommand(root, program, command, io)
    parser.action(async () => {
      for (const notice of noticesOf(parser, command.options)) io.printError(`${notice}\n`)
      const options = optionValues(parser, command.options) as never
      exitCode = await command.run(options, io, parser.args)
    })
  }
  if (line.length === 0) {
    io.print(root.helpInformation() + program.help)
    return exitCodes.ok
  }
  try {
    await root.parseAsync([...line], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (isExpectedFailure(error)) {
      io.printError(`${program.name}: ${error.message}\n`)
      return exitCodes.failed
    }
    throw error
  }
}

function addCommand(root: Commander, program: Program, command: Command, io: Io): Commander {
  const [first, verb] = command.name.split(' ') as [string, string | undefined]
  const parent = verb === undefined ? root : nounOf(root, program, first, io)
  const added = bareCommander(verb ?? first, command.about, io)
    .addHelpText('after', examplesText(command.examples))
    .showHelpAfterError(`Try: ${program.name} ${command.name} --help`)
    .allowExcessArguments(false)
  for (const { name, about, isRequired, isVariadic, choices } of command.words ?? []) {
    const shown = isVariadic === true ? `${name}...` : name
    const argument = new Argument(isRequired === true ? `<${shown}>` : `[${shown}]`, about)
    added.addArgument(choices === undefined ? argument : argument.choices(choices))
  }
  addOptions(added, command.options)
  parent.addCommand(added)
  return added
}

/** The parser of a noun, which only has verbs below it. */
function nounOf(root: Commander, program: Program, noun: string, io: Io): Commander {
  const known = root.commands.find(one => one.name() === noun)
  if (known !== undefined) return known
  const made = bareCommander(noun, program.nouns[noun] ?? '', io).showHelpAfterError(
    `Try: ${program.name} ${noun} --help`,
  )
  root.addCommand(made)
  return made
}
