import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * AlterPartition: a leader asks the controller to change a partition's in-sync replicas (KIP-497).
 *
 * v1 tells of recovery after an unclean election (KIP-704), v2 names topics by id, v3 gives the epoch of each
 * replica's broker (KIP-903).
 */
export const AlterPartition = api({
  name: 'AlterPartition',
  key: 56,
  versions: [0, 3],
  flexible: 0,
  request: () => ({
    brokerId: int32,
    brokerEpoch: int64.default(-1),
    topics: array(
      struct({
        topicName: string.until(1).default('').ignorable(),
        topicId: uuid.since(2).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partitionIndex: int32,
            leaderEpoch: int32,
            newIsr: array(int32).until(2).default([]),
            newIsrWithEpochs: array(
              struct({
                brokerId: int32,
                brokerEpoch: int64.default(-1),
              }),
            )
              .since(3)
              .default([]),
            leaderRecoveryState: int8.since(1).default(0),
            partitionEpoch: int32,
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    topics: array(
      struct({
        topicName: string.until(1).default('').ignorable(),
        topicId: uuid.since(2).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            leaderId: int32,
            leaderEpoch: int32,
            isr: array(int32),
            leaderRecoveryState: int8.since(1).default(0).ignorable(),
            partitionEpoch: int32,
          }),
        ),
      }),
    ),
  }),
})
export interface AlterPartitionRequest extends RequestOf<typeof AlterPartition> {}
export interface AlterPartitionResponse extends ResponseOf<typeof AlterPartition> {}
