import { array, bigInt64, int8, int16, int32, int64, string, struct, uint16 } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

const lastAssignmentConfig = struct({
  key: string,
  value: string,
})

/**
 * A streams group and its epoch (KIP-1071).
 */
export const StreamsGroupMetadataRecord = storedRecord({
  name: 'StreamsGroupMetadata',
  type: 17,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    epoch: int32,
    metadataHash: bigInt64,
    validatedTopologyEpoch: int32.default(-1).tagged(0, 0),
    lastAssignmentConfigs: array(lastAssignmentConfig).nullable().tagged(1, 0),
  }),
})
export interface StreamsGroupMetadataKey extends KeyOf<typeof StreamsGroupMetadataRecord> {}
export interface StreamsGroupMetadataValue extends ValueOf<typeof StreamsGroupMetadataRecord> {}

const endpoint = struct({
  host: string,
  port: uint16,
})

const keyValue = struct({
  key: string,
  value: string,
})

/**
 * A member of a streams group: its process, endpoint and tags.
 */
export const StreamsGroupMemberMetadataRecord = storedRecord({
  name: 'StreamsGroupMemberMetadata',
  type: 19,
  key: () => ({
    groupId: string,
    memberId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    instanceId: string.nullable(),
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    rebalanceTimeoutMs: int32.default(-1),
    topologyEpoch: int32,
    processId: string,
    userEndpoint: endpoint.nullable().default(null),
    clientTags: array(keyValue),
  }),
})
export interface StreamsGroupMemberMetadataKey extends KeyOf<typeof StreamsGroupMemberMetadataRecord> {}
export interface StreamsGroupMemberMetadataValue extends ValueOf<typeof StreamsGroupMemberMetadataRecord> {}

/**
 * The epoch that a streams group's target assignment was made for.
 */
export const StreamsGroupTargetAssignmentMetadataRecord = storedRecord({
  name: 'StreamsGroupTargetAssignmentMetadata',
  type: 20,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    assignmentEpoch: int32,
    assignmentTimestamp: int64.default(0).ignorable().tagged(0, 0),
  }),
})
export interface StreamsGroupTargetAssignmentMetadataKey
  extends KeyOf<typeof StreamsGroupTargetAssignmentMetadataRecord> {}
export interface StreamsGroupTargetAssignmentMetadataValue
  extends ValueOf<typeof StreamsGroupTargetAssignmentMetadataRecord> {}

const taskIds = struct({
  subtopologyId: string,
  partitions: array(int32),
})

/**
 * The tasks that a member of a streams group is to have.
 */
export const StreamsGroupTargetAssignmentMemberRecord = storedRecord({
  name: 'StreamsGroupTargetAssignmentMember',
  type: 21,
  key: () => ({
    groupId: string,
    memberId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
  }),
})
export interface StreamsGroupTargetAssignmentMemberKey
  extends KeyOf<typeof StreamsGroupTargetAssignmentMemberRecord> {}
export interface StreamsGroupTargetAssignmentMemberValue
  extends ValueOf<typeof StreamsGroupTargetAssignmentMemberRecord> {}

const taskIdsSince = struct({
  subtopologyId: string,
  partitions: array(int32),
  assignmentEpochs: array(int32).nullable().tagged(0, 0),
})

/**
 * The tasks that a member of a streams group has, and those it still has to give up.
 */
export const StreamsGroupCurrentMemberAssignmentRecord = storedRecord({
  name: 'StreamsGroupCurrentMemberAssignment',
  type: 22,
  key: () => ({
    groupId: string,
    memberId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    memberEpoch: int32,
    previousMemberEpoch: int32,
    state: int8,
    activeTasks: array(taskIdsSince),
    standbyTasks: array(taskIdsSince),
    warmupTasks: array(taskIdsSince),
    activeTasksPendingRevocation: array(taskIdsSince),
    standbyTasksPendingRevocation: array(taskIdsSince),
    warmupTasksPendingRevocation: array(taskIdsSince),
  }),
})
export interface StreamsGroupCurrentMemberAssignmentKey
  extends KeyOf<typeof StreamsGroupCurrentMemberAssignmentRecord> {}
export interface StreamsGroupCurrentMemberAssignmentValue
  extends ValueOf<typeof StreamsGroupCurrentMemberAssignmentRecord> {}

const topicConfig = struct({
  key: string,
  value: string,
})

const topicInfo = struct({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: array(topicConfig),
})

/**
 * The topology of a streams group: its subtopologies and their topics.
 */
export const StreamsGroupTopologyRecord = storedRecord({
  name: 'StreamsGroupTopology',
  type: 23,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    epoch: int32,
    subtopologies: array(
      struct({
        subtopologyId: string,
        sourceTopics: array(string),
        sourceTopicRegex: array(string),
        stateChangelogTopics: array(topicInfo),
        repartitionSinkTopics: array(string),
        repartitionSourceTopics: array(topicInfo),
        copartitionGroups: array(
          struct({
            sourceTopics: array(int16),
            sourceTopicRegex: array(int16),
            repartitionSourceTopics: array(int16),
          }),
        ),
      }),
    ),
  }),
})
export interface StreamsGroupTopologyKey extends KeyOf<typeof StreamsGroupTopologyRecord> {}
export interface StreamsGroupTopologyValue extends ValueOf<typeof StreamsGroupTopologyRecord> {}
