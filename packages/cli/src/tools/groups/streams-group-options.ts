import { ToolUsageError } from '../../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { connectionOptions } from '../connection-options.ts'
import { forbidTogether, givenOf, isGiven, onlyAction, requireOneOf } from '../option-rules.ts'
import { checkAvailable, checkDescription } from './description-options.ts'
import {
  commonStrategyOptions,
  executionOptions,
  moreStrategyOptions,
  requireExecution,
  strategyNames,
} from './reset-options.ts'

// The options of `kafka-streams-groups`, and which go together.

export const streamsGroupOptions = {
  ...connectionOptions,
  list: flag({ about: 'List streams groups.' }),
  describe: flag({ about: 'Show where streams groups are, who is in them, or their state.' }),
  delete: flag({ about: 'Delete streams groups without members, with their offsets.' }),
  'reset-offsets': flag({
    about: 'Let streams groups without members go on elsewhere in their input topics.',
  }),
  'delete-offsets': flag({ about: 'Delete what a streams group committed for input topics.' }),
  group: text({ argument: 'id', about: 'Which streams group; may be repeated.', isRepeatable: true }),
  'all-groups': flag({ about: 'All streams groups.' }),
  'input-topic': text({
    argument: 'topic',
    about: "Which input topics, or which partitions of them: 'orders:0,1'; may be repeated.",
    isRepeatable: true,
  }),
  'all-input-topics': flag({ about: 'All input topics of the group.' }),
  offsets: flag({ about: 'With --describe: the lag in each partition, as without it.' }),
  members: flag({ about: 'With --describe: members and their tasks.' }),
  state: text({
    argument: 'states',
    about: 'With --describe: the state. With --list: states too, or only groups in these states.',
    isValueOptional: true,
  }),
  verbose: flag({ about: 'With --describe: tell more.' }),
  'delete-internal-topic': text({
    argument: 'topic',
    about: 'With --reset-offsets --execute: an internal topic to delete as well; may be repeated.',
    isRepeatable: true,
  }),
  'delete-all-internal-topics': flag({
    about: 'With --delete, or --reset-offsets --execute: delete all internal topics of the group as well.',
  }),
  ...commonStrategyOptions,
  ...moreStrategyOptions,
  ...executionOptions,
  timeout: integer({ argument: 'ms', about: 'How long each question may take.', default: 30_000 }),
}

export type StreamsGroupsGiven = OptionsOf<typeof streamsGroupOptions>

const actionNames = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets'] as const
export type StreamsActionName = (typeof actionNames)[number]

const scopes = ['all-groups', 'group'] as const

/** What is to be done. Throws `ToolUsageError` when the options do not go together. */
export function checkedStreamsAction(given: StreamsGroupsGiven): StreamsActionName {
  checkAvailable(given, ['members', 'offsets', 'verbose'])
  checkDescription(given, scopes)
  if (given.delete) checkDelete(given)
  if (given['delete-offsets']) checkDeleteOffsets(given)
  if (given['reset-offsets']) checkReset(given)
  checkInternalTopics(given)
  if (givenOf(given, ['dry-run', 'execute']).length > 0 && !given['reset-offsets'])
    throw new ToolUsageError('Only Option [reset-offsets] accepts [execute] or [dry-run]')
  forbidTogether(given, 'group', ['all-groups', 'list'])
  forbidTogether(given, 'input-topic', ['list', 'describe', 'delete'])
  const list = '--list, --describe, --delete, --reset-offsets, or --delete-offsets.'
  return onlyAction(given, actionNames, list)
}

function checkDelete(given: StreamsGroupsGiven): void {
  requireOneOf(given, 'delete', scopes)
  if (givenOf(given, ['input-topic', 'all-input-topics']).length > 0)
    throw new ToolUsageError(
      'Kafka Streams does not support topic-specific offset deletion from a streams group.',
    )
}

function checkDeleteOffsets(given: StreamsGroupsGiven): void {
  if (givenOf(given, ['input-topic', 'all-input-topics']).length === 0 || !isGiven(given, 'group'))
    throw new ToolUsageError(
      'Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]',
    )
  if (given.group.length > 1)
    throw new ToolUsageError(
      `Option [delete-offsets] supports only one [group] at a time, but found: [${given.group.join(', ')}]`,
    )
}

function checkReset(given: StreamsGroupsGiven): void {
  requireExecution(given)
  requireOneOf(given, 'reset-offsets', scopes)
  for (const name of strategyNames) forbidTogether(given, name, strategyNames)
}

function checkInternalTopics(given: StreamsGroupsGiven): void {
  const isReset = given['reset-offsets']
  if (given['delete-all-internal-topics']) {
    if (!isReset && !given.delete)
      throw new ToolUsageError(
        'Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]',
      )
    if (isReset && !given.execute)
      throw new ToolUsageError(
        'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.',
      )
  } else if (isGiven(given, 'delete-internal-topic') && (!isReset || !given.execute)) {
    throw new ToolUsageError('Option [delete-internal-topic] takes [reset-offsets] when [execute] is used.')
  }
}
