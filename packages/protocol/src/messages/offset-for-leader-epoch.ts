import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * OffsetForLeaderEpoch: where a leader epoch ends in the leader's log; followers and consumers find by it where their
 * history parts from the leader's (KIP-101).
 *
 * v1 also tells which epoch the offset belongs to (KIP-279), v2 adds the throttle time and fences by the current
 * epoch (KIP-320), v3 tells followers and consumers apart (KIP-392), v4 is flexible.
 */
export const OffsetForLeaderEpoch = api({
  name: 'OffsetForLeaderEpoch',
  key: 23,
  versions: [0, 4],
  flexible: 4,
  request: () => ({
    replicaId: int32.since(3).default(-2).ignorable(),
    topics: array(
      struct({
        topic: string,
        partitions: array(
          struct({
            partition: int32,
            currentLeaderEpoch: int32.since(2).default(-1).ignorable(),
            leaderEpoch: int32,
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.since(2).default(0).ignorable(),
    topics: array(
      struct({
        topic: string,
        partitions: array(
          struct({
            errorCode,
            partition: int32,
            leaderEpoch: int32.since(1).default(-1).ignorable(),
            endOffset: int64.default(-1),
          }),
        ),
      }),
    ),
  }),
})
export interface OffsetForLeaderEpochRequest extends RequestOf<typeof OffsetForLeaderEpoch> {}
export interface OffsetForLeaderEpochResponse extends ResponseOf<typeof OffsetForLeaderEpoch> {}
