import { ByteReader, MalformedError } from '@samsa/base'
import { decompress, decompressAsync } from '../compression/compress.ts'
import { nextBatch } from './batch-check.ts'
import {
  BATCH_HEADER_BYTES,
  addToSequence,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchMagic,
  batchMaxTimestamp,
  batchRecordCount,
  compressionOf,
  timestampTypeOf,
} from './batch-header.ts'
import { decodeMessage } from './message-decoder.ts'
import { type DecodeLimits, NO_HEADERS, type Record, type RecordHeader, saturatingSum } from './record.ts'

// A record, after its own length as a varint (KIP-98, KIP-82):
//
//   attributes:1  timestampDelta:varlong  offsetDelta:varint  keyLength:varint  key  valueLength:varint  value
//   headerCount:varint  ( keyLength:varint  key  valueLength:varint  value ) …          length -1 stands for null

/**
 * The records of the batch at `at`, or of the message v0 or v1 there. Throws `MalformedError` when its records are not
 * what its header says, or inflate to more than allowed. The checksum of a batch is not looked at: see `checkBatch`.
 */
export function decodeBatch(bytes: Uint8Array, at: number, limits: DecodeLimits): Record[] {
  const records: Record[] = []
  visitBatch(bytes, at, limits, record => records.push(record))
  return records
}

/** `decodeBatch` that hands over one record after the other, for batches of very many. */
export function visitBatch(
  bytes: Uint8Array,
  at: number,
  limits: DecodeLimits,
  visit: (record: Record) => void,
): void {
  const end = batchEnd(bytes, at)
  if (batchMagic(bytes, at) < 2) {
    for (const record of decodeMessage(bytes, at, limits)) visit(record)
    return
  }
  // Compaction leaves batches without records, whose payload is no compressed data.
  if (batchRecordCount(bytes, at) === 0) return
  const codec = compressionOf(batchAttributes(bytes, at))
  const payload = bytes.subarray(at + BATCH_HEADER_BYTES, end)
  visitRecords(bytes, at, decompress(codec, payload, limits.maxInflatedBytes), visit)
}

/** `decodeBatch` that inflates large records off the event loop; `bytes` must not change meanwhile. */
export async function decodeBatchAsync(
  bytes: Uint8Array,
  at: number,
  limits: DecodeLimits,
): Promise<Record[]> {
  const end = batchEnd(bytes, at)
  if (batchMagic(bytes, at) < 2) return decodeMessage(bytes, at, limits)
  if (batchRecordCount(bytes, at) === 0) return []
  const codec = compressionOf(batchAttributes(bytes, at))
  const payload = bytes.subarray(at + BATCH_HEADER_BYTES, end)
  const records: Record[] = []
  const inflated = await decompressAsync(codec, payload, limits.maxInflatedBytes)
  visitRecords(bytes, at, inflated, record => records.push(record))
  return records
}

function batchEnd(bytes: Uint8Array, at: number): number {
  const end = nextBatch(bytes, at, bytes.length)
  if (end < 0) throw new MalformedError(`no whole record batch starts at byte ${at}`)
  return end
}

/** What the batch's header says about all of its records. */
interface Shared {
  baseOffset: number
  baseTimestamp: number
  appendTimestamp: number | undefined
  baseSequence: number
}

function visitRecords(
  bytes: Uint8Array,
  at: number,
  payload: Uint8Array,
  visit: (record: Record) => void,
): void {
  const count = batchRecordCount(bytes, at)
  if (count < 0) throw new MalformedError(`a record batch states ${count} records`)
  const shared = sharedFields(bytes, at)
  const reader = new ByteReader(payload)
  for (let i = 0; i < count; i++) visit(decodeRecord(reader, shared))
  if (reader.remaining > 0) {
    throw new MalformedError(`${reader.remaining} bytes follow the ${count} records a batch states`)
  }
}

function sharedFields(bytes: Uint8Array, at: number): Shared {
  const isAppendTime = timestampTypeOf(batchAttributes(bytes, at)) === 'LogAppendTime'
  return {
    baseOffset: batchBaseOffset(bytes, at),
    baseTimestamp: batchBaseTimestamp(bytes, at),
    appendTimestamp: isAppendTime ? batchMaxTimestamp(bytes, at) : undefined,
    baseSequence: batchBaseSequence(bytes, at),
  }
}

function decodeRecord(reader: ByteReader, shared: Shared): Record {
  const length = reader.varint()
  const start = reader.position
  reader.skip(1)
  const timestamp = shared.appendTimestamp
  const created = saturatingSum(shared.baseTimestamp, reader.varlong())
  const offsetDelta = reader.varint()
  const record: Record = {
    offset: saturatingSum(shared.baseOffset, offsetDelta),
    timestamp: timestamp ?? created,
    key: nullableBytes(reader),
    value: nullableBytes(reader),
    headers: decodeHeaders(reader),
    sequence: shared.baseSequence < 0 ? -1 : addToSequence(shared.baseSequence, offsetDelta),
  }
  if (reader.position - start !== length) {
    throw new MalformedError(`a record states ${length} bytes and has ${reader.position - start}`)
  }
  return record
}

function decodeHeaders(reader: ByteReader): readonly RecordHeader[] {
  const count = reader.varint()
  if (count === 0) return NO_HEADERS
  if (count < 0) throw new MalformedError(`a record states ${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) headers.push({ key: headerKey(reader), value: nullableBytes(reader) })
  return headers
}

function headerKey(reader: ByteReader): string {
  const length = reader.varint()
  if (length < 0) throw new MalformedError('the key of a header is null')
  return reader.utf8(length)
}

function nullableBytes(reader: ByteReader): Uint8Array | null {
  const length = reader.varint()
  return length < 0 ? null : reader.slice(length)
}
