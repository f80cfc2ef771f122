import { ToolUsageError } from '../../command/kafka-tool.ts'
import { givenOf, requireOneOf } from '../option-rules.ts'

// Where the tools for consumer, share and streams groups agree about what to show of groups.

type Given = {
  readonly list: boolean
  readonly describe: boolean
  readonly state?: string | undefined
}

/**
 * Throws `ToolUsageError` for options that mean something only beside --describe or --list, when those are missing.
 *
 * @param ofDescription those for --describe alone, in the order in which Kafka lists them
 */
export function checkAvailable(given: Given, ofDescription: readonly string[]): void {
  const wrong = [
    ...(given.describe ? [] : givenOf(given, ofDescription)),
    ...(given.describe || given.list ? [] : givenOf(given, ['state'])),
    ...(given.list ? [] : givenOf(given, ['type'])),
  ]
  if (wrong.length > 0)
    throw new ToolUsageError(
      `Option(s) [${wrong.join(', ')}] are unavailable given other options on the command line`,
    )
}

/**
 * Throws `ToolUsageError` when --describe is not told of which groups, or is to show more than one thing of them.
 *
 * @param scopes the options that say which groups, in the order in which Kafka lists them
 */
export function checkDescription(given: Given, scopes: readonly string[]): void {
  if (!given.describe) return
  requireOneOf(given, 'describe', scopes)
  if (givenOf(given, ['members', 'offsets', 'state']).length > 1)
    throw new ToolUsageError(
      'Option [describe] takes at most one of these options: [members], [offsets], [state]',
    )
  if (given.state !== undefined && given.state !== '')
    throw new ToolUsageError('Option [describe] does not take a value for [state]')
}
