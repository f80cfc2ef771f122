import { ByteReader, MalformedError } from '@samsa/base'
import {
  type CompleteResponseOf,
  ConsumerProtocolAssignment,
  DescribeGroups,
  decodeMessage,
} from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import type { BrokerNode } from './cluster-description.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { type GroupState, groupStateOf } from './group-listings.ts'
import { coordinatorNode } from './group-node.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import type { Outcomes } from './results.ts'
import type { Target } from './routing.ts'
import type { TopicPartition } from './topic-partitions.ts'

export interface DescribeGroupsOptions extends CallOptions {
  /** Asks what the user may do with each group. */
  readonly includeAuthorizedOperations?: boolean | undefined
}

/** A member of a classic group. */
export interface ClassicGroupMember {
  readonly memberId: string
  /** The name of a static member (KIP-345). */
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly host: string
  /** What it was assigned; empty unless the group is one of consumers. */
  readonly assignment: readonly TopicPartition[]
  /** What it told when it joined, in the group's own protocol. */
  readonly metadata: Uint8Array
  /** What its leader assigned to it, in the group's own protocol. */
  readonly assignmentBytes: Uint8Array
}

/** A classic group: of consumers, of Connect workers, or of whatever else shares out work. */
export interface ClassicGroupDescription {
  readonly groupId: string
  readonly state: GroupState
  /** `consumer`, `connect`, `sr`, … */
  readonly protocolType: string
  /** The protocol that its members agreed on: for consumers the assignor. */
  readonly protocol: string
  readonly members: readonly ClassicGroupMember[]
  readonly coordinator: BrokerNode | undefined
  /** What the user may do with it; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** Describes classic groups. Items are group ids. A group that does not exist is GROUP_ID_NOT_FOUND. */
export function describeClassicGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Outcomes<string, ClassicGroupDescription> {
  return exchange<string, ClassicGroupDescription>(context, options, {
    what: 'DescribeGroups',
    items: groupIds,
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupIds, settle, deadline) {
      for (const [groupId, outcome] of await askClassicGroups(context, target, groupIds, options, deadline))
        settle(groupId, outcome)
    },
  })
}

/** Asks a coordinator about its classic groups. */
export async function askClassicGroups(
  context: AdminContext,
  target: Target,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
  deadline: Deadline,
): Promise<[groupId: string, outcome: ClassicGroupDescription | KafkaError][]> {
  const includeAuthorizedOperations = options.includeAuthorizedOperations ?? false
  const request = { groups: groupIds, includeAuthorizedOperations }
  const limits = { timeoutMs: deadline.attemptMs(), minVersion: includeAuthorizedOperations ? 3 : 0 }
  const { groups } = await context.cluster.send(DescribeGroups, target, request, limits)
  const coordinator = coordinatorNode(context, target)
  return groups.map(group => [group.groupId, descriptionOf(group, coordinator, options)])
}

type GroupAnswer = CompleteResponseOf<typeof DescribeGroups>['groups'][number]

function descriptionOf(
  group: GroupAnswer,
  coordinator: BrokerNode | undefined,
  options: DescribeGroupsOptions,
): ClassicGroupDescription | KafkaError {
  if (group.errorCode !== 'NONE') return new KafkaError(group.errorCode, group.errorMessage ?? undefined)
  // Before version 6 a group that does not exist is a dead one.
  if (group.groupState === 'Dead')
    return new KafkaError('GROUP_ID_NOT_FOUND', `There is no group ${group.groupId}.`)
  const isOfConsumers = group.protocolType === 'consumer' || group.protocolType === ''
  return {
    groupId: group.groupId,
    state: groupStateOf(group.groupState),
    protocolType: group.protocolType,
    protocol: group.protocolData,
    coordinator,
    members: group.members.map(member => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId ?? undefined,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: isOfConsumers ? assignmentOf(member.memberAssignment) : [],
      metadata: member.memberMetadata.slice(),
      assignmentBytes: member.memberAssignment.slice(),
    })),
    authorizedOperations: options.includeAuthorizedOperations
      ? operationsOf(group.authorizedOperations)
      : undefined,
  }
}

/** What a consumer was assigned. What cannot be read counts as nothing: members write this, not brokers. */
function assignmentOf(bytes: Uint8Array): TopicPartition[] {
  if (bytes.length < 2) return []
  try {
    const version = Math.min(new ByteReader(bytes).int16(), ConsumerProtocolAssignment.maxVersion)
    const { assignedPartitions } = decodeMessage(ConsumerProtocolAssignment, version, bytes.subarray(2))
    return assignedPartitions.flatMap(({ topic, partitions }) =>
      partitions.map(partition => ({ topic, partition })),
    )
  } catch (error) {
    if (error instanceof MalformedError) return []
    throw error
  }
}
