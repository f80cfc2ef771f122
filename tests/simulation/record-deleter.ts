import type { SeededRandom } from '@samsa/base'
import { DeleteRecords } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

/** Deletes the oldest records of partitions from time to time. */
export class RecordDeleter {
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
      await this.#client.sleep(this.#random.between(20, 300))
      try {
        await this.#delete(this.#random.pick(this.#ledgers))
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #delete(ledger: Ledger): Promise<void> {
    const offset = this.#random.integer(ledger.knownEnd + 1)
    ledger.deletableBefore = Math.max(ledger.deletableBefore, offset)
    const { toldStart } = ledger
    const answer = await this.#client.ask(DeleteRecords, 2, {
      topics: [{ name: ledger.topic, partitions: [{ partitionIndex: ledger.partition, offset }] }],
      timeoutMs: 300,
    })
    const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!
    if (errorCode !== 'NONE') return
    if (lowWatermark < offset) {
      throw new Violation('answers', `${ledger.name}: deleted before ${offset}, starts at ${lowWatermark}`)
    }
    ledger.tellStart(lowWatermark, toldStart, this.#client.machine.clock.now())
  }
}
