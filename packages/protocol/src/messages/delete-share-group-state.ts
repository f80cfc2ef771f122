import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, string, struct, uuid } from '../schema/field.ts'

/**
 * DeleteShareGroupState: a group coordinator has the share coordinator forget share partitions (KIP-932).
 */
export const DeleteShareGroupState = api({
  name: 'DeleteShareGroupState',
  key: 86,
  versions: [0, 0],
  flexible: 0,
  request: () => ({
    groupId: string,
    topics: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partition: int32,
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    results: array(
      struct({
        topicId: uuid,
        partitions: array(
          struct({
            partition: int32,
            errorCode,
            errorMessage: string.nullable().default(null),
          }),
        ),
      }),
    ),
  }),
})
export interface DeleteShareGroupStateRequest extends RequestOf<typeof DeleteShareGroupState> {}
export interface DeleteShareGroupStateResponse extends ResponseOf<typeof DeleteShareGroupState> {}
