import type { Admin } from '@samsa/client'
import { FailedError, type Io, command, exitCodes } from '../../command/command.ts'
import { flag, integer, text } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { countText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import type { PartitionOffset, ResetStrategy } from '../../groups/reset-plan.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa groups reset`: lets a group go on elsewhere. */
export const groupsReset = command({
  name: 'groups reset',
  about: 'Let a group without members go on elsewhere: shows what would change, and does it with --execute.',
  words: [
    { name: 'group', about: 'The group.', isRequired: true },
    {
      name: 'topic',
      about: "Topics, or partitions of them: 'orders:0,1'. Without: all that the group has offsets for.",
      isVariadic: true,
    },
  ],
  options: {
    ...accessOptions,
    to: text({
      argument: 'moment',
      about:
        "Where to: beginning, end, an offset, -100 for the last 100 records, a time such as '10 min ago'.",
    }),
    by: integer({
      argument: 'records',
      about: 'So many records on from what is committed, or back: --by=-10.',
    }),
    execute: flag({ about: 'Do it.' }),
    json: flag({ about: 'One JSON object a line for each partition.' }),
  },
  examples: [
    ["samsa groups reset billing orders --to '10 min ago'", 'What would change.'],
    ['samsa groups reset billing --to beginning --execute', 'From the beginning, in all its topics.'],
  ],
  async run(given, io, [group, ...topics]) {
    const strategy = await strategyOf(given)
    await using admin = await openAdmin(connectionOf(given), io)
    await refuseMembers(admin, group!)
    const moves = await movesOf(admin, group!, topics, strategy)
    if (given.execute && moves.length > 0)
      await admin.alterGroupOffsets(
        group!,
        moves.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
      )
    printMoves(group!, moves, given, io)
    return exitCodes.ok
  },
})

async function strategyOf(given: {
  readonly to?: string | undefined
  readonly by?: number | undefined
}): Promise<ResetStrategy> {
  if ((given.to === undefined) === (given.by === undefined))
    throw new FailedError(
      'Say where the group is to go on: either --to a moment, or --by a number of records.',
    )
  if (given.by !== undefined) return { to: 'shifted', by: given.by }
  const { momentOf } = await import('../../records/moment.ts')
  const moment = momentOf(given.to!, Date.now(), '--to')
  switch (moment.kind) {
    case 'start':
      return { to: 'earliest' }
    case 'end':
      return { to: 'latest' }
    case 'offset':
      return { to: 'offset', offset: moment.offset }
    case 'back':
      return { to: 'back', records: moment.count }
    case 'time':
      return { to: 'time', timestampMs: moment.timeMs }
  }
}

/** Members would commit their own offsets over the new ones. */
async function refuseMembers(admin: Admin, groupId: string): Promise<void> {
  const groups = await admin.describeConsumerGroups([groupId]).results()
  const error = groups.errorOf(groupId)
  if (error?.code === 'GROUP_ID_NOT_FOUND') return
  const { members } = groups.get(groupId)
  if (members.length > 0)
    throw new FailedError(
      `${groupId} has ${members.length} member${members.length === 1 ? '' : 's'}: stop them, then reset it.`,
    )
}

interface Move extends PartitionOffset {
  /** What was committed before. */
  readonly before: number | undefined
}

async function movesOf(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  strategy: ResetStrategy,
): Promise<Move[]> {
  const { committedOffsets } = await import('../../groups/group-progress.ts')
  const { byPartition, partitionKey } = await import('../../groups/partitions.ts')
  const { planReset } = await import('../../groups/reset-plan.ts')
  const { checkPartitions, partitionsMeant } = await import('../../groups/reset-scope.ts')
  const committed = await committedOffsets(admin, groupId)
  const partitions =
    topics.length > 0
      ? await partitionsMeant(admin, topics, {})
      : [...committed.values()].map(({ topic, partition }) => ({ topic, partition }))
  if (partitions.length === 0)
    throw new FailedError(`${groupId} has no offsets yet: name the topics that it is to have some for.`)
  await checkPartitions(admin, partitions, {})
  const { offsets } = await planReset(admin, partitions, strategy, () => Promise.resolve(committed))
  return [...offsets]
    .sort(byPartition)
    .map(one => ({ ...one, before: committed.get(partitionKey(one))?.offset }))
}

function printMoves(
  group: string,
  moves: readonly Move[],
  { execute, json }: { readonly execute: boolean; readonly json: boolean },
  io: Io,
): void {
  if (json) {
    for (const { topic, partition, before, offset } of moves)
      io.print(jsonLine({ group, topic, partition, from: before, to: offset, done: execute }))
    return
  }
  const paint = paintFor(io)
  io.print(table(columns, moves, paint))
  const told = execute ? `${group} goes on there.` : 'Nothing was changed: add --execute to do it.'
  io.print(`${paint(execute ? 'green' : 'yellow', told)}\n`)
}

const columns: readonly Column<Move>[] = [
  { heading: 'TOPIC', text: ({ topic }) => topic },
  { heading: 'PARTITION', isNumber: true, text: ({ partition }) => `${partition}` },
  {
    heading: 'FROM',
    isNumber: true,
    text: ({ before }) => (before === undefined ? '-' : countText(before)),
  },
  { heading: 'TO', isNumber: true, text: ({ offset }) => countText(offset) },
  { heading: 'BY', isNumber: true, text: ({ before, offset }) => changeText(before, offset) },
]

function changeText(before: number | undefined, offset: number): string {
  if (before === undefined) return '-'
  return offset < before ? `-${countText(before - offset)}` : `+${countText(offset - before)}`
}
