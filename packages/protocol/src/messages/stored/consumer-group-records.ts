import { array, bigInt64, bytes, int8, int32, int64, string, struct, uuid } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

/**
 * A consumer group of the new protocol and its epoch (KIP-848). The hash tells whether the topics have changed.
 */
export const ConsumerGroupMetadataRecord = storedRecord({
  name: 'ConsumerGroupMetadata',
  type: 3,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    epoch: int32,
    metadataHash: bigInt64.default(0n).tagged(0, 0),
  }),
})
export interface ConsumerGroupMetadataKey extends KeyOf<typeof ConsumerGroupMetadataRecord> {}
export interface ConsumerGroupMetadataValue extends ValueOf<typeof ConsumerGroupMetadataRecord> {}

/**
 * The topics that a consumer group was last assigned by. Replaced by the hash in ConsumerGroupMetadata; still read.
 */
export const ConsumerGroupPartitionMetadataRecord = storedRecord({
  name: 'ConsumerGroupPartitionMetadata',
  type: 4,
  key: () => ({
    groupId: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    topics: array(
      struct({
        topicId: uuid,
        topicName: string,
        numPartitions: int32,
        partitionMetadata: array(
          struct({
            partition: int32,
            racks: array(string),
          }),
        ),
      }),
    ),
  }),
})
export interface ConsumerGroupPartitionMetadataKey
  extends KeyOf<typeof ConsumerGroupPartitionMetadataRecord> {}
export interface ConsumerGroupPartitionMetadataValue
  extends ValueOf<typeof ConsumerGroupPartitionMetadataRecord> {}

/**
 * A member of a consumer group and what it subscribes to. `classicMemberMetadata` is there for one that speaks the
 * classic protocol.
 */
export const ConsumerGroupMemberMetadataRecord = storedRecord({
  name: 'ConsumerGroupMemberMetadata',
  type: 5,
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
    subscribedTopicNames: array(string),
    subscribedTopicRegex: string.nullable(),
    rebalanceTimeoutMs: int32.default(-1),
    serverAssignor: string.nullable(),
    classicMemberMetadata: struct({
      sessionTimeoutMs: int32,
      supportedProtocols: array(
        struct({
          name: string,
          metadata: bytes,
        }),
      ),
    })
      .nullable()
      .tagged(0, 0),
  }),
})
export interface ConsumerGroupMemberMetadataKey extends KeyOf<typeof ConsumerGroupMemberMetadataRecord> {}
export interface ConsumerGroupMemberMetadataValue extends ValueOf<typeof ConsumerGroupMemberMetadataRecord> {}

/**
 * The epoch that a consumer group's target assignment was made for.
 */
export const ConsumerGroupTargetAssignmentMetadataRecord = storedRecord({
  name: 'ConsumerGroupTargetAssignmentMetadata',
  type: 6,
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
export interface ConsumerGroupTargetAssignmentMetadataKey
  extends KeyOf<typeof ConsumerGroupTargetAssignmentMetadataRecord> {}
export interface ConsumerGroupTargetAssignmentMetadataValue
  extends ValueOf<typeof ConsumerGroupTargetAssignmentMetadataRecord> {}

/**
 * What a member of a consumer group is to have.
 */
export const ConsumerGroupTargetAssignmentMemberRecord = storedRecord({
  name: 'ConsumerGroupTargetAssignmentMember',
  type: 7,
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
export interface ConsumerGroupTargetAssignmentMemberKey
  extends KeyOf<typeof ConsumerGroupTargetAssignmentMemberRecord> {}
export interface ConsumerGroupTargetAssignmentMemberValue
  extends ValueOf<typeof ConsumerGroupTargetAssignmentMemberRecord> {}

const topicPartitions = struct({
  topicId: uuid,
  partitions: array(int32),
  assignmentEpochs: array(int32).nullable().tagged(0, 0),
})

/**
 * What a member of a consumer group has, and what it still has to give up.
 */
export const ConsumerGroupCurrentMemberAssignmentRecord = storedRecord({
  name: 'ConsumerGroupCurrentMemberAssignment',
  type: 8,
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
    partitionsPendingRevocation: array(topicPartitions),
  }),
})
export interface ConsumerGroupCurrentMemberAssignmentKey
  extends KeyOf<typeof ConsumerGroupCurrentMemberAssignmentRecord> {}
export interface ConsumerGroupCurrentMemberAssignmentValue
  extends ValueOf<typeof ConsumerGroupCurrentMemberAssignmentRecord> {}

/**
 * The topics that a regular expression of a consumer group's members resolved to.
 */
export const ConsumerGroupRegularExpressionRecord = storedRecord({
  name: 'ConsumerGroupRegularExpression',
  type: 16,
  key: () => ({
    groupId: string,
    regularExpression: string,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    topics: array(string),
    version: int64,
    timestamp: int64,
  }),
})
export interface ConsumerGroupRegularExpressionKey
  extends KeyOf<typeof ConsumerGroupRegularExpressionRecord> {}
export interface ConsumerGroupRegularExpressionValue
  extends ValueOf<typeof ConsumerGroupRegularExpressionRecord> {}
