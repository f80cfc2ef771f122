import { allocateBytes } from '@samsa/base'
import { batchBaseOffset, batchMagic, nextBatch } from '@samsa/protocol'
import { lastOffsetOf } from './batch-view.ts'
import type { PositionHints } from './position-hints.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import type { AbortedTransaction } from './transaction-index.ts'

export interface ReadRequest {
  readonly offset: number
  readonly maxBytes: number
  /** Only batches that end below this offset are read. */
  readonly upTo: number
  /** Read the first batch whole even if it is larger than `maxBytes`. */
  readonly minOneBatch: boolean
  readonly withAbortedTransactions?: boolean
  /** Gives memory of at least so many bytes for the records; fresh memory unless given. */
  readonly allocate?: (byteCount: number) => Uint8Array
}

export interface ReadRecords {
  readonly error: 'NONE'
  /** Whole batches; the first may begin before the offset asked for. The memory is the caller's. */
  readonly records: Uint8Array
  /** The offset after the last batch read, or the one asked for when none was. */
  readonly nextOffset: number
  /** Aborted transactions with records in what was read; empty unless asked for. */
  readonly abortedTransactions: readonly AbortedTransaction[]
}

export type ReadOutcome =
  | ReadRecords
  | { readonly error: 'OFFSET_OUT_OF_RANGE' | 'KAFKA_STORAGE_ERROR' | 'NOT_LEADER_OR_FOLLOWER' }

const NO_BYTES = new Uint8Array(0)
const NO_TRANSACTIONS: readonly AbortedTransaction[] = []

/** Reads from a log whose batches are all in files. Throws `DiskError`. */
export function readLog(
  segments: SegmentList,
  hints: PositionHints,
  endOffset: number,
  request: ReadRequest,
): ReadRecords {
  const nothing: ReadRecords = {
    error: 'NONE',
    records: NO_BYTES,
    nextOffset: request.offset,
    abortedTransactions: NO_TRANSACTIONS,
  }
  const upTo = Math.min(request.upTo, endOffset)
  if (request.offset >= upTo || (request.maxBytes <= 0 && !request.minOneBatch)) return nothing
  for (let index = segments.floor(request.offset); index < segments.count; index++) {
    const segment = segments.at(index)!
    if (segment.baseOffset >= upTo) break
    const position = positionOf(segment, hints, request.offset)
    // Compaction may have removed the rest of this segment: the next one goes on.
    if (position < 0) continue
    const records = readBatches(segment, position, upTo, request)
    if (records.length === 0) return nothing
    const nextOffset = endOf(records)
    hints.note(nextOffset, segment.baseOffset, position + records.length)
    const abortedTransactions =
      request.withAbortedTransactions === true
        ? collectAborted(segments, index, request.offset, nextOffset)
        : NO_TRANSACTIONS
    return { error: 'NONE', records, nextOffset, abortedTransactions }
  }
  return nothing
}

function positionOf(segment: Segment, hints: PositionHints, offset: number): number {
  const hinted = hints.find(offset, segment.baseOffset)
  if (hinted >= 0 && hinted < segment.size) return hinted
  return segment.seek(offset)?.position ?? -1
}

/** Whole batches from `position` that end below `upTo`, within `maxBytes` except perhaps the first. */
function readBatches(segment: Segment, position: number, upTo: number, request: ReadRequest): Uint8Array {
  const available = segment.size - position
  const bytes = segment.read(
    position,
    Math.min(Math.max(request.maxBytes, FIRST_LOOK_BYTES), available),
    request.allocate,
  )
  const first = nextBatch(bytes, 0, bytes.length)
  if (first < 0) return readLargeBatch(segment, position, bytes, upTo, request)
  if (first > request.maxBytes)
    return request.minOneBatch && endsBelow(bytes, 0, upTo) ? bytes.subarray(0, first) : NO_BYTES
  let end = 0
  for (let next = first; next >= 0 && next <= request.maxBytes; next = nextBatch(bytes, end, bytes.length)) {
    if (!endsBelow(bytes, end, upTo)) break
    end = next
  }
  return end === bytes.length ? bytes : bytes.subarray(0, end)
}

/** Small batches are read whole with the first look, which saves a second one when `maxBytes` is too small for any. */
const FIRST_LOOK_BYTES = 4096

/** A first batch that is longer than what was read of it. */
function readLargeBatch(
  segment: Segment,
  position: number,
  bytes: Uint8Array,
  upTo: number,
  request: ReadRequest,
): Uint8Array {
  if (!request.minOneBatch) return NO_BYTES
  const scanner = segment.scan(position, { buffer: allocateBytes(FIRST_LOOK_BYTES) })
  if (!scanner.next() || scanner.length <= bytes.length) return NO_BYTES
  if (!endsBelow(scanner.bytes, scanner.at, upTo)) return NO_BYTES
  const whole = segment.read(position, scanner.length, request.allocate)
  return nextBatch(whole, 0, whole.length) === whole.length ? whole : NO_BYTES
}

const endsBelow = (bytes: Uint8Array, at: number, upTo: number) => lastOffsetOf(bytes, at) < upTo

/** The offset after the last of some whole batches. */
function endOf(records: Uint8Array): number {
  let last = 0
  for (let at = 0; at >= 0 && at < records.length; at = nextBatch(records, at, records.length)) last = at
  return lastOffsetOf(records, last) + 1
}

/** Aborted transactions with records in [offset, upTo): their markers lie in this segment or a later one. */
export function collectAborted(
  segments: SegmentList,
  fromIndex: number,
  offset: number,
  upTo: number,
): AbortedTransaction[] {
  const found: AbortedTransaction[] = []
  for (let index = fromIndex; index < segments.count; index++) {
    if (segments.at(index)!.transactions.collect(offset, upTo, found)) break
  }
  return found
}

/** The base offset of a batch; for messages before magic 2 the offset of the last of them is the nearest there is. */
export const firstOffsetOf = (bytes: Uint8Array, at: number): number =>
  batchMagic(bytes, at) === 2 ? batchBaseOffset(bytes, at) : lastOffsetOf(bytes, at)
