import { type SimulatedWorld, type World, silentLogger, simulatedWorld } from '@samsa/base'
import { type Broker, startBroker } from '@samsa/broker'
import {
  Cluster,
  Consumer,
  type ConsumerEntries,
  type ConsumerOptions,
  Producer,
  clientConfig,
  readConfig,
} from '@samsa/client'
import { CreateTopics, DeleteTopics } from '@samsa/protocol'

const bootstrap = 'broker:9092'

export const text = { deserialize: (_topic: string, bytes: Uint8Array) => new TextDecoder().decode(bytes) }

export type TextConsumer = Consumer<string, string>

/** A broker in a simulated world, with consumers and a producer on another machine of it. */
export class ConsumerBroker {
  readonly machine: SimulatedWorld
  readonly world: World & { finish<T>(promise: Promise<T>): Promise<T> }
  /** What the consumers logged, one line each. */
  readonly lines: string[] = []
  #broker: Broker | undefined
  readonly #open: { close(): Promise<void> }[] = []
  #cluster: Cluster | undefined
  #producer: Producer<string, string> | undefined
  readonly #config: Record<string, string>

  constructor(config: Record<string, string> = {}, seed = 11) {
    this.machine = simulatedWorld(seed, { name: 'broker' })
    this.world = this.machine.host('client')
    this.#config = {
      listeners: `PLAINTEXT://${bootstrap}`,
      'node.id': '1',
      'log.dirs': '/data',
      'group.initial.rebalance.delay.ms': '0',
      ...config,
    }
  }

  async start(): Promise<void> {
    const options = { world: this.machine, config: this.#config, logger: silentLogger }
    this.#broker = await this.machine.finish(startBroker(options))
  }

  /** The broker's process dies; its disk stays. */
  kill(): void {
    this.machine.kill()
    this.#broker = undefined
  }

  async end(): Promise<void> {
    for (const one of this.#open) await this.finish(one.close())
    if (this.#broker !== undefined) await this.machine.finish(this.#broker.stop())
  }

  /** A client's machine was killed: nothing is left to close. */
  forget(client: { close(): Promise<void> }): void {
    this.#open.splice(this.#open.indexOf(client), 1)
  }

  finish<T>(promise: Promise<T>): Promise<T> {
    return this.world.finish(promise)
  }

  advance(ms: number): Promise<void> {
    return this.machine.advance(ms)
  }

  consumer(
    entries: ConsumerEntries = {},
    options: Partial<ConsumerOptions<string, string>> = {},
  ): TextConsumer {
    const logger = {
      debug: () => {},
      info: (message: string) => void this.lines.push(`info: ${message}`),
      warn: (message: string) => void this.lines.push(`warn: ${message}`),
      error: (message: string) => void this.lines.push(`error: ${message}`),
      child: () => logger,
    }
    const consumer = new Consumer<string, string>(
      { 'bootstrap.servers': bootstrap, 'group.id': 'g', 'auto.offset.reset': 'earliest', ...entries },
      { world: this.world, logger, key: text, value: text, ...options },
    )
    this.#open.push(consumer)
    return consumer
  }

  async createTopic(name: string, numPartitions = 1): Promise<void> {
    const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
    const request = { topics: [topic], timeoutMs: 1000, validateOnly: false }
    const answer = await this.finish(this.#admin().send(CreateTopics, 'any', request))
    if (answer.topics[0]!.errorCode !== 'NONE') throw new Error(answer.topics[0]!.errorCode)
  }

  async deleteTopic(name: string): Promise<void> {
    const request = { topicNames: [name], timeoutMs: 1000 }
    await this.finish(this.#admin().send(DeleteTopics, 'any', request, { maxVersion: 5 }))
  }

  /** Produces values to a partition. */
  async produce(topic: string, values: readonly string[], partition = 0, keys?: readonly string[]) {
    this.#producer ??= this.#newProducer()
    const records = values.map((value, at) => ({ topic, value, partition, key: keys?.[at] ?? 'k' }))
    await this.finish(this.#producer.sendAll(records))
  }

  #newProducer(): Producer<string, string> {
    const producer = new Producer<string, string>(
      { 'bootstrap.servers': bootstrap },
      { world: this.world, logger: silentLogger },
    )
    this.#open.push(producer)
    return producer
  }

  #admin(): Cluster {
    if (this.#cluster === undefined) {
      this.#cluster = new Cluster(readConfig(clientConfig, { 'bootstrap.servers': bootstrap }), {
        world: this.world,
        logger: silentLogger,
      })
      this.#open.push(this.#cluster)
    }
    return this.#cluster
  }
}

/** The values of the next records. */
export async function take(consumer: TextConsumer, count: number): Promise<string[]> {
  const values: string[] = []
  for await (const record of consumer) {
    values.push(record.value!)
    if (values.length === count) break
  }
  return values
}

export function numbered(count: number, prefix = 'v'): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`)
}
