import { type Clock, type Logger, type Network, type Random, createLogger, realWorld } from '@samsa/base'
import { type Api, type CompleteResponseOf, FindCoordinator, Metadata } from '@samsa/protocol'
import type { ClientConfig } from '../config/client-config.ts'
import type { BrokerVersions, VersionRange } from '../connection/api-versions.ts'
import type { BrokerAddress } from '../connection/broker-address.ts'
import type { BrokerConnection, RequestInput, RequestOptions } from '../connection/broker-connection.ts'
import { saslLogin } from '../connection/login.ts'
import { mechanismOf } from '../connection/mechanism.ts'
import { AllFailed, firstOf } from '../connection/staggered.ts'
import { Transport } from '../connection/transport.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import { MetricsPush } from '../telemetry/metrics-push.ts'
import { Metrics } from '../telemetry/metrics.ts'
import { RequestMetrics } from '../telemetry/request-metrics.ts'
import type { RequestMeasurement } from '../telemetry/telemetry.ts'
import { backOffMs } from './back-off.ts'
import { bootstrapAddresses } from './bootstrap.ts'
import { type CoordinatorKind, Coordinators, findCoordinatorDraft } from './coordinators.ts'
import { MetadataCache } from './metadata-cache.ts'
import { Nodes, type Purpose } from './nodes.ts'
import { Waits } from './waits.ts'

/** How long one broker is tried alone when any will do. */
const STAGGER_MS = 1000

/** Known brokers, bootstrap servers, and those that became known meanwhile. */
const ROUNDS_MAX = 3

export interface SendOptions extends RequestOptions {
  /** Which of the connections to the node to use. Default 'data'. */
  readonly purpose?: Purpose
}

export interface RetryOptions {
  readonly signal?: AbortSignal
  /** Forgotten when the broker says it is another, or cannot be reached. */
  readonly coordinator?: { readonly kind: CoordinatorKind; readonly key: string }
}

/** What this client is, for metrics. */
export interface ClientIdentity {
  /** 'producer', 'consumer', 'admin-client', 'consumer-share': the beginning of its metrics' names. */
  readonly role?: string
  /** Group, transactional id, rack, by Kafka's names for them: `group_id`. Asked at each push. */
  labels?(): Readonly<Record<string, string>>
}

/** How long closing waits for the last push of metrics. */
const LAST_PUSH_MS = 500

/** A node's id, any broker that answers, or the controller. */
export type Target = number | 'any' | 'controller'

/**
 * A client's view of the cluster: connections by node, metadata, coordinators, and the rules of trying again. Producer,
 * Consumer and Admin have one each. Once it has connected it keeps the process alive, as Kafka's clients do, until `close`.
 */
export class Cluster {
  readonly config: ClientConfig
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly outside: Outside
  readonly metadata: MetadataCache
  /** The client's numbers; each part adds its own. */
  readonly metrics: Metrics
  readonly #requests: RequestMetrics
  readonly #push: MetricsPush
  readonly #nodes: Nodes
  readonly #coordinators: Coordinators
  readonly #waits: Waits
  readonly #bootstrap: readonly BrokerAddress[]
  #isClosed = false
  #closing: Promise<void> | undefined

