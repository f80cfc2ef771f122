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
  readonly #promised = new Map<number, Promised>()
  /** Writers by name: how many records each has sent. */
  readonly #writers = new Map<string, { sent: number; isRetrying: boolean }>()
  #toldEnd = 0
  readonly counts = { acknowledged: 0, served: 0 }

  constructor(topic: string, partition: number, isCached: boolean) {
    this.topic = topic
    this.partition = partition
    this.isCached = isCached
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

  sent(writer: string, number: number): void {
    const known = this.#writers.get(writer)!
    known.sent = Math.max(known.sent, number + 1)
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
      this.#promise(baseOffset + i, value, isDurable ? 'powerCut' : 'kill', invariant, 'acknowledged'),
    )
  }

  /** A consumer was given a record. */
  serve({ offset, value }: SeenRecord, powerCuts: number): void {
    if (this.isCached && powerCuts !== this.powerCuts) return
    this.counts.served++
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

  powerCut(): void {
    this.powerCuts++
    if (this.isCached) this.#toldEnd = 0
    for (const [offset, { outlives }] of this.#promised) {
      if (outlives === 'kill') this.#promised.delete(offset)
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
  audit(startOffset: number, records: readonly SeenRecord[]): void {
    if (startOffset > this.deletableBefore) {
      this.#fail('served', `it starts at ${startOffset}, but nobody deleted beyond ${this.deletableBefore}`)
    }
    const byOffset = new Map(records.map(({ offset, value }) => [offset, value]))
    for (const [offset, { value, invariant }] of this.#promised) {
      if (offset < startOffset) continue
      const found = byOffset.get(offset)
      if (found !== value)
        this.#fail(invariant, `offset ${offset} held ${shown(value)}, and now ${shown(found)}`)
    }
    this.#auditWriters(records)
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
      if (known.isRetrying && !this.isCached && last !== undefined && number !== last.number + 1) {
        this.#fail('withoutGaps', `${writer}:${number} at ${offset} comes after ${writer}:${last.number}`)
      }
      lastOf.set(writer, { number, offset })
    }
  }

  #promise(offset: number, value: string, outlives: Outlives, invariant: Invariant, how: string): void {
    const before = this.#promised.get(offset)
    if (before === undefined) {
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

export const recordValue = (writer: string, number: number, length: number) =>
  `${writer}:${number}:`.padEnd(length, '.')

export function parseValue(value: string): { writer: string; number: number } {
  const [writer, number] = value.split(':')
  return { writer: writer ?? '', number: Number(number) }
}

function shown(value: string | undefined): string {
  if (value === undefined) return 'nothing'
  const { writer, number } = parseValue(value)
  return `${writer}:${number}`
}
