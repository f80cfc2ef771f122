import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, int64, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * Vote: a candidate of the KRaft quorum asks a voter for its vote (KIP-595).
 *
 * v1 names voters with their directories (KIP-853), v2 adds the vote before the vote (KIP-996).
 */
export const Vote = api({
  name: 'Vote',
  key: 52,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    clusterId: string.nullable().default(null),
    voterId: int32.since(1).default(-1).ignorable(),
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            replicaEpoch: int32,
            replicaId: int32,
            replicaDirectoryId: uuid.since(1).default(ZERO_UUID).ignorable(),
            voterDirectoryId: uuid.since(1).default(ZERO_UUID).ignorable(),
            lastOffsetEpoch: int32,
            lastOffset: int64,
            preVote: boolean.since(2).default(false),
          }),
        ),
      }),
    ),
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
            voteGranted: boolean,
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
export interface VoteRequest extends RequestOf<typeof Vote> {}
export interface VoteResponse extends ResponseOf<typeof Vote> {}
