import type { SeededRandom } from '@samsa/base'
import {
  type ErrorName,
  InitProducerId,
  Produce,
  type ProduceResponse,
  encodeBatch,
  isRetriable,
} from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import { recordValue } from './record-value.ts'
import { recordFor } from './records-of.ts'
import { Violation } from './violation.ts'

export interface ProducerPlan {
  readonly acks: 'all' | 'leader'
  /** Idempotent producers try each batch until it is answered; others never try one again. */
  readonly isIdempotent: boolean
  readonly maxInFlight: number
  readonly pauseMs: number
  readonly largestValue: number
}

interface Batch {
  readonly values: readonly string[]
  readonly baseSequence: number
}

/** What a producer writes to one partition. */
interface Lane {
  readonly ledger: Ledger
  readonly writer: string
  nextNumber: number
  nextSequence: number
  /** Not acknowledged yet, in order. */
  pending: Batch[]
  /** Power cuts at the time of the last acknowledgement: after another one a cached topic may have forgotten it. */
  powerCuts: number
}

interface Sent {
  readonly lane: Lane
  readonly batch: Batch
  readonly isFirst: boolean
  /** Power cuts when it was sent. */
  readonly powerCuts: number
}

type Outcome = { error: ErrorName | 'UNANSWERED'; baseOffset: number; message?: string | null }

/** Writes to partitions until told to drain, in rounds of pipelined requests. */
export class Producer {
  readonly #client: BrokerClient
  readonly #plan: ProducerPlan
  readonly #random: SeededRandom
  readonly #history: History
  readonly #lanes: Lane[]
  #producerId = -1
  #isDraining = false

