import type { Logger, World } from '@samsa/base'
import {
  Admin,
  Consumer,
  type ConsumerEntries,
  type ConsumerOptions,
  Producer,
  type ProducerConfigEntries,
  type ProducerOptions,
  ShareConsumer,
  type ShareConsumerOptions,
} from '@samsa/client'
import { BrokerRun } from './broker-run.ts'
import { checkOptions } from './check-options.ts'
import { Faults } from './faults/faults.ts'
import { makeTopics } from './make-topics.ts'
import { type SamsaOptions, configTexts, loggerOf } from './options.ts'
import { type Place, placeOf } from './place.ts'
import { type ReadOptions, type StoredRecord, readTopic } from './read-topic.ts'

type AdminEntries = ConstructorParameters<typeof Admin>[0]
type ShareEntries = ConstructorParameters<typeof ShareConsumer>[0]

/** What a client needs to reach an embedded broker: spread it into the second argument of any client. */
export interface EmbeddedOutside {
  readonly world: World
  readonly logger: Logger
}

interface Closable {
  close(options?: { timeoutMs?: number }): Promise<void>
}

/** So long clients may take to finish what they have begun when `close` closes them. */
const CLIENT_CLOSE_MS = 5000

/** A broker in this process, for tests. Made by `startSamsa`. */
export class Samsa implements AsyncDisposable {
  /** Faults for requests: errors, delays, dropped connections, a broker that does not answer. */
  readonly faults: Faults
  /** What clients need beside their configuration: `new Producer(samsa.clientConfig, samsa.outside)`. */
  readonly outside: EmbeddedOutside
  readonly #place: Place
  readonly #logger: Logger
  readonly #config: Record<string, string>
  readonly #clients = new Set<Closable>()
  #run: BrokerRun | undefined
  #bootstrapServers = ''
  #closing: Promise<void> | undefined

