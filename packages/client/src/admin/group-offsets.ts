import { type CompleteResponseOf, OffsetCommit, OffsetDelete, OffsetFetch } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { type Outcome, type Outcomes, Results } from './results.ts'
import type { Target } from './routing.ts'
import { doneOr, valueOr } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'

/** A group and the partitions of it that are asked for. */
export interface OffsetsOfGroup {
  readonly groupId: string
  /** Default: all that the group has offsets for. */
  readonly partitions?: readonly TopicPartition[] | undefined
}

export interface ListGroupOffsetsOptions extends CallOptions {
  /** Waits for offsets that open transactions are about to commit (KIP-447). */
  readonly requireStable?: boolean | undefined
}

/** An offset that a group committed. */
export interface CommittedOffset {
  /** The next record that the group is to process. */
  readonly offset: number
  /** Undefined where the committer did not tell. */
  readonly leaderEpoch: number | undefined
  /** What the committer added; mostly empty. */
  readonly metadata: string
}

/** A group's committed offset of a partition; undefined where it has none. */
export type GroupOffsets = Results<TopicPartition, CommittedOffset | undefined>

/**
 * The committed offsets of groups: classic, consumer and streams ones. Items are group ids, values results by
 * partition, undefined for a partition without an offset.
 */
export function listGroupOffsets(
  context: AdminContext,
  groups: readonly OffsetsOfGroup[],
  options: ListGroupOffsetsOptions,
): Outcomes<string, GroupOffsets> {
  const byId = new Map(groups.map(group => [group.groupId, group]))
  return exchange<string, GroupOffsets>(context, options, {
    what: 'OffsetFetch',
    items: [...byId.keys()],
    route: toCoordinators(context, 'group', groupId => groupId),
    retries: isOffsetFetchError,
    async ask(target, groupIds, settle, deadline) {
      const asked = groupIds.map(groupId => byId.get(groupId)!)
      const groups = await fetchTogether(context, target, asked, options, deadline).catch(error => {
        if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED') throw error
        return Promise.all(asked.map(group => fetchAlone(context, target, group, options, deadline)))
      })
      for (const { groupId, topics, errorCode } of groups) {
        const outcomes = topics.flatMap(offsetsOf)
        settle(groupId, unstableOf(outcomes) ?? valueOr(new Results(outcomes), errorCode))
      }
    },
  })
}

function isOffsetFetchError({ code }: KafkaError): boolean {
  return (
    code === 'NOT_COORDINATOR' ||
    code === 'COORDINATOR_NOT_AVAILABLE' ||
    code === 'COORDINATOR_LOAD_IN_PROGRESS' ||
    code === 'BROKER_NOT_AVAILABLE' ||
    code === 'UNSTABLE_OFFSET_COMMIT'
  )
}

/** With `requireStable` a partition may have to wait: the whole group is asked again. */
function unstableOf(outcomes: readonly Outcome<TopicPartition, unknown>[]): KafkaError | undefined {
  return outcomes.find(({ error }) => error?.code === 'UNSTABLE_OFFSET_COMMIT')?.error
}

interface GroupAnswer {
  readonly groupId: string
  readonly topics: readonly TopicAnswer[]
  readonly errorCode: CompleteResponseOf<typeof OffsetFetch>['errorCode']
}
type TopicAnswer = Pick<CompleteResponseOf<typeof OffsetFetch>['topics'][number], 'name' | 'partitions'>

/**
 * Versions from 10 on name topics by ids only, which tells less: a group may have offsets of a topic that is gone. Java's
 * Admin stays below them too.
 */
const NEWEST_BY_NAME = 9

/** All groups of a coordinator in one request (KIP-709). */
async function fetchTogether(
  { cluster }: AdminContext,
  target: Target,
  groups: readonly OffsetsOfGroup[],
  options: ListGroupOffsetsOptions,
  deadline: Deadline,
): Promise<readonly GroupAnswer[]> {
  const request = {
    groups: groups.map(group => ({ groupId: group.groupId, topics: topicsOf(group) })),
    requireStable: options.requireStable ?? false,
  }
  const limits = { timeoutMs: deadline.attemptMs(), minVersion: 8, maxVersion: NEWEST_BY_NAME }
  return (await cluster.send(OffsetFetch, target, request, limits)).groups
}

