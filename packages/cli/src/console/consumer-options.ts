import { FailedError } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { bootstrapServerOption, brokerListOption, zookeeperOption } from '../tools/connection-options.ts'
import { formatterOptions } from './formatter-options.ts'

const config = { argument: 'file', about: "A properties file with the consumer's configuration." }
const property = {
  argument: 'key=value',
  about: "A configuration of the consumer, which wins over the file's; may be repeated.",
  isRepeatable: true,
} as const

/** What all console consumers take. */
export const commonConsumerOptions = {
  ...bootstrapServerOption,
  topic: text({ argument: 'name', about: 'The topic to read.' }),
  group: text({ argument: 'id', about: 'The group to read as a member of.' }),
  'command-config': text(config),
  'command-property': text(property),
  'consumer-property': text({ ...property, isHidden: true }),
  ...formatterOptions,
  'max-messages': integer({ argument: 'count', about: 'End after that many records.' }),
  'timeout-ms': integer({ argument: 'ms', about: 'End when no record has come for that long.' }),
  'enable-systest-events': flag({ about: 'Say on the standard output when the consumer has ended.' }),
}

/** The options of `kafka-console-consumer`. */
export const consumerOptions = {
  ...commonConsumerOptions,
  'consumer.config': text({ ...config, isHidden: true }),
  ...brokerListOption,
  ...zookeeperOption,
  'new-consumer': flag({ about: 'There is no other one any more.', isHidden: true }),
  include: text({ argument: 'regex', about: 'Read all topics whose names match this regular expression.' }),
  whitelist: text({
    argument: 'regex',
    about: 'What --include was called.',
    insteadOf: 'include',
    notice: 'this is called --include now.',
  }),
  partition: integer({
    argument: 'number',
    about: 'Read this partition only, from its end unless --offset says otherwise.',
  }),
  offset: text({ argument: 'offset', about: 'Where to begin in --partition: a number, earliest or latest.' }),
  'from-beginning': flag({ about: 'Begin with the oldest record unless the group has committed offsets.' }),
  'isolation-level': text({
    argument: 'level',
    about: 'read_committed leaves out what transactions have not committed (default: read_uncommitted).',
  }),
  'skip-message-on-error': flag({ about: 'Skip records that cannot be printed.' }),
}

export type ConsumerOptions = OptionsOf<typeof consumerOptions>

/** Throws `ToolUsageError` when the options do not go together. */
export function checkConsumerOptions(given: ConsumerOptions): void {
  const { topic, include, partition, offset } = given
  if ((topic === undefined) === (include === undefined))
    throw new ToolUsageError('Exactly one of the following arguments is required: [topic], [include]')
  if (partition !== undefined) {
    if (topic === undefined) throw new ToolUsageError('The topic is required when partition is specified.')
    if (given['from-beginning'] && offset !== undefined)
      throw new ToolUsageError('Options from-beginning and offset cannot be specified together.')
  } else if (offset !== undefined) {
    throw new ToolUsageError('The partition is required when offset is specified.')
  }
}

/** What to read: topics, or one partition from an offset, or from where `auto.offset.reset` says. */
export type Source =
  | { readonly include: RegExp }
  | {
      readonly topic: string
      readonly partition: number | undefined
      readonly start: { readonly offset?: number }
    }

/** What the options say is to be read. Throws `ToolUsageError`, and `FailedError` for what is no regular expression. */
export function sourceOf(given: ConsumerOptions): Source {
  const { topic, partition, include } = given
  const offset = offsetOf(given)
  if (topic !== undefined) return { topic, partition, start: typeof offset === 'number' ? { offset } : {} }
  try {
    return { include: new RegExp(`^(?:${include})$`) }
  } catch {
    throw new FailedError(`--include: '${include}' is not a regular expression.`)
  }
}

/** Where to begin in a partition. Throws `ToolUsageError` for what is no offset. */
export function offsetOf(given: ConsumerOptions): number | 'earliest' | 'latest' {
  const { offset } = given
  if (offset === undefined) return given['from-beginning'] ? 'earliest' : 'latest'
  const word = offset.toLowerCase()
  if (word === 'earliest' || word === 'latest') return word
  if (/^\+?\d+$/.test(offset) && Number.isSafeInteger(Number(offset))) return Number(offset)
  throw new ToolUsageError(
    `The provided offset value '${offset}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  )
}

/**
 * The group that was named, in whatever way; undefined when none was.
 *
 * @param options what the ways of naming it are called
 * @throws ToolUsageError when different ones were
 */
export function groupOf(
  given: { readonly group: string | undefined },
  fromFile: string | undefined,
  fromProperties: string | undefined,
  options: string,
): string | undefined {
  const named = new Set([given.group, fromFile, fromProperties].filter(group => group !== undefined))
  if (named.size > 1) {
    throw new ToolUsageError(
      `The group ids provided in different places (directly using '--group', ${options}) do not match. Detected group ids: ${[...named].map(group => `'${group}'`).join(', ')}`,
    )
  }
  return [...named][0]
}
