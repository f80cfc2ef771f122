import type { BrokerNode, ConsumerGroupDescription } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import type { GroupProgress } from '../../groups/group-progress.ts'
import { NOTHING, columnsLine, orDash, widthOf } from './columns.ts'
import { partitionLists } from './partition-lists.ts'

// What `kafka-consumer-groups --describe` prints.

/** Says what there is to say about the state of a group; whether it makes sense to print its rows. */
function tellState({ groupId, state }: ConsumerGroupDescription, rows: number, io: Io): boolean {
  switch (state) {
    case 'Dead':
      io.print(`\nError: Consumer group '${groupId}' does not exist.\n`)
      return false
    case 'Empty':
      io.printError(`\nConsumer group '${groupId}' has no active members.\n`)
      break
    case 'PreparingRebalance':
    case 'CompletingRebalance':
    case 'Assigning':
    case 'Reconciling':
      io.printError(`\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
  }
  return rows > 0
}

/** `--offsets`: where the group is in each partition. */
export function printOffsets({ group, partitions }: GroupProgress, isVerbose: boolean, io: Io): void {
  if (!tellState(group, partitions.length, io)) return
  const epoch = (cell: string) => (isVerbose ? [cell] : [])
  const rows = partitions.map(({ member, ...one }) => [
    group.groupId,
    one.topic,
    `${one.partition}`,
    ...epoch(orDash(one.leaderEpoch)),
    orDash(one.offset),
    orDash(one.endOffset),
    orDash(one.lag),
    orDash(member?.memberId),
    orDash(member?.host),
    orDash(member?.clientId),
  ])
  const header = ['GROUP', 'TOPIC', 'PARTITION', ...epoch('LEADER-EPOCH'), 'CURRENT-OFFSET', 'LOG-END-OFFSET']
  const fit = (column: number) =>
    widthOf(
      rows.map(row => row.at(column)!),
      15,
    )
  const widths = [fit(0), fit(1), 10, ...(isVerbose ? [15] : []), 15, 15, 15, fit(-3), fit(-2)]
  const lines = [[...header, 'LAG', 'CONSUMER-ID', 'HOST', 'CLIENT-ID'], ...rows]
  io.print(`${lines.map(cells => `\n${columnsLine(widths, cells)}`).join('')}\n`)
}

/** `--members`: who is in the group. */
export function printMembers(group: ConsumerGroupDescription, isVerbose: boolean, io: Io): void {
  const { members, groupId } = group
  const isShown = tellState(group, members.length, io)
  const fit = (cells: string[], least: number) => widthOf(isShown ? cells : [], least)
  const hasInstances = members.some(({ instanceId }) => instanceId !== undefined)
  const instance = (cell: string) => (hasInstances ? [cell] : [])
  const ids = members.map(({ memberId, instanceId, host, clientId, assignment }) => [
    groupId,
    memberId,
    ...instance(instanceId ?? ''),
    host,
    clientId,
    `${assignment.length}`,
  ])
  const header = [
    'GROUP',
    'CONSUMER-ID',
    ...instance('GROUP-INSTANCE-ID'),
    'HOST',
    'CLIENT-ID',
    '#PARTITIONS',
  ]
  const least = [15, 15, ...(hasInstances ? [17] : []), 15, 15]
  const widths = least.map((width, column) =>
    fit(
      ids.map(row => row[column]!),
      width,
    ),
  )
  const more = isVerbose ? memberDetails(group, fit) : [header, ...ids].map(() => '')
  const lines = [header, ...ids].map((cells, at) => `${columnsLine([...widths, 15], cells)} ${more[at]}\n`)
  io.print(`\n${lines.join('')}`)
}

/** What `--verbose` adds to each line about members, the header first. */
function memberDetails(
  { members, assignmentEpoch }: ConsumerGroupDescription,
  fit: (cells: string[], least: number) => number,
): string[] {
  const isMigrating =
    members.some(one => one.isClassic === true) && members.some(one => one.isClassic === false)
  const upgraded = (cell: string) => (isMigrating ? [cell] : [])
  const rows = members.map(({ memberEpoch, assignment, targetAssignment = [], isClassic }) => [
    orDash(memberEpoch),
    partitionLists(assignment) || NOTHING,
    orDash(assignmentEpoch),
    partitionLists(targetAssignment) || NOTHING,
    ...upgraded(isClassic === undefined ? NOTHING : `${!isClassic}`),
  ])
  const lists = (column: number) =>
    fit(
      rows.map(row => row[column]!),
      20,
    )
  const widths = [15, lists(1), 15, lists(3)]
  const header = ['CURRENT-EPOCH', 'CURRENT-ASSIGNMENT', 'TARGET-EPOCH', 'TARGET-ASSIGNMENT']
  return [[...header, ...upgraded('UPGRADED')], ...rows].map(cells => columnsLine(widths, cells))
}

/** `--state`: the group as a whole. */
export function printState(group: ConsumerGroupDescription, isVerbose: boolean, io: Io): void {
  if (!tellState(group, 1, io)) return
  const coordinator = coordinatorText(group)
  const epochs = (...cells: string[]) => (isVerbose ? cells : [])
  const header = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE']
  const row = [group.groupId, coordinator, group.assignor || NOTHING, group.state]
  const lines = [
    [...header, ...epochs('GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'), '#MEMBERS'],
    [...row, ...epochs(orDash(group.groupEpoch), orDash(group.assignmentEpoch)), `${group.members.length}`],
  ]
  const widths = [
    widthOf([group.groupId], 15),
    widthOf([coordinator], 25),
    20,
    20,
    ...(isVerbose ? [15, 25] : []),
  ]
  io.print(`${lines.map(cells => `\n${columnsLine(widths, cells)}`).join('')}\n`)
}

/** The coordinator of a group as Kafka's tools write it: `host:9092  (1)`. */
export function coordinatorText({ coordinator }: { readonly coordinator: BrokerNode | undefined }): string {
  return coordinator === undefined ? NOTHING : `${coordinator.host}:${coordinator.port}  (${coordinator.id})`
}