  constructor(
    client: BrokerClient,
    plan: ProducerPlan,
    ledgers: readonly Ledger[],
    random: SeededRandom,
    history: History,
  ) {
    this.#client = client
    this.#plan = plan
    this.#random = random
    this.#history = history
    this.#lanes = ledgers.map(ledger => {
      const writer = `${client.name}@${ledger.name}`
      ledger.addWriter(writer, plan.isIdempotent)
      return { ledger, writer, nextNumber: 0, nextSequence: 0, pending: [], powerCuts: 0 }
    })
  }

  /** No new records; `run` ends when those under way are answered. */
  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining || this.#lanes.some(({ pending }) => pending.length > 0)) {
      await this.#client.sleep(this.#random.between(0, 2 * this.#plan.pauseMs))
      if (this.#plan.isIdempotent && this.#producerId < 0) await this.#takeProducerId()
      else await this.#round()
    }
  }

  async #takeProducerId(): Promise<void> {
    try {
      const answer = await this.#client.ask(InitProducerId, 4, {
        transactionalId: null,
        transactionTimeoutMs: 60_000,
        producerId: -1,
        producerEpoch: -1,
      })
      if (answer.errorCode !== 'NONE') return
      this.#history.gaveProducerId(answer.producerId)
      this.#producerId = answer.producerId
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
    }
  }

  /** Sends what is pending and new batches, as requests one behind the other, and takes in all answers. */
  async #round(): Promise<void> {
    const requests = this.#requests()
    const outcomes = await Promise.all(requests.map(sent => this.#produce(sent)))
    requests.forEach((sent, i) => {
      for (const [j, one] of sent.entries()) this.#settle(one, outcomes[i]![j]!)
    })
    if (!this.#plan.isIdempotent) for (const lane of this.#lanes) lane.pending = []
  }

  #requests(): Sent[][] {
    if (!this.#isDraining) for (const lane of this.#lanes) this.#fill(lane)
    const requests: Sent[][] = []
    for (const lane of this.#lanes) {
      lane.pending.forEach((batch, i) => {
        requests[i] ??= []
        requests[i].push({ lane, batch, isFirst: i === 0, powerCuts: lane.ledger.powerCuts })
      })
    }
    return requests
  }

  #fill(lane: Lane): void {
    const wanted = this.#random.integer(this.#plan.maxInFlight + 1)
    while (lane.pending.length < wanted) {
      const count = 1 + this.#random.integer(3)
      const values = Array.from({ length: count }, () => this.#nextValue(lane))
      lane.pending.push({ values, baseSequence: lane.nextSequence })
      lane.nextSequence += count
    }
  }

  #nextValue(lane: Lane): string {
    const length = 20 + this.#random.integer(this.#random.chance(0.2) ? this.#plan.largestValue : 40)
    const number = lane.nextNumber++
    lane.ledger.sent(lane.writer, number, this.#client.machine.clock.now(), length)
    return recordValue(lane.writer, number, length)
  }

  async #produce(sent: readonly Sent[]): Promise<Outcome[]> {
    try {
      const { responses } = await this.#client.ask(Produce, 9, {
        acks: this.#plan.acks === 'all' ? -1 : 1,
        timeoutMs: 300,
        topicData: sent.map(({ lane, batch }) => ({
          name: lane.ledger.topic,
          partitionData: [{ index: lane.ledger.partition, records: this.#encode(lane, batch) }],
        })),
      })
      return sent.map(({ lane }) => outcomeOf(lane.ledger, responses))
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      return sent.map(() => ({ error: 'UNANSWERED', baseOffset: -1 }))
    }
  }

  #encode({ ledger }: Lane, { values, baseSequence }: Batch): Uint8Array {
    const timestamp = this.#client.machine.clock.now()
    const records = values.map(value => recordFor(value, timestamp, ledger.compaction))
    if (!this.#plan.isIdempotent) return encodeBatch({ records })
    return encodeBatch({ records, producerId: this.#producerId, producerEpoch: 0, baseSequence })
  }

  #settle({ lane, batch, isFirst, powerCuts }: Sent, outcome: Outcome): void {
    if (outcome.error === 'NONE') {
      lane.ledger.acknowledge(batch.values, outcome.baseOffset, this.#plan.acks, powerCuts)
      lane.powerCuts = powerCuts
      lane.pending = lane.pending.filter(other => other !== batch)
      return
    }
    if (outcome.error === 'UNANSWERED' || !this.#plan.isIdempotent) return
    if (outcome.error === 'OUT_OF_ORDER_SEQUENCE_NUMBER') this.#outOfOrder(lane, isFirst, outcome)
    else if (!isRetriable(outcome.error)) this.#refused(lane, outcome)
  }

  /** A batch behind one that failed is out of order; the first one is so only where the broker may have forgotten. */
  #outOfOrder(lane: Lane, isFirst: boolean, outcome: Outcome): void {
    if (!isFirst) return
    if (!lane.ledger.isCached || lane.ledger.powerCuts === lane.powerCuts) {
      throw new Violation(
        'inSequence',
        `${lane.writer} sent ${lane.pending[0]?.baseSequence}: ${outcome.message}`,
      )
    }
    // It starts anew under another id, and what was under way may be there or not.
    this.#producerId = -1
    for (const other of this.#lanes) {
      other.pending = []
      other.nextSequence = 0
      other.ledger.gaveUp(other.writer)
    }
  }

  #refused(lane: Lane, { error, message }: Outcome): never {
    throw new Violation('answers', `${lane.writer} was answered ${error}: ${message}`)
  }
}

function outcomeOf(ledger: Ledger, responses: ProduceResponse['responses']): Outcome {
  const topic = responses.find(({ name }) => name === ledger.topic)
  const answer = responses
    .filter(response => response.name === topic?.name)
    .flatMap(response => response.partitionResponses)
    .find(({ index }) => index === ledger.partition)
  if (answer === undefined) throw new Violation('answers', `no word about ${ledger.name}`)
  return { error: answer.errorCode, baseOffset: answer.baseOffset, message: answer.errorMessage }
}
