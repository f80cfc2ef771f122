import { readInt32, writeInt32 } from '@samsa/base'
import { EntryFile } from './entry-file.ts'
import type { FilePool } from './file-pool.ts'

export const OFFSET_ENTRY_BYTES = 8

/**
 * Where batches lie in a segment: for about one batch in `index.interval.bytes`, the last offset of the batch, relative
 * to the segment's base offset, and the position where it starts. Both grow strictly.
 *
 *   relative offset:4  position:4
 */
export class OffsetIndex {
  readonly entries: EntryFile
  readonly #baseOffset: number
  /** Set by `lookup` and `entry`. */
  foundOffset = 0
  foundPosition = 0

  constructor(pool: FilePool, path: string, baseOffset: number) {
    this.entries = new EntryFile(pool, path, OFFSET_ENTRY_BYTES)
    this.#baseOffset = baseOffset
  }

  add(lastOffset: number, position: number): void {
    this.entries.add()
    writeInt32(this.entries.bytes, this.entries.at, lastOffset - this.#baseOffset)
    writeInt32(this.entries.bytes, this.entries.at + 4, position)
  }

  /**
   * Finds the last entry at or below `offset` into `foundOffset` and `foundPosition`; its number, or -1 when there is
   * none.
   */
  lookup(offset: number): number {
    const relative = offset - this.#baseOffset
    return this.#seekLast(at => readInt32(this.entries.bytes, at) <= relative)
  }

  /** Like `lookup`, for the last entry whose batch starts at or before `position`. */
  lookupPosition(position: number): number {
    return this.#seekLast(at => readInt32(this.entries.bytes, at + 4) <= position)
  }

  /** Reads entry `index`, which must exist, into `foundOffset` and `foundPosition`. */
  entry(index: number): void {
    this.entries.seek(index)
    this.foundOffset = this.#baseOffset + readInt32(this.entries.bytes, this.entries.at)
    this.foundPosition = readInt32(this.entries.bytes, this.entries.at + 4)
  }

  /** Drops the entries of batches that end at or after `offset`. */
  cut(offset: number): void {
    this.entries.cut(this.lookup(offset - 1) + 1)
  }

  /**
   * Drops zeros at the end: Apache Kafka reserves the whole file for the segment it writes to and gives the rest back
   * when it stops in good order. The position of an entry is never 0.
   */
  cutReserved(): void {
    this.entries.cutTornEntry()
    const count = this.entries.count
    if (count === 0) return
    this.entry(count - 1)
    if (this.foundPosition !== 0) return
    this.entries.cut(this.#seekLast(at => readInt32(this.entries.bytes, at + 4) !== 0) + 1)
  }

  /** The last entry for which `holds`, which must hold for a first part of the entries only. */
  #seekLast(holds: (at: number) => boolean): number {
    let low = -1
    let high = this.entries.count
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      this.entries.seek(middle)
      if (holds(this.entries.at)) low = middle
      else high = middle
    }
    if (low >= 0) this.entry(low)
    return low
  }
}
