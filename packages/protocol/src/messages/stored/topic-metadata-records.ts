import { array, int8, int32, string, uuid } from '../../schema/field.ts'
import { framedRecord } from '../../schema/framed-record.ts'

/**
 * A topic and its id.
 */
export const TopicRecord = framedRecord({
  name: 'TopicRecord',
  type: 2,
  versions: [0, 0],
  fields: () => ({ name: string, topicId: uuid }),
})

/**
 * A partition, whole.
 *
 * v1 tells the log directories of its replicas (KIP-858), v2 the replicas that may lead without being in sync (KIP-966).
 */
export const PartitionRecord = framedRecord({
  name: 'PartitionRecord',
  type: 3,
  versions: [0, 2],
  fields: () => ({
    partitionId: int32.default(-1),
    topicId: uuid,
    replicas: array(int32),
    isr: array(int32),
    removingReplicas: array(int32),
    addingReplicas: array(int32),
    leader: int32.default(-1),
    leaderRecoveryState: int8.default(0).tagged(0, 0),
    leaderEpoch: int32.default(-1),
    partitionEpoch: int32.default(-1),
    directories: array(uuid).since(1).default([]),
    eligibleLeaderReplicas: array(int32).nullable().default(null).tagged(1, 2),
    lastKnownElr: array(int32).nullable().default(null).tagged(2, 2),
  }),
})

/**
 * What has changed about a partition; what is left out has not. A leader of -2 is the one before.
 *
 * v1 and v2 as in `PartitionRecord`.
 */
export const PartitionChangeRecord = framedRecord({
  name: 'PartitionChangeRecord',
  type: 5,
  versions: [0, 2],
  fields: () => ({
    partitionId: int32.default(-1),
    topicId: uuid,
    isr: array(int32).nullable().default(null).tagged(0, 0),
    leader: int32.default(-2).tagged(1, 0),
    replicas: array(int32).nullable().default(null).tagged(2, 0),
    removingReplicas: array(int32).nullable().default(null).tagged(3, 0),
    addingReplicas: array(int32).nullable().default(null).tagged(4, 0),
    leaderRecoveryState: int8.default(-1).tagged(5, 0),
    directories: array(uuid).nullable().default(null).tagged(8, 1),
    eligibleLeaderReplicas: array(int32).nullable().default(null).tagged(6, 2),
    lastKnownElr: array(int32).nullable().default(null).tagged(7, 2),
  }),
})

/**
 * A topic that is deleted, with its partitions.
 */
export const RemoveTopicRecord = framedRecord({
  name: 'RemoveTopicRecord',
  type: 9,
  versions: [0, 0],
  fields: () => ({ topicId: uuid }),
})

/**
 * A configuration of a topic, broker, group or client subscription; null takes it away.
 */
export const ConfigRecord = framedRecord({
  name: 'ConfigRecord',
  type: 4,
  versions: [0, 0],
  fields: () => ({ resourceType: int8, resourceName: string, name: string, value: string.nullable() }),
})

/**
 * The replicas that may lead without being in sync are forgotten (KIP-966): of one topic, or of all when it has no name.
 */
export const ClearElrRecord = framedRecord({
  name: 'ClearElrRecord',
  type: 28,
  versions: [0, 0],
  fields: () => ({ topicName: string }),
})
