import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int16, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * WriteShareGroupState: the leader of a share partition stores its state with the share coordinator (KIP-932).
 *
 * v1 also stores how many deliveries are complete, from which lag is reckoned (KIP-1226).
 */
export const WriteShareGroupState = api({
  name: 'WriteShareGroupState',
  key: 85,
  versions: [0, 1],
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
            leaderEpoch: int32,
            startOffset: int64,
            deliveryCompleteCount: int32.since(1).default(-1).ignorable(),
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
export interface WriteShareGroupStateRequest extends RequestOf<typeof WriteShareGroupState> {}
export interface WriteShareGroupStateResponse extends ResponseOf<typeof WriteShareGroupState> {}
