import { type Logger, MalformedError } from '@samsa/base'
import type { GroupRecord } from '@samsa/coordinators'
import {
  type Compression,
  type ErrorName,
  batchAttributes,
  batchBaseOffset,
  batchMagic,
  batchProducerId,
  decodeBatch,
  decodeControlRecord,
  encodeBatch,
  isControl,
  isTransactional,
  nextBatch,
} from '@samsa/protocol'
import type { Partition } from '../partitions/partition.ts'
import type {
  AppendedRecords,
  CoordinatorLog,
  LogEntry,
  ReadEntries,
  RefusedRecords,
} from './coordinator-log.ts'

/** Bytes read in one step of a load. */
const STEP_BYTES = 256 * 1024
/** What one batch may inflate to. The broker's own are far smaller; a foreign data directory may hold others. */
const BATCH_BYTES_MAX = 256 * 1024 * 1024

/** Keeps a coordinator's records in a partition this broker leads. */
export class PartitionCoordinatorLog implements CoordinatorLog {
  readonly #partition: Partition
  readonly #compression: () => Compression
  readonly #logger: Logger

  constructor(partition: Partition, compression: () => Compression, logger: Logger) {
    this.#partition = partition
    this.#compression = compression
    this.#logger = logger
  }

  get startOffset(): number {
    return this.#partition.log.startOffset
  }

  append(records: readonly GroupRecord[], nowMs: number): AppendedRecords | RefusedRecords {
    const batch = encodeBatch({
      records: records.map(({ key, value }) => ({ key, value, timestamp: nowMs })),
      compression: this.#compression(),
    })
    const outcome = this.#partition.append(batch, 'coordinator')
    if (outcome.error !== 'NONE') return { error: outcome.error }
    const { firstOffset, lastOffset } = outcome
    return { error: 'NONE', firstOffset, safe: this.#partition.whenCommitted(lastOffset + 1) }
  }

  read(offset: number): ReadEntries | RefusedRecords {
    const { log } = this.#partition
    const from = Math.max(offset, log.startOffset)
    const outcome = log.read({ offset: from, maxBytes: STEP_BYTES, upTo: log.endOffset, minOneBatch: true })
    if (outcome.error !== 'NONE') return { error: outcome.error }
    return { error: 'NONE', entries: this.#entriesOf(outcome.records), nextOffset: outcome.nextOffset }
  }

  whenSafe(): Promise<ErrorName> | ErrorName {
    return this.#partition.whenCommitted(this.#partition.log.endOffset)
  }

  #entriesOf(bytes: Uint8Array): LogEntry[] {
    const entries: LogEntry[] = []
    for (let at = 0, end = 0; at < bytes.length; at = end) {
      end = nextBatch(bytes, at, bytes.length)
      if (end < 0) break
      try {
        decodeEntries(bytes, at, entries)
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
        const { topic, index } = this.#partition
        this.#logger.error(
          `The batch at offset ${batchBaseOffset(bytes, at)} of ${topic}-${index} cannot be read and is left out: groups or offsets may be older than they were.`,
          { error },
        )
      }
    }
    return entries
  }
}

function decodeEntries(bytes: Uint8Array, at: number, entries: LogEntry[]): void {
  const isModern = batchMagic(bytes, at) >= 2
  const attributes = isModern ? batchAttributes(bytes, at) : 0
  const producerId = isModern ? batchProducerId(bytes, at) : -1
  const records = decodeBatch(bytes, at, { maxInflatedBytes: BATCH_BYTES_MAX })
  if (isModern && isControl(attributes)) {
    for (const record of records) {
      const { type } = decodeControlRecord(record)
      if (type !== 'COMMIT' && type !== 'ABORT') continue
      entries.push({ kind: 'transactionEnd', producerId, isCommitted: type === 'COMMIT' })
    }
    return
  }
  const transaction = isModern && isTransactional(attributes) ? producerId : undefined
  for (const { offset, key, value } of records) {
    if (key === null) continue
    entries.push({ kind: 'record', offset, record: { key, value }, producerId: transaction })
  }
}
