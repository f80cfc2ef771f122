import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateTopics, DeleteTopics, ListOffsets, Produce, encodeBatch } from '@samsa/protocol'
import type { Tally } from '../../process/tally.ts'
import { type Place, WireConnection } from '../../wire/wire-connection.ts'
import { Figures, cpuSeconds, idleLoad, untilIdle } from './process-figures.ts'
import { WatchedBroker } from './watched-broker.ts'

/** Topics and the partitions of each. */
interface Shape {
  readonly topics: readonly string[]
  readonly partitions: number
}

/** What is done every so often by default is done every second here: it must cost nothing when nothing changed. */
const oftenMs = '1000'
const environment = {
  KAFKA_LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS: oftenMs,
  KAFKA_LOG_RETENTION_CHECK_INTERVAL_MS: oftenMs,
  KAFKA_LOG_CLEANER_BACKOFF_MS: oftenMs,
}
/** Partitions in one request of a client that writes to all of them. */
const PARTITIONS_A_REQUEST = 100

/** Many partitions in one node, as one topic and as many: made, written to, restarted, killed, removed. */
export async function manyPartitions(tally: Tally, count: number, patience: number): Promise<void> {
  const many = Array.from({ length: count }, (_, index) => `topic-${index}`)
  const lives = [
    { name: `one topic of ${count} partitions`, topics: ['wide'], partitions: count },
    { name: `${count} topics of one partition`, topics: many, partitions: 1 },
  ].map(shape => ({ ...shape, life: new Life(shape, patience) }))
  try {
    for (const { name, life } of lives) await tally.case(name, () => life.live())
    // Last: file systems are slow to make files anew where they have just removed as many (ext4 passes over the inodes).
    for (const { name, life } of lives) await tally.case(`${name}, deleted`, () => life.end())
  } finally {
    for (const { life } of lives) await life.close()
  }
}

class Life {
  readonly #shape: Shape
  readonly #patience: number
  readonly #broker = WatchedBroker.prepare(environment)

  constructor(shape: Shape, patience: number) {
    this.#shape = shape
    this.#patience = patience
  }

