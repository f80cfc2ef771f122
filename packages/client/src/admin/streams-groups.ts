import { type CompleteResponseOf, StreamsGroupDescribe } from '@samsa/protocol'
import type { DescribeGroupsOptions } from './classic-groups.ts'
import type { BrokerNode } from './cluster-description.ts'
import type { AdminContext } from './context.ts'
import { toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { type GroupState, groupStateOf } from './group-listings.ts'
import { coordinatorNode } from './group-node.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import type { Outcomes } from './results.ts'
import { valueOr } from './single.ts'

/** Tasks of a streams application: a part of its topology, for some partitions. */
export interface StreamsTasks {
  readonly subtopologyId: string
  readonly partitions: readonly number[]
}

/** What a member of a streams group works on. */
export interface StreamsAssignment {
  readonly activeTasks: readonly StreamsTasks[]
  readonly standbyTasks: readonly StreamsTasks[]
  readonly warmupTasks: readonly StreamsTasks[]
}

/** How far a task of a member is. */
export interface StreamsTaskOffset {
  readonly subtopologyId: string
  readonly partition: number
  readonly offset: number
}

/** A member of a streams group. */
export interface StreamsGroupMember {
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | undefined
  readonly rackId: string | undefined
  readonly clientId: string
  readonly host: string
  readonly topologyEpoch: number
  /** Members in one process share their state. */
  readonly processId: string
  /** Where it answers interactive queries. */
  readonly userEndpoint: { readonly host: string; readonly port: number } | undefined
  readonly clientTags: ReadonlyMap<string, string>
  readonly taskOffsets: readonly StreamsTaskOffset[]
  readonly taskEndOffsets: readonly StreamsTaskOffset[]
  readonly assignment: StreamsAssignment
  readonly targetAssignment: StreamsAssignment
  readonly isClassic: boolean
}

/** A topic that a streams application made for itself. */
export interface StreamsTopic {
  readonly name: string
  /** Undefined when it follows from other topics. */
  readonly partitions: number | undefined
  readonly replicationFactor: number | undefined
  readonly configs: ReadonlyMap<string, string>
}

/** A part of a topology whose tasks are independent of other parts. */
export interface StreamsSubtopology {
  readonly subtopologyId: string
  readonly sourceTopics: readonly string[]
  readonly repartitionSinkTopics: readonly string[]
  readonly stateChangelogTopics: readonly StreamsTopic[]
  readonly repartitionSourceTopics: readonly StreamsTopic[]
}

/** A streams group (KIP-1071). */
export interface StreamsGroupDescription {
  readonly groupId: string
  readonly state: GroupState
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly topologyEpoch: number | undefined
  readonly subtopologies: readonly StreamsSubtopology[]
  readonly members: readonly StreamsGroupMember[]
  readonly coordinator: BrokerNode | undefined
  /** What the user may do with it; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

/** Describes streams groups. Items are group ids. */
export function describeStreamsGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: DescribeGroupsOptions,
): Outcomes<string, StreamsGroupDescription> {
  return exchange<string, StreamsGroupDescription>(context, options, {
    what: 'StreamsGroupDescribe',
    items: groupIds,
    route: toCoordinators(context, 'group', groupId => groupId),
    async ask(target, groupIds, settle, deadline) {
      const includeAuthorizedOperations = options.includeAuthorizedOperations ?? false
      const request = { groupIds, includeAuthorizedOperations }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { groups } = await context.cluster.send(StreamsGroupDescribe, target, request, limits)
      const coordinator = coordinatorNode(context, target)
      for (const group of groups) {
        const description = descriptionOf(group, coordinator, options)
        settle(group.groupId, valueOr(description, group.errorCode, group.errorMessage))
      }
    },
  })
}

type GroupAnswer = CompleteResponseOf<typeof StreamsGroupDescribe>['groups'][number]

function descriptionOf(
  group: GroupAnswer,
  coordinator: BrokerNode | undefined,
  options: DescribeGroupsOptions,
): StreamsGroupDescription {
  return {
    groupId: group.groupId,
    state: groupStateOf(group.groupState),
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    topologyEpoch: group.topology?.epoch,
    subtopologies: (group.topology?.subtopologies ?? []).map(part => ({
      subtopologyId: part.subtopologyId,
      sourceTopics: part.sourceTopics,
      repartitionSinkTopics: part.repartitionSinkTopics,
      stateChangelogTopics: part.stateChangelogTopics.map(topicOf),
      repartitionSourceTopics: part.repartitionSourceTopics.map(topicOf),
    })),
    members: group.members.map(memberOf),
    coordinator,
    authorizedOperations: options.includeAuthorizedOperations
      ? operationsOf(group.authorizedOperations)
      : undefined,
  }
}

type SubtopologyAnswer = NonNullable<NonNullable<GroupAnswer['topology']>['subtopologies']>[number]

function topicOf(topic: SubtopologyAnswer['stateChangelogTopics'][number]): StreamsTopic {
  return {
    name: topic.name,
    partitions: topic.partitions > 0 ? topic.partitions : undefined,
    replicationFactor: topic.replicationFactor > 0 ? topic.replicationFactor : undefined,
    configs: new Map(topic.topicConfigs.map(({ key, value }) => [key, value])),
  }
}

function memberOf(member: GroupAnswer['members'][number]): StreamsGroupMember {
  return {
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    instanceId: member.instanceId ?? undefined,
    rackId: member.rackId ?? undefined,
    clientId: member.clientId,
    host: member.clientHost,
    topologyEpoch: member.topologyEpoch,
    processId: member.processId,
    userEndpoint: member.userEndpoint ?? undefined,
    clientTags: new Map(member.clientTags.map(({ key, value }) => [key, value])),
    taskOffsets: member.taskOffsets,
    taskEndOffsets: member.taskEndOffsets,
    assignment: member.assignment,
    targetAssignment: member.targetAssignment,
    isClassic: member.isClassic,
  }
}
