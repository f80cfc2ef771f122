import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uint16, uuid } from '../schema/field.ts'

/**
 * EndQuorumEpoch: the leader of the KRaft quorum resigns and says who should follow (KIP-595).
 *
 * v1 is flexible and names candidates with their directories (KIP-853).
 */
export const EndQuorumEpoch = api({
  name: 'EndQuorumEpoch',
  key: 54,
  versions: [0, 1],
  flexible: 1,
  request: () => ({
    clusterId: string.nullable().default(null),
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            leaderId: int32,
            leaderEpoch: int32,
            preferredSuccessors: array(int32).until(0).default([]).ignorable(),
            preferredCandidates: array(
              struct({
                candidateId: int32,
                candidateDirectoryId: uuid,
              }),
            )
              .since(1)
              .default([])
              .ignorable(),
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
export interface EndQuorumEpochRequest extends RequestOf<typeof EndQuorumEpoch> {}
export interface EndQuorumEpochResponse extends ResponseOf<typeof EndQuorumEpoch> {}
