import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, int64, string, struct, uuid } from '../schema/field.ts'

const leaderAndIsrPartitionState = struct({
  topicName: string.until(1).default('').ignorable(),
  partitionIndex: int32,
  controllerEpoch: int32,
  leader: int32,
  leaderEpoch: int32,
  isr: array(int32),
  partitionEpoch: int32,
  replicas: array(int32),
  addingReplicas: array(int32).since(3).default([]).ignorable(),
  removingReplicas: array(int32).since(3).default([]).ignorable(),
  isNew: boolean.since(1).default(false).ignorable(),
  leaderRecoveryState: int8.since(6).default(0),
})

const leaderAndIsrPartitionError = struct({
  topicName: string.until(4).default('').ignorable(),
  partitionIndex: int32,
  errorCode,
})

/**
 * LeaderAndIsr: a ZooKeeper-based controller told brokers which partitions they lead or follow. Gone since Kafka 4.0.
 *
 * v2 groups partitions by topic and carries the broker's epoch (KIP-380), v4 is flexible, v5 knows topic ids
 * (KIP-516), v7 tells whether a KRaft controller speaks (KIP-866).
 */
export const LeaderAndIsr = api({
  name: 'LeaderAndIsr',
  key: 4,
  versions: [0, 7],
  flexible: 4,
  request: () => ({
    controllerId: int32,
    isKRaftController: boolean.since(7).default(false),
    controllerEpoch: int32,
    brokerEpoch: int64.since(2).default(-1).ignorable(),
    type: int8.since(5).default(0),
    ungroupedPartitionStates: array(leaderAndIsrPartitionState).until(1).default([]),
    topicStates: array(
      struct({
        topicName: string,
        topicId: uuid.since(5).default(ZERO_UUID).ignorable(),
        partitionStates: array(leaderAndIsrPartitionState),
      }),
    )
      .since(2)
      .default([]),
    liveLeaders: array(
      struct({
        brokerId: int32,
        hostName: string,
        port: int32,
      }),
    ),
  }),
  response: () => ({
    errorCode,
    partitionErrors: array(leaderAndIsrPartitionError).until(4).default([]),
    topics: array(
      struct({
        topicId: uuid,
        partitionErrors: array(leaderAndIsrPartitionError),
      }),
    )
      .since(5)
      .default([]),
  }),
})
export interface LeaderAndIsrRequest extends RequestOf<typeof LeaderAndIsr> {}
export interface LeaderAndIsrResponse extends ResponseOf<typeof LeaderAndIsr> {}
