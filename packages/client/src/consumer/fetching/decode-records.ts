import { ByteReader, MalformedError } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  batchBaseOffset,
  batchBaseTimestamp,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchRecordCount,
  compressionOf,
  decodeBatch,
  decompress,
  decompressAsync,
  nextBatch,
  timestampTypeOf,
} from '@samsa/protocol'
import type { RecordHeader } from '../../records/header.ts'
import { FetchedRecord } from './fetched-record.ts'

const NO_HEADERS: readonly RecordHeader[] = Object.freeze([])

/** Which records to decode, and what it may cost. */
export interface DecodeOptions {
  readonly topic: string
  readonly partition: number
  /** Records before it are left out: a batch is served whole, wherever in it was asked for. */
  readonly fromOffset: number
  /** Bytes the records of the batch may inflate to; more throws `MalformedError`. */
  readonly maxInflatedBytes: number
}

/**
 * The records of the batch at `at`, from an offset on. Keys, values and headers share memory with `bytes`, or with
 * what was inflated. Throws `MalformedError`.
 *
 * One object a record and one loop: this is what a consumer spends its time on. For older formats the protocol's own
 * decoder does.
 *
 * @param inflated the records of the batch, where they were inflated before
 */
export function decodeRecords(
  bytes: Uint8Array,
  at: number,
  options: DecodeOptions,
  inflated?: Uint8Array,
): FetchedRecord[] {
  if (batchMagic(bytes, at) < 2) return decodeOldRecords(bytes, at, options)
  const count = batchRecordCount(bytes, at)
  if (count === 0) return []
  return decodePayload(inflated ?? inflate(bytes, at, options.maxInflatedBytes), bytes, at, count, options)
}

function inflate(bytes: Uint8Array, at: number, maxInflatedBytes: number): Uint8Array {
  return decompress(compressionOf(batchAttributes(bytes, at)), payloadOf(bytes, at), maxInflatedBytes)
}

/** Compressed records from this size on are inflated off the event loop, so that nothing else waits for it. */
const INFLATE_LATER_BYTES = 64 * 1024

/** Whether a batch is so large that it should be inflated off the event loop. */
export function isLargeCompressed(bytes: Uint8Array, at: number): boolean {
  return (
    batchMagic(bytes, at) >= 2 &&
    compressionOf(batchAttributes(bytes, at)) !== 'none' &&
    nextBatch(bytes, at, bytes.length) - at - BATCH_HEADER_BYTES >= INFLATE_LATER_BYTES
  )
}

/** The records of the batch at `at`, inflated off the event loop. Rejects with `MalformedError`. */
export function inflateLater(bytes: Uint8Array, at: number, maxInflatedBytes: number): Promise<Uint8Array> {
  const compression = compressionOf(batchAttributes(bytes, at))
  return decompressAsync(compression, payloadOf(bytes, at), maxInflatedBytes)
}

function payloadOf(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at + BATCH_HEADER_BYTES, nextBatch(bytes, at, bytes.length))
}

function decodePayload(
  payload: Uint8Array,
  bytes: Uint8Array,
  at: number,
  count: number,
  { topic, partition, fromOffset }: DecodeOptions,
): FetchedRecord[] {
  const baseOffset = batchBaseOffset(bytes, at)
  const baseTimestamp = batchBaseTimestamp(bytes, at)
  const epoch = batchLeaderEpoch(bytes, at)
  const leaderEpoch = epoch < 0 ? undefined : epoch
  const isAppendTime = timestampTypeOf(batchAttributes(bytes, at)) === 'LogAppendTime'
  const appendTime = isAppendTime ? batchMaxTimestamp(bytes, at) : 0
  const timestampType = isAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME'
  const records: FetchedRecord[] = []
  const reader = new ByteReader(payload)
  for (let i = 0; i < count; i++) {
    const length = reader.varint()
    const start = reader.position
    reader.skip(1)
    const timestampDelta = reader.varlong()
    const offset = baseOffset + reader.varint()
    if (offset < fromOffset) {
      reader.skip(start + length - reader.position)
      continue
    }
    const key = nullableBytes(reader)
    const value = nullableBytes(reader)
    const headerCount = reader.varint()
    const headers = headerCount === 0 ? NO_HEADERS : decodeHeaders(reader, headerCount)
    if (reader.position - start !== length) {
      throw new MalformedError(`a record states ${length} bytes and has ${reader.position - start}`)
    }
    const timestamp = isAppendTime ? appendTime : baseTimestamp + timestampDelta
    records.push(
      new FetchedRecord(topic, partition, offset, timestamp, timestampType, key, value, headers, leaderEpoch),
    )
  }
  return records
}

function decodeHeaders(reader: ByteReader, count: number): readonly RecordHeader[] {
  if (count < 0) throw new MalformedError(`a record states ${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const length = reader.varint()
    if (length < 0) throw new MalformedError('the key of a header is null')
    headers.push({ key: reader.utf8(length), value: nullableBytes(reader) })
  }
  return headers
}

function nullableBytes(reader: ByteReader): Uint8Array | null {
  const length = reader.varint()
  return length < 0 ? null : reader.slice(length)
}

function decodeOldRecords(
  bytes: Uint8Array,
  at: number,
  { topic, partition, fromOffset, maxInflatedBytes }: DecodeOptions,
): FetchedRecord[] {
  const magic = batchMagic(bytes, at)
  return decodeBatch(bytes, at, { maxInflatedBytes })
    .filter(({ offset }) => offset >= fromOffset)
    .map(({ offset, timestamp, key, value }) => {
      const timestampType = magic === 0 ? 'NO_TIMESTAMP_TYPE' : 'CREATE_TIME'
      return new FetchedRecord(
        topic,
        partition,
        offset,
        timestamp,
        timestampType,
        key,
        value,
        NO_HEADERS,
        undefined,
      )
    })
}
