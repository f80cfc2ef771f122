import type { Clock, Logger, Random, Timer } from '@samsa/base'
import { type ErrorName, errors } from '@samsa/protocol'
import type { ClientConfig } from '../config/client-config.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import { backOffMs } from './back-off.ts'
import { type MetadataAnswer, MetadataImage } from './metadata-image.ts'
import type { Broker, Leader, TopicMetadata } from './topic-metadata.ts'
import type { Waits } from './waits.ts'

/** Topics somebody wants to be kept up to date. */
export interface Following {
  topics(): Iterable<string> | 'all'
}

export interface EnsureOptions {
  /** A point of `clock.monotonicMs()`. */
  readonly deadlineMs: number
  /** Whether the broker may create topics that do not exist. Default false. */
  readonly allowAutoCreation?: boolean
  /** A topic that is not there is refused at once, not waited for. */
  readonly mustExist?: boolean
  readonly signal?: AbortSignal
}

export interface MetadataCacheOptions {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly config: ClientConfig
  readonly waits: Waits
  /** Asks some broker about topics; null for all. */
  ask(
    topics: readonly string[] | null,
    allowAutoCreation: boolean,
  ): Promise<{ answer: MetadataAnswer; origin: string }>
  /** Asks some broker about topics by their ids (KIP-516). */
  askByIds(ids: readonly string[]): Promise<{ answer: MetadataAnswer; origin: string }>
  /** The brokers of the cluster, as the broker at `origin` advertised them. */
  onBrokers(brokers: readonly Broker[], origin: string): void
  /** Nothing could be learnt for `metadata.recovery.rebootstrap.trigger.ms`, or a broker said to start over. */
  rebootstrap(reason: string): void
}

/** How long a topic that was asked about once is kept up to date. */
const TOPIC_IDLE_MS = 300_000

/**
 * What a client knows of topics and brokers. It asks again at `metadata.max.age.ms`, when told that something is out of
 * date, and when a topic is wanted that it does not know; questions at the same time are asked once.
 */
export class MetadataCache {
  readonly #options: MetadataCacheOptions
  readonly #image = new MetadataImage()
  readonly #following = new Set<Following>()
  readonly #listeners = new Set<() => void>()
  /** Topics asked about once, and until when they are kept up to date. */
  readonly #recent = new Map<string, number>()
  /** Topics of calls of `ensure` that go on, and whether they may be created. */
  readonly #wanted = new Set<{ topics: readonly string[]; allowAutoCreation: boolean }>()
  #brokers: readonly Broker[] = []
  #clusterId: string | undefined
  #controllerId: number | undefined
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: Timer | undefined
  #timerDueMs = 0
  #failures = 0
  #lastFailure: KafkaError | undefined
  #succeededAtMs: number
  #isClosed = false

  constructor(options: MetadataCacheOptions) {
    this.#options = options
    this.#succeededAtMs = options.clock.monotonicMs()
  }

  /** What is known of a topic; undefined when nothing is. */
  topic(name: string): TopicMetadata | undefined {
    return this.#image.topic(name)
  }

  topicById(id: string): TopicMetadata | undefined {
    return this.#image.topicById(id)
  }

  /** Names of the topics known: of all topics only when somebody follows all. */
  topicNames(): string[] {
    return this.#image.names()
  }

  /** Why nothing is known of a topic that was asked about; undefined when it was not, or is known. */
  topicError(name: string): ErrorName | undefined {
    return this.#image.errorOf(name)
  }

  /** Who leads a partition; undefined while nobody does or nothing is known. */
  leaderOf(topic: string, partition: number): Leader | undefined {
    const known = this.#image.topic(topic)?.partitions[partition]
    if (known === undefined || known.leaderId < 0) return undefined
    return { nodeId: known.leaderId, epoch: known.leaderEpoch }
  }

  brokers(): readonly Broker[] {
    return this.#brokers
  }

