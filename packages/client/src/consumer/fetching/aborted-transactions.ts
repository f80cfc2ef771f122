import { decodeBatch, decodeControlRecord } from '@samsa/protocol'

/** A transaction that was aborted: who wrote it, and where it begins. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** What of a batch matters here. */
export interface BatchOfTransaction {
  readonly producerId: number
  readonly lastOffset: number
  readonly isTransactional: boolean
  readonly isControl: boolean
  /** Whether a control batch ends a transaction by aborting it. */
  readonly isAbort: () => boolean
}

/**
 * Tells which batches of one answer belong to aborted transactions (KIP-98), when asked about each in turn.
 *
 * A broker names the aborted transactions that reach into what it serves. One is open from its first offset to the
 * control batch that aborts it; a producer has at most one open at a time in a partition.
 */
export class AbortedTransactions {
  readonly #upcoming: AbortedTransaction[]
  readonly #open = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#upcoming = [...aborted].sort((one, other) => other.firstOffset - one.firstOffset)
  }

  /** Whether the application is to see the batch. Control batches never are for it. */
  isVisible(batch: BatchOfTransaction): boolean {
    while (this.#upcoming.length > 0 && this.#upcoming.at(-1)!.firstOffset <= batch.lastOffset) {
      this.#open.add(this.#upcoming.pop()!.producerId)
    }
    if (batch.isControl) {
      if (this.#open.has(batch.producerId) && batch.isAbort()) this.#open.delete(batch.producerId)
      return false
    }
    return !(batch.isTransactional && this.#open.has(batch.producerId))
  }
}

/** Whether the control batch at `at` aborts a transaction. Throws `MalformedError`. */
export function isAbortMarker(bytes: Uint8Array, at: number, maxInflatedBytes: number): boolean {
  const [record] = decodeBatch(bytes, at, { maxInflatedBytes })
  return record !== undefined && decodeControlRecord(record).type === 'ABORT'
}
