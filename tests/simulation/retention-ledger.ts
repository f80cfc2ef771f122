import { shown } from './record-value.ts'

export interface RetentionRules {
  /** -1 for ever. */
  readonly retentionMs: number
  /** -1 for any number. */
  readonly retentionBytes: number
  readonly segmentBytes: number
  /** Whether retention is looked after often enough for its effect to be seen. */
  readonly isPrompt: boolean
}

interface Sent {
  readonly sentMs: number
  readonly bytes: number
}

/** What a record may take in the log beside its value, in a batch of its own. */
const OVERHEAD_BYTES = 120
/** After this time too long, or with that many segments too many, what has to go should be gone. */
const LATE_MS = 500
const SEGMENTS_TOO_MANY = 20

/** What retention by time and by size may do to one partition, and what it has to. */
export class RetentionLedger {
  readonly rules: RetentionRules
  readonly #onExpired: () => void
  readonly #sent = new Map<string, Sent>()
  /** The newest record that is gone though it was not too old: the size of what is left has to account for it. */
  #goneForSize: string | undefined

  /** @param onExpired told when records are found to be gone */
  constructor(rules: RetentionRules, onExpired: () => void) {
    this.rules = rules
    this.#onExpired = onExpired
  }

  sent(writer: string, number: number, nowMs: number, bytes: number): void {
    this.#sent.set(`${writer}:${number}`, { sentMs: nowMs, bytes })
  }

  /**
   * What is wrong with the partition starting at `offset`.
   *
   * @param last the newest record known to lie before
   */
  mayStartAt(offset: number, last: string | undefined, nowMs: number): string | undefined {
    this.#goneForSize = undefined
    if (last === undefined) return undefined
    this.#onExpired()
    const { retentionMs, retentionBytes } = this.rules
    const ageMs = nowMs - (this.#sent.get(shown(last))?.sentMs ?? 0)
    if (retentionMs >= 0 && ageMs > retentionMs) return undefined
    if (retentionBytes < 0) return `it starts at ${offset}: ${shown(last)} is gone after ${ageMs} ms`
    this.#goneForSize = last
    return undefined
  }

  /**
   * Whether `bytes` are enough to account for what went because there was too much.
   *
   * @param isKnown whether a record is there, or was acknowledged or served: others may have been lost in a power cut
   */
  isEnough(bytes: number, isKnown: (record: string) => boolean): boolean {
    if (this.#goneForSize === undefined) return true
    let lost = 0
    for (const [record, sent] of this.#sent) if (!isKnown(record)) lost += sent.bytes + OVERHEAD_BYTES
    return bytes + lost >= this.rules.retentionBytes
  }

  /** What should have gone from a partition that nobody has written to for `quietMs`, and has not. */
  leftOver(bytes: number, quietMs: number): string | undefined {
    const { retentionMs, retentionBytes, segmentBytes, isPrompt } = this.rules
    if (!isPrompt || bytes === 0) return undefined
    if (retentionMs >= 0 && quietMs > retentionMs + LATE_MS) {
      return `${bytes} bytes are there ${quietMs} ms after the last one was written`
    }
    if (retentionBytes >= 0 && bytes > retentionBytes + SEGMENTS_TOO_MANY * segmentBytes) {
      return `${bytes} bytes are there, and ${retentionBytes} are to be kept`
    }
    return undefined
  }
}
