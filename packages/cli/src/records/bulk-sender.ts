import type { Producer, ProducerRecord } from '@samsa/client'

/** Bulks under way at once: one is being filled into batches while others are on the wire. */
const BULKS_MAX = 16

type Sent = ProducerRecord<string | Uint8Array, string | Uint8Array>

/** Sends bulks of records in order, only so many at once; the first failure ends it. */
export class BulkSender {
  readonly #producer: Producer
  readonly #underWay = new Set<Promise<void>>()
  #failure: unknown
  /** Records that are stored. */
  count = 0

  constructor(producer: Producer) {
    this.#producer = producer
  }

  /** Takes a bulk, once there is room for it. Rejects with what became of an earlier one. */
  async send(records: readonly Sent[]): Promise<void> {
    while (this.#underWay.size >= BULKS_MAX) await Promise.race(this.#underWay)
    this.#throwFailure()
    if (records.length === 0) return
    const bulk: Promise<void> = this.#producer.sendAll(records).then(
      () => {
        this.count += records.length
        this.#underWay.delete(bulk)
      },
      error => {
        this.#failure ??= error
        this.#underWay.delete(bulk)
      },
    )
    this.#underWay.add(bulk)
  }

  /** Waits until all are stored. Rejects with the first failure. */
  async finish(): Promise<void> {
    await Promise.all(this.#underWay)
    this.#throwFailure()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
