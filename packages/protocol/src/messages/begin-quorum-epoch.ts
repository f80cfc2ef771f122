import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * BeginQuorumEpoch: the elected leader of the KRaft quorum makes itself known (KIP-595).
 *
 * v1 is flexible and names voters with their directories and endpoints (KIP-853).
 */
export const BeginQuorumEpoch = api({
  name: 'BeginQuorumEpoch',
  key: 53,
  versions: [0, 1],
  flexible: 1,
  request: () => ({
    clusterId: string.nullable().default(null),
    voterId: int32.since(1).default(-1).ignorable(),
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            voterDirectoryId: uuid.since(1).default(ZERO_UUID).ignorable(),
            leaderId: int32,
            leaderEpoch: int32,
          }),
        ),
      }),
    ),
    leaderEndpoints: array(
      struct({
        name: string,
        host: string,
        port: uint16,
      }),
    )
      .since(1)
      .default([])
      .ignorable(),
  }),
  response: () => ({
    errorCode,
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            leaderId: int32,
            leaderEpoch: int32,
          }),
        ),
      }),
    ),
    nodeEndpoints: array(
      struct({
        nodeId: int32,
        host: string,
        port: uint16,
      }),
    ).tagged(0, 1),
  }),
})
export interface BeginQuorumEpochRequest extends RequestOf<typeof BeginQuorumEpoch> {}
export interface BeginQuorumEpochResponse extends ResponseOf<typeof BeginQuorumEpoch> {}
