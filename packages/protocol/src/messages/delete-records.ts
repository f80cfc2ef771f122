import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * DeleteRecords: moves the start of partitions forward, so that older records can be deleted (KIP-107).
 *
 * v2 is flexible.
 */
export const DeleteRecords = api({
  name: 'DeleteRecords',
  key: 21,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            offset: int64,
          }),
        ),
      }),
    ),
    timeoutMs: int32,
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            lowWatermark: int64,
            errorCode,
          }),
        ),
      }),
    ),
  }),
})
export interface DeleteRecordsRequest extends RequestOf<typeof DeleteRecords> {}
export interface DeleteRecordsResponse extends ResponseOf<typeof DeleteRecords> {}
