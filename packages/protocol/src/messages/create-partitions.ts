import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * CreatePartitions: adds partitions to topics (KIP-195).
 *
 * v2 is flexible, v3 may be throttled (KIP-599).
 */
export const CreatePartitions = api({
  name: 'CreatePartitions',
  key: 37,
  versions: [0, 3],
  flexible: 2,
  request: () => ({
    topics: array(
      struct({
        name: string,
        count: int32,
        assignments: array(
          struct({
            brokerIds: array(int32),
          }),
        ).nullable(),
      }),
    ),
    timeoutMs: int32,
    validateOnly: boolean,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    results: array(
      struct({
        name: string,
        errorCode,
        errorMessage: string.nullable().default(null),
      }),
    ),
  }),
})
export interface CreatePartitionsRequest extends RequestOf<typeof CreatePartitions> {}
export interface CreatePartitionsResponse extends ResponseOf<typeof CreatePartitions> {}
