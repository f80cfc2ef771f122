import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import {
  type Record,
  type RecordContent,
  batchLastOffset,
  batchLeaderEpoch,
  batchLength,
  decodeBatch,
  nextBatch,
} from '@samsa/protocol'
import type { CompactionLedger } from './compaction-ledger.ts'
import type { AsOf, Ledger, SeenRecord } from './ledger.ts'
import { parseValue } from './record-value.ts'
import { Violation } from './violation.ts'

/** In compacted topics a header says which record this is: a tombstone has no value. */
const HEADER = 'record'

/** What was fetched of a partition. */
export interface Fetched {
  /** From the offset that was asked for on. */
  readonly records: readonly SeenRecord[]
  /** Where to go on. */
  readonly nextOffset: number
  readonly batches: readonly SeenBatch[]
}

export interface SeenBatch {
  readonly lastOffset: number
  readonly leaderEpoch: number
  readonly bytes: number
}

/** The record a value stands for in a log. */
export function recordFor(
  value: string,
  timestamp: number,
  compaction: CompactionLedger | undefined,
): RecordContent {
  if (compaction === undefined) return { timestamp, key: null, value: encodeUtf8(value) }
  const { writer, number } = parseValue(value)
  return {
    timestamp,
    key: encodeUtf8(compaction.keyOf(number)),
    value: compaction.isTombstone(number) ? null : encodeUtf8(value),
    headers: [{ key: HEADER, value: encodeUtf8(`${writer}:${number}:`) }],
  }
}

/** The records of fetched batches from `offset` on. Offsets go up. */
export function recordsOf(batches: Uint8Array, offset: number, ledger: Ledger): Fetched {
  const records: SeenRecord[] = []
  const seen: SeenBatch[] = []
  let nextOffset = offset
  for (let at = 0; at !== -1 && at < batches.length; at = nextBatch(batches, at, batches.length)) {
    for (const record of decodeBatch(batches, at, { maxInflatedBytes: 1 << 24 })) {
      if (record.offset < offset) continue
      if (record.offset < nextOffset) {
        throw new Violation('served', `${ledger.name}: served ${record.offset} after ${nextOffset - 1}`)
      }
      records.push({ offset: record.offset, value: identify(record, ledger) })
      nextOffset = record.offset + 1
    }
    const lastOffset = batchLastOffset(batches, at)
    seen.push({ lastOffset, leaderEpoch: batchLeaderEpoch(batches, at), bytes: batchLength(batches, at) })
    nextOffset = Math.max(nextOffset, lastOffset + 1)
  }
  return { records, nextOffset, batches: seen }
}

function identify({ key, value, headers, offset }: Record, { name, compaction }: Ledger): string {
  if (compaction === undefined) return decodeUtf8(value!)
  const id = decodeUtf8(headers[0]!.value!)
  const { number } = parseValue(id)
  const isWhole = value === null ? compaction.isTombstone(number) : decodeUtf8(value).startsWith(id)
  if (!isWhole || decodeUtf8(key!) !== compaction.keyOf(number)) {
    throw new Violation('served', `${name}: ${id} at ${offset} is not what was written`)
  }
  return value === null ? id : decodeUtf8(value)
}

/**
 * Enters what a consumer was served of a partition, and what it was not: offsets between that hold nothing. Where it is
 * to go on.
 *
 * @param asOf of the ledger, when the request was sent
 * @param nowMs the time when the answer arrived
 */
export function takeIn(
  ledger: Ledger,
  batches: Uint8Array,
  offset: number,
  asOf: AsOf,
  nowMs: number,
): Fetched {
  const fetched = recordsOf(batches, offset, ledger)
  let next = offset
  for (const record of fetched.records) {
    ledger.passOver(next, record.offset, nowMs)
    ledger.serve(record, asOf)
    next = record.offset + 1
  }
  ledger.passOver(next, fetched.nextOffset, nowMs)
  return fetched
}
