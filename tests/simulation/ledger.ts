import type { CompactionLedger } from './compaction-ledger.ts'
import { parseValue, shown } from './record-value.ts'
import type { RetentionLedger } from './retention-ledger.ts'
import { type Invariant, Violation } from './violation.ts'

/** What a promise about a record outlives: 'kill' is less than 'powerCut'. */
type Outlives = 'kill' | 'powerCut'

interface Promised {
  value: string
  outlives: Outlives
  invariant: Invariant
}

/** A record as consumers and the audit see it. */
export interface SeenRecord {
  readonly offset: number
  readonly value: string
}

/** What was known of a partition when a request was sent: an answer may be older than what others were told meanwhile. */
export interface AsOf {
  readonly powerCuts: number
  readonly passedOver: number
}

/** How a topic is kept, where that is not for ever. */
export interface LedgerOptions {
  readonly topicId?: string
  readonly compaction?: CompactionLedger
  readonly retention?: RetentionLedger
}

/**
 * What the outside was promised about one partition, and what it was shown.
 *
 * Values tell who wrote them: `writer:number` and padding. A writer numbers its records from 0.
 */
export class Ledger {
  readonly topic: string
  readonly partition: number
  readonly isCached: boolean
  /** Grows with each power cut: an answer that was under way then says nothing about what came after. */
  powerCuts = 0
  /** Nobody asked for records to be deleted from here on. */
  deletableBefore = 0
  readonly topicId: string | undefined
  readonly compaction: CompactionLedger | undefined
  readonly retention: RetentionLedger | undefined
  readonly #promised = new Map<number, Promised>()
  /** Offsets of what was promised, by record. */
  readonly #offsetOf = new Map<string, number>()
  /** Writers by name: how many records each has sent. */
  readonly #writers = new Map<string, { sent: number; isRetrying: boolean }>()
  #toldEnd = 0
  #toldStart = 0
  readonly counts = { acknowledged: 0, served: 0 }

  constructor(topic: string, partition: number, isCached: boolean, options: LedgerOptions = {}) {
    this.topic = topic
    this.partition = partition
    this.isCached = isCached
    this.topicId = options.topicId
    this.compaction = options.compaction
    this.retention = options.retention
    if (this.compaction !== undefined) this.compaction.offsetOf = record => this.#offsetOf.get(record)
  }

  get name(): string {
    return `${this.topic}-${this.partition}`
  }

  /** One past the last offset something is known of. */
  get knownEnd(): number {
    let end = 0
    for (const offset of this.#promised.keys()) end = Math.max(end, offset + 1)
    return end
  }

  /** @param isRetrying whether it tries each record until it is answered */
  addWriter(name: string, isRetrying: boolean): void {
    this.#writers.set(name, { sent: 0, isRetrying })
  }

  /** A writer gave up what is under way: from now on it may leave gaps. */
  gaveUp(writer: string): void {
    this.#writers.get(writer)!.isRetrying = false
  }

  /**
   * A writer is about to send a record for the first time.
   *
   * @param nowMs the time on the clock by which compaction and retention go
   * @param bytes the length of its value
   */
  sent(writer: string, number: number, nowMs = 0, bytes = 0): void {
    const known = this.#writers.get(writer)!
    known.sent = Math.max(known.sent, number + 1)
    this.compaction?.sent(writer, number, nowMs)
    this.retention?.sent(writer, number, nowMs, bytes)
  }

  /**
   * A producer was told that its records are there.
   *
   * @param powerCuts as of when the request was sent
   */
  acknowledge(
    values: readonly string[],
    baseOffset: number,
    acks: 'all' | 'leader',
    powerCuts: number,
  ): void {
    const isDurable = acks === 'all' && !this.isCached
    if (!isDurable && powerCuts !== this.powerCuts) return
    const invariant = isDurable
      ? 'acknowledgedByAll'
      : this.isCached
        ? 'acknowledgedCached'
        : 'acknowledgedByLeader'
    this.counts.acknowledged += values.length
    values.forEach((value, i) =>
      this.#promise(
        baseOffset + i,
        this.#stored(value),
        isDurable ? 'powerCut' : 'kill',
        invariant,
        'acknowledged',
      ),
    )
  }

