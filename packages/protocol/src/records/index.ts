export { BatchBuilder, recordBytesMax } from './batch-builder.ts'
export type { BatchMemory, Content, SealOptions } from './batch-builder.ts'
export { checkBatch, nextBatch, statedBatchLength, STATED_LENGTH_BYTES } from './batch-check.ts'
export {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  addToSequence,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCrc,
  batchLastOffset,
  batchLastOffsetDelta,
  batchLastSequence,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  compressionIdOf,
  compressionOf,
  computeBatchCrc,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
  setBatchMaxTimestamp,
  setBatchProducer,
  timestampTypeOf,
  updateBatchCrc,
} from './batch-header.ts'
export type { TimestampType } from './batch-header.ts'
export { decodeBatch, decodeBatchAsync, visitBatch } from './batch-decoder.ts'
export { encodeBatch, encodeBatchAsync } from './batch-encoder.ts'
export type { BatchContent } from './batch-encoder.ts'
export { decodeControlRecord, encodeEndTransactionMarker } from './control-record.ts'
export type { ControlRecord, ControlRecordType, EndTransactionMarker } from './control-record.ts'
export { downConvert, upConvert } from './conversion.ts'
export type { DownConversion, UpConversion } from './conversion.ts'
export { decodeMessageSet } from './message-decoder.ts'
export { encodeMessageSet } from './message-encoder.ts'
export type { MessageSetOptions } from './message-encoder.ts'
export type { DecodeLimits, Record, RecordContent, RecordHeader } from './record.ts'
