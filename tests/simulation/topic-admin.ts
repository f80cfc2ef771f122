import { CreateTopics, DeleteTopics, Metadata } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { History } from './history.ts'
import { Violation } from './violation.ts'

export interface TopicPlan {
  readonly name: string
  readonly partitions: number
  readonly configs: Readonly<Record<string, string>>
}

/** What is known of a topic name. */
interface Known {
  /** Undefined while no topic of that name exists. */
  readonly id: string | undefined
  /** A request to create it was given up: it may still be served, also after the deletion. */
  readonly mayComeBack: boolean
}

/** Creates and deletes topics, one request after the other, and checks what the broker says there is. */
export class TopicAdmin {
  readonly #client: BrokerClient
  readonly #history: History
  readonly #known = new Map<string, Known>()
  readonly #goneIds = new Set<string>()

  constructor(client: BrokerClient, history: History) {
    this.#client = client
    this.#history = history
  }

  /** Whether a deleted topic may be there again, so that the name says nothing any more. */
  isSpent(name: string): boolean {
    const known = this.#known.get(name)
    return known !== undefined && known.id === undefined && known.mayComeBack
  }

  /** Creates a topic, however often that takes. Its id. */
  async create({ name, partitions, configs }: TopicPlan): Promise<string> {
    const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: entries }
    let mayExist = false
    for (;;) {
      try {
        const answer = await this.#client.ask(CreateTopics, 7, { topics: [topic], timeoutMs: 300 })
        const { errorCode, errorMessage, topicId } = answer.topics[0]!
        if (errorCode === 'NONE') return this.#exists(name, topicId, mayExist)
        if (errorCode === 'TOPIC_ALREADY_EXISTS') return await this.#alreadyExists(name, mayExist)
        if (errorCode !== 'KAFKA_STORAGE_ERROR') {
          throw new Violation('answers', `creating ${name}: ${errorCode} ${errorMessage}`)
        }
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        mayExist = true
      }
      await this.#client.sleep(20)
    }
  }

  /** Deletes a topic, however often that takes. */
  async delete(name: string): Promise<void> {
    let mayBeGone = false
    // By id: should the request be served late, it cannot hit a later topic of that name.
    const topics = [{ name: null, topicId: this.#known.get(name)!.id! }]
    for (;;) {
      try {
        const answer = await this.#client.ask(DeleteTopics, 6, { topics, timeoutMs: 300 })
        const { errorCode } = answer.responses[0]!
        if (errorCode === 'NONE') return this.#isGone(name)
        if (errorCode === 'UNKNOWN_TOPIC_ID') {
          if (!mayBeGone) throw new Violation('topicsKept', `${name} is unknown when it is to be deleted`)
          return this.#isGone(name)
        }
        if (errorCode !== 'KAFKA_STORAGE_ERROR') {
          throw new Violation('answers', `deleting ${name}: ${errorCode}`)
        }
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        mayBeGone = true
      }
      await this.#client.sleep(20)
    }
  }

  /** Compares what the broker lists with what was acknowledged. Throws `Unanswered`. */
  async check(): Promise<void> {
    const found = await this.#list()
    for (const [name, { id }] of this.#known) {
      if (this.isSpent(name) || found.get(name) === id) continue
      throw new Violation(
        'topicsKept',
        `${name}: acknowledged ${id ?? 'its deletion'}, listed ${found.get(name)}`,
      )
    }
    for (const [name, id] of found) {
      if (!this.#known.has(name) || this.#goneIds.has(id)) {
        throw new Violation('topicsKept', `${name} with id ${id} is listed`)
      }
    }
  }

  /** Topics that exist, by name. */
  async #list(): Promise<Map<string, string>> {
    const answer = await this.#client.ask(Metadata, 12, {
      topics: null,
      allowAutoTopicCreation: false,
    })
    return new Map(
      answer.topics.filter(({ isInternal }) => !isInternal).map(({ name, topicId }) => [name!, topicId]),
    )
  }

  async #alreadyExists(name: string, mayExist: boolean): Promise<string> {
    if (!mayExist) throw new Violation('topicsKept', `${name} exists when it is to be created`)
    for (;;) {
      try {
        const id = (await this.#list()).get(name)
        if (id === undefined) throw new Violation('topicsKept', `${name} was told to exist and is not listed`)
        return this.#exists(name, id, true)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      await this.#client.sleep(20)
    }
  }

  #exists(name: string, id: string, mayComeBack: boolean): string {
    if (this.#goneIds.has(id)) throw new Violation('topicsKept', `${name} has the id of a deleted topic`)
    this.#history.note(`topic ${name} exists with id ${id}`)
    this.#history.figures.topics++
    this.#known.set(name, { id, mayComeBack })
    return id
  }

  #isGone(name: string): void {
    this.#history.note(`topic ${name} is deleted`)
    const { id, mayComeBack } = this.#known.get(name)!
    this.#goneIds.add(id!)
    this.#known.set(name, { id: undefined, mayComeBack })
  }
}
