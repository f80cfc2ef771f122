import { readInt64 } from '@samsa/base'
import {
  batchBaseOffset,
  batchLastOffset,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchProducerId,
} from '@samsa/protocol'

// What the log needs to know of a batch whatever its format. Messages v0 and v1 carry the offset of their last record
// where batches carry the base offset, and have neither epoch nor producer.

const MESSAGE_TIMESTAMP_AT = 18
export const NO_TIMESTAMP = -1
export const NO_EPOCH = -1

export function lastOffsetOf(bytes: Uint8Array, at: number): number {
  return batchMagic(bytes, at) === 2 ? batchLastOffset(bytes, at) : batchBaseOffset(bytes, at)
}

export function maxTimestampOf(bytes: Uint8Array, at: number): number {
  const magic = batchMagic(bytes, at)
  if (magic === 2) return batchMaxTimestamp(bytes, at)
  return magic === 1 ? readInt64(bytes, at + MESSAGE_TIMESTAMP_AT) : NO_TIMESTAMP
}

export function leaderEpochOf(bytes: Uint8Array, at: number): number {
  return batchMagic(bytes, at) === 2 ? batchLeaderEpoch(bytes, at) : NO_EPOCH
}

export function hasProducer(bytes: Uint8Array, at: number): boolean {
  return batchMagic(bytes, at) === 2 && batchProducerId(bytes, at) >= 0
}
