import type { KafkaError } from '@samsa/client'
import { type Command as Commander, CommanderError } from 'commander'
import { type Io, exitCodes, isExpectedFailure } from './command.ts'
import {
  RepeatedOptionError,
  addOptions,
  bareCommander,
  examplesText,
  missingOptions,
  noticesOf,
  optionValues,
} from './commander.ts'
import { withFullNames } from './full-names.ts'
import { javaTextOf, messageOf } from './java-name.ts'
import { type KafkaTool, ToolUsageError, argumentName } from './kafka-tool.ts'
import type { OptionTable } from './options.ts'

/** Parses the command line of one of Kafka's tools, runs it and answers the exit code, which is Kafka's. */
export async function runKafkaTool(tool: KafkaTool, line: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.ok
  const root = parserOf(tool, io, async (parser, table, verb) => {
    const [word] = parser.args
    if (word !== undefined && tool.style === 'verbs') throw new ToolUsageError(wordings.verbs.unknown(word))
    const [missing] = missingOptions(parser, table)
    if (missing !== undefined) throw new ToolUsageError(wordings[tool.style].missing(missing, table))
    for (const notice of noticesOf(parser, table)) io.printError(`${notice}\n`)
    exitCode = await tool.run(optionValues(parser, table) as never, io, verb, parser.args)
  })
  if (line.length === 0 && tool.style === 'plain' && tool.runsBare !== true) {
    io.printError(`${tool.about}\nTry: ${tool.name} --help\n`)
    return exitCodes.failed
  }
  const words = line.length === 0 && tool.helpsBare === true ? ['--help'] : line
  try {
    await root.parseAsync(withFullNames(words, tool), { from: 'user' })
    return exitCode
  } catch (error) {
    return failed(tool, error, line, io)
  }
}

type Act = (parser: Commander, table: OptionTable, verb: string | undefined) => Promise<void>

function parserOf(tool: KafkaTool, io: Io, act: Act): Commander {
  // What is wrong is worded here, as Kafka words it, and not by the parser.
  const quiet = { print: (text: string) => io.print(text), printError: () => {} }
  const manner = { refusesRepeats: tool.style === 'plain', leavesRequired: true }
  const root = bareCommander(tool.name, tool.about, quiet)
    .version(io.version, '--version', 'Print the version.')
    .addHelpText('after', examplesText(tool.examples))
    // Kafka's plain tools take words they have no use for: `--list all`. Of others the words are looked at later.
    .allowExcessArguments(true)
  addOptions(root, tool.options, manner)
  if (tool.verbs === undefined) return root.action(() => act(root, tool.options, undefined))
  for (const [name, verb] of Object.entries(tool.verbs)) {
    const table = { ...tool.options, ...verb.options }
    const parser = bareCommander(name, verb.about, quiet).allowExcessArguments(true)
    addOptions(parser, table, manner)
    root.addCommand(parser.action(() => act(parser, table, name)))
  }
  return root
}

function failed(tool: KafkaTool, error: unknown, line: readonly string[], io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
  const told = usageProblemOf(tool, error)
  if (told !== undefined) {
    const prefix = tool.style === 'verbs' ? `${tool.name}: error: ` : ''
    const text = tool.usageText?.(told, error) ?? `${prefix}${told}`
    io.printError(`${text}\nTry: ${tool.name} --help\n`)
    return exitCodes.failed
  }
  if (isExpectedFailure(error)) {
    const isWrapped = tool.failureHasJavaName === true && error.name === 'KafkaError'
    const message = isWrapped ? javaTextOf(error as KafkaError) : messageOf(error)
    const { failurePrefix = '' } = tool
    const prefix = typeof failurePrefix === 'string' ? failurePrefix : failurePrefix(error, line)
    const text = `${prefix}${message}\n`
    if (tool.failureGoesTo === 'output') io.print(text)
    else io.printError(text)
    return exitCodes.failed
  }
  throw error
}

/** What is wrong with the command line, in Kafka's words where they say it; undefined when something else failed. */
function usageProblemOf(tool: KafkaTool, error: unknown): string | undefined {
  if (error instanceof ToolUsageError) return error.message
  if (error instanceof RepeatedOptionError)
    return `Found multiple arguments for option ${error.message}, but you asked for only one`
  if (!(error instanceof CommanderError)) return undefined
  const wording = wordings[tool.style]
  const message = error.message.replace(/^error: /, '')
  if (error.code === 'commander.help') return 'too few arguments'
  const nearest = /\(Did you mean (?:one of )?(.+?)\?\)/s.exec(message)?.[1]
  const hint = nearest === undefined ? '' : `. Did you mean ${nearest}?`
  const unknown = /^unknown option '(-*[^']+)'/.exec(message)
  if (unknown !== null) return `${wording.unknown(unknown[1]!)}${hint}`
  const verb = /^unknown command '([^']*)'/.exec(message)
  if (verb !== null) return `invalid choice: '${verb[1]}' (choose from ${verbsOf(tool)})${hint}`
  const alone = /^option '(?:-(\w), )?--([^ ]+).*' argument missing/.exec(message)
  if (alone !== null) return wording.alone(alone[2]!, alone[1])
  const wrong = /^option '(?:-(\w), )?--([^ ]+).*' argument '(.*)' is invalid\. ?(.*)$/s.exec(message)
  if (wrong !== null) return wording.wrong(wrong[2]!, wrong[1], wrong[3]!, wrong[4]!)
  return message
}

function verbsOf({ verbs = {} }: KafkaTool): string {
  return Object.keys(verbs)
    .map(name => `'${name}'`)
    .join(', ')
}

/** The words in which Kafka's two parsers say what is wrong. */
const wordings = {
  plain: {
    unknown: (flag: string) => `${flag.replace(/^-+/, '')} is not a recognized option`,
    missing: (name: string) => `Missing required argument "[${name}]"`,
    alone: (name: string) => `Option ${name} requires an argument`,
    wrong: (name: string, _short: string | undefined, given: string, why: string) =>
      `Cannot parse argument '${given}' of option ${name}: ${why}`,
  },
  verbs: {
    unknown: (flag: string) => `unrecognized arguments: '${flag}'`,
    missing: (name: string, table: OptionTable) =>
      `argument ${argumentName(name, table[name]!.facts.short)} is required`,
    alone: (name: string, short: string | undefined) =>
      `argument ${argumentName(name, short)}: expected one argument`,
    wrong: (name: string, short: string | undefined, given: string, why: string) =>
      `argument ${argumentName(name, short)}: could not convert '${given}': ${why}`,
  },
}
