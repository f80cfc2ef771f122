import {
  type MessageOf,
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
  decodeFramedRecord,
  remoteLogRecords,
} from '@samsa/protocol'

type Segment = MessageOf<typeof RemoteLogSegmentMetadataRecord.message>
type SegmentUpdate = MessageOf<typeof RemoteLogSegmentMetadataUpdateRecord.message>
type Deletion = MessageOf<typeof RemotePartitionDeleteMetadataRecord.message>
type Snapshot = MessageOf<typeof RemoteLogSegmentMetadataSnapshotRecord.message>

const segmentStates = [
  'COPY_SEGMENT_STARTED',
  'COPY_SEGMENT_FINISHED',
  'DELETE_SEGMENT_STARTED',
  'DELETE_SEGMENT_FINISHED',
]
const deletionStates = ['DELETE_PARTITION_MARKED', 'DELETE_PARTITION_STARTED', 'DELETE_PARTITION_FINISHED']

/** How each kind is told, by its number. */
const texts: { readonly [type: number]: (value: unknown) => string } = {
  [RemoteLogSegmentMetadataRecord.type]: value => segmentText(value as Segment),
  [RemoteLogSegmentMetadataUpdateRecord.type]: value => updateText(value as SegmentUpdate),
  [RemotePartitionDeleteMetadataRecord.type]: value => deletionText(value as Deletion),
  [RemoteLogSegmentMetadataSnapshotRecord.type]: value => snapshotText(value as Snapshot),
}

/** The value of a record of `__remote_log_metadata`, as Java's object for it tells itself. Throws `MalformedError`. */
export function remoteLogText(bytes: Uint8Array): string {
  const { record, value } = decodeFramedRecord(remoteLogRecords, bytes)
  return texts[record.type]!(value)
}

function segmentText(of: Segment): string {
  return javaObject('RemoteLogSegmentMetadata', {
    remoteLogSegmentId: segmentIdText(of.remoteLogSegmentId),
    startOffset: of.startOffset,
    endOffset: of.endOffset,
    brokerId: of.brokerId,
    maxTimestampMs: of.maxTimestampMs,
    eventTimestampMs: of.eventTimestampMs,
    segmentLeaderEpochs: epochsText(of.segmentLeaderEpochs),
    segmentSizeInBytes: of.segmentSizeInBytes,
    customMetadata: customText(of.customMetadata),
    state: segmentStates[of.remoteLogSegmentState] ?? 'null',
    txnIdxEmpty: of.txnIndexEmpty,
  })
}

function updateText(of: SegmentUpdate): string {
  return javaObject('RemoteLogSegmentMetadataUpdate', {
    remoteLogSegmentId: segmentIdText(of.remoteLogSegmentId),
    customMetadata: customText(of.customMetadata),
    state: segmentStates[of.remoteLogSegmentState] ?? 'null',
    eventTimestampMs: of.eventTimestampMs,
    brokerId: of.brokerId,
  })
}

function deletionText(of: Deletion): string {
  return javaObject('RemotePartitionDeleteMetadata', {
    topicPartition: partitionText(of.topicIdPartition),
    state: deletionStates[of.remotePartitionDeleteState] ?? 'null',
    eventTimestampMs: of.eventTimestampMs,
    brokerId: of.brokerId,
  })
}

function snapshotText(of: Snapshot): string {
  return javaObject('RemoteLogSegmentMetadataSnapshot', {
    segmentId: of.segmentId,
    startOffset: of.startOffset,
    endOffset: of.endOffset,
    maxTimestampMs: of.maxTimestampMs,
    segmentLeaderEpochs: epochsText(of.segmentLeaderEpochs),
    segmentSizeInBytes: of.segmentSizeInBytes,
    customMetadata: customText(of.customMetadata),
    state: segmentStates[of.remoteLogSegmentState] ?? 'null',
    txnIdxEmpty: of.txnIndexEmpty,
  })
}

function javaObject(name: string, members: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(members).map(([member, value]) => `${member}=${value}`)
  return `${name}{${texts.join(', ')}}`
}

function segmentIdText({ topicIdPartition, id }: Segment['remoteLogSegmentId']): string {
  return javaObject('RemoteLogSegmentId', { topicIdPartition: partitionText(topicIdPartition), id })
}

function partitionText({ id, name, partition }: Deletion['topicIdPartition']): string {
  return `${id}:${name}-${partition}`
}

function epochsText(epochs: Segment['segmentLeaderEpochs']): string {
  const sorted = [...epochs].sort((a, b) => a.leaderEpoch - b.leaderEpoch)
  return `{${sorted.map(({ leaderEpoch, offset }) => `${leaderEpoch}=${offset}`).join(', ')}}`
}

function customText(bytes: Uint8Array | null): string {
  return bytes === null ? 'Optional.empty' : `Optional[CustomMetadata{${bytes.length} bytes}]`
}