  private constructor(options: SamsaOptions) {
    checkOptions(options)
    this.#place = placeOf(options)
    this.#logger = loggerOf(options.log)
    this.#config = configTexts(options.config, {
      listeners: `PLAINTEXT://${this.#place.address.host}:${this.#place.address.port}`,
      directory: this.#place.directory,
    })
    this.faults = new Faults(this.#place.world.clock)
    this.outside = { world: this.#place.clients, logger: this.#logger }
  }

  /** Starts a broker; it serves when the promise resolves. See `startSamsa`. */
  static async start(options: SamsaOptions = {}): Promise<Samsa> {
    const samsa = new Samsa(options)
    try {
      await samsa.start()
      await makeTopics(samsa.#running().broker, options.topics ?? [])
    } catch (error) {
      await samsa.close()
      throw error
    }
    return samsa
  }

  // --- clients --------------------------------------------------------------------------------------------------------

  /** `host:port`, for `bootstrap.servers`. The same after a restart. */
  get bootstrapServers(): string {
    return this.#bootstrapServers
  }

  /** The configuration every client needs, by Kafka's keys. */
  get clientConfig(): { readonly 'bootstrap.servers': string } {
    return { 'bootstrap.servers': this.#bootstrapServers }
  }

  /** A producer that sends at once (`linger.ms=0` unless given). Closed by `close`. */
  producer<K = string | Uint8Array, V = string | Uint8Array>(
    config: ProducerConfigEntries = {},
    options: ProducerOptions<K, V> = {},
  ): Producer<K, V> {
    this.#refuseIfClosed()
    const entries = { ...this.clientConfig, 'linger.ms': 0, ...config }
    return this.#kept(new Producer<K, V>(entries, { ...this.outside, ...options }))
  }

  /** A consumer that begins with the oldest record (`auto.offset.reset=earliest` unless given). Closed by `close`. */
  consumer<K = Uint8Array, V = Uint8Array>(
    config: ConsumerEntries = {},
    options: ConsumerOptions<K, V> = {},
  ): Consumer<K, V> {
    this.#refuseIfClosed()
    const entries = { ...this.clientConfig, 'auto.offset.reset': 'earliest', ...config }
    return this.#kept(new Consumer<K, V>(entries, { ...this.outside, ...options }))
  }

  /** A consumer of a share group. Closed by `close`. */
  shareConsumer<K = Uint8Array, V = Uint8Array>(
    config: ShareEntries = {},
    options: ShareConsumerOptions<K, V> = {},
  ): ShareConsumer<K, V> {
    this.#refuseIfClosed()
    return this.#kept(
      new ShareConsumer<K, V>({ ...this.clientConfig, ...config }, { ...this.outside, ...options }),
    )
  }

  /** An admin client. Closed by `close`. */
  admin(config: AdminEntries = {}): Admin {
    this.#refuseIfClosed()
    return this.#kept(new Admin({ ...this.clientConfig, ...config }, this.outside))
  }

  /**
   * The first `count` records of a topic, oldest first within each partition, keys and values read as text. Waits for
   * them; rejects with TIMED_OUT, naming those there are, when there are fewer.
   */
  async records(topic: string, count: number, options: ReadOptions = {}): Promise<StoredRecord[]> {
    this.#refuseIfClosed()
    return readTopic({ config: this.clientConfig, outside: this.outside }, topic, count, options)
  }

  // --- time -----------------------------------------------------------------------------------------------------------

  /** The broker's time, in milliseconds since the epoch. */
  now(): number {
    return this.#place.world.clock.now()
  }

  /**
   * Sets the broker's clock forward: what is due on the way happens, in order. Clients see the same time of day, but
   * their own timers do not jump, so that members that send no heartbeat meanwhile lose their sessions.
   */
  advance(ms: number): Promise<void> {
    return this.#place.advance(ms)
  }

  /** Removes now what topics no longer keep by `retention.ms` and `retention.bytes`. */
  applyRetention(): Promise<void> {
    return this.#running().broker.applyRetention()
  }

  /** Compacts all compacted topics now, up to their newest record; how many partitions had something to compact. */
  compact(): Promise<number> {
    return this.#running().broker.compact()
  }

  // --- life -----------------------------------------------------------------------------------------------------------

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  /** Breaks every connection to the broker; new ones are accepted. How many there were. */
  dropConnections(): number {
    return this.#running().dropConnections()
  }

  /** Starts the broker again after `stop` or `kill`: where it was, with what it had stored. */
  async start(): Promise<void> {
    this.#refuseIfClosed()
    if (this.#run !== undefined) return
    this.#run = await BrokerRun.start({
      place: this.#place,
      config: this.#config,
      faults: this.faults,
      logger: this.#logger,
    })
    const { host, port } = this.#run.address
    this.#bootstrapServers = `${host}:${port}`
    // A free port was found: it is kept, for those who know it.
    if (this.#place.address.port === 0) this.#config['listeners'] = `PLAINTEXT://${host}:${port}`
  }

  /** Stops the broker in order. Its clients stay, and go on once it is started again. */
  async stop(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    this.faults.release()
    await run?.stop()
  }

  /** Ends the broker as `kill -9` does: nothing is finished and nobody told. What was written is there at the next start. */
  async kill(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    run?.kill()
    this.faults.release()
  }

  /** `stop` and `start`. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** Closes the clients that were made here, stops the broker, and removes what it stored. Closing twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.faults.clear()
    const timeoutMs = this.isRunning ? CLIENT_CLOSE_MS : 0
    await Promise.all([...this.#clients].map(client => client.close({ timeoutMs }).catch(() => {})))
    await this.stop()
    this.#place.remove()
  }

  #refuseIfClosed(): void {
    if (this.#closing !== undefined) throw new Error('This broker is closed: start another one.')
  }

  #kept<Client extends Closable>(client: Client): Client {
    this.#clients.add(client)
    return client
  }

  #running(): BrokerRun {
    this.#refuseIfClosed()
    if (this.#run === undefined) throw new Error('This broker is not running: call `start` first.')
    return this.#run
  }
}

/**
 * Starts a broker in this process: without sockets and in memory, unless said otherwise.
 *
 * ```ts
 * await using samsa = await startSamsa({ topics: ['orders'] })
 * await samsa.producer().send({ topic: 'orders', value: 'one coffee' })
 * ```
 *
 * Rejects with `KafkaError` INVALID_CONFIG for a wrong configuration or topic, `NetworkError` when the port is taken, and
 * `DataDirectoryError` or `DiskError` when the directory cannot be used.
 */
export function startSamsa(options: SamsaOptions = {}): Promise<Samsa> {
  return Samsa.start(options)
}
