import { setTimeout as sleep } from 'node:timers/promises'
import { InitProducerId, Produce, encodeBatch } from '@samsa/protocol'
import { type Place, WireConnection } from '../wire/wire-connection.ts'

interface Batch {
  readonly firstSequence: number
  readonly count: number
}

/** How many batches may be under way; what Kafka's own idempotent producers allow themselves. */
const inFlightMax = 5
const batchRecordsMax = 20

/**
 * An idempotent producer for one partition that writes 0, 1, 2 … and survives its broker: what was not acknowledged
 * when the connection broke is sent again, in order, with the sequences it had.
 */
export class NumberedProducer {
  /** Records below this number have been acknowledged. */
  acknowledged = 0
  readonly #place: Place
  readonly #topic: string
  readonly #partition: number
  #producerId = -1
  #nextSequence = 0
  #unacknowledged: Batch[] = []

  constructor(place: Place, topic: string, partition: number) {
    this.#place = place
    this.#topic = topic
    this.#partition = partition
  }

  /** Records handed out so far, acknowledged or not. */
  get written(): number {
    return this.#nextSequence
  }

  /** Writes until the broker is gone or `isOver`; then everything handed out has been acknowledged. */
  async run(isOver: () => boolean): Promise<void> {
    const connection = await WireConnection.open(this.#place)
    try {
      await this.#identify(connection)
      await this.#resend(connection)
      const lanes = Array.from({ length: inFlightMax }, () => this.#write(connection, isOver))
      await Promise.all(lanes)
    } finally {
      connection.close()
    }
  }

  /** Acknowledgements come in order on a connection, so each lane just sends its next batch. */
  async #write(connection: WireConnection, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const batch = {
        firstSequence: this.#nextSequence,
        count: 1 + Math.floor(Math.random() * batchRecordsMax),
      }
      this.#nextSequence += batch.count
      this.#unacknowledged.push(batch)
      await this.#send(connection, batch)
    }
  }

  async #resend(connection: WireConnection): Promise<void> {
    for (const batch of [...this.#unacknowledged]) await this.#send(connection, batch)
  }

  async #send(connection: WireConnection, batch: Batch): Promise<void> {
    for (;;) {
      const records = this.#encode(batch)
      const topicData = [{ name: this.#topic, partitionData: [{ index: this.#partition, records }] }]
      const answer = await connection.request(Produce, 9, { acks: -1, timeoutMs: 10_000, topicData })
      const { errorCode, baseOffset } = answer.responses[0]!.partitionResponses[0]!
      if (errorCode === 'NONE') return this.#settle(batch, baseOffset)
      if (!retriable.has(errorCode)) {
        throw new UnexpectedAnswer(
          `batch ${batch.firstSequence}+${batch.count} of ${this.#topic}: ${errorCode}`,
        )
      }
      await sleep(20)
    }
  }

  #settle(batch: Batch, baseOffset: number): void {
    // Nobody else writes here, so a record's number is its offset: anything else is a loss or a duplicate.
    if (baseOffset !== batch.firstSequence && baseOffset !== -1) {
      throw new UnexpectedAnswer(`record ${batch.firstSequence} was acknowledged at offset ${baseOffset}`)
    }
    this.#unacknowledged = this.#unacknowledged.filter(one => one !== batch)
    this.acknowledged = Math.max(this.acknowledged, batch.firstSequence + batch.count)
  }

  #encode({ firstSequence, count }: Batch): Uint8Array {
    const timestamp = Date.now()
    const records = Array.from({ length: count }, (_, index) => ({
      offset: index,
      timestamp,
      key: null,
      value: new TextEncoder().encode(`${this.#partition}:${firstSequence + index}`),
      headers: [],
    }))
    return encodeBatch({
      producerId: this.#producerId,
      producerEpoch: 0,
      baseSequence: firstSequence,
      records,
    })
  }

  async #identify(connection: WireConnection): Promise<void> {
    while (this.#producerId === -1) {
      const answer = await connection.request(InitProducerId, 2, {
        transactionalId: null,
        transactionTimeoutMs: 60_000,
      })
      if (answer.errorCode === 'NONE') this.#producerId = answer.producerId
      else await sleep(50)
    }
  }
}

/** An answer that a correct broker never gives here. */
export class UnexpectedAnswer extends Error {}

const retriable = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'REQUEST_TIMED_OUT',
  'COORDINATOR_LOAD_IN_PROGRESS',
])