async function fetchAlone(
  { cluster }: AdminContext,
  target: Target,
  group: OffsetsOfGroup,
  options: ListGroupOffsetsOptions,
  deadline: Deadline,
): Promise<GroupAnswer> {
  const topics = topicsOf(group)
  const requireStable = options.requireStable ?? false
  const request = { groupId: group.groupId, topics, ...(requireStable ? { requireStable } : {}) }
  const minVersion = requireStable ? 7 : topics === null ? 2 : 0
  const limits = { timeoutMs: deadline.attemptMs(), minVersion, maxVersion: 7 }
  const answer = await cluster.send(OffsetFetch, target, request, limits)
  return { groupId: group.groupId, topics: answer.topics, errorCode: answer.errorCode }
}

/** The partitions of a group as a request wants them; null for all. */
export function topicsOf({
  partitions,
}: OffsetsOfGroup): { name: string; partitionIndexes: number[] }[] | null {
  if (partitions === undefined) return null
  return byTopic(partitions, (name, of) => ({
    name,
    partitionIndexes: of.map(({ partition }) => partition),
  }))
}

function offsetsOf({
  name: topic,
  partitions,
}: TopicAnswer): Outcome<TopicPartition, CommittedOffset | undefined>[] {
  return partitions.map(answer => {
    const item = { topic, partition: answer.partitionIndex }
    if (answer.errorCode !== 'NONE') return { item, error: new KafkaError(answer.errorCode) }
    if (answer.committedOffset < 0) return { item, value: undefined }
    const { committedOffset: offset, committedLeaderEpoch, metadata } = answer
    const leaderEpoch = committedLeaderEpoch < 0 ? undefined : committedLeaderEpoch
    return { item, value: { offset, leaderEpoch, metadata: metadata ?? '' } }
  })
}

/** An offset that a group is to have. */
export interface NewGroupOffset extends TopicPartition {
  readonly offset: number
  readonly leaderEpoch?: number | undefined
  readonly metadata?: string | undefined
}

/**
 * Sets committed offsets of a group without members: a classic, consumer or streams one. Items are partitions.
 *
 * UNKNOWN_MEMBER_ID says that the group has members: stop them first.
 */
export function alterGroupOffsets(
  context: AdminContext,
  groupId: string,
  offsets: readonly NewGroupOffset[],
  options: CallOptions,
): Outcomes<TopicPartition, undefined> {
  const byPartition = new Map(offsets.map(offset => [`${offset.topic}-${offset.partition}`, offset]))
  return exchange<TopicPartition, undefined>(context, options, {
    what: 'OffsetCommit',
    items: offsets.map(partitionOf),
    route: toCoordinators(context, 'group', () => groupId),
    async ask(target, partitions, settle, deadline) {
      const request = {
        groupId,
        topics: byTopic(partitions, (name, of) => ({
          name,
          partitions: of.map(({ topic, partition }) => {
            const { offset, leaderEpoch, metadata } = byPartition.get(`${topic}-${partition}`)!
            return {
              partitionIndex: partition,
              committedOffset: offset,
              committedLeaderEpoch: leaderEpoch ?? -1,
              committedMetadata: metadata ?? '',
            }
          }),
        })),
      }
      const limits = { timeoutMs: deadline.attemptMs(), maxVersion: NEWEST_BY_NAME }
      const { topics } = await context.cluster.send(OffsetCommit, target, request, limits)
      for (const { name: topic, partitions } of topics)
        for (const { partitionIndex: partition, errorCode } of partitions)
          settle({ topic, partition }, doneOr(errorCode))
    },
  })
}

/**
 * Deletes committed offsets of a group: a classic, consumer or streams one (KIP-496). Items are partitions.
 *
 * GROUP_SUBSCRIBED_TO_TOPIC says that members still read the topic.
 */
export function deleteGroupOffsets(
  context: AdminContext,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: CallOptions,
): Outcomes<TopicPartition, undefined> {
  return exchange<TopicPartition, undefined>(context, options, {
    what: 'OffsetDelete',
    items: partitions.map(partitionOf),
    route: toCoordinators(context, 'group', () => groupId),
    async ask(target, partitions, settle, deadline) {
      const topics = byTopic(partitions, (name, of) => ({
        name,
        partitions: of.map(({ partition }) => ({ partitionIndex: partition })),
      }))
      const limits = { timeoutMs: deadline.attemptMs() }
      const response = await context.cluster.send(OffsetDelete, target, { groupId, topics }, limits)
      throwIfError(response.errorCode)
      for (const { name: topic, partitions } of response.topics)
        for (const { partitionIndex: partition, errorCode } of partitions)
          settle({ topic, partition }, doneOr(errorCode))
    },
  })
}
