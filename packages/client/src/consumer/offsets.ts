import {
  type CompleteResponseOf,
  type ErrorName,
  ListOffsets,
  OffsetCommit,
  OffsetFetch,
  OffsetForLeaderEpoch,
} from '@samsa/protocol'
import type { Cluster } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'
import type { OffsetAndMetadata, TopicPartition } from '../records/consumer-record.ts'
import { byTopic } from './assignment.ts'
import type { GroupMetadata } from './groups/group-member.ts'
import { TopicNaming } from './topic-naming.ts'

/** Special times of ListOffsets. */
export const LATEST = -1
export const EARLIEST = -2

/** A partition and the time whose offset is wanted, in milliseconds since the epoch, or one of the special ones. */
export interface TimeQuery extends TopicPartition {
  readonly timestamp: number
}

/** The first record at or after the time asked for. */
export interface OffsetAtTime extends TopicPartition {
  /** -1 when there is no such record. */
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

export type WithError<T> = T & { readonly errorCode: ErrorName }

/** What a group committed for a partition. */
export interface CommittedOffset extends OffsetAndMetadata, TopicPartition {}

/**
 * Asks one broker for offsets by time; partitions it does not lead have an error.
 *
 * @param isCommittedOnly `read_committed`: the end is the last stable offset
 */
export async function listOffsets(
  cluster: Cluster,
  nodeId: number,
  queries: readonly TimeQuery[],
  isCommittedOnly: boolean,
): Promise<WithError<OffsetAtTime>[]> {
  const { metadata } = cluster
  const topics = [...byTopic(queries)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, timestamp }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: metadata.leaderOf(name, partition)?.epoch ?? -1,
      timestamp,
    })),
  }))
  const isolationLevel = isCommittedOnly ? 1 : 0
  const request = { replicaId: -1, isolationLevel, topics, timeoutMs: cluster.config['request.timeout.ms'] }
  const answer = await cluster.send(ListOffsets, nodeId, request, {
    minVersion: isCommittedOnly ? 2 : 1,
  })
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode, offset, timestamp, leaderEpoch }) => ({
      topic: name,
      partition: partitionIndex,
      errorCode,
      offset,
      timestamp,
      leaderEpoch,
    })),
  )
}

/**
 * Asks the leaders of all partitions; throws `KafkaError` for the first that fails, retriable where a new attempt may
 * help.
 */
export async function listOffsetsEverywhere(
  cluster: Cluster,
  queries: readonly TimeQuery[],
  isCommittedOnly: boolean,
): Promise<OffsetAtTime[]> {
  const byNode = new Map<number, TimeQuery[]>()
  for (const query of queries) {
    const leader = cluster.metadata.leaderOf(query.topic, query.partition)
    if (leader === undefined) throw leaderless(query)
    byNode.set(leader.nodeId, [...(byNode.get(leader.nodeId) ?? []), query])
  }
  const answers = await Promise.all(
    [...byNode].map(([nodeId, some]) => listOffsets(cluster, nodeId, some, isCommittedOnly)),
  )
  for (const { errorCode, topic, partition } of answers.flat()) {
    if (errorCode !== 'NONE') throw new KafkaError(errorCode, `no offset of ${topic}-${partition} was found`)
  }
  return answers.flat()
}

export function leaderless({ topic, partition }: TopicPartition): KafkaError {
  return new KafkaError('LEADER_NOT_AVAILABLE', `${topic}-${partition} has no leader now`)
}

/** What a leader has of an epoch that was read in. */
export interface EpochEnd extends TopicPartition {
  readonly errorCode: ErrorName
  /** -1 when it knows neither the epoch nor one before it. */
  readonly leaderEpoch: number
  readonly endOffset: number
}

/** Asks a leader where epochs end in its log (KIP-320). */
export async function offsetsForEpochs(
  cluster: Cluster,
  nodeId: number,
  queries: readonly (TopicPartition & {
    readonly currentLeaderEpoch: number
    readonly leaderEpoch: number
  })[],
): Promise<EpochEnd[]> {
  const topics = [...byTopic(queries)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => ({
      partition,
      currentLeaderEpoch,
      leaderEpoch,
    })),
  }))
  // Before v3 only replicas may ask.
  const answer = await cluster.send(
    OffsetForLeaderEpoch,
    nodeId,
    { replicaId: -1, topics },
    { minVersion: 3 },
  )
  return answer.topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, leaderEpoch, endOffset }) => ({
      topic,
      partition,
      errorCode,
      leaderEpoch,
      endOffset,
    })),
  )
}