  /** What is known by now, for `serve`. */
  get asOf(): AsOf {
    return { powerCuts: this.powerCuts, passedOver: this.compaction?.passedOver ?? 0 }
  }

  /** What of a value can be read back: a tombstone has none, only its name. */
  #stored(value: string): string {
    const { writer, number } = parseValue(value)
    return this.compaction?.isTombstone(number) === true ? `${writer}:${number}:` : value
  }

  /** A consumer was given a record. */
  serve({ offset, value }: SeenRecord, { powerCuts, passedOver } = this.asOf): void {
    if (this.isCached && powerCuts !== this.powerCuts) return
    this.counts.served++
    if (this.compaction?.isPassedOver(offset, passedOver) === true) {
      this.#fail('compacted', `${shown(value)} is at ${offset} again`)
    }
    this.#promise(offset, value, this.isCached ? 'kill' : 'powerCut', 'served', 'served')
  }

  /** The greatest end of the partition that a consumer was told. */
  get toldEnd(): number {
    return this.#toldEnd
  }

  /**
   * A consumer was told where the partition ends.
   *
   * @param before `toldEnd` and `powerCuts` as of when the request was sent
   */
  tellEnd(offset: number, before: number, powerCuts: number): void {
    if (this.isCached && powerCuts !== this.powerCuts) return
    if (offset < before) this.#fail('endKept', `it ended at ${before}, and now at ${offset}`)
    this.#toldEnd = Math.max(this.#toldEnd, offset)
  }

  /** The greatest start of the partition that anyone was told. */
  get toldStart(): number {
    return this.#toldStart
  }

  /**
   * Someone was told where the partition starts.
   *
   * @param before `toldStart` as of when the request was sent
   */
  tellStart(offset: number, before: number, nowMs: number): void {
    if (offset < before) this.#fail('startKept', `it started at ${before}, and now at ${offset}`)
    this.#toldStart = Math.max(this.#toldStart, offset)
    if (this.retention === undefined) {
      if (offset <= this.deletableBefore) return
      this.#fail('served', `it starts at ${offset}, and nobody deleted beyond ${this.deletableBefore}`)
    }
    const problem = this.retention.mayStartAt(offset, this.#lastBefore(offset), nowMs)
    if (problem !== undefined) this.#fail('retained', problem)
  }

  /** The last record before `offset` that was promised and that nobody asked to be deleted. */
  #lastBefore(offset: number): string | undefined {
    let last = -1
    for (const known of this.#promised.keys()) {
      if (known >= this.deletableBefore && known < offset && known > last) last = known
    }
    return this.#promised.get(last)?.value
  }

  /** A consumer was shown that there is no record between two others any more. */
  passOver(from: number, to: number, nowMs: number): void {
    for (let offset = from; offset < to; offset++) {
      const promised = this.#promised.get(offset)
      if (this.compaction === undefined) this.#fail('served', `there is nothing at ${offset}`)
      const problem = this.compaction.passOver(offset, promised?.value, nowMs)
      if (problem !== undefined) this.#fail('compacted', problem)
    }
  }

  /** What was promised, and still is: values by offset. */
  *promised(): Iterable<readonly [offset: number, value: string]> {
    for (const [offset, { value }] of this.#promised) yield [offset, value]
  }

  powerCut(): void {
    this.powerCuts++
    if (this.isCached) this.#toldEnd = 0
    for (const [offset, { outlives, value }] of this.#promised) {
      if (outlives === 'powerCut') continue
      this.#promised.delete(offset)
      this.#offsetOf.delete(shown(value))
    }
  }

  stoppedInOrder(): void {
    for (const promised of this.#promised.values()) {
      if (promised.outlives === 'powerCut') continue
      promised.outlives = 'powerCut'
      promised.invariant = 'stoppedInOrder'
    }
  }

  /** Whether a consumer that was served everything below `offset` may be told that it is beyond the end. */
  mayEndBefore(offset: number): boolean {
    return !this.#promised.has(offset - 1)
  }

  /** Holds everything that was promised against all records there are, from `startOffset` on. */
  audit(startOffset: number, records: readonly SeenRecord[], nowMs = 0): void {
    this.tellStart(startOffset, this.#toldStart, nowMs)
    const byOffset = new Map(records.map(({ offset, value }) => [offset, value]))
    for (const [offset, { value, invariant }] of this.#promised) {
      if (offset < startOffset) continue
      const found = byOffset.get(offset)
      if (found === undefined && this.compaction?.isPassedOver(offset)) continue
      if (found !== value)
        this.#fail(invariant, `offset ${offset} held ${shown(value)}, and now ${shown(found)}`)
    }
    this.#auditWriters(records)
  }

  /** Holds the size of a partition that nobody has written to for `quietMs` against what is to be kept of it. */
  auditSize(bytes: number, records: readonly SeenRecord[], quietMs: number): void {
    if (this.retention === undefined) return
    const present = new Set(records.map(({ value }) => shown(value)))
    const isKnown = (record: string) => present.has(record) || this.#offsetOf.has(record)
    if (!this.isCached && !this.retention.isEnough(bytes, isKnown)) {
      this.#fail('retained', `${bytes} bytes are left of it: too little for others to be gone`)
    }
    const leftOver = this.retention.leftOver(bytes, quietMs)
    if (leftOver !== undefined) this.#fail('expired', leftOver)
  }

  #auditWriters(records: readonly SeenRecord[]): void {
    const lastOf = new Map<string, { number: number; offset: number }>()
    for (const { offset, value } of records) {
      const { writer, number } = parseValue(value)
      const known = this.#writers.get(writer)
      if (known === undefined || number >= known.sent) {
        this.#fail('written', `offset ${offset} holds ${shown(value)}`)
      }
      const last = lastOf.get(writer)
      if (last !== undefined && number === last.number) {
        this.#fail('once', `${writer}:${number} is at ${last.offset} and at ${offset}`)
      }
      if (last !== undefined && number < last.number) {
        this.#fail(
          'inOrder',
          `${writer}:${number} at ${offset} comes after ${writer}:${last.number} at ${last.offset}`,
        )
      }
      const isWhole = !this.isCached && this.compaction === undefined
      if (known.isRetrying && isWhole && last !== undefined && number !== last.number + 1) {
        this.#fail('withoutGaps', `${writer}:${number} at ${offset} comes after ${writer}:${last.number}`)
      }
      lastOf.set(writer, { number, offset })
    }
  }

  #promise(offset: number, value: string, outlives: Outlives, invariant: Invariant, how: string): void {
    const before = this.#promised.get(offset)
    if (before === undefined) {
      const elsewhere = this.#offsetOf.get(shown(value))
      if (elsewhere !== undefined) {
        this.#fail('once', `${shown(value)} is at ${elsewhere}, and was ${how} at ${offset}`)
      }
      this.#offsetOf.set(shown(value), offset)
      this.#promised.set(offset, { value, outlives, invariant })
      return
    }
    if (before.value !== value) {
      this.#fail(
        before.invariant,
        `offset ${offset} held ${shown(before.value)}, and now ${shown(value)} was ${how}`,
      )
    }
    if (outlives === 'powerCut' && before.outlives === 'kill') Object.assign(before, { outlives, invariant })
  }

  #fail(invariant: Invariant, detail: string): never {
    throw new Violation(invariant, `${this.name}: ${detail}`)
  }
}
