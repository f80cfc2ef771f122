import { type Clock, MalformedError } from '@samsa/base'
import { type Journal, NotWrittenError } from '@samsa/cluster'
import type { PartitionLog } from '@samsa/log'
import { decodeBatch, encodeBatch, nextBatch } from '@samsa/protocol'

/** Bytes read from the log at once. */
const READ_BYTES = 1024 * 1024
/** Bytes of records a batch of a rewritten journal holds at least. */
const BATCH_BYTES = 8 * 1024 * 1024

/**
 * The metadata store's journal on a partition log: a record of the journal is the value of a record, an append is one
 * batch, so that a torn write takes all of it or nothing.
 */
export class LogJournal implements Journal {
  readonly #log: PartitionLog
  readonly #clock: Clock

  constructor(log: PartitionLog, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  append(records: readonly Uint8Array[]): Promise<void> {
    return this.#write([records])
  }

  /** The new records begin a segment of their own; once they are durable, the segments before it go. */
  async rewrite(records: readonly Uint8Array[]): Promise<void> {
    this.#log.roll()
    const start = this.#log.endOffset
    await this.#write(batchesOf(records))
    this.#log.deleteRecordsBefore(start)
  }

  *replay(): Iterable<Uint8Array> {
    let offset = this.#log.startOffset
    while (offset < this.#log.endOffset) {
      const read = this.#log.read({
        offset,
        maxBytes: READ_BYTES,
        upTo: this.#log.endOffset,
        minOneBatch: true,
      })
      if (read.error !== 'NONE') {
        throw new MalformedError(
          `the metadata journal ${this.#log.directory} cannot be read at offset ${offset}`,
        )
      }
      yield* valuesOf(read.records)
      offset = read.nextOffset
    }
    this.#log.advanceHighWatermark(offset)
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  async #write(batches: Iterable<readonly Uint8Array[]>): Promise<void> {
    const end = this.#log.endOffset
    try {
      for (const batch of batches) this.#appendBatch(batch)
      await this.#log.sync()
    } catch (error) {
      if (!this.#isCutBackTo(end)) throw error
      throw new NotWrittenError(error instanceof Error ? error.message : String(error), { cause: error })
    }
    this.#log.advanceHighWatermark(this.#log.durableOffset)
  }

  #appendBatch(records: readonly Uint8Array[]): void {
    const timestamp = this.#clock.now()
    const batch = encodeBatch({ records: records.map(value => ({ timestamp, key: null, value })) })
    const outcome = this.#log.append(batch, { leaderEpoch: 0, origin: 'coordinator' })
    if (outcome.error !== 'NONE') throw new Error(outcome.message ?? outcome.error)
  }

  /** Takes back what was appended when it could not be made durable; false when the log is broken. */
  #isCutBackTo(end: number): boolean {
    if (this.#log.failed !== undefined) return false
    try {
      this.#log.truncateTo(end)
      return this.#log.endOffset === end
    } catch {
      return false
    }
  }
}

function* valuesOf(batches: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < batches.length; at = nextBatch(batches, at, batches.length)) {
    for (const { value } of decodeBatch(batches, at, { maxInflatedBytes: batches.length })) {
      if (value !== null) yield value
    }
  }
}

function* batchesOf(records: readonly Uint8Array[]): Iterable<readonly Uint8Array[]> {
  let batch: Uint8Array[] = []
  let bytes = 0
  for (const record of records) {
    batch.push(record)
    bytes += record.length
    if (bytes < BATCH_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