  get clusterId(): string | undefined {
    return this.#clusterId
  }

  get controllerId(): number | undefined {
    return this.#controllerId
  }

  /** Why brokers could not be asked the last time; undefined once one answered. */
  get lastFailure(): KafkaError | undefined {
    return this.#lastFailure
  }

  /** Milliseconds since the last good answer, for metrics. */
  get ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#succeededAtMs
  }

  /**
   * Waits until the topics are known. Rejects with `KafkaError`: what the broker says of a topic (at once when waiting
   * cannot help, otherwise at the deadline), what kept brokers from being asked, ABORTED or CLOSED.
   */
  async ensure(topics: Iterable<string>, options: EnsureOptions): Promise<void> {
    const names = [...topics]
    const isKnown = () => names.every(name => this.#image.topic(name) !== undefined)
    if (isKnown()) return
    const failureOf = () => {
      const failure = this.#failureOf(names)
      if (options.mustExist && failure?.code === 'UNKNOWN_TOPIC_OR_PARTITION') throw failure
      return failure
    }
    const wanted = { topics: names, allowAutoCreation: options.allowAutoCreation ?? false }
    this.#wanted.add(wanted)
    try {
      await this.#until(isKnown, () => this.refresh(), failureOf, options)
    } finally {
      this.#wanted.delete(wanted)
    }
  }

  /**
   * Waits until topics are known of which only the ids are, as a group's assignment has them; `topicById` tells their
   * names. Rejects like `ensure`, with UNKNOWN_TOPIC_ID for one that is not there by the deadline.
   */
  async ensureIds(ids: Iterable<string>, options: EnsureOptions): Promise<void> {
    const unknown = () => [...ids].filter(id => this.#image.topicById(id) === undefined)
    if (unknown().length === 0) return
    const failure = () =>
      new KafkaError('UNKNOWN_TOPIC_ID', `no topic has the id ${unknown().join(' or ')} now.`)
    await this.#until(
      () => unknown().length === 0,
      () => this.#askByIds(unknown()),
      failure,
      options,
    )
  }

  /** Asks about all topics somebody wants. Resolves once an answer to a question asked after this call is there. */
  refresh(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new KafkaError('CLOSED'))
    if (this.#running === undefined) return this.#run()
    this.#next ??= this.#running.then(
      () => this.#runNext(),
      () => this.#runNext(),
    )
    return this.#next
  }

  /** Says that what is known of a topic is out of date: it is asked about soon, and used meanwhile. */
  invalidate(topic: string): void {
    this.#recent.set(topic, this.#options.clock.monotonicMs() + TOPIC_IDLE_MS)
    this.refreshSoon()
  }

  /** Drops what is known of a topic, for instance because it was deleted. */
  forget(topic: string): void {
    this.#recent.delete(topic)
    this.#image.forget(topic)
  }

  /** Keeps topics up to date until the returned function is called. `topics` is asked before each refresh. */
  follow(following: Following): () => void {
    this.#following.add(following)
    this.refreshSoon()
    return () => this.#following.delete(following)
  }

  /** Calls `listener` after something changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * KIP-951: takes in a leader that a broker named with its refusal, unless a newer one is known.
   *
   * @returns whether it was news
   */
  updateLeader(
    topic: string,
    partition: number,
    nodeId: number,
    epoch: number,
    endpoint?: { host: string; port: number; rack?: string | null; origin?: string },
  ): boolean {
    if (!this.#image.updateLeader(topic, partition, nodeId, epoch)) return false
    if (endpoint !== undefined) this.#learnBroker(nodeId, endpoint)
    this.#tell()
    return true
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#listeners.clear()
    this.#following.clear()
  }

  /** Asks, and again with back-off, until it is so. */
  async #until(
    isSo: () => boolean,
    ask: () => Promise<void>,
    failureOf: () => KafkaError | undefined,
    { deadlineMs, signal }: EnsureOptions,
  ): Promise<void> {
    const { clock, waits, config, random } = this.#options
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    for (let attempt = 1; ; attempt++) {
      const said = await this.#failureIn(waits.until(ask(), deadlineMs, 'asking for metadata', signal))
      if (isSo()) return
      const failure = said ?? failureOf()
      if (failure !== undefined && !failure.retriable) throw failure
      const pauseMs = backOffMs(pause, attempt, random)
      if (clock.monotonicMs() + pauseMs >= deadlineMs) throw failure ?? new KafkaError('TIMED_OUT')
      await waits.delay(pauseMs, signal)
      if (isSo()) return
    }
  }

  async #failureIn(work: Promise<void>): Promise<KafkaError | undefined> {
    try {
      await work
      return undefined
    } catch (error) {
      return asKafkaError(error)
    }
  }

  async #askByIds(ids: readonly string[]): Promise<void> {
    const { answer, origin } = await this.#options.askByIds(ids)
    if (this.#isClosed) throw new KafkaError('CLOSED')
    const untilMs = this.#options.clock.monotonicMs() + TOPIC_IDLE_MS
    for (const { name, errorCode } of answer.topics) {
      if (name !== null && errorCode === 'NONE') this.#recent.set(name, untilMs)
    }
    this.#take(answer, false, origin)
  }

  /** The worst of what was said of the topics: what waiting cannot mend comes first. */
  #failureOf(names: readonly string[]): KafkaError | undefined {
    const failures = names
      .filter(name => this.#image.topic(name) === undefined)
      .map(name => topicFailure(name, this.#image.errorOf(name) ?? 'UNKNOWN_TOPIC_OR_PARTITION'))
    return failures.find(({ retriable }) => !retriable) ?? failures[0]
  }

  #run(): Promise<void> {
    // What was asked for to be done soon is done now; the answer, or its failure, makes the next appointment.
    this.#timer?.cancel()
    this.#timer = undefined
    const running = this.#ask().finally(() => {
      this.#running = undefined
    })
    this.#running = running
    return running
  }

  #runNext(): Promise<void> {
    this.#next = undefined
    return this.#isClosed ? Promise.reject(new KafkaError('CLOSED')) : this.#run()
  }

  async #ask(): Promise<void> {
    const topics = this.#topicsToAsk()
    const allowAutoCreation = [...this.#wanted].some(wanted => wanted.allowAutoCreation)
    try {
      const { answer, origin } = await this.#options.ask(topics, allowAutoCreation)
      if (this.#isClosed) throw new KafkaError('CLOSED')
      this.#take(answer, topics === null, origin)
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  #topicsToAsk(): string[] | null {
    const names = new Set<string>()
    for (const following of this.#following) {
      const topics = following.topics()
      if (topics === 'all') return null
      for (const name of topics) names.add(name)
    }
    const now = this.#options.clock.monotonicMs()
    for (const { topics } of this.#wanted) {
      for (const name of topics) this.#recent.set(name, now + TOPIC_IDLE_MS)
    }
    for (const [name, untilMs] of this.#recent) {
      if (untilMs >= now) names.add(name)
      else {
        this.#recent.delete(name)
        if (!names.has(name)) this.#image.forget(name)
      }
    }
    return [...names]
  }

  #take(answer: MetadataAnswer, isComplete: boolean, origin: string): void {
    if (answer.errorCode === 'REBOOTSTRAP_REQUIRED') {
      this.#options.rebootstrap('a broker asked for it')
      throw new KafkaError('REBOOTSTRAP_REQUIRED', undefined, { retry: 'refresh' })
    }
    if (answer.errorCode !== 'NONE')
      throw new KafkaError(answer.errorCode, `the broker at ${origin} has no metadata`)
    if (answer.brokers.length === 0) {
      const message = `the broker at ${origin} knows no broker that is alive, itself included`
      throw new KafkaError('BROKER_NOT_AVAILABLE', message, { retry: 'refresh' })
    }
    this.#failures = 0
    this.#lastFailure = undefined
    this.#succeededAtMs = this.#options.clock.monotonicMs()
    this.#noteClusterId(answer.clusterId ?? undefined, origin)
    this.#controllerId = answer.controllerId < 0 ? undefined : answer.controllerId
    const brokersChanged = this.#takeBrokers(answer.brokers, origin)
    const topicsChanged = this.#image.apply(answer, isComplete)
    this.#schedule(this.#options.config['metadata.max.age.ms'])
    if (brokersChanged || topicsChanged) this.#tell()
  }

  #noteClusterId(clusterId: string | undefined, origin: string): void {
    if (this.#clusterId !== undefined && clusterId !== undefined && clusterId !== this.#clusterId) {
      const fields = { before: this.#clusterId, now: clusterId, broker: origin }
      this.#options.logger.warn('the brokers are those of another cluster than before', fields)
    }
    this.#clusterId = clusterId
  }

  #takeBrokers(brokers: MetadataAnswer['brokers'], origin: string): boolean {
    const sorted = brokers
      .map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack }))
      .sort((a, b) => a.nodeId - b.nodeId)
    const isChanged = JSON.stringify(sorted) !== JSON.stringify(this.#brokers)
    this.#brokers = sorted
    // Even unchanged: those it meant may have been replaced by the bootstrap servers meanwhile.
    this.#options.onBrokers(sorted, origin)
    return isChanged
  }

  #learnBroker(
    nodeId: number,
    {
      host,
      port,
      rack = null,
      origin = 'another broker',
    }: { host: string; port: number; rack?: string | null; origin?: string },
  ): void {
    const others = this.#brokers.filter(broker => broker.nodeId !== nodeId)
    this.#brokers = [...others, { nodeId, host, port, rack }].sort((a, b) => a.nodeId - b.nodeId)
    this.#options.onBrokers(this.#brokers, origin)
  }

  #noteFailure(error: unknown): void {
    if (this.#isClosed) return
    const { config, random, logger, clock } = this.#options
    this.#failures++
    this.#lastFailure = asKafkaError(error)
    logger.debug('metadata could not be refreshed', {
      error: error instanceof Error ? error.message : String(error),
    })
    const triggerMs = config['metadata.recovery.rebootstrap.trigger.ms']
    if (this.ageMs >= triggerMs && this.#brokers.length > 0) {
      this.#succeededAtMs = clock.monotonicMs()
      this.#options.rebootstrap(`no broker gave metadata for ${triggerMs} ms`)
    }
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    this.#schedule(backOffMs(pause, this.#failures, random))
  }

  /** Asks again as soon as back-off allows, without anybody waiting for it. */
  refreshSoon(): void {
    const { config, random } = this.#options
    const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
    const sinceMs = this.ageMs
    const pauseMs = backOffMs(pause, this.#failures + 1, random)
    this.#schedule(this.#brokers.length === 0 ? 0 : Math.max(0, pauseMs - sinceMs), true)
  }

  /** @param isHurry an earlier appointment stands; otherwise the new one replaces it */
  #schedule(delayMs: number, isHurry = false): void {
    if (this.#isClosed) return
    const { clock } = this.#options
    const dueMs = clock.monotonicMs() + delayMs
    if (isHurry && this.#timer !== undefined && this.#timerDueMs <= dueMs) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    this.#timer = clock.timer(delayMs, () => {
      this.#timer = undefined
      // A failure plans the next attempt itself.
      this.refresh().catch(() => {})
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function topicFailure(topic: string, error: ErrorName): KafkaError {
  if (error === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new KafkaError(error, `the topic '${topic}' does not exist: create it, or check its name.`)
  }
  return new KafkaError(error, `topic '${topic}': ${errors[error].about}`)
}
