import type { Results, ShareGroupDescription, ShareGroupOffset, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { byPartition } from '../../groups/partitions.ts'
import { columnsLine, orDash, widthOf } from './columns.ts'
import { coordinatorText } from './consumer-group-tables.ts'
import { partitionLists } from './partition-lists.ts'

// What `kafka-share-groups --describe` prints.

/** Says what there is to say about the state of a group; whether it makes sense to print its rows. */
function tellState({ groupId, state }: ShareGroupDescription, rows: number, io: Io): boolean {
  if (state === 'Dead') io.print(`\nError: Share group '${groupId}' does not exist.\n`)
  else if (state === 'Empty') io.printError(`\nShare group '${groupId}' has no active members.\n`)
  return state !== 'Dead' && rows > 0
}

function printLines(
  widths: readonly number[],
  lines: readonly (readonly (string | number)[])[],
  io: Io,
): void {
  io.print(`${lines.map(cells => `\n${columnsLine(widths, cells)}`).join('')}\n`)
}

/** `--offsets`: where the group is in each partition. */
export function printShareOffsets(
  groupId: string,
  offsets: Results<TopicPartition, ShareGroupOffset>,
  isVerbose: boolean,
  io: Io,
): void {
  const rows = [...offsets].sort((a, b) => byPartition(a.item, b.item))
  if (rows.length === 0) {
    io.print(`\nShare group '${groupId}' has no offset information.\n`)
    return
  }
  const epoch = (cell: string) => (isVerbose ? [cell] : [])
  const topics = rows.map(({ item }) => item.topic)
  const widths = [widthOf([groupId], 15), widthOf(topics, 15), 10, ...(isVerbose ? [13] : []), 13]
  const cells = rows.map(({ item, value }) => [
    groupId,
    item.topic,
    `${item.partition}`,
    // Where the group has not begun, the epoch means nothing.
    ...epoch(orDash(value?.startOffset === undefined ? undefined : value.leaderEpoch)),
    orDash(value?.startOffset),
    orDash(value?.lag),
  ])
  const header = ['GROUP', 'TOPIC', 'PARTITION', ...epoch('LEADER-EPOCH'), 'START-OFFSET', 'LAG']
  printLines(widths, [header, ...cells], io)
}

/** `--state`: the group as a whole. */
export function printShareState(group: ShareGroupDescription, isVerbose: boolean, io: Io): void {
  tellState(group, 1, io)
  const coordinator = coordinatorText(group)
  const epochs = (...cells: (string | number)[]) => (isVerbose ? cells : [])
  const lines = [
    ['GROUP', 'COORDINATOR (ID)', 'STATE', ...epochs('GROUP-EPOCH', 'ASSIGNMENT-EPOCH'), '#MEMBERS'],
    [
      group.groupId,
      coordinator,
      group.state,
      ...epochs(group.groupEpoch, group.assignmentEpoch),
      group.members.length,
    ],
  ]
  const widths = [
    widthOf([group.groupId], 15),
    widthOf([coordinator], 25),
    15,
    ...(isVerbose ? [12, 17] : []),
  ]
  printLines(widths, lines, io)
}

/** `--members`: who is in the group. */
export function printShareMembers(group: ShareGroupDescription, isVerbose: boolean, io: Io): void {
  if (!tellState(group, group.members.length, io)) return
  const members = [...group.members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const epoch = (cell: string) => (isVerbose ? [cell] : [])
  const rows = members.map(({ memberId, host, clientId, assignment, memberEpoch }) => [
    group.groupId,
    memberId,
    host,
    clientId,
    `${assignment.length}`,
    ...epoch(`${memberEpoch}`),
    partitionLists(assignment),
  ])
  const fit = (column: number) =>
    widthOf(
      rows.map(row => row[column]!),
      15,
    )
  const widths = [fit(0), fit(1), fit(2), fit(3), 12, ...(isVerbose ? [13] : [])]
  const header = ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS', ...epoch('MEMBER-EPOCH')]
  printLines(widths, [[...header, 'ASSIGNMENT'], ...rows], io)
}
