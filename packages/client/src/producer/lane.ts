import { assert } from '@samsa/base'
import { type Batch, NO_IDENTITY, type ProducerIdentity } from './batch.ts'

/** When a batch may leave, and how many of a partition may be under way. */
export interface LaneRules {
  readonly isIdempotent: boolean
  /** Batches of one partition that may be on the wire at once; brokers remember the last five of a producer. */
  readonly onWireMax: number
  /** From this size on a batch leaves without lingering. */
  readonly batchBytes: number
  readonly lingerMs: number
}

/**
 * The batches of one partition on their way: those that wait, and those that were sent, in the order of their
 * sequence numbers.
 *
 *   waiting ──leave──▶ sent, on the wire ──stored──▶ gone
 *      ▲                 │        ▲
 *      │             tryAgain     │ leave (the first of `sent` only, with the numbers it had)
 *      │                 ▼        │
 *      └──recalled── sent, off the wire
 *
 * What an idempotent producer's order rests on:
 * - Sequence numbers are given in the order of leaving. While a sent batch has to be sent again, nothing new leaves.
 * - A broker that does not know the producer yet takes any sequence number for the first. So one batch alone begins.
 * - A batch whose fate is known to be "not stored" leaves a gap, so none after it can have been stored: they are
 *   *recalled*, and once off the wire get new numbers, beginning with the gap's.
 * - After one whose fate is unknown, what follows is settled first. If the gap stays, the partition starts over with a
 *   new epoch (KIP-360): `needsNewIdentity`.
 */
export class Lane {
  readonly topic: string
  readonly partition: number
  /** Not sent yet, or recalled; the last one may take more records. */
  readonly waiting: Batch[] = []
  sent: Batch[] = []
  /** The next batch may leave no earlier than this, as far as time decides; set by `next`. */
  wakeAtMs = Number.POSITIVE_INFINITY
  /** The partition must not go on with the identity it has. */
  needsNewIdentity = false
  /** Records the partition was given so far. */
  recordCount = 0
  /** Length of the batch that was closed last, uncompressed: the next one will probably be as long. */
  lastBatchBytes = 0
  /** Batches are not made larger than this, uncompressed: less than usual once the broker refused one. */
  batchBytesMax: number
  readonly #rules: LaneRules
  #identity: ProducerIdentity = NO_IDENTITY
  #nextSequence = 0
  /** The sequence number after the last record known to be stored. */
  #storedSequence = 0
  #recallSequence = -1
  #isUnresolved = false
  /** The broker stored a batch of this identity: from then on it refuses what does not follow. */
  #isKnown = false

  constructor(topic: string, partition: number, rules: LaneRules, batchBytesMax: number) {
    this.topic = topic
    this.partition = partition
    this.#rules = rules
    this.batchBytesMax = batchBytesMax
  }

  /** Whose sequence the partition's batches belong to. */
  get identity(): ProducerIdentity {
    return this.#identity
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && this.sent.length === 0
  }

  /** Whether something could leave, now or later, without an answer coming first. */
  get hasWork(): boolean {
    return this.waiting.length > 0 || this.sent.some(batch => !batch.isOnWire)
  }

  /** Bytes not stored yet. */
  get queuedBytes(): number {
    let bytes = 0
    for (const batch of this.waiting) bytes += batch.length
    for (const batch of this.sent) bytes += batch.length
    return bytes
  }

  /** The batch that takes more records, if there is one. */
  get open(): Batch | undefined {
    // Asked for each record: nothing is looked up at an index of -1, which V8 takes for a name.
    if (this.waiting.length === 0) return undefined
    const last = this.waiting[this.waiting.length - 1]
    if (last === undefined || last.isSealed || last.isSealing || last.attempts > 0) return undefined
    return last
  }

  /** The batch to leave now, which stays where it is until `leave`. */
  next(nowMs: number, identity: ProducerIdentity, isHurried: boolean): Batch | undefined {
    this.wakeAtMs = Number.POSITIVE_INFINITY
    const again = this.sent.some(batch => !batch.isOnWire)
    return again ? this.#nextAgain(nowMs) : this.#nextNew(nowMs, identity, isHurried)
  }

