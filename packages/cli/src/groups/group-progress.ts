import type {
  Admin,
  CallOptions,
  CommittedOffset,
  ConsumerGroupDescription,
  ConsumerGroupMember,
  TopicPartition,
} from '@samsa/client'
import { byPartition, partitionKey } from './partitions.ts'

/** How far a group is in a partition. Undefined is what is not known: no commit, no leader. */
export interface PartitionProgress extends TopicPartition {
  /** The next record that the group is to process. */
  readonly offset: number | undefined
  readonly leaderEpoch: number | undefined
  /** Where the partition ends. */
  readonly endOffset: number | undefined
  /** Records that are still to be processed. */
  readonly lag: number | undefined
  /** Who reads it; undefined when nobody does. */
  readonly member: ConsumerGroupMember | undefined
}

/** A group and its partitions: those of its members, the one with most first, then those that nobody reads. */
export interface GroupProgress {
  readonly group: ConsumerGroupDescription
  readonly partitions: readonly PartitionProgress[]
}

export interface GroupProgressOptions extends CallOptions {
  /** Groups that cannot be described are left out: they may have gone since they were listed. */
  readonly leavesOutFailed?: boolean
}

/**
 * How far groups of consumers are. Throws the `KafkaError` of the first group that cannot be described, unless those are
 * left out.
 */
export async function groupProgress(
  admin: Admin,
  groupIds: readonly string[],
  call: GroupProgressOptions = {},
): Promise<GroupProgress[]> {
  const ids = [...new Set(groupIds)]
  if (ids.length === 0) return []
  const described = await admin.describeConsumerGroups(ids, call).results()
  if (call.leavesOutFailed !== true) described.all()
  const groups = [...described].flatMap(({ value }) => value ?? [])
  if (groups.length === 0) return []
  const offsets = await admin.listGroupOffsets(
    groups.map(({ groupId }) => ({ groupId })),
    call,
  )
  const shares = groups.map(group => sharesOf(group, committedOf(offsets.get(group.groupId))))
  const ends = await endOffsets(
    admin,
    shares.flat().map(({ topic, partition }) => ({ topic, partition })),
    call,
  )
  return groups.map((group, at) => ({
    group,
    partitions: shares[at]!.map(share => progressOf(share, ends.get(partitionKey(share)))),
  }))
}

/** The committed offsets of a group, by `partitionKey`. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  call: CallOptions = {},
): Promise<Map<string, TopicPartition & CommittedOffset>> {
  const offsets = await admin.listGroupOffsets([{ groupId }], call)
  return committedOf(offsets.get(groupId))
}

function committedOf(
  offsets: Iterable<{ readonly item: TopicPartition; readonly value?: CommittedOffset | undefined }>,
): Map<string, TopicPartition & CommittedOffset> {
  const committed = new Map<string, TopicPartition & CommittedOffset>()
  for (const { item, value } of offsets) {
    if (value !== undefined) committed.set(partitionKey(item), { ...item, ...value })
  }
  return committed
}

interface Share extends TopicPartition {
  readonly committed: CommittedOffset | undefined
  readonly member: ConsumerGroupMember | undefined
}

function sharesOf(
  { members }: ConsumerGroupDescription,
  committed: ReadonlyMap<string, TopicPartition & CommittedOffset>,
): Share[] {
  const left = new Map(committed)
  const busiestFirst = [...members].sort((a, b) => b.assignment.length - a.assignment.length)
  const shares = busiestFirst.flatMap(member =>
    [...member.assignment].sort(byPartition).map(partition => {
      const key = partitionKey(partition)
      left.delete(key)
      return { ...partition, committed: committed.get(key), member }
    }),
  )
  const others = [...left.values()]
    .sort(byPartition)
    .map(one => ({ ...one, committed: one, member: undefined }))
  return [...shares, ...others]
}

function progressOf({ topic, partition, committed, member }: Share, endOffset?: number): PartitionProgress {
  const offset = committed?.offset
  const lag = offset === undefined || endOffset === undefined ? undefined : endOffset - offset
  return { topic, partition, offset, leaderEpoch: committed?.leaderEpoch, endOffset, lag, member }
}

/** Where partitions end, by `partitionKey`; those that do not exist or have no leader are missing. */
async function endOffsets(
  admin: Admin,
  partitions: readonly TopicPartition[],
  call: CallOptions,
): Promise<Map<string, number>> {
  if (partitions.length === 0) return new Map()
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const described = await admin.describeTopics(topics, call).results()
  const led = new Set<string>()
  for (const { item: topic, value } of described) {
    for (const { partition, leader } of value?.partitions ?? [])
      if (leader !== undefined) led.add(partitionKey({ topic, partition }))
  }
  const asked = new Map(partitions.map(one => [partitionKey(one), one]))
  const queries = [...asked].filter(([key]) => led.has(key)).map(([, one]) => one)
  const ends = queries.length === 0 ? [] : await admin.listOffsets(queries, call)
  return new Map([...ends].map(({ item, value }) => [partitionKey(item), value!.offset]))
}
