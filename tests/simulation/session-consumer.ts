import type { SeededRandom } from '@samsa/base'
import { type CompleteResponseOf, Fetch } from '@samsa/protocol'
import { type BrokerClient, Unanswered } from './broker-client.ts'
import { earliestOffset, latestOffset } from './consumer.ts'
import type { History } from './history.ts'
import type { AsOf, Ledger } from './ledger.ts'
import { takeIn } from './records-of.ts'
import { Violation } from './violation.ts'

type FetchAnswer = CompleteResponseOf<typeof Fetch>
type PartitionAnswer = FetchAnswer['responses'][number]['partitions'][number]

/** What is asked of a partition, and what the session has told of it. */
interface Followed {
  readonly ledger: Ledger
  offset: number
  maxBytes: number
  isWanted: boolean
  /** What the broker knows of it in this session; undefined when the partition is not in it. */
  asked: { offset: number; maxBytes: number } | undefined
  /** Last told; undefined after an error. */
  told: { highWatermark: number; startOffset: number } | undefined
  /** Incremental answers without records although there were some. */
  passedOver: number
}

const BY_ID = 13
/** Equals nothing that is asked for: the next request names it. */
const UNKNOWN = { offset: -1, maxBytes: -1 }
/** With one batch an answer, so many records are read within a minute. */
const FAR_BEHIND = 5000

/** Follows partitions in a fetch session (KIP-227) as clients do: names what changed, and believes what is left out. */
export class SessionConsumer {
  readonly #client: BrokerClient
  readonly #random: SeededRandom
  readonly #history: History
  readonly #version: number
  #maxBytes: number
  readonly #followed: Followed[]
  #sessionId = 0
  #epoch = 0
  /** The broker's process when the session began. */
  #life = 0
  /** An answer did not come: the broker may have served the request, or not. */
  #isBehind = false
  #isDraining = false

