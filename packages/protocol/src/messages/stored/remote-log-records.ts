import { array, boolean, bytes, int8, int32, int64, string, struct, uuid } from '../../schema/field.ts'
import { framedRecord } from '../../schema/framed-record.ts'

// What Kafka keeps in `__remote_log_metadata` of segments that were copied to remote storage (KIP-405).

const topicIdPartition = { name: string, id: uuid, partition: int32 }
const remoteLogSegmentId = struct({ topicIdPartition: struct(topicIdPartition), id: uuid })
const segmentLeaderEpochs = array(struct({ leaderEpoch: int32, offset: int64 }))

/**
 * A segment that is being copied, as it was at the begin.
 */
export const RemoteLogSegmentMetadataRecord = framedRecord({
  name: 'RemoteLogSegmentMetadataRecord',
  type: 0,
  versions: [0, 0],
  fields: () => ({
    remoteLogSegmentId,
    startOffset: int64,
    endOffset: int64,
    brokerId: int32,
    maxTimestampMs: int64,
    eventTimestampMs: int64,
    segmentLeaderEpochs,
    segmentSizeInBytes: int32,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
    txnIndexEmpty: boolean.tagged(0, 0),
  }),
})

/**
 * A further state of a segment.
 */
export const RemoteLogSegmentMetadataUpdateRecord = framedRecord({
  name: 'RemoteLogSegmentMetadataUpdateRecord',
  type: 1,
  versions: [0, 0],
  fields: () => ({
    remoteLogSegmentId,
    brokerId: int32,
    eventTimestampMs: int64,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
  }),
})

/**
 * A partition whose segments are all to be deleted, or are.
 */
export const RemotePartitionDeleteMetadataRecord = framedRecord({
  name: 'RemotePartitionDeleteMetadataRecord',
  type: 2,
  versions: [0, 0],
  fields: () => ({
    topicIdPartition: struct(topicIdPartition),
    brokerId: int32,
    eventTimestampMs: int64,
    remotePartitionDeleteState: int8,
  }),
})

/**
 * A segment in a file with all of one partition.
 */
export const RemoteLogSegmentMetadataSnapshotRecord = framedRecord({
  name: 'RemoteLogSegmentMetadataSnapshotRecord',
  type: 3,
  versions: [0, 0],
  fields: () => ({
    segmentId: uuid,
    startOffset: int64,
    endOffset: int64,
    brokerId: int32,
    maxTimestampMs: int64,
    eventTimestampMs: int64,
    segmentLeaderEpochs,
    segmentSizeInBytes: int32,
    customMetadata: bytes.nullable().default(null),
    remoteLogSegmentState: int8,
    txnIndexEmpty: boolean.tagged(0, 0),
  }),
})
