import {
  allocateBytes,
  utf8Length,
  varintLength,
  varlongLength,
  writeInt16,
  writeInt32,
  writeInt64,
  writeUtf8,
} from '@samsa/base'
import { compress, compressAsync } from '../compression/compress.ts'
import { type Compression, compressionId } from '../compression/compression.ts'
import {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  MAGIC_AT,
  TRANSACTIONAL_BIT,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
} from './batch-header.ts'
import type { RecordHeader } from './record.ts'

/** A key or a value to be written: bytes, text (written as UTF-8 without an array in between), or nothing. */
export type Content = Uint8Array | string | null

/** Where builders take their memory from, and where it goes back when they outgrow it. */
export interface BatchMemory {
  /** An array of at least that many bytes, with anything in it. */
  take(bytesMin: number): Uint8Array
  give(bytes: Uint8Array): void
}

const NO_BYTES = new Uint8Array(0)

const freshMemory: BatchMemory = { take: allocateBytes, give: () => {} }

/** What a producer decides when a batch leaves. */
export interface SealOptions {
  readonly compression?: Compression
  /** The codec's level, its default when missing. */
  readonly level?: number
  readonly isTransactional?: boolean
}

/**
 * A batch written record by record, each straight in its place on the wire.
 *
 * `add` until it refuses, then `seal` once. The sealed batch has no producer and no checksum yet: `setBatchProducer`
 * gives it both. Records have the offsets 0, 1, 2 …, and timestamps relative to the first one's.
 */
export class BatchBuilder {
  readonly #memory: BatchMemory
  #bytes: Uint8Array
  #length = BATCH_HEADER_BYTES
  #recordCount = 0
  #baseTimestamp = -1
  #maxTimestamp = -1

  /** @param bytesExpected memory to begin with; it grows as records need it */
  constructor(bytesExpected: number, memory: BatchMemory = freshMemory) {
    this.#memory = memory
    this.#bytes = memory.take(Math.max(bytesExpected, BATCH_HEADER_BYTES))
  }

  /** Bytes of the batch so far, uncompressed. */
  get length(): number {
    return this.#length
  }

