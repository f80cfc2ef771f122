import { type LogFields, type Logger, type SimulatedWorld, simulatedWorld } from '@samsa/base'
import {
  type Api,
  type CompleteResponseOf,
  CreateTopics,
  type ErrorName,
  Fetch,
  Produce,
  type RequestDraftOf,
} from '@samsa/protocol'
import { type Broker, startBroker } from '../broker.ts'
import { batchOf } from './records.ts'
import { TestClient } from './test-client.ts'

const address = { host: 'broker', port: 9092 }

/** How a test produces: acks=all to the newest version that names topics, unless it says otherwise. */
export interface ProduceOptions {
  readonly partition?: number
  readonly acks?: number
  readonly version?: number
  readonly timeoutMs?: number
}

export interface FetchOptions {
  readonly partition?: number
  readonly version?: number
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  readonly isolationLevel?: number
  readonly currentLeaderEpoch?: number
}

/**
 * A whole broker in a simulated world, and clients that connect to it over the simulated network. Time passes only
 * inside `ask`, `finish` and `advance`.
 */
export class TestBroker {
  readonly world: SimulatedWorld
  /** What the broker logged, one line each. */
  readonly lines: string[] = []
  readonly #config: Readonly<Record<string, string>>
  #broker: Broker | undefined
  #client: TestClient | undefined

  private constructor(world: SimulatedWorld, config: Readonly<Record<string, string>>) {
    this.world = world
    this.#config = {
      listeners: `PLAINTEXT://${address.host}:${address.port}`,
      'node.id': '1',
      'log.dirs': '/data',
      ...config,
    }
  }

  static async start(config: Readonly<Record<string, string>> = {}, seed = 1): Promise<TestBroker> {
    const broker = new TestBroker(simulatedWorld(seed, { name: address.host }), config)
    await broker.start()
    return broker
  }

  async start(): Promise<void> {
    const { world } = this
    this.#broker = await this.finish(startBroker({ world, config: this.#config, logger: this.#logger() }))
  }

  get broker(): Broker {
    return this.#broker as Broker
  }

  /** Stops in order; `start` starts it again on the same disk. */
  async stop(): Promise<void> {
    this.#client?.close()
    this.#client = undefined
    await this.finish(this.broker.stop())
  }

  /** The process dies, the machine goes on. */
  kill(): void {
    this.world.kill()
    this.#client = undefined
  }

  finish<T>(promise: Promise<T>): Promise<T> {
    return this.world.finish(promise)
  }

  advance(ms: number): Promise<void> {
    return this.world.advance(ms)
  }

  /** A new connection. */
  connect(name: string | null = 'test'): Promise<TestClient> {
    return this.finish(TestClient.connect(this.world.host('client'), address, name))
  }

  /** The connection that `ask` uses. */
  async client(): Promise<TestClient> {
    if (this.#client === undefined || this.#client.isClosed) this.#client = await this.connect()
    return this.#client
  }

  /** Asks and waits for the answer. */
  async ask<A extends Api>(
    api: A,
    version: number,
    request: RequestDraftOf<A>,
  ): Promise<CompleteResponseOf<A>> {
    const client = await this.client()
    return this.finish(client.ask(api, version, request))
  }

  /** Makes a topic and returns its id. */
  async createTopic(name: string, configs: Readonly<Record<string, string>> = {}, numPartitions = 1) {
    const { topics } = await this.ask(CreateTopics, 7, {
      topics: [
        {
          name,
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 1000,
      validateOnly: false,
    })
    const [topic] = topics
    if (topic!.errorCode !== 'NONE') throw new Error(`${name}: ${topic!.errorCode} ${topic!.errorMessage}`)
    return topic!.topicId
  }

  /** Produces to one partition and returns its part of the answer. */
  async produce(topic: string, records: Uint8Array | null, options: ProduceOptions = {}) {
    const { version = 12 } = options
    const response = await this.ask(Produce, version, produceRequest(topic, records, options))
    return response.responses[0]!.partitionResponses[0]!
  }

  /** Produces records with these values, and expects success. Returns the first offset. */
  async write(topic: string, values: readonly string[], options: ProduceOptions = {}) {
    const records = batchOf({ values }, this.world.clock.now())
    const { errorCode, errorMessage, baseOffset } = await this.produce(topic, records, options)
    if (errorCode !== 'NONE') throw new Error(`${topic}: ${errorCode} ${errorMessage}`)
    return baseOffset
  }

  /** Fetches from one partition, outside of any session, and returns its part of the answer. */
  async fetch(topic: string, offset: number, options: FetchOptions = {}) {
    const response = await this.ask(Fetch, options.version ?? 12, fetchRequest(topic, offset, options))
    return response.responses[0]!.partitions[0]!
  }

  #logger(): Logger {
    const write = (level: string) => (message: string, fields?: LogFields) => {
      this.lines.push(`${level}: ${message}${fields?.['error'] === undefined ? '' : ` (${fields['error']})`}`)
    }
    const logger: Logger = {
      debug: () => {},
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: () => logger,
    }
    return logger
  }
}

export function produceRequest(
  topic: string,
  records: Uint8Array | null,
  { partition = 0, acks = -1, timeoutMs = 30_000 }: ProduceOptions = {},
): RequestDraftOf<typeof Produce> {
  return {
    acks,
    timeoutMs,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  }
}

export function fetchRequest(
  topic: string,
  fetchOffset: number,
  options: FetchOptions = {},
): RequestDraftOf<typeof Fetch> {
  return {
    maxWaitMs: options.maxWaitMs ?? 0,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.maxBytes ?? 1 << 26,
    isolationLevel: options.isolationLevel ?? 0,
    topics: [
      {
        topic,
        partitions: [
          {
            partition: options.partition ?? 0,
            fetchOffset,
            currentLeaderEpoch: options.currentLeaderEpoch ?? -1,
            partitionMaxBytes: options.partitionMaxBytes ?? 1 << 20,
          },
        ],
      },
    ],
  }
}

/** The error codes of items, for short comparisons. */
export const codesOf = (items: readonly { errorCode: ErrorName }[]): ErrorName[] =>
  items.map(({ errorCode }) => errorCode)
