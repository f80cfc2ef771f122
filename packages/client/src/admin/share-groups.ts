import {
  AlterShareGroupOffsets,
  type CompleteResponseOf,
  DeleteShareGroupOffsets,
  DescribeShareGroupOffsets,
  ShareGroupDescribe,
} from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { DescribeGroupsOptions } from './classic-groups.ts'
import type { BrokerNode } from './cluster-description.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { type GroupState, groupStateOf } from './group-listings.ts'
import { coordinatorNode, partitionsOf } from './group-node.ts'
import { type OffsetsOfGroup, topicsOf } from './group-offsets.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import { type Outcome, type Outcomes, Results } from './results.ts'
import { doneOr, valueOr } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'

/** A member of a share group. */
export interface ShareGroupMember {
  readonly memberId: string
  readonly clientId: string
  readonly host: string
  readonly rackId: string | undefined
  readonly memberEpoch: number
  readonly subscribedTopics: readonly string[]
  readonly assignment: readonly TopicPartition[]
}

/** A share group (KIP-932): its members take records of the same partitions and acknowledge each. */
export interface ShareGroupDescription {
  readonly groupId: string
  readonly state: GroupState
  readonly assignor: string
  readonly members: readonly ShareGroupMember[]
  readonly coordinator: BrokerNode | undefined
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  /** What the user may do with it; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** Describes share groups. Items are group ids. */
export function describeShareGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Outcomes<string, ShareGroupDescription> {
  return exchange<string, ShareGroupDescription>(context, options, {
    what: 'ShareGroupDescribe',
    items: groupIds,
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupIds, settle, deadline) {
      const includeAuthorizedOperations = options.includeAuthorizedOperations ?? false
      const request = { groupIds, includeAuthorizedOperations }
      const limits = { timeoutMs: deadline.attemptMs(), minVersion: 1 }
      const { groups } = await context.cluster.send(ShareGroupDescribe, target, request, limits)
      const coordinator = coordinatorNode(context, target)
      for (const group of groups) {
        const description = descriptionOf(group, coordinator, options)
        settle(group.groupId, valueOr(description, group.errorCode, group.errorMessage))
      }
    },
  })
}

type GroupAnswer = CompleteResponseOf<typeof ShareGroupDescribe>['groups'][number]

function descriptionOf(
  group: GroupAnswer,
  coordinator: BrokerNode | undefined,
  options: DescribeGroupsOptions,
): ShareGroupDescription {
  return {
    groupId: group.groupId,
    state: groupStateOf(group.groupState),
    assignor: group.assignorName,
    members: group.members.map(member => ({
      memberId: member.memberId,
      clientId: member.clientId,
      host: member.clientHost,
      rackId: member.rackId ?? undefined,
      memberEpoch: member.memberEpoch,
      subscribedTopics: member.subscribedTopicNames,
      assignment: partitionsOf(member.assignment.topicPartitions),
    })),
    coordinator,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    authorizedOperations: options.includeAuthorizedOperations
      ? operationsOf(group.authorizedOperations)
      : undefined,
  }
}

/** Where a share group is in a partition. */
export interface ShareGroupOffset {
  /** The first record that is not done for good; undefined when the group has not begun with the partition. */
  readonly startOffset: number | undefined
  readonly leaderEpoch: number | undefined
  /** Records from the start offset on that are to be delivered; undefined where the broker does not tell. */
  readonly lag: number | undefined
}

