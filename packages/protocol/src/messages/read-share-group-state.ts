import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int16, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * ReadShareGroupState: the leader of a share partition reads its state from the share coordinator (KIP-932).
 */
export const ReadShareGroupState = api({
  name: 'ReadShareGroupState',
  key: 84,
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
            leaderEpoch: int32,
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
            stateEpoch: int32,
            startOffset: int64,
            stateBatches: array(
              struct({
                firstOffset: int64,
                lastOffset: int64,
                deliveryState: int8,
                deliveryCount: int16,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
})
export interface ReadShareGroupStateRequest extends RequestOf<typeof ReadShareGroupState> {}
export interface ReadShareGroupStateResponse extends ResponseOf<typeof ReadShareGroupState> {}
