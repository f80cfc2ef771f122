import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * ListPartitionReassignments: the partitions that are being moved, with the replicas that come and go (KIP-455).
 */
export const ListPartitionReassignments = api({
  name: 'ListPartitionReassignments',
  key: 46,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    timeoutMs: int32.default(60000),
    topics: array(
      struct({
        name: string,
        partitionIndexes: array(int32),
      }),
    )
      .nullable()
      .default(null),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable(),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            replicas: array(int32),
            addingReplicas: array(int32),
            removingReplicas: array(int32),
          }),
        ),
      }),
    ),
  }),
})
export interface ListPartitionReassignmentsRequest extends RequestOf<typeof ListPartitionReassignments> {}
export interface ListPartitionReassignmentsResponse extends ResponseOf<typeof ListPartitionReassignments> {}
