import { ZERO_UUID } from '@samsa/base'
import type { OffsetFetchRequest, OffsetFetchResponse } from '@samsa/protocol'
import type { Group } from '../groups/classic/group.ts'
import { hasTransactionalOffset } from './evolve-offsets.ts'
import { type CommittedOffset, offsetAt } from './offset-table.ts'

type RequestedTopic = NonNullable<OffsetFetchRequest['groups'][number]['topics']>[number]
export type FetchedTopic = NonNullable<OffsetFetchResponse['groups']>[number]['topics'][number]
type FetchedPartition = FetchedTopic['partitions'][number]

/**
 * OffsetFetch for some partitions of one group; a group that does not exist has committed nothing.
 *
 * @param requireStable answer UNSTABLE_OFFSET_COMMIT where an open transaction may change the offset (KIP-447)
 */
export function fetchOffsets(
  group: Group | undefined,
  topics: readonly RequestedTopic[],
  requireStable: boolean,
): FetchedTopic[] {
  return topics.map(topic => ({
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitionIndexes.map(partition => {
      const committed = offsetAt(group?.offsets, topic.name, partition)
      const isForTopic = committed !== undefined && isSameTopic(committed.topicId, topic.topicId)
      return fetchPartition(group, topic.name, partition, isForTopic ? committed : undefined, requireStable)
    }),
  }))
}

/** OffsetFetch for everything the group committed. Topic ids are not told: they may have changed since. */
export function fetchAllOffsets(group: Group | undefined, requireStable: boolean): FetchedTopic[] {
  return Array.from(group?.offsets ?? [], ([topic, partitions]) => ({
    name: topic,
    topicId: ZERO_UUID,
    partitions: Array.from(partitions, ([partition, committed]) =>
      fetchPartition(group, topic, partition, committed, requireStable),
    ),
  }))
}

// A topic that was deleted and made anew has another id: positions in the old one mean nothing in the new one.
function isSameTopic(committed: string, asked: string): boolean {
  return committed === ZERO_UUID || asked === ZERO_UUID || committed === asked
}

function fetchPartition(
  group: Group | undefined,
  topic: string,
  partitionIndex: number,
  committed: CommittedOffset | undefined,
  requireStable: boolean,
): FetchedPartition {
  const isUnstable =
    requireStable && group !== undefined && hasTransactionalOffset(group, topic, partitionIndex)
  if (committed === undefined || isUnstable) {
    const errorCode = isUnstable ? 'UNSTABLE_OFFSET_COMMIT' : 'NONE'
    return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
  }
  return {
    partitionIndex,
    committedOffset: committed.offset,
    committedLeaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    errorCode: 'NONE',
  }
}
