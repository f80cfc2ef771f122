/** The first batch that was refused of a producer. */
interface RefusedBatch {
  readonly epoch: number
  readonly firstSequence: number
  readonly timestamp: number
}

/** Of so many producers: beyond, who was refused first is forgotten. */
const PRODUCERS_MAX = 10_000

/**
 * Batches that a full disk refused, or made the log give up, of producers that have nothing else in the log.
 *
 * A producer of which nothing is known may begin anywhere. But what it sent behind such a batch is under way already:
 * taken before that one is sent again, it would be out of order for good. Apache Kafka takes the whole directory out of
 * service instead, so that nothing can overtake; it remembers the first sequence number as this does where a transaction
 * has to be verified before the first append (`VerificationStateEntry.lowestSequence`).
 *
 * Invariant: once the producers of the log are read, none of these is among them. This is not of the log and is never
 * written to disk: whoever ends the process ends the connections, and clients begin anew with the oldest batch.
 */
export class RefusedBatches {
  /** Only there once it is needed: hardly any partition does. */
  #firstOf: Map<number, RefusedBatch> | undefined

  /** Notes a batch that was in sequence. */
  add(producerId: number, epoch: number, batch: { firstSequence: number; timestamp: number }): void {
    const { firstSequence, timestamp } = batch
    // What coordinators write for a producer has no sequence numbers.
    if (firstSequence < 0) return
    this.#firstOf ??= new Map()
    this.#firstOf.delete(producerId)
    this.#firstOf.set(producerId, { epoch, firstSequence, timestamp })
    const [oldest] = this.#firstOf.keys()
    if (this.#firstOf.size > PRODUCERS_MAX) this.forget(oldest!)
  }

  /** The sequence number that was refused, if a batch of an unknown producer with this one would overtake it. */
  overtakenBy(producerId: number, epoch: number, firstSequence: number): number | undefined {
    const refused = this.#firstOf?.get(producerId)
    if (refused === undefined || refused.epoch !== epoch) return undefined
    return firstSequence > refused.firstSequence ? refused.firstSequence : undefined
  }

  /** The log knows the producer now. */
  forget(producerId: number): void {
    this.#firstOf?.delete(producerId)
  }

  forgetKnown(known: ReadonlyMap<number, unknown>): void {
    for (const producerId of this.#firstOf?.keys() ?? []) if (known.has(producerId)) this.forget(producerId)
  }

  /** Forgets batches that are `expirationMs` old. */
  expire(now: number, expirationMs: number): void {
    for (const [producerId, { timestamp }] of this.#firstOf ?? []) {
      if (now - timestamp >= expirationMs) this.forget(producerId)
    }
  }
}