  constructor(client: BrokerClient, ledgers: readonly Ledger[], random: SeededRandom, history: History) {
    this.#client = client
    this.#random = random
    this.#history = history
    this.#version = random.pick([7, 11, 12, BY_ID, 15])
    this.#maxBytes = random.pick([1, 1, 3000, 1_000_000])
    this.#followed = ledgers.map(ledger => ({
      ledger,
      offset: 0,
      maxBytes: 1_000_000,
      isWanted: true,
      asked: undefined,
      told: undefined,
      passedOver: 0,
    }))
  }

  drain(): void {
    this.#isDraining = true
    const behind = this.#followed.reduce((sum, { ledger, offset }) => sum + ledger.knownEnd - offset, 0)
    if (behind > FAR_BEHIND) this.#maxBytes = 1_000_000
  }

  /** Ends when everything that is known of was read, in sessions only: a partition that is starved is never through. */
  async run(): Promise<void> {
    while (!this.#isDraining || !this.#isThrough) {
      await this.#client.sleep(this.#random.between(0, 20))
      try {
        if (this.#isDraining) for (const followed of this.#followed) followed.isWanted = true
        else this.#changeMind()
        if (this.#random.chance(0.15)) await this.#probe()
        else await this.#fetch(this.#random.pick([0, 20, 100]))
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        this.#unanswered()
      }
    }
  }

  get sessionId(): number {
    return this.#sessionId
  }

  /** Asks in full, as a client without a session; whether it got one. Throws `Unanswered`. */
  async open(): Promise<boolean> {
    this.#beginAnew()
    await this.#fetch(0)
    return this.#sessionId !== 0
  }

  /** Goes on in the session it believes in; whether that was there. Throws `Unanswered`. */
  async goOn(): Promise<boolean> {
    const { sessionsLost } = this.#history.figures
    await this.#fetch(0, true)
    return this.#history.figures.sessionsLost === sessionsLost
  }

  get #isThrough(): boolean {
    return this.#followed.every(({ ledger, offset }) => offset >= ledger.knownEnd)
  }

  #changeMind(): void {
    const followed = this.#random.pick(this.#followed)
    if (this.#random.chance(0.1)) followed.isWanted = !followed.isWanted
    if (this.#random.chance(0.1)) followed.maxBytes = this.#random.pick([1, 1000, 1_000_000])
    if (this.#random.chance(0.03)) followed.offset = this.#random.integer(followed.offset + 1)
  }

  /** What others are told of a partition, the session tells as well, be it by leaving it out. */
  async #probe(): Promise<void> {
    const { ledger, asked } = this.#random.pick(this.#followed)
    const { lives } = this.#history.figures
    const end = await latestOffset(this.#client, ledger)
    const start = await earliestOffset(this.#client, ledger)
    if (end === undefined || start === undefined || asked === undefined) return
    await this.#fetch(0)
    const followed = this.#followed.find(one => one.ledger === ledger)!
    if (!followed.isWanted || followed.told === undefined || lives !== this.#history.figures.lives) return
    const { highWatermark, startOffset } = followed.told
    if (highWatermark >= end && startOffset >= start) return
    throw new Violation(
      'sessionTells',
      `${this.#client.name}: ${ledger.name} goes from ${start} to ${end}, and was told to from ${startOffset} to ${highWatermark}`,
    )
  }

  async #fetch(maxWaitMs: number, mayBeEvicted = false): Promise<void> {
    const wanted = this.#followed.filter(({ isWanted }) => isWanted)
    if (wanted.length === 0) return
    const isIncremental = this.#epoch > 0
    const lives = this.#history.figures.lives
    const asOf = new Map(wanted.map(({ ledger }) => [ledger, ledger.asOf]))
    const answer = await this.#client.ask(Fetch, this.#version, this.#request(wanted, maxWaitMs))
    if (answer.errorCode !== 'NONE') return this.#lost(answer, mayBeEvicted)
    this.#isBehind = false
    this.#noteSession(answer, isIncremental, lives)
    for (const followed of wanted) {
      const partition = find(answer, followed.ledger, this.#version)
      if (partition !== undefined) await this.#take(followed, partition, asOf.get(followed.ledger)!)
      else if (!isIncremental) {
        throw new Violation('answers', `a full fetch says nothing about ${followed.ledger.name}`)
      }
      if (isIncremental) this.#noteTurn(followed, partition, wanted.length)
    }
  }

  #request(wanted: readonly Followed[], maxWaitMs: number) {
    const isIncremental = this.#epoch > 0
    const isNamed = ({ asked, offset, maxBytes }: Followed) =>
      !isIncremental || asked?.offset !== offset || asked.maxBytes !== maxBytes
    const named = wanted.filter(isNamed)
    const forgotten = this.#followed.filter(({ isWanted, asked }) => !isWanted && asked !== undefined)
    const request = {
      maxWaitMs,
      minBytes: 1,
      maxBytes: this.#maxBytes,
      sessionId: this.#sessionId,
      sessionEpoch: this.#epoch,
      topics: named.map(({ ledger, offset, maxBytes }) => ({
        ...this.#topic(ledger),
        partitions: [{ partition: ledger.partition, fetchOffset: offset, partitionMaxBytes: maxBytes }],
      })),
      forgottenTopicsData: isIncremental
        ? forgotten.map(({ ledger }) => ({ ...this.#topic(ledger), partitions: [ledger.partition] }))
        : [],
    }
    for (const followed of this.#followed) {
      const { isWanted, offset, maxBytes } = followed
      followed.asked = isWanted ? { offset, maxBytes } : undefined
      if (isWanted) continue
      followed.told = undefined
      // Once it is back, it queues up behind the others.
      followed.passedOver = 0
    }
    return request
  }

  #topic({ topic, topicId }: Ledger) {
    return this.#version >= BY_ID ? { topicId: topicId! } : { topic }
  }

  #noteSession({ sessionId }: FetchAnswer, isIncremental: boolean, lives: number): void {
    if (isIncremental) {
      this.#history.figures.incrementalFetches++
      if (sessionId !== this.#sessionId) {
        throw new Violation('answers', `session ${this.#sessionId} was answered as ${sessionId}`)
      }
    } else if (sessionId !== 0) {
      this.#history.figures.sessions++
      this.#life = lives
    }
    this.#sessionId = sessionId
    this.#epoch = sessionId === 0 ? 0 : this.#epoch + 1
  }

  /** Only an end of the process ends a session; one that was not used for long may be evicted. */
  #lost({ errorCode }: FetchAnswer, mayBeEvicted: boolean): void {
    const mayBeGone = mayBeEvicted || this.#life !== this.#history.figures.lives
    const isExpected =
      errorCode === 'FETCH_SESSION_ID_NOT_FOUND'
        ? mayBeGone
        : errorCode === 'INVALID_FETCH_SESSION_EPOCH' && this.#isBehind
    if (!isExpected) {
      throw new Violation('answers', `${this.#client.name} in session ${this.#sessionId}: ${errorCode}`)
    }
    this.#history.figures.sessionsLost++
    this.#sessionId = 0
    this.#beginAnew()
  }

  /** Some clients open a new session then, others go on: they may be a request behind. */
  #unanswered(): void {
    if (this.#epoch === 0 || this.#random.chance(0.5)) {
      this.#beginAnew()
      return
    }
    this.#isBehind = true
    for (const followed of this.#followed) {
      const isKnown = followed.asked !== undefined || !followed.isWanted
      followed.asked = isKnown ? UNKNOWN : undefined
      followed.told = undefined
    }
  }

  /** The next request names everything, and closes the session there may be. */
  #beginAnew(): void {
    this.#epoch = 0
    this.#isBehind = false
    for (const followed of this.#followed) {
      followed.asked = undefined
      followed.told = undefined
      followed.passedOver = 0
    }
  }

  async #take(followed: Followed, answer: PartitionAnswer, asOf: AsOf): Promise<void> {
    const { ledger } = followed
    const { errorCode, highWatermark, logStartOffset, records } = answer
    if (errorCode === 'OFFSET_OUT_OF_RANGE') {
      const earliest = await earliestOffset(this.#client, ledger)
      if (earliest !== undefined) followed.offset = earliest
    }
    if (errorCode !== 'NONE') {
      followed.told = undefined
      return
    }
    followed.told = { highWatermark, startOffset: logStartOffset }
    const now = this.#client.machine.clock.now()
    followed.offset = takeIn(ledger, records!, followed.offset, asOf, now).nextOffset
  }

  /** Each answer serves at least one partition, and who was served queues up behind the others. */
  #noteTurn(followed: Followed, answer: PartitionAnswer | undefined, count: number): void {
    const { told, offset, ledger } = followed
    const isServed = (answer?.records?.length ?? 0) > 0
    if (isServed || told === undefined || told.highWatermark <= offset || offset < told.startOffset) {
      followed.passedOver = 0
    } else if (++followed.passedOver > 3 * count) {
      throw new Violation(
        'sessionTells',
        `${this.#client.name} got nothing of ${ledger.name} from ${offset} on, up to ${told.highWatermark}`,
      )
    }
  }
}

function find({ responses }: FetchAnswer, ledger: Ledger, version: number): PartitionAnswer | undefined {
  return responses
    .filter(({ topic, topicId }) => (version >= BY_ID ? topicId === ledger.topicId : topic === ledger.topic))
    .flatMap(({ partitions }) => partitions)
    .find(({ partitionIndex }) => partitionIndex === ledger.partition)
}
