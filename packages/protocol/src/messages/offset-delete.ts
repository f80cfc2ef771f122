import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct } from '../schema/field.ts'

/**
 * OffsetDelete: forgets how far a group has read some partitions (KIP-496).
 */
export const OffsetDelete = api({
  name: 'OffsetDelete',
  key: 47,
  versions: [0, 0],
  flexible: 'none',
  request: () => ({
    groupId: string,
    topics: array(
      struct({
        name: string,
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
    throttleTimeMs: int32.default(0).ignorable(),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
          }),
        ),
      }),
    ),
  }),
})
export interface OffsetDeleteRequest extends RequestOf<typeof OffsetDelete> {}
export interface OffsetDeleteResponse extends ResponseOf<typeof OffsetDelete> {}
