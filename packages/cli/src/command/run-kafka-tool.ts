import { type Command as Commander, CommanderError } from 'commander'
import { type Io, exitCodes, isExpectedFailure } from './command.ts'
import {
  RepeatedOptionError,
  addOptions,
  bareCommander,
  examplesText,
  noticesOf,
  optionValues,
} from './commander.ts'
import { type KafkaTool, ToolUsageError } from './kafka-tool.ts'
import type { OptionTable } from './options.ts'

/** Parses the command line of one of Kafka's tools, runs it and answers the exit code, which is Kafka's. */
export async function runKafkaTool(tool: KafkaTool, line: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok
  const root = parserOf(tool, io, async (parser, table, verb) => {
    for (const notice of noticesOf(parser, table)) io.printError(`${notice}\n`)
    exitCode = await tool.run(optionValues(parser, table) as never, io, verb)
  })
  if (line.length === 0 && tool.style === 'plain' && tool.runsBare !== true) {
    io.printError(`${tool.about}\nTry: ${tool.name} --help\n`)
    return exitCodes.failed
  }
  try {
    await root.parseAsync(withoutSingleDashes(line), { from: 'user' })
    return exitCode
  } catch (error) {
    return failed(tool, error, io)
  }
}

type Act = (parser: Commander, table: OptionTable, verb: string | undefined) => Promise<void>

function parserOf(tool: KafkaTool, io: Io, act: Act): Commander {
  // What is wrong is worded here, as Kafka words it, and not by the parser.
  const quiet = { print: (text: string) => io.print(text), printError: () => {} }
  const root = bareCommander(tool.name, tool.about, quiet)
    .version(io.version, '--version', 'Print the version.')
    .addHelpText('after', examplesText(tool.examples))
    // Kafka's tools take words they have no use for: `--list all`.
    .allowExcessArguments(true)
  if (tool.verbs === undefined) {
    addOptions(root, tool.options, tool.style === 'plain' ? 'refused' : 'last counts')
    return root.action(() => act(root, tool.options, undefined))
  }
  for (const [name, verb] of Object.entries(tool.verbs)) {
    const table = { ...tool.options, ...verb.options }
    const parser = bareCommander(name, verb.about, quiet)
    addOptions(parser, table)
    root.addCommand(parser.action(() => act(parser, table, name)))
  }
  return root
}

/** `-help` and `-version` are `--help` and `--version`, as in Java's tools. */
function withoutSingleDashes(line: readonly string[]): string[] {
  return line.map(word => (word === '-help' || word === '-version' ? `-${word}` : word))
}

function failed(tool: KafkaTool, error: unknown, io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
  const told = usageProblemOf(error)
  if (told !== undefined) {
    const prefix = tool.style === 'verbs' ? `${tool.name}: error: ` : ''
    const help = `Try: ${tool.name} --help`
    io.printError(`${prefix}${told}\n${help}\n`)
    return exitCodes.failed
  }
  if (isExpectedFailure(error)) {
    const text = `${tool.failurePrefix ?? ''}${messageOf(error)}\n`
    if (tool.failureGoesTo === 'output') io.print(text)
    else io.printError(text)
    return exitCodes.failed
  }
  throw error
}

/** Kafka's tools print a broker's message without the error's name. */
function messageOf(error: Error & { code?: string }): string {
  const prefix = `${error.code}: `
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
}

/** What is wrong with the command line, in Kafka's words where they say it; undefined when something else failed. */
function usageProblemOf(error: unknown): string | undefined {
  if (error instanceof ToolUsageError) return error.message
  if (error instanceof RepeatedOptionError)
    return `Found multiple arguments for option ${error.message}, but you asked for only one`
  if (!(error instanceof CommanderError)) return undefined
  const message = error.message.replace(/^error: /, '')
  const unknown = /^unknown option '-*([^']+)'(?:\n\(Did you mean (?:one of )?(.+?)\?\))?/s.exec(message)
  if (unknown !== null) {
    const [, name, nearest] = unknown
    return `${name} is not a recognized option${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`
  }
  const missing = /^required option '(?:-\w, )?--([^ ]+).*' not specified/.exec(message)
  if (missing !== null) return `Missing required argument "[${missing[1]}]"`
  const alone = /^option '(?:-\w, )?--([^ ]+).*' argument missing/.exec(message)
  if (alone !== null) return `Option ${alone[1]} requires an argument`
  const wrong = /^option '(?:-\w, )?--([^ ]+).*' argument '(.*)' is invalid\. ?(.*)$/s.exec(message)
  if (wrong !== null) return `Cannot parse argument '${wrong[2]}' of option ${wrong[1]}: ${wrong[3]}`
  return message
}
