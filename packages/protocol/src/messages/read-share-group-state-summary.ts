import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * ReadShareGroupStateSummary: start offset and epoch of share partitions, without the state of single records
 * (KIP-932).
 *
 * v1 also tells how many deliveries are complete, from which lag is reckoned (KIP-1226).
 */
export const ReadShareGroupStateSummary = api({
  name: 'ReadShareGroupStateSummary',
  key: 87,
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
            leaderEpoch: int32,
            startOffset: int64,
            deliveryCompleteCount: int32.since(1).default(-1).ignorable(),
          }),
        ),
      }),
    ),
  }),
})
export interface ReadShareGroupStateSummaryRequest extends RequestOf<typeof ReadShareGroupStateSummary> {}
export interface ReadShareGroupStateSummaryResponse extends ResponseOf<typeof ReadShareGroupStateSummary> {}