  /** Connects to nothing yet. Throws `KafkaError` INVALID_CONFIG. */
  constructor(config: ClientConfig, outside: Outside = {}, identity: ClientIdentity = {}) {
    const world = outside.world ?? realWorld()
    const network: Network = outside.network ?? world.network
    this.config = config
    this.outside = outside
    this.clock = world.clock
    this.random = world.random
    this.logger = outside.logger ?? defaultLogger()
    this.#bootstrap = bootstrapAddresses(config['bootstrap.servers'])
    this.#waits = new Waits(this.clock)
    this.metrics = new Metrics(this.clock, config)
    this.#nodes = this.#makeNodes(network)
    this.#nodes.replace(this.#bootstrap)
    this.#requests = new RequestMetrics(
      this.metrics,
      identity.role ?? 'client',
      () => this.#nodes.connectionCount,
    )
    this.#push = this.#makePush(identity)
    this.metadata = this.#makeMetadata()
    this.#coordinators = this.#makeCoordinators()
  }

  #makeNodes(network: Network): Nodes {
    const { clock, random, logger, config } = this
    const mechanism = mechanismOf(config, this.outside.authentication ?? {}, { clock, random })
    return new Nodes({
      clock,
      random,
      logger,
      config,
      transport: new Transport(clock, network, config),
      login: mechanism === undefined ? undefined : saslLogin(mechanism, random),
      onRequest: measurement => this.#measured(measurement),
      onReady: () => this.#connected(),
      onClosed: (error, wasReady) => this.#disconnected(error, wasReady),
    })
  }

  #makePush(identity: ClientIdentity): MetricsPush {
    const { clock, random, logger, metrics } = this
    return new MetricsPush({
      clock,
      random,
      logger,
      metrics,
      labels: () => identity.labels?.() ?? {},
      ask: (api, request) => this.send(api, 'any', request),
      delay: ms => this.#waits.delay(ms),
    })
  }

  #makeMetadata(): MetadataCache {
    const { clock, random, logger, config } = this
    return new MetadataCache({
      clock,
      random,
      logger,
      config,
      waits: this.#waits,
      ask: (topics, allowAutoCreation) => this.#askMetadata(topics, allowAutoCreation),
      askByIds: ids => this.#askMetadataByIds(ids),
      onBrokers: (brokers, origin) => this.#nodes.replace(brokers.map(broker => ({ ...broker, origin }))),
      rebootstrap: reason => this.#rebootstrap(reason),
    })
  }

  #makeCoordinators(): Coordinators {
    return new Coordinators({
      ask: (keyType, key) => this.#askCoordinator(keyType, key),
      learnNode: (nodeId, host, port, origin) => {
        if (!this.#nodes.has(nodeId)) this.#nodes.add({ nodeId, host, port, rack: null, origin })
      },
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** A deadline for `retry` and `metadata.ensure`: that many milliseconds from now. */
  deadlineIn(ms: number): number {
    return this.clock.monotonicMs() + ms
  }

  /**
   * Sends a request in the newest version both sides know, within the caller's bounds, and gives the decoded answer;
   * `records` in it are views of memory that belongs to the caller. Does not try again, except that 'any' goes on to the
   * next broker while it cannot connect. Rejects with `KafkaError`: DISCONNECTED, TIMED_OUT, UNSUPPORTED,
   * AUTHENTICATION, INVALID_ARGUMENT, MALFORMED, ABORTED, CLOSED.
   */
  send<A extends Api>(
    api: A,
    target: Target,
    request: RequestInput<A>,
    options: SendOptions = {},
  ): Promise<CompleteResponseOf<A>> {
    if (typeof target !== 'number') {
      return this.#connectionTo(target, options).then(found => found.request(api, request, options))
    }
    // The connection's own promise: one around it would settle three turns later.
    try {
      return this.#nodes.connection(target, options.purpose ?? 'data').request(api, request, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Sends what the broker does not answer (Produce with acks=0); resolves once the network has it. */
  async sendOneWay<A extends Api>(
    api: A,
    node: number,
    request: RequestInput<A>,
    options: SendOptions = {},
  ): Promise<void> {
    return this.#nodes.connection(node, options.purpose ?? 'data').sendOneWay(api, request, options)
  }

  /** Which versions of an API a broker speaks; undefined when it does not know it. Connects when needed. */
  async versionsOf(target: Target, api: Api): Promise<VersionRange | undefined> {
    return (await this.brokerVersions(target)).of(api)
  }

  /** All that a broker speaks, and the features that are switched on. */
  async brokerVersions(target: Target): Promise<BrokerVersions> {
    const connection = await this.#connectionTo(target, {})
    await connection.ready()
    return connection.versions!
  }

  /**
   * Does work, and again with Kafka's back-off (KIP-580) while it fails with a retriable `KafkaError`, until
   * `deadlineMs` (a point of `clock.monotonicMs()`). Before the next attempt metadata is refreshed or the coordinator
   * forgotten, as the error asks. What is not retriable is thrown at once; at the deadline it is TIMED_OUT with the last
   * failure as its cause.
   */
  async retry<T>(
    what: string,
    deadlineMs: number,
    work: (attempt: number) => Promise<T>,
    options: RetryOptions = {},
  ): Promise<T> {
    const startedMs = this.clock.monotonicMs()
    const pause = {
      initialMs: this.config['retry.backoff.ms'],
      maxMs: this.config['retry.backoff.max.ms'],
    }
    let reason: KafkaError | undefined
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#waits.until(work(attempt), deadlineMs, what, options.signal)
      } catch (error) {
        if (!(error instanceof KafkaError) || !error.retriable || this.#isClosed) throw error
        // That the last attempt ran out of time tells less than why those before it failed.
        reason = error.code === 'TIMED_OUT' ? (reason ?? error) : error
        const pauseMs = backOffMs(pause, attempt, this.random)
        const now = this.clock.monotonicMs()
        if (now + pauseMs >= deadlineMs) throw this.#late(what, now - startedMs, attempt, reason)
        await this.#mend(error, options, deadlineMs)
        await this.#waits.delay(pauseMs, options.signal)
      }
    }
  }

  /** The node id of the coordinator, from memory or asked for. Tries once; see `retry`. */
  coordinatorOf(kind: CoordinatorKind, key: string): Promise<number> {
    return this.#coordinators.of(kind, key)
  }

  forgetCoordinator(kind: CoordinatorKind, key: string): void {
    this.#coordinators.forget(kind, key)
  }

  /** Waits, until the client is closed (CLOSED) or the signal is given (ABORTED). */
  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#waits.delay(ms, signal)
  }

  /** The id a broker gave this client for its metrics (KIP-714); undefined while none did. */
  get clientInstanceId(): string | undefined {
    return this.#push.clientInstanceId
  }

  /** Closes all connections; whatever still waits is rejected with CLOSED. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // A last push is a courtesy: it may take a moment, not more.
    const last = this.#waits.until(this.#push.terminate(), this.deadlineIn(LAST_PUSH_MS), 'the last push')
    await last.catch(() => {})
    this.#isClosed = true
    this.metadata.close()
    this.#waits.close()
    this.#nodes.close()
  }

  async #connectionTo(target: Target, options: SendOptions): Promise<BrokerConnection> {
    if (this.#isClosed) throw new KafkaError('CLOSED')
    const purpose = options.purpose ?? 'data'
    if (typeof target === 'number') return this.#nodes.connection(target, purpose)
    if (target === 'controller') {
      if (this.metadata.controllerId === undefined) await this.metadata.refresh()
      const { controllerId } = this.metadata
      if (controllerId !== undefined && this.#nodes.has(controllerId)) {
        return this.#nodes.connection(controllerId, purpose)
      }
    }
    return this.#anyConnection(purpose, options)
  }

  /** A connection to some broker: known ones first, and if none can be reached the bootstrap servers (KIP-899). */
  async #anyConnection(purpose: Purpose, options: SendOptions): Promise<BrokerConnection> {
    const deadlineMs = this.deadlineIn(options.timeoutMs ?? this.config['request.timeout.ms'])
    const failures: KafkaError[] = []
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const { generation, knowsCluster } = this.#nodes
      const found = await this.#firstReady(purpose, deadlineMs, options, failures)
      if (found !== undefined) return found
      // Others became known meanwhile, and took the place of those that were tried.
      if (generation !== this.#nodes.generation) continue
      if (!knowsCluster || this.config['metadata.recovery.strategy'] !== 'REBOOTSTRAP') break
      this.#rebootstrap('no known broker can be reached')
    }
    throw unreachable(failures)
  }

  /** The first node that can be talked to; one that takes long does not hold up the next. */
  async #firstReady(
    purpose: Purpose,
    deadlineMs: number,
    options: SendOptions,
    failures: KafkaError[],
  ): Promise<BrokerConnection | undefined> {
    const connect = async (nodeId: number) => {
      const connection = this.#nodes.connection(nodeId, purpose)
      if (!connection.isReady) await connection.ready()
      return connection
    }
    const first = firstOf(this.#nodes.byPreference(), connect, { clock: this.clock, staggerMs: STAGGER_MS })
    try {
      return await this.#waits.until(first, deadlineMs, 'connecting to a broker', options.signal)
    } catch (error) {
      if (!(error instanceof AllFailed)) throw error
      const found = error.failures.map(failure => asKafkaError(failure))
      // Wrong credentials stay wrong: that is the news, not who else could not be reached.
      const final = found.find(({ retriable }) => !retriable)
      if (final !== undefined) throw final
      failures.push(...found)
      return undefined
    }
  }

  async #askMetadata(topics: readonly string[] | null, allowAutoTopicCreation: boolean) {
    const connection = await this.#anyConnection('data', {})
    const answer = await connection.request(Metadata, version => ({
      topics: metadataTopics(topics, version),
      // Before v4 brokers create what they are asked about if they are set to.
      ...(version >= 4 && { allowAutoTopicCreation }),
    }))
    return { answer, origin: `${connection.address.host}:${connection.address.port}` }
  }

  async #askMetadataByIds(ids: readonly string[]) {
    const connection = await this.#anyConnection('data', {})
    const topics = ids.map(topicId => ({ topicId, name: null }))
    const draft = { topics, allowAutoTopicCreation: false }
    const answer = await connection.request(Metadata, draft, { minVersion: 12 })
    return { answer, origin: `${connection.address.host}:${connection.address.port}` }
  }

  async #askCoordinator(keyType: number, key: string) {
    const connection = await this.#anyConnection('data', {})
    const options = keyType === 2 ? { minVersion: 6 } : keyType === 1 ? { minVersion: 1 } : {}
    const answer = await connection.request(
      FindCoordinator,
      version => findCoordinatorDraft(version, keyType, key),
      options,
    )
    return { answer, origin: `${connection.address.host}:${connection.address.port}` }
  }

  #rebootstrap(reason: string): void {
    if (this.config['metadata.recovery.strategy'] !== 'REBOOTSTRAP' || this.#isClosed) return
    this.logger.info('starting over from the bootstrap servers', { reason })
    this.#coordinators.clear()
    this.#nodes.replace(this.#bootstrap)
  }

  async #mend(error: KafkaError, { coordinator, signal }: RetryOptions, deadlineMs: number): Promise<void> {
    const mayBeGone = error.code === 'DISCONNECTED' || error.code === 'TIMED_OUT'
    if (coordinator !== undefined && (error.retry === 'coordinator' || mayBeGone)) {
      this.#coordinators.forget(coordinator.kind, coordinator.key)
    }
    if (error.retry !== 'refresh') return
    try {
      await this.#waits.until(this.metadata.refresh(), deadlineMs, 'refreshing metadata', signal)
    } catch (failure) {
      const { retriable } = asKafkaError(failure)
      if (!retriable) throw failure
    }
  }

  #late(what: string, afterMs: number, attempts: number, cause: KafkaError): KafkaError {
    const times = attempts === 1 ? 'once' : `${attempts} times`
    const message = `${what} did not succeed within ${Math.round(afterMs)} ms, tried ${times}. Last: ${cause.message}`
    return new KafkaError('TIMED_OUT', message, {
      cause,
      ...(cause.broker !== undefined && { broker: cause.broker }),
    })
  }

  #connected(): void {
    this.#requests.connected()
    if (this.config['enable.metrics.push']) this.#push.start()
  }

  #disconnected(error: KafkaError, wasReady: boolean): void {
    if (wasReady) this.#requests.disconnected()
    // A broker that is not where it was thought to be may have moved, or its partitions have.
    if (error.code === 'DISCONNECTED' && !wasReady) this.metadata.refreshSoon()
  }

  #measured(measurement: RequestMeasurement): void {
    this.#requests.measured(measurement, this.clock.monotonicMs())
    this.outside.telemetry?.request?.(measurement)
  }
}

function metadataTopics(topics: readonly string[] | null, version: number) {
  // v0 says "all" by an empty list.
  if (topics === null) return version === 0 ? [] : null
  return topics.map(name => ({ name }))
}

function unreachable(failures: readonly KafkaError[]): KafkaError {
  const [only] = failures
  if (only !== undefined && failures.length === 1) return only
  const list = failures.map(({ message }) => message.replace(/^[A-Z_]+: /, '')).join(' · ')
  return new KafkaError('DISCONNECTED', `no broker can be reached. ${list}`, { cause: failures[0] })
}

function defaultLogger(): Logger {
  return createLogger({ level: 'warn', write: line => process.stderr.write(line) })
}
