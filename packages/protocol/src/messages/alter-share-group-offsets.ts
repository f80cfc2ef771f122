import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * AlterShareGroupOffsets: sets where a share group without members starts (KIP-932).
 */
export const AlterShareGroupOffsets = api({
  name: 'AlterShareGroupOffsets',
  key: 91,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    groupId: string,
    topics: array(
      struct({
        topicName: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            startOffset: int64,
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().default(null),
    responses: array(
      struct({
        topicName: string,
        topicId: uuid,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            errorMessage: string.nullable().default(null),
          }),
        ),
      }),
    ),
  }),
})
export interface AlterShareGroupOffsetsRequest extends RequestOf<typeof AlterShareGroupOffsets> {}
export interface AlterShareGroupOffsetsResponse extends ResponseOf<typeof AlterShareGroupOffsets> {}
