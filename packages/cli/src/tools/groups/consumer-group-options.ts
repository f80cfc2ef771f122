import type { Admin, CallOptions } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { listConsumerGroups } from '../../groups/group-lists.ts'
import { connectionOptions } from '../connection-options.ts'
import { forbidTogether, givenOf, isGiven, onlyAction, requireOneOf } from '../option-rules.ts'
import { checkAvailable, checkDescription } from './description-options.ts'
import {
  commonStrategyOptions,
  executionOptions,
  moreStrategyOptions,
  saysExecution,
  strategyNames,
} from './reset-options.ts'

// The options of `kafka-consumer-groups`, and which go together.

export const consumerGroupOptions = {
  ...connectionOptions,
  list: flag({ about: 'List groups of consumers.' }),
  describe: flag({ about: 'Show where groups are, who is in them, or their state.' }),
  delete: flag({ about: 'Delete groups without members, with their offsets.' }),
  'reset-offsets': flag({ about: 'Let groups without members go on elsewhere.' }),
  'delete-offsets': flag({ about: 'Delete what a group committed for topics that it no longer reads.' }),
  'validate-regex': text({ argument: 'regex', about: 'Say whether a regular expression is one of RE2.' }),
  group: text({ argument: 'id', about: 'Which group; may be repeated.', isRepeatable: true }),
  'all-groups': flag({ about: 'All groups.' }),
  topic: text({
    argument: 'topic',
    about: "Which topics, or which partitions of them: 'orders:0,1'; may be repeated.",
    isRepeatable: true,
  }),
  'all-topics': flag({ about: 'All partitions that the group has offsets for.' }),
  offsets: flag({ about: 'With --describe: offsets and lag of each partition, as without it.' }),
  members: flag({ about: 'With --describe: members and what they were assigned.' }),
  state: text({
    argument: 'states',
    about:
      'With --describe: the state of each group. With --list: states too, or only groups in these states.',
    isValueOptional: true,
  }),
  type: text({
    argument: 'types',
    about: 'With --list: types too, or only groups of these types (classic, consumer).',
    isValueOptional: true,
  }),
  verbose: flag({ about: 'With --describe: tell more.' }),
  ...commonStrategyOptions,
  ...moreStrategyOptions,
  ...executionOptions,
  timeout: integer({ argument: 'ms', about: 'How long each question may take.', default: 5000 }),
}

export type ConsumerGroupsGiven = OptionsOf<typeof consumerGroupOptions>

const actionNames = [
  'list',
  'describe',
  'delete',
  'reset-offsets',
  'delete-offsets',
  'validate-regex',
] as const
export type ActionName = (typeof actionNames)[number]

const scopes = ['group', 'all-groups'] as const

/** What is to be done. Throws `ToolUsageError` when the options do not go together. */
export function checkedAction(given: ConsumerGroupsGiven, io: Io): ActionName {
  checkAvailable(given, ['members', 'verbose', 'offsets'])
  checkDescription(given, scopes)
  checkScopes(given)
  if (given['reset-offsets']) checkReset(given, io)
  forbidTogether(given, 'group', ['all-groups', 'list'])
  forbidTogether(given, 'topic', ['list', 'describe'])
  return onlyAction(given, actionNames, actionNames.map(name => `--${name}`).join(', '))
}

function checkScopes(given: ConsumerGroupsGiven): void {
  if (given.delete) {
    requireOneOf(given, 'delete', scopes)
    if (isGiven(given, 'topic'))
      throw new ToolUsageError(
        'The consumer does not support topic-specific offset deletion from a consumer group.',
      )
  }
  if (given['delete-offsets'] && givenOf(given, ['group', 'topic']).length < 2)
    throw new ToolUsageError('Option [delete-offsets] takes the following options: [group], [topic]')
}

function checkReset(given: ConsumerGroupsGiven, io: Io): void {
  if (!saysExecution(given))
    io.printError(
      'WARN: Nothing is changed, for --execute is missing. Kafka 5.0 will want either --dry-run or --execute: say --dry-run where this is meant.\n',
    )
  requireOneOf(given, 'reset-offsets', scopes)
  for (const name of strategyNames) forbidTogether(given, name, strategyNames)
}

/** How long a call may take. */
export function callOf({ timeout }: { readonly timeout: number }): CallOptions {
  return { timeoutMs: timeout }
}

/** The groups that are meant. */
export async function groupIdsOf(admin: Admin, given: ConsumerGroupsGiven): Promise<readonly string[]> {
  if (!given['all-groups']) return given.group
  return (await listConsumerGroups(admin, callOf(given))).map(({ groupId }) => groupId)
}
