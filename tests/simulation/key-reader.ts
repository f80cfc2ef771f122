import type { SeededRandom } from '@samsa/base'
import { Fetch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { Lap } from './compaction-ledger.ts'
import { earliestOffset } from './consumer.ts'
import type { Ledger } from './ledger.ts'
import { takeIn } from './records-of.ts'
import { Violation } from './violation.ts'

/** Reads compacted partitions from start to end again and again, and looks whether each key has its newest value. */
export class KeyReader {
  readonly #client: BrokerClient
  readonly #ledgers: readonly Ledger[]
  readonly #random: SeededRandom
  #isDraining = false

  constructor(client: BrokerClient, ledgers: readonly Ledger[], random: SeededRandom) {
    this.#client = client
    this.#ledgers = ledgers
    this.#random = random
  }

  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 40))
      try {
        await this.lap(this.#random.pick(this.#ledgers))
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  /** Reads a partition once; false when it came to no end. Throws `Unanswered` only where nothing was begun. */
  async lap(ledger: Ledger): Promise<boolean> {
    const compaction = ledger.compaction!
    const lap = compaction.beginLap(ledger.promised(), this.#now)
    const start = await earliestOffset(this.#client, ledger)
    if (start === undefined) return false
    let next: number | undefined = start
    while (next !== undefined && !this.#isDraining) {
      try {
        const after = await this.#fetch(ledger, lap, next)
        if (after !== next) next = after
        else {
          const problem = compaction.endLap(lap, start, next, this.#now)
          if (problem !== undefined) throw new Violation('compacted', `${ledger.name}: ${problem}`)
          return true
        }
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
    return false
  }

  get #now(): number {
    return this.#client.machine.clock.now()
  }

  /** Where to go on, the same offset at the end; undefined when the lap cannot go on. */
  async #fetch(ledger: Ledger, lap: Lap, offset: number): Promise<number | undefined> {
    const { asOf } = ledger
    const answer = await this.#client.ask(Fetch, 11, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [
        {
          topic: ledger.topic,
          partitions: [
            {
              partition: ledger.partition,
              fetchOffset: offset,
              partitionMaxBytes: this.#random.pick([1, 500, 1_000_000]),
            },
          ],
        },
      ],
    })
    const { errorCode, records, highWatermark } = answer.responses[0]!.partitions[0]!
    if (errorCode !== 'NONE') return undefined
    const fetched = takeIn(ledger, records!, offset, asOf, this.#now)
    for (const record of fetched.records) ledger.compaction!.meet(lap, record.offset, record.value)
    if (fetched.nextOffset > offset) return fetched.nextOffset
    // After a restart the high watermark may lie lower than before for a while.
    return offset >= highWatermark && highWatermark >= ledger.toldEnd ? offset : undefined
  }
}
