import { ByteReader, MalformedError } from '@samsa/base'
import { decompress } from '../compression/compress.ts'
import { STATED_LENGTH_BYTES, checkBatch, nextBatch, statedBatchLength } from './batch-check.ts'
import { batchBaseOffset, batchLength, compressionIdOf, compressionOf } from './batch-header.ts'
import { type DecodeLimits, NO_HEADERS, type Record, saturatingSum } from './record.ts'

// A message, the form of a record before Kafka 0.11. v0 has no timestamp. A message set is several in a row.
//
//   0 offset:8   8 length:4   12 crc:4   16 magic:1   17 attributes:1   [18 timestamp:8]
//   keyLength:4  key  valueLength:4  value                                    length -1 stands for null
//
// Attributes: bits 0–2 codec, bit 3 the timestamp is the time of appending. When there is a codec the message is a
// wrapper: its value is a compressed message set, and its offset that of the last message in there. Inside of a v0
// wrapper offsets are absolute, inside of a v1 wrapper they count from the first message (KIP-31, KIP-32).

const HEADER_AT = 16
const LOG_APPEND_TIME_BIT = 0b1000

interface Message {
  offset: number
  magic: number
  attributes: number
  timestamp: number
  key: Uint8Array | null
  value: Uint8Array | null
}

/**
 * All records of a message set, those inside of compressed messages included; a message that is cut off at the end
 * is left out, as in an answer to Fetch. Throws `MalformedError` for damaged messages and wrong checksums.
 */
export function decodeMessageSet(bytes: Uint8Array, limits: DecodeLimits): Record[] {
  const records: Record[] = []
  const budget = { bytes: limits.maxInflatedBytes }
  let at = 0
  for (let next = nextWhole(bytes, at); next >= 0; next = nextWhole(bytes, at)) {
    for (const record of decodeWithin(bytes, at, budget)) records.push(record)
    at = next
  }
  if (at === 0 && bytes.length > 0)
    throw new MalformedError('a message set does not start with a whole message')
  return records
}

/**
 * Where the message (or batch) at `at` ends, -1 when it is cut off. One that states an impossible length or version is
 * not taken for the end of the set: throws `MalformedError`.
 */
export function nextWhole(bytes: Uint8Array, at: number): number {
  if (bytes.length - at >= STATED_LENGTH_BYTES && statedBatchLength(bytes, at) < 0) {
    throw new MalformedError(`the message at byte ${at} states an impossible length or version`)
  }
  return nextBatch(bytes, at, bytes.length)
}

/** The codec of the message v0 or v1 at `at`, by its number. */
export function messageCompressionId(bytes: Uint8Array, at: number): number {
  return compressionIdOf(bytes[at + HEADER_AT + 1]!)
}

/** The record of the message v0 or v1 at `at`, or the records inside of it. */
export function decodeMessage(bytes: Uint8Array, at: number, limits: DecodeLimits): Record[] {
  return decodeWithin(bytes, at, { bytes: limits.maxInflatedBytes })
}

/** How much compressed messages may still inflate to. */
interface Budget {
  bytes: number
}

function decodeWithin(bytes: Uint8Array, at: number, budget: Budget): Record[] {
  const message = readMessage(bytes, at)
  if (compressionIdOf(message.attributes) === 0) return [recordOf(message, message.offset, message.timestamp)]
  return decodeInner(message, readInner(message, budget))
}

function readInner(wrapper: Message, budget: Budget): Message[] {
  const codec = compressionOf(wrapper.attributes)
  if (codec === 'zstd') throw new MalformedError('messages before Kafka 0.11 cannot be compressed with zstd')
  if (wrapper.value === null) throw new MalformedError('a compressed message has no value')
  const bytes = decompress(codec, wrapper.value, budget.bytes, wrapper.magic)
  budget.bytes -= bytes.length
  const inner: Message[] = []
  let at = 0
  for (let next = nextWhole(bytes, at); next >= 0; next = nextWhole(bytes, at)) {
    inner.push(readMessage(bytes, at))
    at = next
  }
  if (inner.length === 0) throw new MalformedError('a compressed message holds no messages')
  return inner
}

function decodeInner(wrapper: Message, inner: readonly Message[]): Record[] {
  const base = wrapper.magic === 0 ? 0 : innerBaseOffset(wrapper, inner.at(-1)!.offset)
  return inner.map(message => {
    if (compressionIdOf(message.attributes) !== 0)
      throw new MalformedError('a compressed message is inside of another')
    return recordOf(message, saturatingSum(base, message.offset), innerTimestamp(wrapper, message))
  })
}

/** What inner offsets count from. Some versions of librdkafka left the wrapper's offset at 0 when they produced. */
function innerBaseOffset(wrapper: Message, lastInnerOffset: number): number {
  if (wrapper.offset === 0) return 0
  if (wrapper.offset < lastInnerOffset) {
    throw new MalformedError(
      `the offset ${lastInnerOffset} lies beyond its compressed message's, ${wrapper.offset}`,
    )
  }
  return saturatingSum(wrapper.offset, -lastInnerOffset)
}

function innerTimestamp(wrapper: Message, message: Message): number {
  if (message.magic === 0) return -1
  return (wrapper.attributes & LOG_APPEND_TIME_BIT) !== 0 ? wrapper.timestamp : message.timestamp
}

function recordOf(message: Message, offset: number, timestamp: number): Record {
  return { offset, timestamp, key: message.key, value: message.value, headers: NO_HEADERS, sequence: -1 }
}

function readMessage(bytes: Uint8Array, at: number): Message {
  const end = at + batchLength(bytes, at)
  if (checkBatch(bytes, at, bytes.length) !== 'NONE')
    throw new MalformedError('the checksum of a message is wrong')
  const reader = new ByteReader(bytes, at + HEADER_AT, end)
  const magic = reader.uint8()
  if (magic > 1) throw new MalformedError('a record batch is inside of a message set')
  const message: Message = {
    offset: batchBaseOffset(bytes, at),
    magic,
    attributes: reader.uint8(),
    timestamp: magic === 0 ? -1 : reader.int64(),
    key: nullableBytes(reader),
    value: nullableBytes(reader),
  }
  if (reader.remaining > 0)
    throw new MalformedError(`${reader.remaining} bytes follow the value of a message`)
  return message
}

function nullableBytes(reader: ByteReader): Uint8Array | null {
  const length = reader.int32()
  return length < 0 ? null : reader.slice(length)
}
