import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { silentLogger } from '@samsa/base'
import { Admin, Producer, serdes } from '@samsa/client'
import { SamsaProcess, bootstrapOf, freePort } from '../../process/samsa-process.ts'
import { Tally } from '../../process/tally.ts'
import { Figures } from '../scale/process-figures.ts'
import { KEYS, modes } from './modes.ts'
import { WatchedConsumer } from './watched-consumer.ts'

// tests/soak/run stalled-handler [--minutes 10]: handlers do nothing while a megabyte a second comes in. Memory stays
// where it was after the first tenth of the time, and once handlers go on everything is read, in order.

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '1000' } },
})
const stalledMs = Number(options.minutes) * 60_000
const recordsPerSecond = Number(options.rate)
const partitions = 12
const topic = 'input'
const padding = 'x'.repeat(1000)
const MEGABYTE = 1 << 20
/** What may be queued of a partition (`max.partition.fetch.bytes`), and as much again that was under way. */
const queuedMax = partitions * 2 * MEGABYTE

const tally = new Tally()
const broker = new SamsaProcess(await freePort(), { KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0' })
const figures = new Figures()
const written = new Array<number>(partitions).fill(0)
const name = `handlers stalled for ${options.minutes} minutes: memory stays bounded, and nothing is lost after`
await tally.case(name, async () => {
  let consumers: WatchedConsumer[] = []
  try {
    await broker.start()
    await createTopic()
    const end = new AbortController()
    const writing = write(end.signal)
    consumers = modes.map(mode => new WatchedConsumer(mode, bootstrapOf(broker), topic))
    await stalled(consumers)
    end.abort()
    await writing
    await resumed(consumers)
    figures.check()
  } finally {
    await Promise.all(consumers.map(consumer => consumer.stop()))
    await broker.stop()
  }
})
tally.close()

async function createTopic(): Promise<void> {
  await using admin = new Admin({ 'bootstrap.servers': bootstrapOf(broker) }, { logger: silentLogger })
  await admin.createTopics([{ name: topic, partitions, replicationFactor: 1 }])
}

/** Numbers each partition's records 0, 1, 2 …, at an even pace. */
async function write(signal: AbortSignal): Promise<void> {
  await using producer = new Producer(
    { 'bootstrap.servers': bootstrapOf(broker) },
    { key: serdes.string, value: serdes.string, logger: silentLogger },
  )
  const begun = performance.now()
  for (let sent = 0; !signal.aborted; ) {
    const due = Math.floor(((performance.now() - begun) * recordsPerSecond) / 1000)
    const records = []
    for (; sent < due; sent++) {
      const partition = sent % partitions
      const number = written[partition]!++
      records.push({ topic, partition, key: String(number % KEYS), value: `${number} ${padding}` })
    }
    if (records.length > 0) await producer.sendAll(records)
    await sleep(100)
  }
}

/** The stall: what memory reaches in the first tenth of it is where it stays. */
async function stalled(consumers: readonly WatchedConsumer[]): Promise<void> {
  await until('all consumers hold records', () => consumers.every(({ isStalled }) => isStalled), 60_000)
  await sleep(stalledMs / 10)
  const early = consumers.map(({ most }) => most)
  for (const consumer of consumers) consumer.forget()
  await sleep((stalledMs * 9) / 10)
  consumers.forEach((consumer, at) => {
    consumer.check()
    const { mode, most } = consumer
    figures.atMost(`${mode}: heap`, most.heap / MEGABYTE, 64, 'MB')
    figures.atMost(`${mode}: bytes beside the heap`, most.external / MEGABYTE, queuedMax / MEGABYTE + 8, 'MB')
    figures.atMost(`${mode}: resident`, most.resident / MEGABYTE, early[at]!.resident / MEGABYTE + 32, 'MB')
  })
}

async function resumed(consumers: readonly WatchedConsumer[]): Promise<void> {
  const total = written.reduce((sum, count) => sum + count, 0)
  figures.tell('written', `${total} records of 1 KB`)
  const begun = performance.now()
  for (const consumer of consumers) consumer.goOn()
  await until(
    'everything is read',
    () => {
      for (const consumer of consumers) consumer.check()
      return consumers.every(({ count }) => count === total)
    },
    120_000 + stalledMs,
    () => consumers.map(({ mode, count }) => `${mode} ${count}`).join(', '),
  )
  figures.tell('read by all', `within ${((performance.now() - begun) / 1000).toFixed(1)} s of going on`)
}

async function until(
  what: string,
  holds: () => boolean,
  timeoutMs: number,
  state: () => string = () => '',
): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s; ${state()}`)
    await sleep(200)
  }
}
