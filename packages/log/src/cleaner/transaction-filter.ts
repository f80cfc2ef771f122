import { batchAttributes, batchProducerId, batchRecordCount, isTransactional } from '@samsa/protocol'
import { lastOffsetOf } from '../batch-view.ts'
import { readMarker } from '../producers.ts'
import type { AbortedTransaction } from '../transaction-index.ts'

interface OpenAborted {
  readonly transaction: AbortedTransaction
  /** Whether a batch of it was seen: then its marker has to stay. */
  hasBatches: boolean
}

/**
 * Tells, as batches pass in order, which belong to aborted transactions and which markers are no longer needed. A
 * marker stays until a pass meets no batch of its transaction any more.
 */
export class TransactionFilter {
  /** Producers with batches of a transaction not known to be aborted. */
  readonly #committed = new Set<number>()
  readonly #aborted = new Map<number, OpenAborted>()
  /** Aborted transactions that begin later, by first offset. */
  #ahead: AbortedTransaction[] = []
  readonly #onAbortedKept: (transaction: AbortedTransaction) => void

  /** @param onAbortedKept told of aborted transactions of which batches were met, when their marker passes */
  constructor(onAbortedKept: (transaction: AbortedTransaction) => void = () => {}) {
    this.#onAbortedKept = onAbortedKept
  }

  /** Makes aborted transactions known that have batches in what comes next. */
  expect(transactions: readonly AbortedTransaction[]): void {
    const known = new Set(this.#ahead.map(transaction => transaction.lastOffset))
    for (const { transaction } of this.#aborted.values()) known.add(transaction.lastOffset)
    this.#ahead.push(...transactions.filter(transaction => !known.has(transaction.lastOffset)))
    this.#ahead.sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** Whether the data batch belongs to an aborted transaction. */
  isAborted(bytes: Uint8Array, at: number): boolean {
    this.#passTo(lastOffsetOf(bytes, at))
    if (!isTransactional(batchAttributes(bytes, at))) return false
    const producerId = batchProducerId(bytes, at)
    const aborted = this.#aborted.get(producerId)
    if (aborted === undefined) {
      this.#committed.add(producerId)
      return false
    }
    aborted.hasBatches = true
    return true
  }

  /** Whether the control batch may go: no batch of the transaction it ends was met. Needs the whole batch. */
  isMarkerUnneeded(bytes: Uint8Array, at: number): boolean {
    this.#passTo(lastOffsetOf(bytes, at))
    const marker = readMarker(bytes, at)
    if (marker === undefined) return batchRecordCount(bytes, at) === 0
    const producerId = batchProducerId(bytes, at)
    if (!marker.isAborted) return !this.#committed.delete(producerId)
    const aborted = this.#aborted.get(producerId)
    this.#aborted.delete(producerId)
    if (aborted?.hasBatches !== true) return true
    this.#onAbortedKept(aborted.transaction)
    return false
  }

  #passTo(offset: number): void {
    let passed = 0
    for (const transaction of this.#ahead) {
      if (transaction.firstOffset > offset) break
      if (!this.#aborted.has(transaction.producerId)) {
        this.#aborted.set(transaction.producerId, { transaction, hasBatches: false })
      }
      passed++
    }
    if (passed > 0) this.#ahead = this.#ahead.slice(passed)
  }
}
