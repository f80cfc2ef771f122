import type { SeededRandom } from '@samsa/base'
import { Fetch, type FetchResponse, ListOffsets } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { AsOf, Ledger } from './ledger.ts'
import { takeIn } from './records-of.ts'
import { Violation } from './violation.ts'

const EARLIEST = -2
const LATEST = -1
const VERSIONS = [4, 7, 11, 12] as const

interface Position {
  readonly ledger: Ledger
  offset: number
  /** Power cuts as of when the position was reached. */
  powerCuts: number
}

type PartitionAnswer = FetchResponse['responses'][number]['partitions'][number]

/** Reads partitions again and again from some offset on, and enters what it is served. */
export class Consumer {
  readonly #client: BrokerClient
  readonly #random: SeededRandom
  readonly #positions: Position[]
  #isDraining = false

  constructor(client: BrokerClient, ledgers: readonly Ledger[], random: SeededRandom) {
    this.#client = client
    this.#random = random
    this.#positions = ledgers.map(ledger => ({ ledger, offset: 0, powerCuts: 0 }))
  }

  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 10))
      try {
        const { ledger } = this.#random.pick(this.#positions)
        if (this.#random.chance(0.1)) await latestOffset(this.#client, ledger)
        else if (this.#random.chance(0.05)) await earliestOffset(this.#client, ledger)
        else await this.#fetch()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #fetch(): Promise<void> {
    // Now and then it reads once more what it has read.
    for (const position of this.#positions) {
      if (this.#random.chance(0.05)) position.offset = this.#random.integer(position.offset + 1)
    }
    const asOf = this.#positions.map(({ ledger }) => ledger.asOf)
    const answer = await this.#client.ask(Fetch, this.#random.pick(VERSIONS), {
      maxWaitMs: this.#random.pick([0, 20, 100]),
      minBytes: this.#random.pick([1, 1, 500]),
      maxBytes: this.#random.pick([1, 2000, 1_000_000]),
      topics: this.#positions.map(({ ledger, offset }) => ({
        topic: ledger.topic,
        partitions: [
          {
            partition: ledger.partition,
            fetchOffset: offset,
            partitionMaxBytes: this.#random.pick([1, 1000, 1_000_000]),
          },
        ],
      })),
    })
    for (const topic of answer.responses) {
      for (const partition of topic.partitions) {
        const index = this.#positions.findIndex(
          ({ ledger }) => ledger.topic === topic.topic && ledger.partition === partition.partitionIndex,
        )
        await this.#take(this.#positions[index]!, partition, asOf[index]!)
      }
    }
  }

  async #take(position: Position, answer: PartitionAnswer, asOf: AsOf): Promise<void> {
    const { ledger } = position
    if (answer.errorCode === 'OFFSET_OUT_OF_RANGE') return this.#reset(position)
    if (answer.errorCode !== 'NONE' || answer.records === null) return
    const now = this.#client.machine.clock.now()
    const { nextOffset } = takeIn(ledger, answer.records, position.offset, asOf, now)
    if (nextOffset > Math.max(position.offset, answer.highWatermark)) {
      throw new Violation('served', `${ledger.name}: ${nextOffset - 1} lies beyond ${answer.highWatermark}`)
    }
    if (nextOffset === position.offset) return
    position.offset = nextOffset
    position.powerCuts = asOf.powerCuts
  }

  /** The position is outside of the log: because of deleted records, or because a cached topic forgot some. */
  async #reset(position: Position): Promise<void> {
    const { ledger } = position
    const earliest = await earliestOffset(this.#client, ledger)
    if (earliest === undefined) return
    const isForgotten = ledger.isCached && ledger.powerCuts !== position.powerCuts
    if (!isForgotten && earliest <= position.offset && !ledger.mayEndBefore(position.offset)) {
      throw new Violation('served', `${ledger.name} was read up to ${position.offset}, and ends before`)
    }
    position.offset = earliest
    position.powerCuts = ledger.powerCuts
  }
}

/** Where a partition starts; undefined while it cannot be told. Throws `Unanswered`. */
export async function earliestOffset(client: BrokerClient, ledger: Ledger): Promise<number | undefined> {
  const { toldStart } = ledger
  const offset = await offsetAt(client, ledger, EARLIEST)
  if (offset !== undefined) ledger.tellStart(offset, toldStart, client.machine.clock.now())
  return offset
}

/** Where a partition ends; undefined while it cannot be told. Throws `Unanswered`. */
export async function latestOffset(client: BrokerClient, ledger: Ledger): Promise<number | undefined> {
  const { powerCuts, toldEnd } = ledger
  const offset = await offsetAt(client, ledger, LATEST)
  if (offset !== undefined) ledger.tellEnd(offset, toldEnd, powerCuts)
  return offset
}

async function offsetAt(
  client: BrokerClient,
  { topic, partition }: Ledger,
  timestamp: number,
): Promise<number | undefined> {
  const answer = await client.ask(ListOffsets, 5, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
  })
  const { errorCode, offset } = answer.topics[0]!.partitions[0]!
  return errorCode === 'NONE' ? offset : undefined
}
