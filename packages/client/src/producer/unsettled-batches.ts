import type { Batch } from './batch.ts'
import type { Lane } from './lane.ts'

interface Flush {
  readonly left: Set<Batch>
  done(): void
}

/** Batches of which nobody knows yet what becomes of them, oldest first: what is to expire stands at the front. */
export class UnsettledBatches {
  readonly #lanes = new Map<Batch, Lane>()
  readonly #flushes = new Set<Flush>()

  get size(): number {
    return this.#lanes.size
  }

  [Symbol.iterator](): IterableIterator<[Batch, Lane]> {
    return this.#lanes.entries()
  }

  add(batch: Batch, lane: Lane): void {
    this.#lanes.set(batch, lane)
  }

  /** Resolves when every batch there is now is settled, whichever way. */
  whenSettled(): Promise<void> {
    return new Promise(done => {
      this.#flushes.add({ left: new Set(this.#lanes.keys()), done })
    })
  }

  /** Who waits for the batch waits for these, too: they took over its records. */
  extend(batch: Batch, parts: readonly Batch[]): void {
    for (const { left } of this.#flushes) if (left.has(batch)) for (const part of parts) left.add(part)
  }

  /** Everybody knows what became of the batch; false when that was so before. */
  settle(batch: Batch): boolean {
    if (!this.#lanes.delete(batch)) return false
    for (const flush of this.#flushes) {
      flush.left.delete(batch)
      if (flush.left.size > 0) continue
      this.#flushes.delete(flush)
      flush.done()
    }
    return true
  }
}
