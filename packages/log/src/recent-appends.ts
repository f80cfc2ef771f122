import type { FilePool } from './file-pool.ts'

/**
 * Tells which batches of a log were appended lately, and so are in the page cache: less than the pool's `recentBytesMax`
 * ago, counted in bytes appended to all of its logs. Cautious: of that, up to half may be left out.
 *
 *   ──────────────┬───────────────┬──────────────
 *               older           newer      the log's end
 */
export class RecentAppends {
  readonly #pool: FilePool
  /** An offset of the log, and how much had been appended to all logs before its batch was. */
  #older = { offset: Number.POSITIVE_INFINITY, appendedBytes: Number.NEGATIVE_INFINITY }
  #newer = this.#older

  constructor(pool: FilePool) {
    this.#pool = pool
  }

  /** Notes batches that are appended, the first of them at `offset`. */
  note(offset: number, byteCount: number): void {
    const { appendedBytes, recentBytesMax } = this.#pool
    if (appendedBytes - this.#newer.appendedBytes >= recentBytesMax / 2) {
      this.#older = this.#newer
      this.#newer = { offset, appendedBytes }
    }
    this.#pool.appendedBytes = appendedBytes + byteCount
  }

  /** Where they begin; `Infinity` when there are none. */
  get startOffset(): number {
    const { appendedBytes, recentBytesMax } = this.#pool
    for (const mark of [this.#older, this.#newer]) {
      if (appendedBytes - mark.appendedBytes <= recentBytesMax) return mark.offset
    }
    return Number.POSITIVE_INFINITY
  }
}
