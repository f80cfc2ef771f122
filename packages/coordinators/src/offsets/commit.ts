import type { ErrorName, OffsetCommitRequest, OffsetCommitResponse } from '@samsa/protocol'
import {
  type Decision,
  type DecisionContext,
  DecisionDraft,
  respond,
  sessionTimer,
} from '../groups/classic/decision.ts'
import type { Group } from '../groups/classic/group.ts'
import { checkGeneration } from '../groups/classic/membership.ts'
import type { OffsetCommitted } from './offset-events.ts'

export interface CommitInput {
  /** Topics carry their name and, where known, their id, whatever the version. */
  readonly request: OffsetCommitRequest
  readonly apiVersion: number
}

/** From this version on, a group that does not exist is named as such. */
const NOT_FOUND_SINCE = 9

type Topic = OffsetCommitRequest['topics'][number]
type Partition = Topic['partitions'][number]

/**
 * OffsetCommit v0–10: store positions for a member of the current generation, or, with generation -1, for anyone while
 * the group has no members. Committing to a group that does not exist makes one that only stores offsets.
 */
export function decideCommit(
  group: Group | undefined,
  input: CommitInput,
  context: DecisionContext,
): Decision<OffsetCommitResponse> {
  const { request } = input
  const error = checkCommit(group, input)
  if (error !== 'NONE') return respond(commitRefused(request, error))
  const draft = new DecisionDraft()
  keepSession(draft, group, request.memberId, context.now)
  const isStorable = ({ committedMetadata }: Partition) =>
    (committedMetadata ?? '').length <= context.limits.offsetMetadataMax
  const stored = lastOfEach(request, isStorable)
  const topics = request.topics.map(topic => ({
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions.map(partition => {
      const { partitionIndex } = partition
      if (!isStorable(partition)) return { partitionIndex, errorCode: 'OFFSET_METADATA_TOO_LARGE' as const }
      if (stored.get(topic.name)?.get(partitionIndex) === partition)
        draft.add(committed(request, topic, partition, context.now))
      return { partitionIndex, errorCode: 'NONE' as const }
    }),
  }))
  return draft.respond({ throttleTimeMs: 0, topics })
}

/**
 * The last of the entries for each partition, by topic. It is what counts in the end: the others are not written, where
 * Apache Kafka writes them all, so that a request of fifty thousand entries for one partition is no work.
 */
function lastOfEach({ topics }: OffsetCommitRequest, isStorable: (partition: Partition) => boolean) {
  const byTopic = new Map<string, Map<number, Partition>>()
  for (const { name, partitions } of topics) {
    const last = byTopic.get(name) ?? new Map<number, Partition>()
    byTopic.set(name, last)
    for (const partition of partitions)
      if (isStorable(partition)) last.set(partition.partitionIndex, partition)
  }
  return byTopic
}

/** OffsetCommit's answer when nothing is stored. */
export function commitRefused(
  request: Pick<OffsetCommitRequest, 'topics'>,
  errorCode: ErrorName,
): OffsetCommitResponse {
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(topic => ({
      name: topic.name,
      topicId: topic.topicId,
      partitions: topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }
}

function checkCommit(group: Group | undefined, { request, apiVersion }: CommitInput): ErrorName | 'NONE' {
  const generationId = request.generationIdOrMemberEpoch
  if (group === undefined) {
    if (generationId < 0) return 'NONE'
    return apiVersion >= NOT_FOUND_SINCE ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION'
  }
  if (generationId < 0 && group.state === 'Empty') return 'NONE'
  const isAnonymous = generationId < 0 && request.memberId === '' && request.groupInstanceId === null
  if (isAnonymous) return 'UNKNOWN_MEMBER_ID'
  const error = checkGeneration(group, { ...request, generationId })
  if (error !== 'NONE') return error
  // The member has its generation, but not yet its assignment: what it read belongs to the generation before.
  return group.state === 'CompletingRebalance' ? 'REBALANCE_IN_PROGRESS' : 'NONE'
}

// Who commits is alive.
function keepSession(draft: DecisionDraft, group: Group | undefined, memberId: string, now: number): void {
  const member = group?.members.get(memberId)
  if (member !== undefined) draft.arm(sessionTimer(memberId), now + member.sessionTimeoutMs)
}

function committed(
  { groupId, retentionTimeMs }: OffsetCommitRequest,
  topic: Topic,
  partition: Partition,
  now: number,
): OffsetCommitted {
  return {
    type: 'offsetCommitted',
    groupId,
    topic: topic.name,
    partition: partition.partitionIndex,
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? '',
    commitTimestampMs: commitTimestampMs(partition, now),
    expireTimestampMs: retentionTimeMs < 0 ? undefined : now + retentionTimeMs,
    topicId: topic.topicId,
  }
}

// Version 1 alone lets the client say when it committed.
function commitTimestampMs(partition: Partition, now: number): number {
  return partition.commitTimestamp < 0 ? now : partition.commitTimestamp
}