  // One at a time: only the first can be right, and the others follow when it is settled.
  #nextAgain(nowMs: number): Batch | undefined {
    const first = this.sent[0]!
    if (first.isOnWire || first.isRecalled) return undefined
    return this.#ifDue(first, first.retryAtMs, nowMs)
  }

  #nextNew(nowMs: number, identity: ProducerIdentity, isHurried: boolean): Batch | undefined {
    const batch = this.waiting[0]
    if (batch === undefined || batch.isSealing || !this.#mayGoOn(identity)) return undefined
    if (batch.attempts > 0) return this.#ifDue(batch, batch.retryAtMs, nowMs)
    const isFull = batch.isSealed || this.waiting.length > 1 || batch.length >= this.#rules.batchBytes
    return isFull || isHurried ? batch : this.#ifDue(batch, batch.createdAtMs + this.#rules.lingerMs, nowMs)
  }

  #ifDue(batch: Batch, atMs: number, nowMs: number): Batch | undefined {
    if (atMs <= nowMs) return batch
    this.wakeAtMs = atMs
    return undefined
  }

  #mayGoOn(identity: ProducerIdentity): boolean {
    if (this.sent.length === 0) return true
    if (this.sent.length >= this.#rules.onWireMax) return false
    if (!this.#rules.isIdempotent) return true
    return (
      this.#isKnown &&
      this.#recallSequence < 0 &&
      !this.#isUnresolved &&
      !this.needsNewIdentity &&
      identity === this.#identity
    )
  }

  /** `batch`, which `next` returned, goes on the wire; its bytes, with the producer's numbers. */
  leave(batch: Batch, identity: ProducerIdentity): Uint8Array {
    const isNew = batch === this.waiting[0]
    if (isNew) this.#moveToSent(batch, identity)
    const bytes = this.#rules.isIdempotent
      ? batch.stamp(this.#identity, isNew ? this.#nextSequence : batch.baseSequence)
      : batch.stamp(NO_IDENTITY, -1)
    if (isNew && this.#rules.isIdempotent) this.#nextSequence = batch.nextSequence
    batch.isOnWire = true
    batch.attempts++
    return bytes
  }

  #moveToSent(batch: Batch, identity: ProducerIdentity): void {
    if (this.sent.length === 0 && (identity !== this.#identity || this.needsNewIdentity)) {
      assert(!this.needsNewIdentity || identity !== this.#identity, 'a new identity was asked for')
      this.#identity = identity
      this.#nextSequence = 0
      this.#storedSequence = 0
      this.needsNewIdentity = false
      this.#isKnown = false
    }
    this.waiting.shift()
    this.sent.push(batch)
  }

  /** The broker has the batch. */
  stored(batch: Batch): void {
    batch.isOnWire = false
    this.#remove(batch)
    this.#isKnown = true
    if (batch.baseSequence >= 0) this.#storedSequence = batch.nextSequence
    if (batch.isRecalled) this.needsNewIdentity = true
    this.#settle()
  }

  /** The batch has to be sent again, no earlier than `atMs`. */
  tryAgain(batch: Batch, atMs: number): void {
    batch.isOnWire = false
    batch.retryAtMs = atMs
    if (!this.#rules.isIdempotent) {
      this.#remove(batch)
      this.putBack(batch)
    }
    this.#settle()
  }

  /** The batch is given up. */
  giveUp(batch: Batch): void {
    const isOnWire = batch.isOnWire
    assert(!isOnWire, 'a batch on the wire is given up when its answer came')
    const at = this.sent.indexOf(batch)
    if (at < 0) {
      const waitingAt = this.waiting.indexOf(batch)
      if (waitingAt >= 0) this.waiting.splice(waitingAt, 1)
      return
    }
    this.sent.splice(at, 1)
    if (this.#rules.isIdempotent) {
      if (batch.mayBeStored) this.#isUnresolved = true
      else if (!batch.isRecalled) this.#recallFrom(at, batch.baseSequence)
    }
    this.#settle()
  }

  /** The broker lost its place in the sequence: none of the batches sent is stored, all start over with a new epoch. */
  startOver(): void {
    this.needsNewIdentity = true
    this.#recallFrom(0, 0)
    this.#settle()
  }

  /** Puts a batch among those that wait, in order. */
  putBack(batch: Batch): void {
    let at = 0
    while (at < this.waiting.length && this.waiting[at]!.ordinal < batch.ordinal) at++
    this.waiting.splice(at, 0, batch)
  }

  #recallFrom(at: number, sequence: number): void {
    for (const batch of this.sent.slice(at)) batch.isRecalled = true
    this.#recallSequence = sequence
  }

  #remove(batch: Batch): void {
    const at = this.sent.indexOf(batch)
    if (at === 0) this.sent.shift()
    else if (at > 0) this.sent.splice(at, 1)
  }

  #settle(): void {
    if (this.#recallSequence >= 0 && !this.sent.some(batch => batch.isRecalled && batch.isOnWire))
      this.#recall()
    if (!this.#isUnresolved || this.sent.length > 0) return
    this.#isUnresolved = false
    if (this.#storedSequence !== this.#nextSequence) this.needsNewIdentity = true
  }

  #recall(): void {
    const recalled = this.sent.filter(batch => batch.isRecalled)
    this.sent = this.sent.filter(batch => !batch.isRecalled)
    this.#nextSequence = this.#recallSequence
    this.#recallSequence = -1
    for (const batch of recalled) {
      batch.isRecalled = false
      batch.baseSequence = -1
      batch.mayBeStored = false
      if (!batch.isSettled) this.putBack(batch)
    }
  }
}
