import { array, bigInt64, int8, int32, int64, string, struct, uuid } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

/**
 * A share group and its epoch (KIP-932).
 */
export const ShareGroupMetadataRecord = storedRecord({
  name: 'ShareGroupMetadata',
  type: 11,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    epoch: int32,
    metadataHash: bigInt64,
  }),
})
export interface ShareGroupMetadataKey extends KeyOf<typeof ShareGroupMetadataRecord> {}
export interface ShareGroupMetadataValue extends ValueOf<typeof ShareGroupMetadataRecord> {}

/**
 * A member of a share group and what it subscribes to.
 */
export const ShareGroupMemberMetadataRecord = storedRecord({
  name: 'ShareGroupMemberMetadata',
  type: 10,
  key: () => ({
    groupId: string,
    memberId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    rackId: string.nullable(),
    clientId: string,
    clientHost: string,
    subscribedTopicNames: array(string),
  }),
})
export interface ShareGroupMemberMetadataKey extends KeyOf<typeof ShareGroupMemberMetadataRecord> {}
export interface ShareGroupMemberMetadataValue extends ValueOf<typeof ShareGroupMemberMetadataRecord> {}

/**
 * The epoch that a share group's target assignment was made for.
 */
export const ShareGroupTargetAssignmentMetadataRecord = storedRecord({
  name: 'ShareGroupTargetAssignmentMetadata',
  type: 12,
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
export interface ShareGroupTargetAssignmentMetadataKey
  extends KeyOf<typeof ShareGroupTargetAssignmentMetadataRecord> {}
export interface ShareGroupTargetAssignmentMetadataValue
  extends ValueOf<typeof ShareGroupTargetAssignmentMetadataRecord> {}

/**
 * What a member of a share group is to have.
 */
export const ShareGroupTargetAssignmentMemberRecord = storedRecord({
  name: 'ShareGroupTargetAssignmentMember',
  type: 13,
  key: () => ({
    groupId: string,
    memberId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    topicPartitions: array(
      struct({
        topicId: uuid,
        partitions: array(int32),
      }),
    ),
  }),
})
export interface ShareGroupTargetAssignmentMemberKey
  extends KeyOf<typeof ShareGroupTargetAssignmentMemberRecord> {}
export interface ShareGroupTargetAssignmentMemberValue
  extends ValueOf<typeof ShareGroupTargetAssignmentMemberRecord> {}

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
})

/**
 * What a member of a share group has.
 */
export const ShareGroupCurrentMemberAssignmentRecord = storedRecord({
  name: 'ShareGroupCurrentMemberAssignment',
  type: 14,
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
    assignedPartitions: array(topicPartitions),
  }),
})
export interface ShareGroupCurrentMemberAssignmentKey
  extends KeyOf<typeof ShareGroupCurrentMemberAssignmentRecord> {}
export interface ShareGroupCurrentMemberAssignmentValue
  extends ValueOf<typeof ShareGroupCurrentMemberAssignmentRecord> {}

const topicPartitionsInfo = struct({
  topicId: uuid,
  topicName: string,
  partitions: array(int32),
})

const topicInfo = struct({
  topicId: uuid,
  topicName: string,
})

/**
 * The partitions whose state the share coordinator keeps, starts or forgets for a share group.
 */
export const ShareGroupStatePartitionMetadataRecord = storedRecord({
  name: 'ShareGroupStatePartitionMetadata',
  type: 15,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  }),
})
export interface ShareGroupStatePartitionMetadataKey
  extends KeyOf<typeof ShareGroupStatePartitionMetadataRecord> {}
export interface ShareGroupStatePartitionMetadataValue
  extends ValueOf<typeof ShareGroupStatePartitionMetadataRecord> {}
