import { type SeededRandom, encodeUtf8 } from '@samsa/base'
import { Produce, encodeBatch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import { recordValue } from './record-value.ts'
import type { TopicAdmin } from './topic-admin.ts'
import { Violation } from './violation.ts'

/** A topic of this incarnation of its name. */
interface Incarnation {
  readonly id: string
  readonly ledgers: readonly Ledger[]
}

/** Creates topics, writes to them by id, deletes them, and creates others of the same names. */
export class TopicChurn {
  readonly #client: BrokerClient
  readonly #admin: TopicAdmin
  readonly #random: SeededRandom
  readonly #history: History
  readonly #existing = new Map<string, Incarnation>()
  readonly #names = ['churn-a', 'churn-b', 'churn-c']
  #count = 0
  #isDraining = false

  constructor(client: BrokerClient, admin: TopicAdmin, random: SeededRandom, history: History) {
    this.#client = client
    this.#admin = admin
    this.#random = random
    this.#history = history
  }

  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 40))
      try {
        await this.#step()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #step(): Promise<void> {
    const slot = this.#random.integer(this.#names.length)
    if (this.#admin.isSpent(this.#names[slot]!)) this.#names[slot] = `churn-${this.#count++}`
    const name = this.#names[slot]!
    const existing = this.#existing.get(name)
    if (this.#random.chance(0.3)) return this.#admin.check()
    if (existing === undefined) return this.#create(name)
    if (this.#random.chance(0.3)) return this.#delete(name, existing)
    return this.#write(existing)
  }

  async #create(name: string): Promise<void> {
    const isCached = this.#random.chance(0.3)
    const partitions = 1 + this.#random.integer(3)
    const configs = {
      'write.caching': String(isCached),
      'file.delete.delay.ms': this.#random.pick(['0', '100']),
    }
    const id = await this.#admin.create({ name, partitions, configs })
    this.#existing.set(name, { id, ledgers: this.#history.addTopic(name, partitions, isCached) })
  }

  async #delete(name: string, { ledgers }: Incarnation): Promise<void> {
    this.#existing.delete(name)
    this.#history.removeTopic(ledgers)
    await this.#admin.delete(name)
  }

  /** One record with acks=all, tried once, to the topic of that id whatever its name stands for meanwhile. */
  async #write({ id, ledgers }: Incarnation): Promise<void> {
    const ledger = this.#random.pick(ledgers)
    const writer = `churn${this.#count++}@${ledger.topic}`
    ledger.addWriter(writer, true)
    ledger.sent(writer, 0)
    const value = recordValue(writer, 0, 40)
    const { powerCuts } = ledger
    const record = { timestamp: this.#client.machine.clock.now(), key: null, value: encodeUtf8(value) }
    const partitionData = [{ index: ledger.partition, records: encodeBatch({ records: [record] }) }]
    const answer = await this.#client.ask(Produce, 13, {
      acks: -1,
      timeoutMs: 300,
      topicData: [{ topicId: id, partitionData }],
    })
    const { errorCode, baseOffset } = answer.responses[0]!.partitionResponses[0]!
    if (errorCode === 'UNKNOWN_TOPIC_ID')
      throw new Violation('topicsKept', `${ledger.name} with id ${id} is unknown`)
    if (errorCode === 'NONE') ledger.acknowledge([value], baseOffset, 'all', powerCuts)
  }
}
