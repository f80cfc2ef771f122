import { type CompleteResponseOf, ConsumerGroupDescribe } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import {
  type ClassicGroupDescription,
  type DescribeGroupsOptions,
  askClassicGroups,
} from './classic-groups.ts'
import type { BrokerNode } from './cluster-description.ts'
import type { AdminContext, Deadline } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { type Settle, exchange } from './exchange.ts'
import { type GroupState, groupStateOf } from './group-listings.ts'
import { coordinatorNode, partitionsOf } from './group-node.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import type { Outcomes } from './results.ts'
import type { Target } from './routing.ts'
import { valueOr } from './single.ts'
import type { TopicPartition } from './topic-partitions.ts'

/** A member of a group of consumers. */
export interface ConsumerGroupMember {
  readonly memberId: string
  /** The name of a static member (KIP-345). */
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** The rest is of KIP-848 groups, undefined in classic ones. What it is to have once others gave it up: */
  readonly targetAssignment: readonly TopicPartition[] | undefined
  readonly memberEpoch: number | undefined
  readonly rackId: string | undefined
  readonly subscribedTopics: readonly string[] | undefined
  readonly subscribedPattern: string | undefined
  /** Whether it speaks the classic protocol; undefined where the broker does not tell. */
  readonly isClassic: boolean | undefined
}

/** A group of consumers, classic or of KIP-848. */
export interface ConsumerGroupDescription {
  readonly groupId: string
  readonly type: 'classic' | 'consumer'
  readonly state: GroupState
  readonly assignor: string
  readonly members: readonly ConsumerGroupMember[]
  readonly coordinator: BrokerNode | undefined
  /** KIP-848: grows when members, subscriptions or topics change. */
  readonly groupEpoch: number | undefined
  /** KIP-848: the epoch for which partitions were last shared out. */
  readonly assignmentEpoch: number | undefined
  /** What the user may do with it; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/**
 * Describes groups of consumers, whichever protocol they use. Items are group ids. A group that does not exist is
 * GROUP_ID_NOT_FOUND; one that is not of consumers is INVALID_ARGUMENT.
 */
export function describeConsumerGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Outcomes<string, ConsumerGroupDescription> {
  return exchange<string, ConsumerGroupDescription>(context, options, {
    what: 'ConsumerGroupDescribe',
    items: groupIds,
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupIds, settle, deadline) {
      const classic = await askNewGroups(context, target, groupIds, options, settle, deadline)
      if (classic.length === 0) return
      for (const [groupId, group] of await askClassicGroups(context, target, classic, options, deadline))
        settle(groupId, group instanceof KafkaError ? group : ofClassicGroup(group))
    },
  })
}

/** Settles the KIP-848 groups among them. Returns those that may be classic ones. */
async function askNewGroups(
  context: AdminContext,
  target: Target,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
  settle: Settle<string, ConsumerGroupDescription>,
  deadline: Deadline,
): Promise<readonly string[]> {
  const groups = await describe(context, target, groupIds, options, deadline)
  const classic = new Set(groupIds)
  for (const group of groups) {
    const { groupId, errorCode, errorMessage } = group
    if (errorCode === 'GROUP_ID_NOT_FOUND' || errorCode === 'UNSUPPORTED_VERSION') continue
    classic.delete(groupId)
    settle(
      groupId,
      valueOr(descriptionOf(group, coordinatorNode(context, target), options), errorCode, errorMessage),
    )
  }
  return [...classic]
}

type GroupAnswer = CompleteResponseOf<typeof ConsumerGroupDescribe>['groups'][number]

async function describe(
  { cluster }: AdminContext,
  target: Target,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
  deadline: Deadline,
): Promise<readonly GroupAnswer[]> {
  const request = {
    groupIds,
    includeAuthorizedOperations: options.includeAuthorizedOperations ?? false,
  }
  try {
    const limits = { timeoutMs: deadline.attemptMs() }
    return (await cluster.send(ConsumerGroupDescribe, target, request, limits)).groups
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'UNSUPPORTED') return []
    throw error
  }
}

function descriptionOf(
  group: GroupAnswer,
  coordinator: BrokerNode | undefined,
  options: DescribeGroupsOptions,
): ConsumerGroupDescription {
  return {
    groupId: group.groupId,
    type: 'consumer',
    state: groupStateOf(group.groupState),
    assignor: group.assignorName,
    members: group.members.map(memberOf),
    coordinator,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    authorizedOperations: options.includeAuthorizedOperations
      ? operationsOf(group.authorizedOperations)
      : undefined,
  }
}

function memberOf(member: GroupAnswer['members'][number]): ConsumerGroupMember {
  return {
    memberId: member.memberId,
    instanceId: member.instanceId ?? undefined,
    clientId: member.clientId,
    host: member.clientHost,
    assignment: partitionsOf(member.assignment.topicPartitions),
    targetAssignment: partitionsOf(member.targetAssignment.topicPartitions),
    memberEpoch: member.memberEpoch,
    rackId: member.rackId ?? undefined,
    subscribedTopics: member.subscribedTopicNames,
    subscribedPattern: member.subscribedTopicRegex || undefined,
    isClassic: member.memberType < 0 ? undefined : member.memberType === 0,
  }
}

function ofClassicGroup(group: ClassicGroupDescription): ConsumerGroupDescription | KafkaError {
  if (group.protocolType !== 'consumer' && group.protocolType !== '') {
    const message = `Group ${group.groupId} is not one of consumers but of '${group.protocolType}'.`
    return new KafkaError('INVALID_ARGUMENT', message)
  }
  return {
    groupId: group.groupId,
    type: 'classic',
    state: group.state,
    assignor: group.protocol,
    members: group.members.map(({ memberId, instanceId, clientId, host, assignment }) => ({
      memberId,
      instanceId,
      clientId,
      host,
      assignment,
      targetAssignment: undefined,
      memberEpoch: undefined,
      rackId: undefined,
      subscribedTopics: undefined,
      subscribedPattern: undefined,
      isClassic: true,
    })),
    coordinator: group.coordinator,
    groupEpoch: undefined,
    assignmentEpoch: undefined,
    authorizedOperations: group.authorizedOperations,
  }
}
