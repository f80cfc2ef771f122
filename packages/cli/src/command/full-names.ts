import { type KafkaTool, ToolUsageError } from './kafka-tool.ts'
import type { OptionTable } from './options.ts'

/**
 * A command line with options and verbs by their full names. Kafka's parser of `verbs` tools takes a beginning that only one
 * option or verb has; that of `plain` ones takes none, but any long option with one dash: `-daemon`, `-topic orders`. `-help`
 * is `--help` everywhere.
 *
 * @throws ToolUsageError for a beginning that several have
 */
export function withFullNames(line: readonly string[], tool: KafkaTool): string[] {
  const words = withTwoDashes(line, tool)
  return tool.style === 'plain' ? words : unabbreviated(words, tool)
}

function withTwoDashes(line: readonly string[], { style, options }: KafkaTool): string[] {
  return line.map(word => {
    const [, given] = /^-([^-=][^=]*)(=.*)?$/s.exec(word) ?? []
    if (given === undefined) return word
    const isLong = isAsked(given) || (style === 'plain' && given.length > 1 && Object.hasOwn(options, given))
    return isLong ? `-${word}` : word
  })
}

function isAsked(name: string): boolean {
  return name === 'help' || name === 'version'
}

function unabbreviated(line: readonly string[], tool: KafkaTool): string[] {
  let table = tool.options
  let wantsVerb = tool.verbs !== undefined
  let wantsValue = false
  return line.map(word => {
    if (word.startsWith('-')) {
      const option = fullOption(word, table)
      wantsValue = takesNextWord(option, table)
      return option
    }
    const isVerb = wantsVerb && !wantsValue
    wantsValue = false
    if (!isVerb) return word
    wantsVerb = false
    const verb = fullVerb(word, tool.verbs!)
    table = { ...table, ...tool.verbs![verb]?.options }
    return verb
  })
}

function fullOption(word: string, table: OptionTable): string {
  const [, given, rest] = /^--([^=]+)(.*)$/s.exec(word) ?? []
  if (given === undefined || isAsked(given) || Object.hasOwn(table, given)) return word
  // Not all of Kafka's have --version: where another option is meant, it is in nobody's way.
  const found = [[...Object.keys(table), 'help'], ['version']].map(names =>
    names.filter(name => name.startsWith(given)),
  )
  const meant = found.find(names => names.length > 0) ?? []
  if (meant.length > 1)
    throw ambiguous(
      'option',
      `--${given}`,
      meant.map(name => `--${name}`),
    )
  return meant.length === 1 ? `--${meant[0]}${rest}` : word
}

function fullVerb(word: string, verbs: NonNullable<KafkaTool['verbs']>): string {
  const meant = Object.keys(verbs).filter(name => name.startsWith(word))
  if (meant.includes(word)) return word
  if (meant.length > 1) throw ambiguous('command', word, meant)
  return meant[0] ?? word
}

function ambiguous(what: 'option' | 'command', given: string, meant: readonly string[]): ToolUsageError {
  return new ToolUsageError(`ambiguous ${what}: ${given} could match ${[...meant].sort().join(', ')}`)
}

function takesNextWord(word: string, table: OptionTable): boolean {
  const row = word.startsWith('--')
    ? table[word.slice(2)]
    : Object.values(table).find(({ facts }) => `-${facts.short}` === word)
  return row !== undefined && row.kind !== 'flag'
}
