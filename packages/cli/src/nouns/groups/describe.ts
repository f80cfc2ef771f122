import { type Io, command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { countText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { paintLag, paintState } from '../../groups/group-paint.ts'
import type { GroupProgress, PartitionProgress } from '../../groups/group-progress.ts'
import { totalLag } from '../../groups/group-summaries.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa groups describe`: groups of consumers with their members and partitions. */
export const groupsDescribe = command({
  name: 'groups describe',
  about: 'Show groups of consumers: state, members, offsets and lag of each partition.',
  words: [{ name: 'group', about: 'The groups.', isRequired: true, isVariadic: true }],
  options: { ...accessOptions, json: flag({ about: 'One JSON object a line for each group.' }) },
  examples: [['samsa groups describe billing', 'One group.']],
  async run(given, io, groupIds) {
    const { groupProgress } = await import('../../groups/group-progress.ts')
    await using admin = await openAdmin(connectionOf(given), io)
    for (const progress of await groupProgress(admin, groupIds)) {
      if (given.json) io.print(jsonLine(plainOf(progress)))
      else printGroup(progress, io)
    }
    return exitCodes.ok
  },
})

function plainOf({ group, partitions }: GroupProgress) {
  return {
    group: group.groupId,
    type: group.type,
    state: group.state,
    assignor: group.assignor,
    coordinator: group.coordinator?.id,
    lag: totalLag({ group, partitions }),
    members: group.members.map(({ memberId, instanceId, clientId, host, assignment }) => ({
      memberId,
      instanceId,
      clientId,
      host,
      partitions: assignment,
    })),
    partitions: partitions.map(({ member, ...one }) => ({ ...one, memberId: member?.memberId })),
  }
}

function printGroup(progress: GroupProgress, io: Io): void {
  const paint = paintFor(io)
  const { group, partitions } = progress
  const { members, coordinator, state } = group
  const lag = totalLag(progress)
  const facts = [
    paintState(state, state, paint),
    group.type,
    ...(group.assignor === '' ? [] : [group.assignor]),
    `${members.length} member${members.length === 1 ? '' : 's'}`,
    ...(coordinator === undefined ? [] : [`coordinator ${coordinator.id}`]),
    paintLag(lag, `lag ${countText(lag)}`, paint),
  ]
  io.print(`${paint('bold', group.groupId)}  ${facts.join(', ')}\n`)
  const idle = members.filter(({ assignment }) => assignment.length === 0)
  for (const { memberId, clientId, host } of idle)
    io.print(`  ${paint('dim', `${memberId} (${clientId}, ${host}) has no partition`)}\n`)
  io.print(`${table(columns, partitions, paint)}\n`)
}

const orUnknown = (count: number | undefined) => (count === undefined ? '-' : countText(count))

const columns: readonly Column<PartitionProgress>[] = [
  { heading: 'TOPIC', text: ({ topic }) => topic },
  { heading: 'PARTITION', isNumber: true, text: ({ partition }) => `${partition}` },
  { heading: 'COMMITTED', isNumber: true, text: ({ offset }) => orUnknown(offset) },
  { heading: 'END', isNumber: true, text: ({ endOffset }) => orUnknown(endOffset) },
  {
    heading: 'LAG',
    isNumber: true,
    text: ({ lag }) => orUnknown(lag),
    paint: ({ lag }, text, paint) => paintLag(lag, text, paint),
  },
  { heading: 'CLIENT', text: ({ member }) => member?.clientId ?? '-' },
  { heading: 'HOST', text: ({ member }) => member?.host ?? '-' },
  { heading: 'MEMBER', text: ({ member }) => member?.memberId ?? '-' },
]
