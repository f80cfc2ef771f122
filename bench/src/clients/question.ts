import { randomBytes } from 'node:crypto'
import type { ClientUnderTest, ProducerUnderTest } from './client-under-test.ts'

/** Where one process measures one client, and for how long. */
export interface Run {
  readonly bootstrap: string
  readonly topic: string
  readonly recordBytes: number
  /** What comes first and does not count. */
  readonly warmUpMs: number
  readonly measuredMs: number
  /** Records that lie in the topic, for who consumes. */
  readonly recordsThere: number
}

/** What came out, by unit. */
export type Answer = Readonly<Record<string, number>>

/** Something asked of every client. */
export interface Question {
  readonly name: string
  /** Whether the topic is filled beforehand. */
  readonly isAboutReading?: boolean
  /** Few records pass: what they run through is compiled late. */
  readonly warmsUpSlowly?: boolean
  /** The slowest of few records are asked for: it takes many to tell. */
  readonly isAboutTheSlowest?: boolean
  measure(client: ClientUnderTest, run: Run): Promise<Answer>
}

const SINGLES_UNDER_WAY = 1000
const BULKS_UNDER_WAY = 4
const BULK_RECORDS_MAX = 1000
/** Brokers take no larger batch unless told to. */
const BULK_BYTES_MAX = 500_000
const RATE_PER_SECOND = 1000
/** Of what lies in a topic this share is read before anything counts. */
const WARM_UP_SHARE = 0.25

export const questions: readonly Question[] = [
  {
    name: 'produce one at a time',
    warmsUpSlowly: true,
    measure: (client, run) => measureProducing(client, run, 'prompt', 1),
  },
  {
    name: `produce singles, ${SINGLES_UNDER_WAY} under way`,
    measure: (client, run) => measureProducing(client, run, 'busy', SINGLES_UNDER_WAY),
  },
  { name: 'produce in bulk', measure: measureBulks },
  { name: 'consume', isAboutReading: true, measure: measureConsuming },
  {
    name: `end to end at ${RATE_PER_SECOND}/s`,
    warmsUpSlowly: true,
    isAboutTheSlowest: true,
    measure: measureEndToEnd,
  },
]

async function measureProducing(
  client: ClientUnderTest,
  run: Run,
  manner: 'prompt' | 'busy',
  underWay: number,
): Promise<Answer> {
  const producer = await client.producer(run.bootstrap, manner)
  const values = valuesOf(run.recordBytes, 256)
  let next = 0
  const send = () => producer.send(run.topic, values[next++ % values.length]!)
  return measureLoops(producer, run, underWay, 1, send)
}

async function measureBulks(client: ClientUnderTest, run: Run): Promise<Answer> {
  const producer = await client.producer(run.bootstrap, 'busy')
  const values = valuesOf(run.recordBytes, Math.min(BULK_RECORDS_MAX, BULK_BYTES_MAX / run.recordBytes))
  const send = () => producer.sendMany(run.topic, values)
  return measureLoops(producer, run, BULKS_UNDER_WAY, values.length, send)
}

/** So many loops that each wait for what they sent. */
async function measureLoops(
  producer: ProducerUnderTest,
  run: Run,
  underWay: number,
  recordsEach: number,
  send: () => Promise<unknown>,
): Promise<Answer> {
  const meter = new Meter()
  let isOver = false
  const loop = async () => {
    while (!isOver) {
      await send()
      meter.recordCount += recordsEach
    }
  }
  const loops = Array.from({ length: underWay }, loop)
  await Promise.race([sleep(run.warmUpMs), ...loops])
  meter.start()
  await Promise.race([sleep(run.measuredMs), ...loops])
  const answer = meter.answer()
  isOver = true
  await Promise.all(loops)
  await producer.close()
  return answer
}