  /** From creation to the second crash. */
  async live(): Promise<void> {
    const [figures, broker, shape] = [new Figures(), await this.#broker, this.#shape]
    await broker.start()
    await this.#watch('created', figures, 10, async () => {
      await create(broker.samsa, shape)
      await untilAllAnswer(broker.samsa, shape, 0)
    })
    await rest('after creation', broker, figures)
    await this.#watch('written to, every partition', figures, 30, () => writeToAll(broker.samsa, shape))
    await this.#watch('checkpoints and retention after writing', figures, 30, () => sleep(10_000))
    await rest('after writing', broker, figures)
    await this.#shutDown(figures)
    await restart('clean stop', 2 * this.#patience, broker, shape, figures)
    await rest('after a clean restart', broker, figures)
    await broker.samsa.kill()
    await restart('kill -9', 10 * this.#patience, broker, shape, figures)
    await writeToAll(broker.samsa, shape)
    await broker.samsa.kill()
    await restart('writing and kill -9', 10 * this.#patience, broker, shape, figures)
    await broker.samsa.shutDown()
    figures.check()
  }

  /** Starts again what was made, and deletes it. */
  async end(): Promise<void> {
    const [figures, broker] = [new Figures(), await this.#broker]
    await broker.start()
    await untilAllAnswer(broker.samsa, this.#shape, 2)
    await this.#watch('deleted', figures, 30, () => remove(broker, this.#shape))
    await rest('after deletion', broker, figures)
    figures.check()
  }

  async close(): Promise<void> {
    await (await this.#broker).stop()
  }

  async #shutDown(figures: Figures): Promise<void> {
    const begun = performance.now()
    await (await this.#broker).samsa.shutDown()
    figures.atMost('clean stop', (performance.now() - begun) / 1000, 10 * this.#patience, 's')
  }

  async #watch(what: string, figures: Figures, seconds: number, work: () => Promise<void>): Promise<void> {
    const patience = this.#patience
    // Work comes in slices of 5 ms, but for a request that names every topic or partition: 15 µs for each.
    const loopMs = (25 + this.#shape.topics.length * this.#shape.partitions * 0.015) * patience
    const limits = { seconds: seconds * patience, answerMs: 4 * loopMs, loopMs }
    await (await this.#broker).watch(what, figures, limits, work)
  }
}

/** Starts the broker: how long until it answers at all, and until every partition answers. */
async function restart(
  after: string,
  seconds: number,
  broker: WatchedBroker,
  shape: Shape,
  figures: Figures,
): Promise<void> {
  const begun = performance.now()
  const firstAnswerMs = await broker.start()
  await untilAllAnswer(broker.samsa, shape, 1)
  figures.atMost(`restart after ${after}, first answer`, firstAnswerMs / 1000, seconds, 's')
  figures.atMost(
    `restart after ${after}, every partition answers`,
    (performance.now() - begun) / 1000,
    seconds,
    's',
  )
  figures.tell(`restart after ${after}, processor time`, `${cpuSeconds(broker.pid).toFixed(2)} s`)
}

/** What was written may still have to be synced: five files and names a partition, of which each may take a disk 3 ms. */
const REST_WITHIN_MS = 150_000

async function rest(when: string, broker: WatchedBroker, figures: Figures): Promise<void> {
  await untilIdle(broker.pid, REST_WITHIN_MS)
  figures.atMost(`idle ${when}, processor`, await idleLoad(broker.pid, 4000), 1, '%')
  figures.residence(`idle ${when}`, broker.pid, { megabytes: 250, handles: 1200 })
}

async function create(place: Place, { topics, partitions }: Shape): Promise<void> {
  const connection = await WireConnection.open(place)
  const wanted = topics.map(name => ({
    name,
    numPartitions: partitions,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  const answer = await connection.request(CreateTopics, 5, { topics: wanted, timeoutMs: 60_000 })
  connection.close()
  const refused = answer.topics.find(({ errorCode }) => errorCode !== 'NONE')
  if (refused !== undefined) throw new Error(`creating ${refused.name}: ${refused.errorCode}`)
}

/** Resolves once every partition says where it ends, and that is at least `end`. */
async function untilAllAnswer(place: Place, { topics, partitions }: Shape, end: number): Promise<void> {
  const connection = await WireConnection.open(place)
  const wanted = topics.map(name => ({
    name,
    partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    })),
  }))
  for (;;) {
    const request = { replicaId: -1, isolationLevel: 0, topics: wanted }
    const answer = await connection.request(ListOffsets, 2, request)
    const found = answer.topics.flatMap(topic => topic.partitions)
    if (found.length !== topics.length * partitions) throw new Error(`${found.length} partitions answered`)
    if (found.every(({ errorCode }) => errorCode === 'NONE')) {
      const short = found.find(({ offset }) => offset < end)
      if (short !== undefined) throw new Error(`partition ${short.partitionIndex} ends at ${short.offset}`)
      break
    }
    await sleep(50)
  }
  connection.close()
}

/** One small batch to every partition, each acknowledged once it is durable. */
async function writeToAll(place: Place, { topics, partitions }: Shape): Promise<void> {
  const connection = await WireConnection.open(place)
  const value = new TextEncoder().encode('a record like others')
  const records = encodeBatch({ records: [{ timestamp: Date.now(), key: null, value }] })
  const all = topics.flatMap(name => Array.from({ length: partitions }, (_, index) => ({ name, index })))
  for (let at = 0; at < all.length; at += PARTITIONS_A_REQUEST) {
    const topicData = new Map<string, { index: number; records: Uint8Array }[]>()
    for (const { name, index } of all.slice(at, at + PARTITIONS_A_REQUEST)) {
      const data = topicData.get(name) ?? []
      topicData.set(name, data)
      data.push({ index, records })
    }
    const answer = await connection.request(Produce, 7, {
      acks: -1,
      timeoutMs: 60_000,
      topicData: Array.from(topicData, ([name, partitionData]) => ({ name, partitionData })),
    })
    const refused = answer.responses
      .flatMap(topic => topic.partitionResponses)
      .find(({ errorCode }) => errorCode !== 'NONE')
    if (refused !== undefined) throw new Error(`writing to partition ${refused.index}: ${refused.errorCode}`)
  }
  connection.close()
}

/** Deletes all topics, and waits until their directories are gone. */
async function remove({ samsa }: WatchedBroker, { topics }: Shape): Promise<void> {
  const connection = await WireConnection.open(samsa)
  const answer = await connection.request(DeleteTopics, 4, { topicNames: topics, timeoutMs: 60_000 })
  connection.close()
  const refused = answer.responses.find(({ errorCode }) => errorCode !== 'NONE')
  if (refused !== undefined) throw new Error(`deleting ${refused.name}: ${refused.errorCode}`)
  const isOurs = (name: string) => name.startsWith('wide-') || name.startsWith('topic-')
  while (readdirSync(join(samsa.directory, 'data')).some(isOurs)) await sleep(100)
}
