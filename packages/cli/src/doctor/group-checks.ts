import type { ClusterFacts, GroupFacts, PartitionProgress } from './cluster-facts.ts'
import { type Finding, findingOf } from './finding.ts'

/**
 * Whether groups keep up with what is written.
 *
 * @param maxLag how many records a group may be behind in all
 */
export function checkGroups({ groups }: ClusterFacts, maxLag: number): Finding[] {
  const behind = groups.filter(group => lagOf(group) > 0)
  const late = behind.filter(group => group.hasMembers && lagOf(group) > maxLag)
  const unread = behind.filter(group => !group.hasMembers)
  return [
    ...findingOf(
      places(groups, ({ committed, start }) => committed < start),
      {
        level: 'problem',
        check: 'records-missed',
        what: 'Records were deleted by retention before groups had read them.',
        toDo: 'Raise retention.ms or make the consumers faster; auto.offset.reset says where they go on.',
      },
    ),
    ...findingOf(
      places(groups, ({ committed, end }) => committed > end),
      {
        level: 'problem',
        check: 'offset-beyond-end',
        what: 'Groups have committed offsets beyond the end: the topic was made anew, or lost records.',
        toDo: 'Move them with kafka-consumer-groups --reset-offsets, to the earliest or a point in time.',
      },
    ),
    ...findingOf(late.map(named), {
      level: 'warning',
      check: 'lag',
      what: `Groups are more than ${maxLag} records behind.`,
      toDo: 'Look whether their consumers are stuck (kafka-consumer-groups --describe, twice), else add members up to the number of partitions.',
    }),
    ...findingOf(unread.map(named), {
      level: 'hint',
      check: 'nobody-reads',
      what: 'Groups are behind and have no members.',
      toDo: 'Start their consumers, or delete them: kafka-consumer-groups --delete --group NAME.',
    }),
  ]
}

function lagOf({ partitions }: GroupFacts): number {
  return partitions.reduce(
    (sum, { committed, start, end }) => sum + Math.max(0, end - Math.max(committed, start)),
    0,
  )
}

const named = (group: GroupFacts) => `${group.groupId} (${lagOf(group)} behind)`

function places(groups: readonly GroupFacts[], isMeant: (one: PartitionProgress) => boolean): string[] {
  return groups.flatMap(({ groupId, partitions }) =>
    partitions.filter(isMeant).map(({ topic, partition }) => `${groupId} in ${topic}-${partition}`),
  )
}
