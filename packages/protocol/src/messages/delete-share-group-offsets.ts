import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * DeleteShareGroupOffsets: forgets how far a share group without members has come (KIP-932).
 */
export const DeleteShareGroupOffsets = api({
  name: 'DeleteShareGroupOffsets',
  key: 92,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    groupId: string,
    topics: array(
      struct({
        topicName: string,
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
        errorCode,
        errorMessage: string.nullable().default(null),
      }),
    ),
  }),
})
export interface DeleteShareGroupOffsetsRequest extends RequestOf<typeof DeleteShareGroupOffsets> {}
export interface DeleteShareGroupOffsetsResponse extends ResponseOf<typeof DeleteShareGroupOffsets> {}
