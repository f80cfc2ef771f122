import { allocateBytes, crc32, writeInt32, writeInt64, writeUint32 } from '@samsa/base'
import { compress } from '../compression/compress.ts'
import { type Compression, compressionId } from '../compression/compression.ts'
import { MESSAGE_V0_BYTES, MESSAGE_V1_BYTES } from './batch-check.ts'
import { BATCH_PREFIX_BYTES, LOG_APPEND_TIME_BIT, MAGIC_AT, type TimestampType } from './batch-header.ts'
import type { RecordContent } from './record.ts'

const CRC_AT = 12
const ATTRIBUTES_AT = 17
const TIMESTAMP_AT = 18

/** How the messages of a set are to be written. */
export interface MessageSetOptions {
  readonly compression?: Compression
  /** The codec's level, its default when missing. */
  readonly level?: number
  readonly timestampType?: TimestampType
  /** With 'LogAppendTime': what all records have instead of their own timestamps. */
  readonly appendTimestamp?: number
}

/**
 * A message set of version 0 or 1: one message a record, or with a codec one message that holds all of them. Offsets
 * not given count from 0. Headers, and in version 0 timestamps, have no place there and are dropped.
 *
 * zstd came later than these messages: `compression: 'zstd'` throws `RangeError`.
 */
export function encodeMessageSet(
  magic: 0 | 1,
  records: readonly RecordContent[],
  options: MessageSetOptions = {},
): Uint8Array {
  const { compression = 'none' } = options
  if (compression === 'zstd') throw new RangeError('messages before version 2 cannot be compressed with zstd')
  if (records.length === 0) return new Uint8Array(0)
  const messages = records.map((record, index) => messageOf(magic, record, record.offset ?? index, options))
  return compression === 'none'
    ? writeMessages(messages, 0)
    : writeWrapper(magic, messages, compression, options)
}

interface Message {
  magic: 0 | 1
  offset: number
  attributes: number
  timestamp: number
  key: Uint8Array | null
  value: Uint8Array | null
}

function messageOf(magic: 0 | 1, record: RecordContent, offset: number, options: MessageSetOptions): Message {
  const { timestampType, appendTimestamp, compression = 'none' } = options
  const isAppendTime = timestampType === 'LogAppendTime'
  const timestamp = isAppendTime && compression === 'none' ? appendTimestamp : record.timestamp
  const attributes = isAppendTime && magic === 1 ? LOG_APPEND_TIME_BIT : 0
  return { magic, offset, attributes, timestamp: timestamp ?? -1, key: record.key, value: record.value }
}

/** The wrapper has the last message's offset; inside of v1 offsets count from the first message. */
function writeWrapper(
  magic: 0 | 1,
  messages: readonly Message[],
  compression: Compression,
  { level, timestampType, appendTimestamp = -1 }: MessageSetOptions,
): Uint8Array {
  const inner = writeMessages(messages, magic === 0 ? 0 : messages[0]!.offset)
  let maxTimestamp = -1
  for (const { timestamp } of messages) if (timestamp > maxTimestamp) maxTimestamp = timestamp
  const wrapper: Message = {
    magic,
    offset: messages.at(-1)!.offset,
    attributes: compressionId(compression) | messages[0]!.attributes,
    timestamp: timestampType === 'LogAppendTime' ? appendTimestamp : maxTimestamp,
    key: null,
    value: compress(compression, inner, level, magic),
  }
  return writeMessages([wrapper], 0)
}

function writeMessages(messages: readonly Message[], baseOffset: number): Uint8Array {
  let length = 0
  for (const message of messages) length += messageLength(message)
  const bytes = allocateBytes(length)
  let at = 0
  for (const message of messages) at = writeMessage(bytes, at, message, message.offset - baseOffset)
  return bytes
}

function messageLength(message: Message): number {
  const overhead = message.magic === 0 ? MESSAGE_V0_BYTES : MESSAGE_V1_BYTES
  return overhead + (message.key?.length ?? 0) + (message.value?.length ?? 0)
}

/** See message-decoder.ts for the fields. Returns where the message ends. */
function writeMessage(bytes: Uint8Array, at: number, message: Message, offset: number): number {
  const end = at + messageLength(message)
  writeInt64(bytes, at, offset)
  writeInt32(bytes, at + 8, end - at - BATCH_PREFIX_BYTES)
  bytes[at + MAGIC_AT] = message.magic
  bytes[at + ATTRIBUTES_AT] = message.attributes
  if (message.magic === 1) writeInt64(bytes, at + TIMESTAMP_AT, message.timestamp)
  const keyAt = at + (message.magic === 0 ? TIMESTAMP_AT : TIMESTAMP_AT + 8)
  writeBytes(bytes, writeBytes(bytes, keyAt, message.key), message.value)
  writeUint32(bytes, at + CRC_AT, crc32(bytes, at + MAGIC_AT, end))
  return end
}

function writeBytes(bytes: Uint8Array, at: number, content: Uint8Array | null): number {
  writeInt32(bytes, at, content === null ? -1 : content.length)
  if (content === null) return at + 4
  bytes.set(content, at + 4)
  return at + 4 + content.length
}
