import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * ElectLeaders: elects the preferred leaders of partitions (KIP-183).
 *
 * v1 can also elect leaders that are not in sync (KIP-460), v2 is flexible.
 */
export const ElectLeaders = api({
  name: 'ElectLeaders',
  key: 43,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    electionType: int8.since(1).default(0),
    topicPartitions: array(
      struct({
        topic: string,
        partitions: array(int32),
      }),
    ).nullable(),
    timeoutMs: int32.default(60000),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode: errorCode.since(1).default('NONE'),
    replicaElectionResults: array(
      struct({
        topic: string,
        partitionResult: array(
          struct({
            partitionId: int32,
            errorCode,
            errorMessage: string.nullable(),
          }),
        ),
      }),
    ),
  }),
})
export interface ElectLeadersRequest extends RequestOf<typeof ElectLeaders> {}
export interface ElectLeadersResponse extends ResponseOf<typeof ElectLeaders> {}
