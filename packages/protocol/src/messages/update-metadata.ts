import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import {
  array,
  boolean,
  errorCode,
  int8,
  int16,
  int32,
  int64,
  string,
  struct,
  uuid,
} from '../schema/field.ts'

const updateMetadataPartitionState = struct({
  topicName: string.until(4).default('').ignorable(),
  partitionIndex: int32,
  controllerEpoch: int32,
  leader: int32,
  leaderEpoch: int32,
  isr: array(int32),
  zkVersion: int32,
  replicas: array(int32),
  offlineReplicas: array(int32).since(4).default([]).ignorable(),
})

/**
 * UpdateMetadata: a ZooKeeper-based controller told brokers about the rest of the cluster. Gone since Kafka 4.0.
 *
 * v1 gives brokers several endpoints, v2 racks (KIP-36), v3 names of listeners (KIP-103), v4 offline replicas
 * (KIP-112). v5 groups partitions by topic and carries the broker's epoch (KIP-380), v6 is flexible, v7 knows topic
 * ids (KIP-516), v8 tells whether a KRaft controller speaks (KIP-866).
 */
export const UpdateMetadata = api({
  name: 'UpdateMetadata',
  key: 6,
  versions: [0, 8],
  flexible: 6,
  request: () => ({
    controllerId: int32,
    isKRaftController: boolean.since(8).default(false),
    type: int8.default(0).tagged(0, 8),
    controllerEpoch: int32,
    brokerEpoch: int64.since(5).default(-1).ignorable(),
    ungroupedPartitionStates: array(updateMetadataPartitionState).until(4).default([]),
    topicStates: array(
      struct({
        topicName: string,
        topicId: uuid.since(7).default(ZERO_UUID).ignorable(),
        partitionStates: array(updateMetadataPartitionState),
      }),
    )
      .since(5)
      .default([]),
    liveBrokers: array(
      struct({
        id: int32,
        v0Host: string.until(0).default('').ignorable(),
        v0Port: int32.until(0).default(0).ignorable(),
        endpoints: array(
          struct({
            port: int32,
            host: string,
            listener: string.since(3).default('').ignorable(),
            securityProtocol: int16,
          }),
        )
          .since(1)
          .default([])
          .ignorable(),
        rack: string.since(2).nullable().default('').ignorable(),
      }),
    ),
  }),
  response: () => ({
    errorCode,
  }),
})
export interface UpdateMetadataRequest extends RequestOf<typeof UpdateMetadata> {}
export interface UpdateMetadataResponse extends ResponseOf<typeof UpdateMetadata> {}
