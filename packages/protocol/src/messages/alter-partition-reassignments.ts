import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * AlterPartitionReassignments: starts to move partitions to other brokers, or calls it off (KIP-455).
 *
 * v1 can insist that the replication factor stays (KIP-860).
 */
export const AlterPartitionReassignments = api({
  name: 'AlterPartitionReassignments',
  key: 45,
  versions: [0, 1],
  flexible: 0,
  request: () => ({
    timeoutMs: int32.default(60000),
    allowReplicationFactorChange: boolean.since(1).default(true),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            replicas: array(int32).nullable().default(null),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    allowReplicationFactorChange: boolean.since(1).default(true).ignorable(),
    errorCode,
    errorMessage: string.nullable(),
    responses: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.nullable(),
          }),
        ),
      }),
    ),
  }),
})
export interface AlterPartitionReassignmentsRequest extends RequestOf<typeof AlterPartitionReassignments> {}
export interface AlterPartitionReassignmentsResponse extends ResponseOf<typeof AlterPartitionReassignments> {}
