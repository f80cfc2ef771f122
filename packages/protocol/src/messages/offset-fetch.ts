import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * OffsetFetch: how far groups have read, for the partitions asked for or for all.
 *
 * v0 read from ZooKeeper. v2 takes null for all topics and has an error of the whole answer, v3 adds the throttle
 * time, v5 leader epochs (KIP-320), v6 is flexible. v7 can wait for open transactions (KIP-447), v8 asks for several
 * groups at once (KIP-709), v9 takes members of the new protocol (KIP-848), v10 names topics by id.
 */
export const OffsetFetch = api({
  name: 'OffsetFetch',
  key: 9,
  versions: [0, 10],
  flexible: 6,
  request: () => ({
    groupId: string.until(7).default(''),
    topics: array(
      struct({
        name: string,
        partitionIndexes: array(int32),
      }),
    )
      .until(7)
      .nullable(2)
      .default([]),
    groups: array(
      struct({
        groupId: string,
        memberId: string.since(9).nullable().default(null).ignorable(),
        memberEpoch: int32.since(9).default(-1).ignorable(),
        topics: array(
          struct({
            name: string.until(9).default('').ignorable(),
            topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
            partitionIndexes: array(int32),
          }),
        ).nullable(),
      }),
    )
      .since(8)
      .default([]),
    requireStable: boolean.since(7).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.since(3).default(0).ignorable(),
    topics: array(
      struct({
        name: string,
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: int32.since(5).default(-1).ignorable(),
            metadata: string.nullable(),
            errorCode,
          }),
        ),
      }),
    )
      .until(7)
      .default([]),
    errorCode: errorCode.since(2).until(7).default('NONE').ignorable(),
    groups: array(
      struct({
        groupId: string,
        topics: array(
          struct({
            name: string.until(9).default('').ignorable(),
            topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
            partitions: array(
              struct({
                partitionIndex: int32,
                committedOffset: int64,
                committedLeaderEpoch: int32.default(-1).ignorable(),
                metadata: string.nullable(),
                errorCode,
              }),
            ),
          }),
        ),
        errorCode: errorCode.default('NONE'),
      }),
    )
      .since(8)
      .default([]),
  }),
})
export interface OffsetFetchRequest extends RequestOf<typeof OffsetFetch> {}
export interface OffsetFetchResponse extends ResponseOf<typeof OffsetFetch> {}
