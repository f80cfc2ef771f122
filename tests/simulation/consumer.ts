import type { SeededRandom } from '@samsa/base'
import { Fetch, type FetchResponse, ListOffsets } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { Ledger } from './ledger.ts'
import { recordsOf } from './records-of.ts'
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
        if (this.#random.chance(0.1)) await this.#askForEnd(this.#random.pick(this.#positions))
        else await this.#fetch()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #askForEnd({ ledger }: Position): Promise<void> {
    const { powerCuts } = ledger
    const before = ledger.toldEnd
    const offset = await offsetAt(this.#client, ledger, LATEST)
    if (offset !== undefined) ledger.tellEnd(offset, before, powerCuts)
  }

  async #fetch(): Promise<void> {
    // Now and then it reads once more what it has read.
    for (const position of this.#positions) {
      if (this.#random.chance(0.05)) position.offset = this.#random.integer(position.offset + 1)
    }
    const powerCuts = this.#positions.map(({ ledger }) => ledger.powerCuts)
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
        await this.#take(this.#positions[index]!, partition, powerCuts[index]!)
      }
    }
  }

  async #take(position: Position, answer: PartitionAnswer, powerCuts: number): Promise<void> {
    const { ledger } = position
    if (answer.errorCode === 'OFFSET_OUT_OF_RANGE') return this.#reset(position)
    if (answer.errorCode !== 'NONE' || answer.records === null) return
    const records = recordsOf(answer.records, position.offset, ledger.name)
    const last = records.at(-1)
    if (last === undefined) return
    if (last.offset >= answer.highWatermark) {
      throw new Violation('served', `${ledger.name}: ${last.offset} lies beyond ${answer.highWatermark}`)
    }
    for (const record of records) ledger.serve(record, powerCuts)
    position.offset = last.offset + 1
    position.powerCuts = powerCuts
  }

  /** The position is outside of the log: because of deleted records, or because a cached topic forgot some. */
  async #reset(position: Position): Promise<void> {
    const { ledger } = position
    const earliest = await earliestOffset(this.#client, ledger)
    if (earliest === undefined) return
    if (earliest > ledger.deletableBefore) {
      throw new Violation('served', `${ledger.name} starts at ${earliest}, and nobody deleted so much`)
    }
    const isForgotten = ledger.isCached && ledger.powerCuts !== position.powerCuts
    if (!isForgotten && earliest <= position.offset && !ledger.mayEndBefore(position.offset)) {
      throw new Violation('served', `${ledger.name} was read up to ${position.offset}, and ends before`)
    }
    position.offset = earliest
    position.powerCuts = ledger.powerCuts
  }
}

/** Where a partition starts; undefined while it cannot be told. Throws `Unanswered`. */
export function earliestOffset(client: BrokerClient, ledger: Ledger): Promise<number | undefined> {
  return offsetAt(client, ledger, EARLIEST)
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
