import {
  type BatchContent,
  type Record,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchLastOffset,
  batchLeaderEpoch,
  batchLength,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  compressionOf,
  decodeBatch,
  encodeBatch,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  timestampTypeOf,
} from '@samsa/protocol'
import { lastOffsetOf } from '../batch-view.ts'
import { INFLATED_BYTES_MAX, inflatedRecords } from '../record-checks.ts'
import type { KeyMap } from './key-map.ts'
import type { TransactionFilter } from './transaction-filter.ts'

/** The last a log knows of a producer: what recognises its retries must not be compacted away. */
export interface ProducerEnd {
  /** Where its last batches end; none when it has written no data in its epoch. */
  readonly lastOffsets: readonly number[]
  readonly epoch: number
}

/** By which batches are filtered. */
export interface FilterRules {
  readonly keys: KeyMap
  readonly transactions: TransactionFilter
  readonly producers: ReadonlyMap<number, ProducerEnd>
  /**
   * Where this pass ends, and where the segments end that become one: the batches before are kept, if empty. They keep
   * the log's offsets, and let recovery tell records that a power cut took from those that compaction did.
   */
  readonly endOffset: number
  readonly groupEndOffset: number
  readonly now: number
  /** Markers of deleted keys stay this long after the first pass that meets them (KIP-534). */
  readonly deleteRetentionMs: number
}

/** What remains of the batch at `at`: the same bytes, a new batch with the same offsets, or undefined for nothing. */
export function filterBatch(bytes: Uint8Array, at: number, rules: FilterRules): Uint8Array | undefined {
  if (batchMagic(bytes, at) < 2) return filterOldMessages(bytes, at, rules)
  const isMarker = isControl(batchAttributes(bytes, at))
  const isUnneeded = isMarker
    ? rules.transactions.isMarkerUnneeded(bytes, at)
    : rules.transactions.isAborted(bytes, at)
  const isDropped = isMarker ? isUnneeded && isPastHorizon(bytes, at, rules.now) : isUnneeded
  const mustLeaveHeader = isLastOfProducer(bytes, at, rules) || isAtEnd(batchLastOffset(bytes, at), rules)
  if (isDropped) return mustLeaveHeader ? emptied(bytes, at) : undefined
  return isMarker ? keptMarker(bytes, at, isUnneeded, rules) : keptRecords(bytes, at, mustLeaveHeader, rules)
}

/** Messages before magic 2 go when none of them is kept; they are not taken apart. */
function filterOldMessages(bytes: Uint8Array, at: number, rules: FilterRules): Uint8Array | undefined {
  const records = decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })
  const isLast = isAtEnd(lastOffsetOf(bytes, at), rules)
  const isKept = (record: Record) =>
    record.offset > rules.keys.latestOffset ||
    (record.key !== null && record.offset >= rules.keys.get(record.key, 0, record.key.length))
  return isLast || records.some(isKept) ? wholeBatch(bytes, at) : undefined
}

/** A marker that is no longer needed is given its delete horizon, so that followers still get to see it. */
function keptMarker(bytes: Uint8Array, at: number, isUnneeded: boolean, rules: FilterRules): Uint8Array {
  if (!isUnneeded || hasDeleteHorizon(batchAttributes(bytes, at))) return wholeBatch(bytes, at)
  const records = decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })
  return rewritten(bytes, at, records, rules.now + rules.deleteRetentionMs)
}

function keptRecords(
  bytes: Uint8Array,
  at: number,
  mustLeaveHeader: boolean,
  rules: FilterRules,
): Uint8Array | undefined {
  if (batchRecordCount(bytes, at) === 0) return mustLeaveHeader ? wholeBatch(bytes, at) : undefined
  const kept = keptOffsets(bytes, at, rules)
  if (kept.deltas.size === 0) return mustLeaveHeader ? emptied(bytes, at) : undefined
  const hasHorizon = hasDeleteHorizon(batchAttributes(bytes, at))
  const needsHorizon = kept.hasTombstones && !hasHorizon
  if (kept.isAll && !needsHorizon) return wholeBatch(bytes, at)
  const baseOffset = batchBaseOffset(bytes, at)
  const records = decodeBatch(bytes, at, { maxInflatedBytes: INFLATED_BYTES_MAX })
  const horizon = needsHorizon
    ? rules.now + rules.deleteRetentionMs
    : hasHorizon
      ? batchBaseTimestamp(bytes, at)
      : undefined
  return rewritten(
    bytes,
    at,
    records.filter(record => kept.deltas.has(record.offset - baseOffset)),
    horizon,
  )
}