  get recordCount(): number {
    return this.#recordCount
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  /**
   * Adds a record and returns the bytes it took; or 0, having changed nothing, where the batch would be longer than
   * `bytesMax` with it. Throws `RangeError` for a timestamp that is no safe integer.
   */
  add(
    timestamp: number,
    key: Content,
    value: Content,
    headers: readonly RecordHeader[],
    bytesMax: number,
  ): number {
    if (!Number.isSafeInteger(timestamp)) throw new RangeError(`${timestamp} is not a timestamp`)
    const timestampDelta = this.#recordCount === 0 ? 0 : timestamp - this.#baseTimestamp
    const keyBytes = lengthOf(key)
    const valueBytes = lengthOf(value)
    const bodyBytes =
      1 +
      varlongLength(timestampDelta) +
      varintLength(this.#recordCount) +
      fieldBytes(keyBytes) +
      fieldBytes(valueBytes) +
      (headers.length === 0 ? 1 : headersBytes(headers))
    const recordBytes = varintLength(bodyBytes) + bodyBytes
    if (this.#length + recordBytes > bytesMax) return 0

    this.#reserve(recordBytes)
    const bytes = this.#bytes
    let at = putVarint(bytes, this.#length, bodyBytes)
    bytes[at++] = 0
    at = putVarlong(bytes, at, timestampDelta)
    at = putVarint(bytes, at, this.#recordCount)
    at = putContent(bytes, at, key, keyBytes)
    at = putContent(bytes, at, value, valueBytes)
    if (headers.length === 0) bytes[at] = 0
    else putHeaders(bytes, at, headers)

    if (this.#recordCount++ === 0) this.#baseTimestamp = timestamp
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    this.#length += recordBytes
    return recordBytes
  }

  /**
   * The whole batch but for producer and checksum. Without a codec it is a view of the builder's memory; with one the
   * memory goes back at once.
   */
  seal(options: SealOptions = {}): Uint8Array {
    const { compression = 'none' } = options
    if (compression === 'none') return this.#writeHeader(this.#bytes, this.#length, options)
    return this.#withPayload(compress(compression, this.#payload(), options.level), options)
  }

  /** `seal` that compresses off the event loop. Nothing may be added meanwhile. */
  async sealAsync(options: SealOptions = {}): Promise<Uint8Array> {
    const { compression = 'none' } = options
    if (compression === 'none') return this.seal(options)
    return this.#withPayload(await compressAsync(compression, this.#payload(), options.level), options)
  }

  /** Gives the memory back. The batch sealed without a codec, and the builder, must not be used any more. */
  release(): void {
    if (this.#bytes.length === 0) return
    this.#memory.give(this.#bytes)
    this.#bytes = NO_BYTES
  }

  #payload(): Uint8Array {
    return this.#bytes.subarray(BATCH_HEADER_BYTES, this.#length)
  }

  #withPayload(payload: Uint8Array, options: SealOptions): Uint8Array {
    const bytes = allocateBytes(BATCH_HEADER_BYTES + payload.length)
    bytes.set(payload, BATCH_HEADER_BYTES)
    this.release()
    return this.#writeHeader(bytes, bytes.length, options)
  }

  // See batch-header.ts for the fields and their places.
  #writeHeader(bytes: Uint8Array, length: number, options: SealOptions): Uint8Array {
    const { compression = 'none', isTransactional = false } = options
    setBatchBaseOffset(bytes, 0, 0)
    writeInt32(bytes, 8, length - BATCH_PREFIX_BYTES)
    setBatchLeaderEpoch(bytes, 0, -1)
    bytes[MAGIC_AT] = 2
    writeInt16(bytes, 21, compressionId(compression) | (isTransactional ? TRANSACTIONAL_BIT : 0))
    writeInt32(bytes, 23, Math.max(0, this.#recordCount - 1))
    writeInt64(bytes, 27, this.#baseTimestamp)
    writeInt64(bytes, 35, this.#maxTimestamp)
    writeInt32(bytes, 57, this.#recordCount)
    return bytes.subarray(0, length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = this.#memory.take(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#memory.give(this.#bytes)
    this.#bytes = grown
  }
}

/** Bytes a record takes at most in any batch, for limits that are checked before there is one. */
export function recordBytesMax(key: Content, value: Content, headers: readonly RecordHeader[]): number {
  return (
    RECORD_OVERHEAD_MAX + Math.max(0, lengthOf(key)) + Math.max(0, lengthOf(value)) + headersBytes(headers)
  )
}

/** The record's length, attributes, timestamp and offset, and the lengths of key and value. */
const RECORD_OVERHEAD_MAX = 5 + 1 + 10 + 5 + 5 + 5

/** -1 for nothing. */
function lengthOf(content: Content): number {
  if (content === null) return -1
  return typeof content === 'string' ? utf8Length(content) : content.length
}

function fieldBytes(length: number): number {
  return length < 0 ? 1 : varintLength(length) + length
}

function headersBytes(headers: readonly RecordHeader[]): number {
  let bytes = varintLength(headers.length)
  for (const { key, value } of headers) bytes += fieldBytes(utf8Length(key)) + fieldBytes(lengthOf(value))
  return bytes
}

function putHeaders(bytes: Uint8Array, start: number, headers: readonly RecordHeader[]): void {
  let at = putVarint(bytes, start, headers.length)
  for (const { key, value } of headers) {
    at = putContent(bytes, at, key, utf8Length(key))
    at = putContent(bytes, at, value, lengthOf(value))
  }
}

/** Up to here a loop is faster than the call that copies. */
const SHORT_BYTES = 24

function putContent(bytes: Uint8Array, start: number, content: Content, length: number): number {
  const at = putVarint(bytes, start, length)
  if (content === null) return at
  if (typeof content === 'string') writeUtf8(content, bytes, at, length)
  else if (length > SHORT_BYTES) bytes.set(content, at)
  else for (let i = 0; i < length; i++) bytes[at + i] = content[i]!
  return at + length
}

/** Zigzag, seven bits a byte; returns where it ends. */
function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = rest | 0x80
  bytes[at++] = rest
  return at
}

function putVarlong(bytes: Uint8Array, start: number, value: number): number {
  if ((value << 1) >> 1 === value) return putVarint(bytes, start, value)
  let at = start
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  for (; rest > 0x7fn; rest >>= 7n) bytes[at++] = Number(rest & 0x7fn) | 0x80
  bytes[at++] = Number(rest)
  return at
}
