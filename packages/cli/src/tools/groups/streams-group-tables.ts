import type { StreamsAssignment, StreamsGroupDescription, StreamsTasks } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import type { StreamsProgress } from '../../groups/streams-progress.ts'
import { NOTHING, columnsLine, orDash, widthOf } from './columns.ts'

// What `kafka-streams-groups --describe` prints.

function tellState({ groupId, state }: StreamsGroupDescription, io: Io): void {
  if (state === 'Dead') io.print(`\nError: Streams group '${groupId}' does not exist.\n`)
  else if (state === 'Empty') io.print(`\nError: Streams group '${groupId}' has no active members.\n`)
}

function hasRows({ state, members }: StreamsGroupDescription): boolean {
  return state !== 'Dead' && members.length > 0
}

function printLines(
  widths: readonly number[],
  lines: readonly (readonly (string | number)[])[],
  io: Io,
): void {
  for (const cells of lines) io.print(`${columnsLine(widths, cells)}\n`)
}

/** `--offsets`: how far the group is in each partition. */
export function printStreamsOffsets(
  group: StreamsGroupDescription,
  progress: readonly StreamsProgress[],
  isVerbose: boolean,
  io: Io,
): void {
  if (!hasRows(group)) return
  tellState(group, io)
  const topics = progress.map(({ topic }) => topic)
  const more = (...cells: (string | number)[]) => (isVerbose ? cells : [])
  const widths = [
    widthOf([group.groupId], 15),
    widthOf(topics, 15),
    10,
    ...(isVerbose ? [15, 15, 15, 15] : []),
  ]
  const rows = progress.map(one => [
    group.groupId,
    one.topic,
    one.partition,
    ...more(orDash(one.offset), orDash(one.leaderEpoch), one.endOffset),
    one.lag,
  ])
  const header = ['GROUP', 'TOPIC', 'PARTITION', ...more('CURRENT-OFFSET', 'LEADER-EPOCH', 'LOG-END-OFFSET')]
  printLines(widths, [[...header, 'OFFSET-LAG'], ...rows], io)
}

/** `--state`: the group as a whole. */
export function printStreamsState(group: StreamsGroupDescription, isVerbose: boolean, io: Io): void {
  tellState(group, io)
  const { coordinator: at } = group
  const coordinator = at === undefined ? NOTHING : `${at.host}:${at.port} (${at.id})`
  const more = (...cells: (string | number)[]) => (isVerbose ? cells : [])
  const widths = [
    widthOf([group.groupId], 15),
    widthOf([coordinator], 25),
    25,
    ...(isVerbose ? [15, 25] : []),
  ]
  const header = ['GROUP', 'COORDINATOR (ID)', 'STATE', ...more('GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH')]
  const epochs = more(group.groupEpoch, group.assignmentEpoch)
  const row = [group.groupId, coordinator, group.state, ...epochs, group.members.length]
  printLines(widths, [[...header, '#MEMBERS'], row], io)
}

/** `--members`: who is in the group, and on which tasks they work. */
export function printStreamsMembers(group: StreamsGroupDescription, isVerbose: boolean, io: Io): void {
  if (!hasRows(group)) return
  tellState(group, io)
  const { members, groupId } = group
  const fit = (cells: string[]) => widthOf(cells, 15)
  const ids = fit(members.map(({ memberId }) => memberId))
  const processes = fit(members.map(({ processId }) => processId))
  const clients = fit(members.map(({ clientId }) => clientId))
  if (!isVerbose) {
    const header = ['GROUP', 'MEMBER', 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS']
    const rows = members.map(one => [
      groupId,
      one.memberId,
      one.processId,
      one.clientId,
      tasksText(one.assignment),
    ])
    printLines([fit([groupId]), ids, processes, clients], [header, ...rows], io)
    return
  }
  // Kafka leaves out the blank between the topology's epoch and the member.
  const joined = (epoch: string, memberId: string) => `${epoch.padEnd(15)}${memberId}`
  const header = ['GROUP', 'TARGET-ASSIGNMENT-EPOCH', joined('TOPOLOGY-EPOCH', 'MEMBER'), 'MEMBER-PROTOCOL']
  const rows = members.map(one => [
    groupId,
    group.assignmentEpoch,
    joined(`${group.topologyEpoch ?? 0}`, one.memberId),
    one.isClassic ? 'classic' : 'streams',
    one.memberEpoch,
    one.processId,
    one.clientId,
    tasksText(one.assignment) + tasksText(one.targetAssignment, 'TARGET-'),
  ])
  const lines = [[...header, 'MEMBER-EPOCH', 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS'], ...rows]
  printLines([fit([groupId]), 25, 15 + ids, 15, 15, processes, clients], lines, io)
}

function tasksText({ activeTasks, standbyTasks, warmupTasks }: StreamsAssignment, prefix = ''): string {
  const kinds: readonly (readonly [name: string, tasks: readonly StreamsTasks[]])[] = [
    ['ACTIVE', activeTasks],
    ['STANDBY', standbyTasks],
    ['WARMUP', warmupTasks],
  ]
  return kinds
    .filter(([, tasks]) => tasks.length > 0)
    .map(([name, tasks]) => {
      const texts = tasks.map(
        ({ subtopologyId, partitions }) => `${subtopologyId}:[${partitions.join(',')}]; `,
      )
      return `${prefix}${name}: ${texts.join('')}`
    })
    .join('')
}
