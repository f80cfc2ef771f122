import { silentLogger } from '@samsa/base'
import {
  Admin,
  Consumer,
  type ConsumerEntries,
  type ConsumerRecord,
  Producer,
  type ProducerConfigEntries,
  type RebalanceListener,
  serdes,
} from '@samsa/client'
import { type Subject, eventually } from './case.ts'

const { string } = serdes
const logger = process.env['SAMSA_CONFORMANCE_LOG'] === undefined ? silentLogger : consoleLogger()

export type TextRecord = ConsumerRecord<string, string>

export function consumerOf({ bootstrap }: Subject, entries: ConsumerEntries): Consumer<string, string> {
  const config = {
    'bootstrap.servers': bootstrap,
    'auto.offset.reset': 'earliest',
    'session.timeout.ms': 10_000,
    'heartbeat.interval.ms': 300,
    'metadata.max.age.ms': 2000,
    ...entries,
  }
  return new Consumer<string, string>(config, { key: string, value: string, logger })
}

export function producerOf(
  { bootstrap }: Subject,
  entries: ProducerConfigEntries = {},
): Producer<string, string> {
  return new Producer({ 'bootstrap.servers': bootstrap, ...entries }, { key: string, value: string, logger })
}

export async function createTopic({ bootstrap }: Subject, name: string, partitions: number): Promise<void> {
  const admin = new Admin({ 'bootstrap.servers': bootstrap }, { logger })
  try {
    await admin.createTopics([{ name, partitions, replicationFactor: 1 }])
  } finally {
    await admin.close()
  }
}

export async function deleteTopic({ bootstrap }: Subject, name: string): Promise<void> {
  const admin = new Admin({ 'bootstrap.servers': bootstrap }, { logger })
  try {
    await admin.deleteTopics([name])
  } finally {
    await admin.close()
  }
}

/** Sends values to the partitions in turn. */
export async function produce(
  subject: Subject,
  topic: string,
  values: readonly string[],
  partitions = 1,
  entries: ProducerConfigEntries = {},
): Promise<void> {
  const producer = producerOf(subject, entries)
  try {
    await producer.sendAll(
      values.map((value, at) => ({ topic, value, key: `k${at % 7}`, partition: at % partitions })),
    )
  } finally {
    await producer.close()
  }
}

/** The values of the next `count` records. */
export async function take(consumer: Consumer<string, string>, count: number): Promise<string[]> {
  const values: string[] = []
  const signal = AbortSignal.timeout(30_000)
  for await (const record of consumer.records({ signal })) {
    values.push(record.value!)
    if (values.length === count) break
  }
  if (values.length < count) throw new Error(`${values.length} of ${count} records came within 30 s`)
  return values
}

export function numbered(count: number, prefix = 'v', from = 0): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${from + at}`)
}

/** A member that reads until it is stopped, and remembers what it saw. */
export class Member {
  readonly consumer: Consumer<string, string>
  readonly records: TextRecord[] = []
  readonly trace: string[] = []
  /** How many records it had seen at each assignment. */
  readonly assignedAt: number[] = []
  #failure: unknown
  readonly #done: Promise<void>

  constructor(subject: Subject, topics: Parameters<Consumer['subscribe']>[0], entries: ConsumerEntries) {
    this.consumer = consumerOf(subject, entries)
    const tell =
      (what: string): RebalanceListener['onAssigned'] =>
      partitions =>
        void this.trace.push(`${what} ${partitions.map(({ partition }) => partition).sort()}`)
    this.consumer.subscribe(topics, {
      onAssigned: partitions => {
        this.assignedAt.push(this.records.length)
        tell('+')!(partitions)
      },
      onRevoked: tell('-'),
      onLost: tell('lost'),
    })
    this.#done = this.consumer
      .run({ eachRecord: record => void this.records.push(record), concurrency: 4 })
      .catch(error => {
        this.#failure = error
      })
  }

  get partitions(): number {
    this.check()
    return this.consumer.assignment().length
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  async stop(): Promise<void> {
    await this.consumer.close()
    await this.#done
    this.check()
  }
}

/** Waits until members have so many partitions each, in any order. */
export async function untilShared(members: readonly Member[], counts: readonly number[]): Promise<void> {
  const wanted = [...counts].sort().join()
  const now = () =>
    members
      .map(member => member.partitions)
      .sort()
      .join()
  try {
    await eventually(`partitions shared out as ${wanted}`, () => now() === wanted)
  } catch (error) {
    throw new Error(`${(error as Error).message}; they were ${now()}`)
  }
}

/** Checks that each value was seen, by somebody, and each partition's in order. */
export async function untilAllSeen(members: readonly Member[], values: readonly string[]): Promise<void> {
  const seen = () => new Set(members.flatMap(member => member.records.map(({ value }) => value)))
  await eventually(`${values.length} values seen`, () => {
    for (const member of members) member.check()
    const all = seen()
    return values.every(value => all.has(value))
  }).catch(error => {
    const all = seen()
    const missing = values.filter(value => !all.has(value))
    throw new Error(`${(error as Error).message}; missing ${missing.length}: ${missing.slice(0, 5)}`)
  })
}

export function expectOrder({ records }: Member): void {
  const last = new Map<number, number>()
  for (const { partition, offset } of records) {
    if (offset <= (last.get(partition) ?? -1)) {
      throw new Error(`partition ${partition}: offset ${offset} came after ${last.get(partition)}`)
    }
    last.set(partition, offset)
  }
}

function consoleLogger() {
  const log = (message: string, fields?: unknown) => console.log('   ', message, JSON.stringify(fields))
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger }
  return logger
}
