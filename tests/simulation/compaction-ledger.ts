import type { SeenRecord } from './ledger.ts'
import { parseValue, shown } from './record-value.ts'

export interface CompactionRules {
  readonly keys: number
  readonly deleteRetentionMs: number
  readonly minLagMs: number
  /** Whether all that can be compacted is compacted soon. */
  readonly isPrompt: boolean
  readonly segmentBytes: number
}

interface Newest {
  readonly offset: number
  readonly value: string
  readonly isTombstone: boolean
}

/** One reading of a compacted partition from its start to its end, with what was promised of it before. */
export interface Lap {
  readonly startedMs: number
  readonly newest: ReadonlyMap<string, Newest>
  /** Offsets met, by key, in order. */
  readonly met: Map<string, number[]>
}

interface Sent {
  readonly record: string
  readonly sentMs: number
}

/** What compaction may do to one partition. Keys, and which records mark them as deleted, follow from a record's number. */
export class CompactionLedger {
  readonly rules: CompactionRules
  readonly #sentMs = new Map<string, number>()
  /** Tombstones that may be in the log, by key. */
  readonly #tombstones = new Map<string, Sent[]>()
  /** Offsets that were seen to hold nothing any more, numbered in the order in which that was seen. */
  readonly #passedOver = new Map<number, number>()
  readonly #onPassedOver: () => void
  /** Where a record is that was promised; given by the ledger. */
  offsetOf: (record: string) => number | undefined = () => undefined

  constructor(rules: CompactionRules, onPassedOver: () => void) {
    this.rules = rules
    this.#onPassedOver = onPassedOver
  }

  keyOf(number: number): string {
    return `key${(Math.imul(number, 0x9e3779b1) >>> 12) % this.rules.keys}`
  }

  isTombstone(number: number): boolean {
    return number % 5 === 3
  }

  sent(writer: string, number: number, nowMs: number): void {
    const record = `${writer}:${number}`
    this.#sentMs.set(record, nowMs)
    if (!this.isTombstone(number)) return
    const key = this.keyOf(number)
    const known = this.#tombstones.get(key)
    if (known === undefined) this.#tombstones.set(key, [{ record, sentMs: nowMs }])
    else known.push({ record, sentMs: nowMs })
  }

  /** How many offsets were seen to hold nothing any more. */
  get passedOver(): number {
    return this.#passedOver.size
  }

  /** @param passedOver `passedOver` at the time that is asked about; now when missing */
  isPassedOver(offset: number, passedOver = this.passedOver): boolean {
    return (this.#passedOver.get(offset) ?? passedOver) < passedOver
  }

  /** Nothing is at `offset` any more; what is wrong with that. */
  passOver(offset: number, value: string | undefined, nowMs: number): string | undefined {
    if (this.#passedOver.has(offset)) return undefined
    this.#passedOver.set(offset, this.#passedOver.size)
    this.#onPassedOver()
    if (value === undefined) return undefined
    const ageMs = nowMs - (this.#sentMs.get(shown(value)) ?? 0)
    if (ageMs >= this.rules.minLagMs) return undefined
    return `${shown(value)} at ${offset} is gone after ${ageMs} ms`
  }

  /** @param promised values by offset */
  beginLap(promised: Iterable<readonly [number, string]>, nowMs: number): Lap {
    const newest = new Map<string, Newest>()
    for (const [offset, value] of promised) {
      const { number } = parseValue(value)
      const key = this.keyOf(number)
      if ((newest.get(key)?.offset ?? -1) > offset) continue
      newest.set(key, { offset, value, isTombstone: this.isTombstone(number) })
    }
    return { startedMs: nowMs, newest, met: new Map() }
  }

  meet({ met }: Lap, offset: number, value: string): void {
    const key = this.keyOf(parseValue(value).number)
    const known = met.get(key)
    if (known === undefined) met.set(key, [offset])
    else known.push(offset)
  }

  /** What is wrong with what the lap met, from `startOffset` to `endOffset`. */
  endLap(lap: Lap, startOffset: number, endOffset: number, nowMs: number): string | undefined {
    for (const [key, newest] of lap.newest) {
      if (newest.offset < startOffset || newest.offset >= endOffset) continue
      // A power cut may have taken back what was acknowledged with acks=1.
      if (this.offsetOf(shown(newest.value)) !== newest.offset) continue
      const met = lap.met.get(key) ?? []
      if ((met.at(-1) ?? -1) >= newest.offset) continue
      if (!this.#mayBeDeleted(key, lap, nowMs)) {
        return `${key}: ${shown(newest.value)} at ${newest.offset} is the newest, and is gone (met ${met})`
      }
      const isQuick = nowMs - lap.startedMs < this.rules.deleteRetentionMs
      if (newest.isTombstone && isQuick && met.length > 0) {
        return `${key} was deleted at ${newest.offset}; the marker is gone, and ${met} are still there`
      }
    }
    return undefined
  }

  /**
   * A record that a newer one replaces and that should be gone, because the newer one lies before the growing segment.
   *
   * @param records all there are
   * @param growingOffset where the growing segment begins at the latest
   */
  leftOver(records: readonly SeenRecord[], growingOffset: number): string | undefined {
    if (!this.rules.isPrompt) return undefined
    const newest = new Map<string, SeenRecord>()
    for (const record of records) {
      const key = this.keyOf(parseValue(record.value).number)
      const before = newest.get(key)
      if (before !== undefined && record.offset < growingOffset) {
        return `${key}: ${shown(before.value)} at ${before.offset} is there, and ${shown(record.value)} at ${record.offset}`
      }
      newest.set(key, record)
    }
    return undefined
  }

  /** Whether a tombstone of the key, this one or a later one, may have gone its way, and with it all before it. */
  #mayBeDeleted(key: string, { newest }: Lap, nowMs: number): boolean {
    const { offset } = newest.get(key)!
    return (this.#tombstones.get(key) ?? []).some(
      ({ record, sentMs }) =>
        nowMs - sentMs >= this.rules.deleteRetentionMs &&
        (this.offsetOf(record) ?? Number.POSITIVE_INFINITY) >= offset,
    )
  }
}
