import { ToolUsageError } from '../../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { connectionOptions } from '../connection-options.ts'
import { forbidTogether, givenOf, isGiven, onlyAction } from '../option-rules.ts'
import { checkAvailable, checkDescription } from './description-options.ts'
import { commonStrategyOptions, executionOptions, requireExecution } from './reset-options.ts'

// The options of `kafka-share-groups`, and which go together.

export const shareGroupOptions = {
  ...connectionOptions,
  list: flag({ about: 'List share groups.' }),
  describe: flag({ about: 'Show where share groups are, who is in them, or their state.' }),
  delete: flag({ about: 'Delete share groups without members.' }),
  'reset-offsets': flag({ about: 'Let a share group without members go on elsewhere.' }),
  'delete-offsets': flag({ about: 'Let a share group without members forget topics.' }),
  group: text({ argument: 'id', about: 'Which share group; may be repeated.', isRepeatable: true }),
  'all-groups': flag({ about: 'All share groups.' }),
  topic: text({
    argument: 'topic',
    about: "Which topics; to reset, also partitions of them: 'orders:0,1'; may be repeated.",
    isRepeatable: true,
  }),
  'all-topics': flag({ about: 'All topics of the share group.' }),
  offsets: flag({ about: 'With --describe: where it is in each partition, as without it.' }),
  members: flag({ about: 'With --describe: members and what they were assigned.' }),
  state: text({
    argument: 'states',
    about: 'With --describe: the state. With --list: states too, or only groups in these states.',
    isValueOptional: true,
  }),
  verbose: flag({ about: 'With --describe: tell more.' }),
  ...commonStrategyOptions,
  ...executionOptions,
  timeout: integer({ argument: 'ms', about: 'How long each question may take.', default: 30_000 }),
}

export type ShareGroupsGiven = OptionsOf<typeof shareGroupOptions>

const actionNames = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets'] as const
export type ShareActionName = (typeof actionNames)[number]

const strategies = ['to-datetime', 'to-earliest', 'to-latest'] as const
export const shareStrategyNames: readonly string[] = strategies

const scopes = ['group', 'all-groups'] as const

/** What is to be done. Throws `ToolUsageError` when the options do not go together. */
export function checkedShareAction(given: ShareGroupsGiven): ShareActionName {
  checkAvailable(given, ['members', 'offsets', 'verbose'])
  checkDescription(given, scopes)
  if (given.delete) checkDelete(given)
  if (given['delete-offsets'] && givenOf(given, ['group', 'topic']).length < 2)
    throw new ToolUsageError('Option [delete-offsets] takes the following options: [group], [topic]')
  if (given['reset-offsets']) checkReset(given)
  forbidTogether(given, 'group', ['all-groups', 'list'])
  forbidTogether(given, 'topic', ['list', 'describe'])
  return onlyAction(given, actionNames, `${actionNames.map(name => `--${name}`).join(', ')}.`)
}

function checkDelete(given: ShareGroupsGiven): void {
  const said = givenOf(given, scopes)
  if (said.length === 0) throw new ToolUsageError('Option [delete] takes the options [group] or [all-groups]')
  if (said.length === 2)
    throw new ToolUsageError('Option [delete] takes either [group] or [all-groups], not both.')
  if (isGiven(given, 'topic')) throw new ToolUsageError('Option [delete] does not take the option: [topic]')
}

function checkReset(given: ShareGroupsGiven): void {
  requireExecution(given)
  if (!isGiven(given, 'group')) throw new ToolUsageError('Option [reset-offsets] takes the option: [group]')
  for (const name of strategies) forbidTogether(given, name, strategies)
}
