import { readInt32, readInt64, writeInt32, writeInt64 } from '@samsa/base'
import { EntryFile } from './entry-file.ts'
import type { FilePool } from './file-pool.ts'

export const TIME_ENTRY_BYTES = 12

/**
 * The greatest timestamp so far, as of the entries of the offset index: all records up to the entry's offset have at
 * most its timestamp. Timestamps grow strictly.
 *
 *   timestamp:8  relative offset:4 (of the batch with that timestamp, its last record)
 */
export class TimeIndex {
  readonly entries: EntryFile
  readonly #baseOffset: number
  /** Set by `lookup` and `last`. */
  foundTimestamp = -1
  foundOffset = 0

  constructor(pool: FilePool, path: string, baseOffset: number) {
    this.entries = new EntryFile(pool, path, TIME_ENTRY_BYTES)
    this.#baseOffset = baseOffset
  }

  /** Adds an entry if its timestamp is greater than the last one's. */
  addIfLater(timestamp: number, offset: number): void {
    this.last()
    if (timestamp <= this.foundTimestamp) return
    this.entries.add()
    writeInt64(this.entries.bytes, this.entries.at, timestamp)
    writeInt32(this.entries.bytes, this.entries.at + 8, offset - this.#baseOffset)
  }

  /** Reads the last entry into `foundTimestamp` and `foundOffset`: -1 and the base offset when there is none. */
  last(): void {
    this.#read(this.entries.count - 1)
  }

  /** Finds the last entry with at most `timestamp`: -1 and the base offset when there is none. */
  lookup(timestamp: number): void {
    this.#read(this.#lastWhere(at => readInt64(this.entries.bytes, at) <= timestamp))
  }

  /** Drops the entries of batches at or after `offset`. */
  cut(offset: number): void {
    const relative = offset - this.#baseOffset
    this.entries.cut(this.#lastWhere(at => readInt32(this.entries.bytes, at + 8) < relative) + 1)
  }

  /** Drops zeros at the end, which Apache Kafka reserves while it writes to the segment. */
  cutReserved(): void {
    this.entries.cutTornEntry()
    this.last()
    if (this.entries.count === 0 || this.foundTimestamp > 0) return
    this.entries.cut(this.#lastWhere(at => readInt64(this.entries.bytes, at) !== 0) + 1)
  }

  #read(index: number): void {
    if (index < 0) {
      this.foundTimestamp = -1
      this.foundOffset = this.#baseOffset
      return
    }
    this.entries.seek(index)
    this.foundTimestamp = readInt64(this.entries.bytes, this.entries.at)
    this.foundOffset = this.#baseOffset + readInt32(this.entries.bytes, this.entries.at + 8)
  }

  #lastWhere(holds: (at: number) => boolean): number {
    let low = -1
    let high = this.entries.count
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      this.entries.seek(middle)
      if (holds(this.entries.at)) low = middle
      else high = middle
    }
    return low
  }
}
