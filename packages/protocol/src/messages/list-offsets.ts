import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int8, int32, int64, string, struct } from '../schema/field.ts'

/**
 * ListOffsets: finds offsets by time, and the special ones: latest (-1), earliest (-2), and further negative "times"
 * in newer versions.
 *
 * v0 answers with a list of offsets; v1 with one offset and its time (KIP-79). v2 respects open transactions
 * (KIP-98), v4 knows leader epochs (KIP-320), v6 is flexible. v7 finds the record with the largest timestamp (-3,
 * KIP-734), v8 the earliest offset on local disk (-4, KIP-405), v9 the latest one in tiered storage (-5, KIP-1005),
 * v10 bounds the wait for remote storage (KIP-1075), v11 finds the earliest offset not yet uploaded (-6, KIP-1023).
 */
export const ListOffsets = api({
  name: 'ListOffsets',
  key: 2,
  versions: [0, 11],
  flexible: 6,
  request: () => ({
    replicaId: int32,
    isolationLevel: int8.since(2).default(0),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            currentLeaderEpoch: int32.since(4).default(-1).ignorable(),
            timestamp: int64,
            maxNumOffsets: int32.until(0).default(1),
          }),
        ),
      }),
    ),
    timeoutMs: int32.since(10).default(0).ignorable(),
  }),
  response: () => ({
    throttleTimeMs: int32.since(2).default(0).ignorable(),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
            oldStyleOffsets: array(int64).until(0).default([]),
            timestamp: int64.since(1).default(-1),
            offset: int64.since(1).default(-1),
            leaderEpoch: int32.since(4).default(-1),
          }),
        ),
      }),
    ),
  }),
})
export interface ListOffsetsRequest extends RequestOf<typeof ListOffsets> {}
export interface ListOffsetsResponse extends ResponseOf<typeof ListOffsets> {}
