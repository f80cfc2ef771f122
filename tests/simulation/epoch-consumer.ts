import type { SeededRandom } from '@samsa/base'
import { Fetch, OffsetForLeaderEpoch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import { earliestOffset } from './consumer.ts'
import type { History } from './history.ts'
import type { Ledger, SeenRecord } from './ledger.ts'
import { takeIn } from './records-of.ts'
import { Violation } from './violation.ts'

interface Position {
  readonly ledger: Ledger
  offset: number
  /** The record before, and the epoch of its leader; undefined where nothing was read. */
  last: { readonly record: SeenRecord; readonly leaderEpoch: number } | undefined
}

/** Follows partitions as KIP-320 has it: asks by leader epoch whether the log still is the one it has read from. */
export class EpochConsumer {
  readonly #client: BrokerClient
  readonly #random: SeededRandom
  readonly #history: History
  readonly #positions: Position[]
  #isDraining = false

  constructor(client: BrokerClient, ledgers: readonly Ledger[], random: SeededRandom, history: History) {
    this.#client = client
    this.#random = random
    this.#history = history
    this.#positions = ledgers.map(ledger => ({ ledger, offset: 0, last: undefined }))
  }

  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 20))
      const position = this.#random.pick(this.#positions)
      try {
        if (position.last === undefined || this.#random.chance(0.6)) await this.#readOn(position)
        else await this.#validate(position)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #readOn(position: Position): Promise<void> {
    const fetched = await this.#fetch(position.ledger, position.offset)
    if (fetched === undefined) return this.#reset(position)
    const record = fetched.records.at(-1)
    if (record === undefined) return
    const leaderEpoch = fetched.batches.find(({ lastOffset }) => lastOffset >= record.offset)!.leaderEpoch
    position.offset = fetched.nextOffset
    position.last = { record, leaderEpoch }
  }

  async #reset(position: Position): Promise<void> {
    const earliest = await earliestOffset(this.#client, position.ledger)
    if (earliest === undefined) return
    position.offset = earliest
    position.last = undefined
  }

  /** If the epochs say that the log is the same, so is the record; and only a cached topic may say otherwise. */
  async #validate(position: Position): Promise<void> {
    const { ledger } = position
    const { record, leaderEpoch } = position.last!
    const { lives } = this.#history.figures
    const answer = await this.#client.ask(OffsetForLeaderEpoch, this.#random.pick([1, 2, 3, 4]), {
      replicaId: -1,
      topics: [{ topic: ledger.topic, partitions: [{ partition: ledger.partition, leaderEpoch }] }],
    })
    const end = answer.topics[0]!.partitions[0]!
    if (end.errorCode !== 'NONE' || ledger.deletableBefore > record.offset) return
    this.#history.figures.validations++
    const isSame = end.leaderEpoch === leaderEpoch && end.endOffset > record.offset
    if (!isSame) return this.#diverged(position, `${end.endOffset} in epoch ${end.leaderEpoch}`)
    const fetched = await this.#fetch(ledger, record.offset)
    if (fetched === undefined || lives !== this.#history.figures.lives) return
    const found = fetched.records[0]
    if (found === undefined || found.value === record.value) return
    throw new Violation(
      'epochsTell',
      `${ledger.name}: ${record.offset} of epoch ${leaderEpoch} is another one`,
    )
  }

  async #diverged(position: Position, end: string): Promise<void> {
    const { ledger, last } = position
    if (!ledger.isCached) {
      const where = `${ledger.name}: ${last!.record.offset} of epoch ${last!.leaderEpoch}`
      throw new Violation('epochsTell', `${where} was served, and the log ends at ${end}`)
    }
    this.#history.figures.divergences++
    await this.#reset(position)
  }

  async #fetch(ledger: Ledger, offset: number) {
    const { asOf } = ledger
    const answer = await this.#client.ask(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [
        {
          topic: ledger.topic,
          partitions: [{ partition: ledger.partition, fetchOffset: offset, partitionMaxBytes: 1000 }],
        },
      ],
    })
    const { errorCode, records } = answer.responses[0]!.partitions[0]!
    if (errorCode !== 'NONE') return undefined
    return takeIn(ledger, records!, offset, asOf, this.#client.machine.clock.now())
  }
}
