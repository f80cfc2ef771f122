import { int32, int64, string, uuid } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

/**
 * A committed offset as Kafka 0.8.2 wrote it: the same as OffsetCommit's first value, under the record type 0.
 */
export const LegacyOffsetCommitRecord = storedRecord({
  name: 'LegacyOffsetCommit',
  type: 0,
  key: () => ({
    group: string,
    topic: string,
    partition: int32,
  }),
  versions: [0, 0],
  flexible: 'none',
  value: () => ({
    offset: int64,
    metadata: string,
    commitTimestamp: int64,
  }),
})
export interface LegacyOffsetCommitKey extends KeyOf<typeof LegacyOffsetCommitRecord> {}
export interface LegacyOffsetCommitValue extends ValueOf<typeof LegacyOffsetCommitRecord> {}

/**
 * A committed offset.
 *
 * v0 has a commit time, v1 also an expiry, which v2 drops again (KIP-211). v3 adds the leader epoch (KIP-320), v4 is
 * flexible and keeps the topic's id.
 */
export const OffsetCommitRecord = storedRecord({
  name: 'OffsetCommit',
  type: 1,
  key: () => ({
    group: string,
    topic: string,
    partition: int32,
  }),
  versions: [0, 4],
  flexible: 4,
  value: () => ({
    offset: int64,
    leaderEpoch: int32.since(3).default(-1).ignorable(),
    metadata: string,
    commitTimestamp: int64,
    expireTimestamp: int64.since(1).until(1).default(-1).ignorable(),
    topicId: uuid.ignorable().tagged(0, 4),
  }),
})
export interface OffsetCommitKey extends KeyOf<typeof OffsetCommitRecord> {}
export interface OffsetCommitValue extends ValueOf<typeof OffsetCommitRecord> {}
