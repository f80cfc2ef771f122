import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * StopReplica: a ZooKeeper-based controller told brokers to give up replicas. Gone since Kafka 4.0.
 *
 * v1 groups partitions by topic and carries the broker's epoch (KIP-380), v2 is flexible, v3 says for each partition
 * whether to delete it and in which leader epoch (KIP-570), v4 tells whether a KRaft controller speaks (KIP-866).
 */
export const StopReplica = api({
  name: 'StopReplica',
  key: 5,
  versions: [0, 4],
  flexible: 2,
  request: () => ({
    controllerId: int32,
    isKRaftController: boolean.since(4).default(false),
    controllerEpoch: int32,
    brokerEpoch: int64.since(1).default(-1).ignorable(),
    deletePartitions: boolean.until(2).default(false),
    ungroupedPartitions: array(
      struct({
        topicName: string,
        partitionIndex: int32,
      }),
    )
      .until(0)
      .default([]),
    topics: array(
      struct({
        name: string,
        partitionIndexes: array(int32),
      }),
    )
      .since(1)
      .until(2)
      .default([]),
    topicStates: array(
      struct({
        topicName: string,
        partitionStates: array(
          struct({
            partitionIndex: int32,
            leaderEpoch: int32.default(-1),
            deletePartition: boolean,
          }),
        ),
      }),
    )
      .since(3)
      .default([]),
  }),
  response: () => ({
    errorCode,
    partitionErrors: array(
      struct({
        topicName: string,
        partitionIndex: int32,
        errorCode,
      }),
    ),
  }),
})
export interface StopReplicaRequest extends RequestOf<typeof StopReplica> {}
export interface StopReplicaResponse extends ResponseOf<typeof StopReplica> {}
