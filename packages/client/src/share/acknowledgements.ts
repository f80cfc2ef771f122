/** What becomes of a record that a share consumer was given, by the numbers on the wire. */
export const acknowledgeCodes = {
  /** It is done: nobody gets it again. */
  ACCEPT: 1,
  /** Somebody is to get it again, until `share.delivery.count.limit` is reached. */
  RELEASE: 2,
  /** Nobody can do it: nobody gets it again. */
  REJECT: 3,
  /** It takes longer: the lock on it starts anew (KIP-1222). */
  RENEW: 4,
} as const

/** What becomes of a record that a share consumer was given. */
export type AcknowledgeType = keyof typeof acknowledgeCodes

/** An acquired offset without a record: a control record, or one that compaction took. */
export const GAP = 0

/** Offsets one after the other, and what becomes of each; one type stands for all. */
export interface AcknowledgementBatch {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly acknowledgeTypes: readonly number[]
}

/** What is to be told of the records of one partition. */
export class Acknowledgements {
  readonly #codes = new Map<number, number>()

  /** The last word on an offset counts. */
  add(offset: number, code: number): void {
    this.#codes.set(offset, code)
  }

  get size(): number {
    return this.#codes.size
  }

  get hasRenewals(): boolean {
    for (const code of this.#codes.values()) if (code === acknowledgeCodes.RENEW) return true
    return false
  }

  /** Takes renewals out. Returns their offsets. */
  dropRenewals(): number[] {
    const offsets = [...this.#codes].flatMap(([offset, code]) =>
      code === acknowledgeCodes.RENEW ? [offset] : [],
    )
    for (const offset of offsets) this.#codes.delete(offset)
    return offsets
  }

  /** Offsets that are not merely gaps, in order. */
  offsets(): number[] {
    return [...this.#codes].flatMap(([offset, code]) => (code === GAP ? [] : [offset])).sort((a, b) => a - b)
  }

  /** As requests have it: one batch for each run of offsets. */
  batches(): AcknowledgementBatch[] {
    const batches: { firstOffset: number; lastOffset: number; acknowledgeTypes: number[] }[] = []
    for (const [offset, code] of [...this.#codes].sort(([a], [b]) => a - b)) {
      const last = batches.at(-1)
      if (last === undefined || last.lastOffset + 1 !== offset) {
        batches.push({ firstOffset: offset, lastOffset: offset, acknowledgeTypes: [code] })
        continue
      }
      last.lastOffset = offset
      last.acknowledgeTypes.push(code)
    }
    return batches.map(batch => ({ ...batch, acknowledgeTypes: shortest(batch.acknowledgeTypes) }))
  }
}

function shortest(types: readonly number[]): readonly number[] {
  return types.every(type => type === types[0]) ? types.slice(0, 1) : types
}