/** Which records stay: the last of each key, and the markers of deleted keys until their time has come. */
function keptOffsets(bytes: Uint8Array, at: number, { keys, now }: FilterRules) {
  const baseOffset = batchBaseOffset(bytes, at)
  const dropsTombstones = isPastHorizon(bytes, at, now)
  const deltas = new Set<number>()
  let hasTombstones = false
  let isAll = true
  const cursor = inflatedRecords(bytes, at)
  while (cursor.next()) {
    const offset = baseOffset + cursor.offsetDelta
    const isTombstone = cursor.valueLength < 0
    const isKept =
      offset > keys.latestOffset ||
      (cursor.keyLength >= 0 &&
        !(isTombstone && dropsTombstones) &&
        offset >= keys.get(cursor.bytes, cursor.keyAt, cursor.keyAt + cursor.keyLength))
    if (!isKept) isAll = false
    else deltas.add(cursor.offsetDelta)
    hasTombstones ||= isKept && isTombstone
  }
  return { deltas, hasTombstones, isAll }
}

const isAtEnd = (lastOffset: number, { endOffset, groupEndOffset }: FilterRules) =>
  lastOffset + 1 === endOffset || lastOffset + 1 === groupEndOffset

function isPastHorizon(bytes: Uint8Array, at: number, now: number): boolean {
  return hasDeleteHorizon(batchAttributes(bytes, at)) && batchBaseTimestamp(bytes, at) <= now
}

/**
 * Whether a retry or a fenced producer would be recognised by this batch after a restart. Each of the last batches may be
 * repeated, but not those of a transaction: they were answered before it ended, and nothing is compacted before. Apache
 * Kafka keeps the last batch only.
 */
function isLastOfProducer(bytes: Uint8Array, at: number, { producers }: FilterRules): boolean {
  const end = producers.get(batchProducerId(bytes, at))
  if (end === undefined) return false
  const { lastOffsets, epoch } = end
  const attributes = batchAttributes(bytes, at)
  if (lastOffsets.length === 0) return isControl(attributes) && batchProducerEpoch(bytes, at) === epoch
  const lastOffset = batchLastOffset(bytes, at)
  return isTransactional(attributes) ? lastOffsets.at(-1) === lastOffset : lastOffsets.includes(lastOffset)
}

const wholeBatch = (bytes: Uint8Array, at: number) => bytes.subarray(at, at + batchLength(bytes, at))

function emptied(bytes: Uint8Array, at: number): Uint8Array {
  const timestamp = batchMaxTimestamp(bytes, at)
  return encodeBatch({
    ...headerOf(bytes, at),
    records: [],
    baseTimestamp: timestamp,
    maxTimestamp: timestamp,
  })
}

function rewritten(
  bytes: Uint8Array,
  at: number,
  records: readonly Record[],
  deleteHorizonMs: number | undefined,
): Uint8Array {
  return encodeBatch({
    ...headerOf(bytes, at),
    records,
    compression: compressionOf(batchAttributes(bytes, at)),
    ...(deleteHorizonMs === undefined ? {} : { deleteHorizonMs }),
  })
}

/** What a batch keeps of its header when its records change. */
function headerOf(bytes: Uint8Array, at: number): Omit<BatchContent, 'records'> {
  const attributes = batchAttributes(bytes, at)
  const timestampType = timestampTypeOf(attributes)
  return {
    baseOffset: batchBaseOffset(bytes, at),
    lastOffset: batchLastOffset(bytes, at),
    leaderEpoch: batchLeaderEpoch(bytes, at),
    producerId: batchProducerId(bytes, at),
    producerEpoch: batchProducerEpoch(bytes, at),
    baseSequence: batchBaseSequence(bytes, at),
    isTransactional: isTransactional(attributes),
    isControl: isControl(attributes),
    timestampType,
    ...(timestampType === 'LogAppendTime' ? { maxTimestamp: batchMaxTimestamp(bytes, at) } : {}),
  }
}
