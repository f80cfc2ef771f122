import { ZERO_UUID } from '@samsa/base'
import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, int32, int64, string, struct, uuid } from '../schema/field.ts'

/**
 * OffsetCommit: stores how far a group has read.
 *
 * v0 stored in ZooKeeper; v1 stores in Kafka, with generation and member, and a time for each offset. v2–4 have one
 * retention time for all instead, v3 adds the throttle time, v5 leaves retention to the broker (KIP-211). v6 commits
 * leader epochs (KIP-320), v7 knows static members (KIP-345), v8 is flexible, v9 takes members of the new protocol
 * (KIP-848), v10 names topics by id.
 */
export const OffsetCommit = api({
  name: 'OffsetCommit',
  key: 8,
  versions: [0, 10],
  flexible: 8,
  request: () => ({
    groupId: string,
    generationIdOrMemberEpoch: int32.since(1).default(-1).ignorable(),
    memberId: string.since(1).default('').ignorable(),
    groupInstanceId: string.since(7).nullable().default(null),
    retentionTimeMs: int64.since(2).until(4).default(-1).ignorable(),
    topics: array(
      struct({
        name: string.until(9).default('').ignorable(),
        topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partitionIndex: int32,
            committedOffset: int64,
            committedLeaderEpoch: int32.since(6).default(-1).ignorable(),
            commitTimestamp: int64.since(1).until(1).default(-1),
            committedMetadata: string.nullable(),
          }),
        ),
      }),
    ),
  }),
  response: () => ({
    throttleTimeMs: int32.since(3).default(0).ignorable(),
    topics: array(
      struct({
        name: string.until(9).default('').ignorable(),
        topicId: uuid.since(10).default(ZERO_UUID).ignorable(),
        partitions: array(
          struct({
            partitionIndex: int32,
            errorCode,
          }),
        ),
      }),
    ),
  }),
})
export interface OffsetCommitRequest extends RequestOf<typeof OffsetCommit> {}
export interface OffsetCommitResponse extends ResponseOf<typeof OffsetCommit> {}
