import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uint16, uuid } from '../schema/field.ts'

const replicaState = struct({
  replicaId: int32,
  replicaDirectoryId: uuid.since(2).default(ZERO_UUID),
  logEndOffset: int64,
  lastFetchTimestamp: int64.since(1).default(-1).ignorable(),
  lastCaughtUpTimestamp: int64.since(1).default(-1).ignorable(),
})

/**
 * DescribeQuorum: voters and observers of the KRaft quorum, and how far each has come (KIP-595).
 *
 * v1 tells when each was last heard (KIP-836), v2 their directories and endpoints (KIP-853).
 */
export const DescribeQuorum = api({
  name: 'DescribeQuorum',
  key: 55,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    errorCode,
    errorMessage: string.since(2).nullable().default('').ignorable(),
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.since(2).nullable().default('').ignorable(),
            leaderId: int32,
            leaderEpoch: int32,
            highWatermark: int64,
            currentVoters: array(replicaState),
            observers: array(replicaState),
          }),
        ),
      }),
    ),
    nodes: array(
      struct({
        nodeId: int32,
        listeners: array(
          struct({
            name: string,
            host: string,
            port: uint16,
          }),
        ),
      }),
    )
      .since(2)
      .default([]),
  }),
})
export interface DescribeQuorumRequest extends RequestOf<typeof DescribeQuorum> {}
export interface DescribeQuorumResponse extends ResponseOf<typeof DescribeQuorum> {}
