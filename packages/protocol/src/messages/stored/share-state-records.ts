import { array, int8, int16, int32, int64, string, struct, uuid } from '../../schema/field.ts'
import { type KeyOf, type ValueOf, storedRecord } from '../../schema/stored-record.ts'

/**
 * The whole state of a share partition in `__share_group_state` (KIP-932).
 */
export const ShareSnapshotRecord = storedRecord({
  name: 'ShareSnapshot',
  type: 0,
  key: () => ({
    groupId: string,
    topicId: uuid,
    partition: int32,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    snapshotEpoch: int32,
    stateEpoch: int32,
    leaderEpoch: int32,
    startOffset: int64,
    deliveryCompleteCount: int32.default(-1).tagged(0, 0),
    createTimestamp: int64,
    writeTimestamp: int64,
    stateBatches: array(
      struct({
        firstOffset: int64,
        lastOffset: int64,
        deliveryState: int8,
        deliveryCount: int16,
      }),
    ),
  }),
})
export interface ShareSnapshotKey extends KeyOf<typeof ShareSnapshotRecord> {}
export interface ShareSnapshotValue extends ValueOf<typeof ShareSnapshotRecord> {}

/**
 * A change to the state of a share partition since its snapshot.
 */
export const ShareUpdateRecord = storedRecord({
  name: 'ShareUpdate',
  type: 1,
  key: () => ({
    groupId: string,
    topicId: uuid,
    partition: int32,
  }),
  versions: [0, 0],
  flexible: 0,
  value: () => ({
    snapshotEpoch: int32,
    leaderEpoch: int32,
    startOffset: int64,
    deliveryCompleteCount: int32.default(-1).tagged(0, 0),
    stateBatches: array(
      struct({
        firstOffset: int64,
        lastOffset: int64,
        deliveryState: int8,
        deliveryCount: int16,
      }),
    ),
  }),
})
export interface ShareUpdateKey extends KeyOf<typeof ShareUpdateRecord> {}
export interface ShareUpdateValue extends ValueOf<typeof ShareUpdateRecord> {}
