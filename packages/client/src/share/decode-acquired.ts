import { MalformedError } from '@samsa/base'
import {
  batchAttributes,
  batchLastOffset,
  batchMagic,
  checkBatch,
  isControl,
  nextBatch,
} from '@samsa/protocol'
import { decodeRecords } from '../consumer/fetching/decode-records.ts'
import type { FetchedRecord } from '../consumer/fetching/fetched-record.ts'
import { KafkaError } from '../errors.ts'
import type { FetchedPartition } from './share-node.ts'

export interface AcquiredOptions {
  readonly topic: string
  readonly partition: number
  readonly checkCrcs: boolean
  readonly maxInflatedBytes: number
}

/** What an answer brought of one partition. */
export interface Acquired {
  /** Records that this consumer may work on, in order. */
  readonly records: (FetchedRecord & { deliveryCount?: number })[]
  /** Acquired offsets that hold no record for the application: control records, or what compaction took. */
  readonly gaps: number[]
  /** Acquired offsets of batches that cannot be read. */
  readonly unreadable: number[]
}

/**
 * The records of an answer that were acquired: brokers serve whole batches, of which others may have some records.
 */
export function decodeAcquired(answer: FetchedPartition, options: AcquiredOptions): Acquired {
  const counts = deliveryCounts(answer)
  const acquired: Acquired = { records: [], gaps: [], unreadable: [] }
  const bytes = answer.records ?? new Uint8Array()
  let next = 0
  for (let at = 0; at < bytes.length; at = next) {
    next = nextBatch(bytes, at, bytes.length)
    if (next < 0) break
    takeBatch(bytes, at, next, counts, options, acquired)
  }
  acquired.gaps.push(...counts.keys())
  return acquired
}

/** Far more than brokers let a group lock in a partition: what states more is not a sane answer. */
const ACQUIRED_MAX = 1_000_000

function deliveryCounts({ acquiredRecords }: FetchedPartition): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { firstOffset, lastOffset, deliveryCount } of acquiredRecords) {
    if (lastOffset - firstOffset >= ACQUIRED_MAX - counts.size)
      throw new KafkaError('MALFORMED', `The broker lets acquire more than ${ACQUIRED_MAX} records at once.`)
    for (let offset = firstOffset; offset <= lastOffset; offset++) counts.set(offset, deliveryCount)
  }
  return counts
}

function takeBatch(
  bytes: Uint8Array,
  at: number,
  end: number,
  counts: Map<number, number>,
  options: AcquiredOptions,
  { records, unreadable }: Acquired,
): void {
  if (batchMagic(bytes, at) >= 2 && isControl(batchAttributes(bytes, at))) return
  try {
    if (options.checkCrcs && checkBatch(bytes, at, end) !== 'NONE')
      throw new MalformedError('the batch fails its checksum')
    for (const record of decodeRecords(bytes, at, { ...options, fromOffset: 0 })) {
      const deliveryCount = counts.get(record.offset)
      if (deliveryCount === undefined) continue
      counts.delete(record.offset)
      records.push(Object.assign(record, { deliveryCount }))
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    for (const offset of counts.keys())
      if (offset <= batchLastOffset(bytes, at)) {
        unreadable.push(offset)
        counts.delete(offset)
      }
  }
}