/** Where share groups are. Items are group ids, values results by partition. */
export function listShareGroupOffsets(
  context: AdminContext,
  groups: readonly OffsetsOfGroup[],
  options: CallOptions,
): Outcomes<string, Results<TopicPartition, ShareGroupOffset>> {
  const byId = new Map(groups.map(group => [group.groupId, group]))
  return exchange<string, Results<TopicPartition, ShareGroupOffset>>(context, options, {
    what: 'DescribeShareGroupOffsets',
    items: [...byId.keys()],
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupIds, settle, deadline) {
      const request = {
        groups: groupIds.map(groupId => ({
          groupId,
          topics:
            topicsOf(byId.get(groupId)!)?.map(({ name, partitionIndexes }) => {
              return { topicName: name, partitions: partitionIndexes }
            }) ?? null,
        })),
      }
      const limits = { timeoutMs: deadline.attemptMs() }
      const response = await context.cluster.send(DescribeShareGroupOffsets, target, request, limits)
      for (const { groupId, topics, errorCode, errorMessage } of response.groups)
        settle(groupId, valueOr(new Results(topics.flatMap(offsetsOf)), errorCode, errorMessage))
    },
  })
}

type OffsetsAnswer = CompleteResponseOf<typeof DescribeShareGroupOffsets>['groups'][number]['topics'][number]

function offsetsOf({
  topicName: topic,
  partitions,
}: OffsetsAnswer): Outcome<TopicPartition, ShareGroupOffset>[] {
  return partitions.map(answer => {
    const item = { topic, partition: answer.partitionIndex }
    if (answer.errorCode !== 'NONE')
      return { item, error: new KafkaError(answer.errorCode, answer.errorMessage ?? undefined) }
    const value = {
      startOffset: answer.startOffset < 0 ? undefined : answer.startOffset,
      leaderEpoch: answer.leaderEpoch < 0 ? undefined : answer.leaderEpoch,
      lag: answer.lag < 0 ? undefined : answer.lag,
    }
    return { item, value }
  })
}

/** Where a share group is to start anew in a partition. */
export interface NewShareGroupOffset extends TopicPartition {
  readonly offset: number
}

/** Lets a share group without members start elsewhere. Items are partitions. */
export function alterShareGroupOffsets(
  context: AdminContext,
  groupId: string,
  offsets: readonly NewShareGroupOffset[],
  options: CallOptions,
): Outcomes<TopicPartition, undefined> {
  const startOffsets = new Map(
    offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]),
  )
  return exchange<TopicPartition, undefined>(context, options, {
    what: 'AlterShareGroupOffsets',
    items: offsets.map(partitionOf),
    route: toCoordinators(context, 'group', () => groupId),
    async ask(target, partitions, settle, deadline) {
      const topics = byTopic(partitions, (topicName, of) => ({
        topicName,
        partitions: of.map(({ topic, partition }) => ({
          partitionIndex: partition,
          startOffset: startOffsets.get(`${topic}-${partition}`)!,
        })),
      }))
      const limits = { timeoutMs: deadline.attemptMs() }
      const response = await context.cluster.send(AlterShareGroupOffsets, target, { groupId, topics }, limits)
      throwIfError(response.errorCode, response.errorMessage)
      for (const { topicName: topic, partitions } of response.responses)
        for (const { partitionIndex: partition, errorCode, errorMessage } of partitions)
          settle({ topic, partition }, doneOr(errorCode, errorMessage))
    },
  })
}

/** Lets a share group without members forget topics. Items are names of topics. */
export function deleteShareGroupOffsets(
  context: AdminContext,
  groupId: string,
  topics: readonly string[],
  options: CallOptions,
): Outcomes<string, undefined> {
  return exchange<string, undefined>(context, options, {
    what: 'DeleteShareGroupOffsets',
    items: topics,
    route: toCoordinators(context, 'group', () => groupId),
    async ask(target, names, settle, deadline) {
      const request = { groupId, topics: names.map(topicName => ({ topicName })) }
      const limits = { timeoutMs: deadline.attemptMs() }
      const response = await context.cluster.send(DeleteShareGroupOffsets, target, request, limits)
      throwIfError(response.errorCode, response.errorMessage)
      for (const { topicName, errorCode, errorMessage } of response.responses)
        settle(topicName, doneOr(errorCode, errorMessage))
    },
  })
}
