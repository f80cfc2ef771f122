import { MalformedError, concatBytes } from '@samsa/base'
import { type Compression, compressionOfId } from '../compression/compression.ts'
import { decodeBatch } from './batch-decoder.ts'
import { encodeBatch } from './batch-encoder.ts'
import {
  batchAttributes,
  batchMagic,
  batchMaxTimestamp,
  compressionOf,
  isControl,
  timestampTypeOf,
} from './batch-header.ts'
import { decodeMessageSet, messageCompressionId, nextWhole } from './message-decoder.ts'
import { encodeMessageSet } from './message-encoder.ts'
import type { DecodeLimits } from './record.ts'

/** How a message set is to become a batch. */
export interface UpConversion extends DecodeLimits {
  /** The offset of the first record, 0 when missing: the log gives out the real ones. */
  readonly baseOffset?: number
  readonly leaderEpoch?: number
  /** The codec the set came with, when missing. */
  readonly compression?: Compression
  readonly level?: number
}

/**
 * One batch with all records of a message set v0 or v1, as an old producer sends it. Offsets are given out anew, one
 * after the other: those of old producers mean nothing. Records of version 0 have no timestamp (-1).
 */
export function upConvert(set: Uint8Array, conversion: UpConversion): Uint8Array {
  const { baseOffset = 0, leaderEpoch = -1, compression = setCompression(set), level } = conversion
  const decoded = decodeMessageSet(set, conversion)
  if (decoded.length === 0) throw new MalformedError('a message set to be converted holds no messages')
  const records = decoded.map(({ timestamp, key, value }) => ({ timestamp, key, value }))
  return encodeBatch({ baseOffset, leaderEpoch, compression, level, records })
}

/** The codec of a message set: that of its last compressed message. */
function setCompression(set: Uint8Array): Compression {
  let id = 0
  let at = 0
  for (let next = nextWhole(set, at); next >= 0; next = nextWhole(set, at)) {
    if (batchMagic(set, at) < 2) id = messageCompressionId(set, at) || id
    at = next
  }
  return compressionOfId(id)
}

/** What an old consumer asked for. */
export interface DownConversion extends DecodeLimits {
  /**
   * Where the consumer wants to start. Uncompressed messages before it are left out, which some versions of
   * librdkafka rely on; the first compressed message may start earlier, as it always could.
   */
  readonly firstOffset?: number
}

/**
 * Batches, whole ones from the start of `bytes`, as messages v0 or v1 for an old consumer; one that is cut off at the
 * end is left out. Headers and all about the producer are lost, control batches disappear, and messages that are old
 * enough already are kept as they are. Old consumers do not know zstd: then the outcome is that error.
 */
export function downConvert(
  bytes: Uint8Array,
  magic: 0 | 1,
  conversion: DownConversion,
): Uint8Array | 'UNSUPPORTED_COMPRESSION_TYPE' {
  const parts: Uint8Array[] = []
  let at = 0
  for (let next = nextWhole(bytes, at); next >= 0; next = nextWhole(bytes, at)) {
    const part = convertOne(bytes, at, next, magic, conversion)
    if (part === 'UNSUPPORTED_COMPRESSION_TYPE') return part
    if (part.length > 0) parts.push(part)
    at = next
  }
  return parts.length === 0 ? new Uint8Array(0) : concatBytes(parts)
}

function convertOne(
  bytes: Uint8Array,
  at: number,
  end: number,
  magic: 0 | 1,
  conversion: DownConversion,
): Uint8Array | 'UNSUPPORTED_COMPRESSION_TYPE' {
  const from = batchMagic(bytes, at)
  if (from <= magic) return bytes.subarray(at, end)
  if (from === 2) return convertBatch(bytes, at, magic, conversion)
  return convertMessage(bytes, at, conversion)
}

function convertBatch(
  bytes: Uint8Array,
  at: number,
  magic: 0 | 1,
  conversion: DownConversion,
): Uint8Array | 'UNSUPPORTED_COMPRESSION_TYPE' {
  const attributes = batchAttributes(bytes, at)
  if (isControl(attributes)) return new Uint8Array(0)
  const compression = compressionOf(attributes)
  if (compression === 'zstd') return 'UNSUPPORTED_COMPRESSION_TYPE'
  const decoded = decodeBatch(bytes, at, conversion)
  const { firstOffset = 0 } = conversion
  const records = compression === 'none' ? decoded.filter(record => record.offset >= firstOffset) : decoded
  const timestampType = timestampTypeOf(attributes)
  return encodeMessageSet(magic, records, {
    compression,
    timestampType,
    appendTimestamp: batchMaxTimestamp(bytes, at),
  })
}

/** A message v1 as v0, which has neither timestamps nor relative offsets. */
function convertMessage(bytes: Uint8Array, at: number, conversion: DownConversion): Uint8Array {
  const compression = compressionOfId(messageCompressionId(bytes, at))
  const { firstOffset = 0 } = conversion
  const decoded = decodeBatch(bytes, at, conversion)
  const records = compression === 'none' ? decoded.filter(record => record.offset >= firstOffset) : decoded
  return encodeMessageSet(0, records, { compression })
}