async function measureConsuming(client: ClientUnderTest, run: Run): Promise<Answer> {
  const meter = new Meter()
  const warmUpRecords = run.recordsThere * WARM_UP_SHARE
  let endMs = Number.POSITIVE_INFINITY
  let bytes = 0
  let count = 0
  const over = settler<Answer>()
  const onValue = (value: Uint8Array) => {
    bytes += value.length
    count++
    if (count === warmUpRecords) {
      meter.start()
      // The slow are not waited for until they have read all.
      endMs = performance.now() + 2 * run.measuredMs
    }
    if (count === run.recordsThere || (count % 1024 === 0 && performance.now() > endMs)) {
      endMs = Number.POSITIVE_INFINITY
      meter.recordCount = count - warmUpRecords
      over.resolve(meter.answer())
    }
  }
  const stop = await client.consume(run.bootstrap, run.topic, groupOf(run), onValue)
  const answer = await over.promise
  if (bytes !== count * run.recordBytes) throw new Error(`${count} records had ${bytes} bytes.`)
  await stop()
  return answer
}

/** From before a record is given to the producer until the consumer hands it out, in one process. */
async function measureEndToEnd(client: ClientUnderTest, run: Run): Promise<Answer> {
  const samples: number[] = []
  const [template] = valuesOf(run.recordBytes, 1) as [Buffer]
  const arrived = settler<void>()
  const stop = await client.consume(run.bootstrap, run.topic, groupOf(run), value => {
    samples.push(performance.now() - readTime(value))
    arrived.resolve()
  })
  const producer = await client.producer(run.bootstrap, 'prompt')
  const send = () => producer.send(run.topic, writeTime(template, performance.now()))
  await send()
  // Joining a group takes as long as it takes.
  await arrived.promise
  await atRate(run.warmUpMs, send)
  const skipped = samples.length
  const meter = new Meter()
  meter.start()
  await atRate(run.measuredMs, send)
  meter.recordCount = samples.length - skipped
  const { 'CPU µs/record': cpu } = meter.answer()
  const measured = samples.slice(skipped).sort((one, other) => one - other)
  await Promise.all([producer.close(), stop()])
  return { 'p50 ms': at(measured, 0.5), 'p99 ms': at(measured, 0.99), 'CPU µs/record': cpu! }
}

/** Resolves once all are stored. Keeps no promises: what a bench holds, the collector has to carry around. */
async function atRate(forMs: number, send: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  const all = settler<void>()
  const count = (forMs * RATE_PER_SECOND) / 1000
  let sent = 0
  let stored = 0
  const sendOne = async () => {
    sent++
    await send()
    if (++stored >= count) all.resolve()
  }
  while (sent < count) {
    const due = Math.min(count, ((performance.now() - startedMs) * RATE_PER_SECOND) / 1000)
    while (sent < due) void sendOne()
    await sleep(1)
  }
  await all.promise
}

/** Records and processor time since `start`. */
class Meter {
  recordCount = 0
  #startedMs = 0
  #cpu = process.cpuUsage()

  start(): void {
    this.recordCount = 0
    this.#startedMs = performance.now()
    this.#cpu = process.cpuUsage()
  }

  answer(): Answer {
    const ms = performance.now() - this.#startedMs
    const { user, system } = process.cpuUsage(this.#cpu)
    const count = this.recordCount
    return { 'records/s': (count * 1000) / ms, 'CPU µs/record': (user + system) / Math.max(1, count) }
  }
}

/** Buffers: some clients take no other bytes. */
export function valuesOf(recordBytes: number, count: number): Buffer[] {
  return Array.from({ length: Math.floor(count) }, () => randomBytes(recordBytes))
}

function groupOf({ topic }: Run): string {
  return `${topic}-${process.pid}`
}

function writeTime(template: Buffer, ms: number): Buffer {
  const value = Buffer.from(template)
  value.writeDoubleBE(ms)
  return value
}

function readTime(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getFloat64(0)
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** A promise to be resolved from elsewhere. */
function settler<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(settle => {
    resolve = settle
  })
  return { promise, resolve: value => resolve(value) }
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