/** What a group committed; partitions without a committed offset are left out. Asks once, see `Cluster.retry`. */
export async function fetchCommitted(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  member: GroupMetadata | undefined,
): Promise<CommittedOffset[]> {
  const nodeId = await cluster.coordinatorOf('group', groupId)
  const wanted = byTopic(partitions)
  const naming = new TopicNaming(cluster, wanted.keys())
  const topics = [...wanted].map(([name, some]) => ({
    ...naming.inRequest(name),
    partitionIndexes: some.map(({ partition }) => partition),
  }))
  const isNew = member?.protocol === 'consumer'
  const identity = isNew ? { memberId: member.memberId, memberEpoch: member.generationId } : {}
  const answer = await cluster.send(
    OffsetFetch,
    nodeId,
    version =>
      version >= 8
        ? { requireStable: true, groups: [{ groupId, topics, ...identity }] }
        : { groupId, topics, ...(version >= 7 && { requireStable: true }) },
    { purpose: 'coordinator', minVersion: 1, ...naming.versions },
  )
  return committedOf(answer.groups[0] ?? answer, groupId, naming)
}

type GroupAnswer = Pick<CompleteResponseOf<typeof OffsetFetch>, 'topics' | 'errorCode'>

function committedOf(group: GroupAnswer, groupId: string, naming: TopicNaming): CommittedOffset[] {
  if (group.errorCode !== 'NONE') throw groupError(group.errorCode, groupId, 'the committed offsets')
  return group.topics.flatMap(answer => {
    const topic = naming.inAnswer(answer)
    for (const { partitionIndex, errorCode } of answer.partitions)
      if (errorCode !== 'NONE')
        throw groupError(errorCode, groupId, `the offset of ${topic}-${partitionIndex}`)
    const found = answer.partitions.filter(({ committedOffset }) => committedOffset >= 0)
    return found.map(({ partitionIndex, committedOffset, committedLeaderEpoch, metadata }) => ({
      topic,
      partition: partitionIndex,
      offset: committedOffset,
      ...(committedLeaderEpoch >= 0 && { leaderEpoch: committedLeaderEpoch }),
      metadata: metadata ?? '',
    }))
  })
}

/** Commits offsets. Asks once, see `Cluster.retry`; throws `KafkaError` for the first partition that was refused. */
export async function commitOffsets(
  cluster: Cluster,
  member: GroupMetadata,
  offsets: readonly CommittedOffset[],
): Promise<void> {
  const { groupId } = member
  const nodeId = await cluster.coordinatorOf('group', groupId)
  const wanted = byTopic(offsets)
  const naming = new TopicNaming(cluster, wanted.keys())
  const topics = [...wanted].map(([name, some]) => ({
    ...naming.inRequest(name),
    partitions: some.map(({ partition, offset, leaderEpoch, metadata }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch ?? -1,
      committedMetadata: metadata ?? '',
    })),
  }))
  const answer = await cluster.send(
    OffsetCommit,
    nodeId,
    version => ({
      groupId,
      generationIdOrMemberEpoch: member.generationId,
      memberId: member.memberId,
      ...(version >= 7 && { groupInstanceId: member.groupInstanceId ?? null }),
      topics,
    }),
    { purpose: 'coordinator', minVersion: 1, ...naming.versions },
  )
  for (const topic of answer.topics) {
    for (const { partitionIndex, errorCode } of topic.partitions) {
      if (errorCode === 'NONE') continue
      throw groupError(errorCode, groupId, `the offset of ${naming.inAnswer(topic)}-${partitionIndex}`)
    }
  }
}

function groupError(code: ErrorName, groupId: string, what: string): KafkaError {
  // A topic that was just made may not be known to the coordinator yet.
  const retry = code === 'UNSTABLE_OFFSET_COMMIT' ? ({ retry: 'again' } as const) : {}
  return new KafkaError(code, `${what} in the group '${groupId}': ${code}`, retry)
}
