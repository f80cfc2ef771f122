import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * InitializeShareGroupState: a group coordinator has the share coordinator start the state of share partitions
 * (KIP-932).
 */
export const InitializeShareGroupState = api({
  name: 'InitializeShareGroupState',
  key: 83,
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
            stateEpoch: int32,
            startOffset: int64,
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
export interface InitializeShareGroupStateRequest extends RequestOf<typeof InitializeShareGroupState> {}
export interface InitializeShareGroupStateResponse extends ResponseOf<typeof InitializeShareGroupState> {}
