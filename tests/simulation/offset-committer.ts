import type { SeededRandom } from '@samsa/base'
import { ApiVersions, FindCoordinator, OffsetCommit, OffsetFetch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

const PASSING = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_SERVER_ERROR',
  'REQUEST_TIMED_OUT',
]

/** Commits growing offsets for a group without members, and looks whether they are kept. */
export class OffsetCommitter {
  readonly #client: BrokerClient
  readonly #ledger: Ledger
  readonly #random: SeededRandom
  readonly #history: History
  /** The last offset known to be committed. */
  #committed = -1
  /** Offsets that may be committed now or later, and the process that may do it. */
  #attempted: { offset: number; life: number }[] = []
  #next = 0
  #isDraining = false
  /** Whether the broker has groups at all. */
  #isServed: boolean | undefined

  constructor(client: BrokerClient, ledger: Ledger, random: SeededRandom, history: History) {
    this.#history = history
    this.#client = client
    this.#ledger = ledger
    this.#random = random
  }

  drain(): void {
    this.#isDraining = true
  }

  async run(): Promise<void> {
    while (!this.#isDraining) {
      await this.#client.sleep(this.#random.between(0, 20))
      try {
        this.#isServed ??= await this.#askWhetherServed()
        if (!this.#isServed) return
        if (this.#random.chance(0.3)) await this.check()
        else await this.#commit()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  /** Whether what was committed is there. False when the coordinator cannot tell yet. */
  async check(): Promise<boolean> {
    if (this.#isServed !== true) return true
    const { topic, partition } = this.#ledger
    const answer = await this.#client.ask(OffsetFetch, 5, {
      groupId: this.#client.name,
      topics: [{ name: topic, partitionIndexes: [partition] }],
    })
    const found = answer.topics[0]?.partitions[0]
    if (answer.errorCode !== 'NONE' || found === undefined || found.errorCode !== 'NONE') {
      if (answer.errorCode === 'NOT_COORDINATOR') await this.#findCoordinator()
      return false
    }
    const { committedOffset } = found
    const perhaps = this.#attempted.map(attempt => attempt.offset)
    if (committedOffset !== this.#committed && !perhaps.includes(committedOffset)) {
      throw new Violation(
        'offsetsKept',
        `${this.#client.name}: ${this.#committed} was committed, ${perhaps} perhaps, there is ${committedOffset}`,
      )
    }
    this.#settle(committedOffset)
    return true
  }

  async #askWhetherServed(): Promise<boolean> {
    const { apiKeys } = await this.#client.ask(ApiVersions, 3, {
      clientSoftwareName: 'simulation',
      clientSoftwareVersion: '1',
    })
    return apiKeys.some(({ apiKey }) => apiKey === OffsetCommit.key)
  }

  /** As clients do before anything else; the first one to ask makes the topic that keeps the offsets. */
  async #findCoordinator(): Promise<void> {
    await this.#client.ask(FindCoordinator, 3, { key: this.#client.name, keyType: 0 })
  }

  async #commit(): Promise<void> {
    const { topic, partition } = this.#ledger
    const offset = this.#next++
    const attempt = { offset, life: Number.POSITIVE_INFINITY }
    this.#attempted.push(attempt)
    try {
      const answer = await this.#client.ask(OffsetCommit, 5, {
        groupId: this.#client.name,
        generationIdOrMemberEpoch: -1,
        memberId: '',
        topics: [
          {
            name: topic,
            partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: null }],
          },
        ],
      })
      const { errorCode } = answer.topics[0]!.partitions[0]!
      if (errorCode === 'NONE') {
        this.#history.figures.commits++
        return this.#settle(offset)
      }
      if (errorCode === 'NOT_COORDINATOR') await this.#findCoordinator()
      if (!PASSING.includes(errorCode)) throw new Violation('answers', `committing an offset: ${errorCode}`)
    } finally {
      attempt.life = this.#history.figures.lives
    }
  }

  // A request that was given up may still be served later, also after the next one, as long as its process lives.
  #settle(offset: number): void {
    this.#committed = offset
    this.#attempted = this.#attempted.filter(
      attempt => attempt.offset !== offset && attempt.life >= this.#history.figures.lives,
    )
  }
}
