import type { Producer, Transaction } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { clientEntries } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { notTogether, presentValue } from '../perf/deprecated-option.ts'
import { metricsTable } from '../perf/metrics-table.ts'
import { type Payloads, countingPayloads, payloadsOfFile, randomPayloads } from '../perf/payloads.ts'
import {
  type ProducerPerfOptions,
  checkProducerPerfOptions,
  producerPerfOptions,
} from '../perf/producer-perf-options.ts'
import { SendStatistics } from '../perf/send-statistics.ts'
import { Throttle } from '../perf/throttle.ts'

type BytesProducer = Producer<Uint8Array, Uint8Array>

const TRANSACTION_MS = 3000

/** `kafka-producer-perf-test`: how fast records can be sent. */
export const kafkaProducerPerfTest = kafkaTool({
  name: 'kafka-producer-perf-test',
  about: 'Send records as fast as can be, or at a rate, and print how fast it was.',
  style: 'verbs',
  options: producerPerfOptions,
  helpsBare: true,
  examples: [
    [
      'kafka-producer-perf-test --topic t --num-records 1000000 --record-size 100 --throughput -1 --bootstrap-server localhost:9092',
      'A million records of 100 bytes.',
    ],
    [
      'kafka-producer-perf-test --topic t --num-records 50000 --record-size 1000 --throughput 5000 --command-property bootstrap.servers=localhost:9092 acks=1',
      'Ten seconds at 5,000 records a second.',
    ],
  ],
  async run(given, io) {
    checkProducerPerfOptions(given)
    const { Producer, producerConfig } = await import('@samsa/client')
    const payloads = payloadsOf(given, io)
    const configFile = presentValue<string>(given, ['producer.config', 'command-config'], notTogether, io)
    const stated = presentValue<string[]>(given, ['producer-props', 'command-property'], notTogether, io)
    const properties = {
      ...givenEntries({ configFile, properties: propertiesOf(stated) }, producerConfig, io),
    }
    const isTransactional = addTransactionalId(given, properties)
    const input = {
      bootstrapServer: given['bootstrap-server'],
      properties: { 'client.id': 'perf-producer-client', ...properties },
    }
    const producer: BytesProducer = new Producer(clientEntries(input, io), io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await measure(producer, payloads, isTransactional, given, io, stop.signal)
    } finally {
      await producer.close()
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

function payloadsOf(given: ProducerPerfOptions, io: Io): Payloads {
  const { 'record-size': size, 'payload-file': file, 'payload-delimiter': delimiter } = given
  if (file !== undefined) return payloadsOfFile(file, delimiter === '\\n' ? '\n' : delimiter, io)
  return size === undefined ? countingPayloads() : randomPayloads(size)
}

function propertiesOf(stated: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    stated.map(property => {
      const [key, value, ...more] = property.split('=')
      if (value === undefined || value === '' || more.length > 0)
        throw new FailedError(`Invalid property: ${property}`)
      return [key!, value]
    }),
  )
}

/** Whether records are sent in transactions; then there is a transactional.id. */
function addTransactionalId(given: ProducerPerfOptions, properties: Record<string, string>): boolean {
  const { 'transactional-id': id, 'transaction-duration-ms': duration } = given
  const stated = id ?? properties['transactional.id']
  if (stated === undefined && duration === undefined) return false
  properties['transactional.id'] = stated ?? `performance-producer-${crypto.randomUUID()}`
  return true
}

async function measure(
  producer: BytesProducer,
  payloads: Payloads,
  isTransactional: boolean,
  given: ProducerPerfOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const { topic, 'num-records': count, 'warmup-records': warmUp } = given
  if (warmUp > 0) {
    io.print(
      `Warmup first ${warmUp} records. Steady state results will print after the complete test summary.\n`,
    )
  }
  if (isTransactional) await producer.initTransactions()
  const all = statisticsOf(given, io, count, false)
  let steady: SendStatistics | undefined
  const throttle = new Throttle(given.throughput)
  const transactions = new Transactions(producer, given['transaction-duration-ms'] ?? TRANSACTION_MS)
  for (let index = 0; index < count && !signal.aborted; index++) {
    if (index === warmUp && warmUp > 0) {
      steady = statisticsOf(given, io, count - warmUp, true)
      all.quieten()
    }
    if (isTransactional) await transactions.before()
    sendOne(producer, topic, payloads(index), all, steady, io)
    if (!producer.hasRoom) await producer.ready()
    const wait = throttle.wait(index + 1, signal)
    if (wait !== undefined) await wait
  }
  await transactions.end()
  await producer.flush()
  all.printTotal()
  steady?.printTotal()
  if (given['print-metrics']) io.print(metricsTable(producer.metrics()))
}

function statisticsOf(
  given: ProducerPerfOptions,
  { print }: Io,
  recordCount: number,
  isSteadyState: boolean,
): SendStatistics {
  const reportingIntervalMs = given['reporting-interval']
  return new SendStatistics({ recordCount, reportingIntervalMs, isSteadyState, print, now: Date.now })
}

function sendOne(
  producer: BytesProducer,
  topic: string,
  value: Uint8Array,
  all: SendStatistics,
  steady: SendStatistics | undefined,
  io: Io,
): void {
  const sentMs = Date.now()
  producer.send({ topic, value }).then(
    () => {
      const nowMs = Date.now()
      all.record(nowMs - sentMs, value.length, nowMs)
      steady?.record(nowMs - sentMs, value.length, nowMs)
    },
    (error: Error) => io.printError(`${error.message}\n`),
  )
}

/** Transactions of a certain age, one after the other. */
class Transactions {
  readonly #producer: BytesProducer
  readonly #durationMs: number
  #open: Transaction<Uint8Array, Uint8Array> | undefined
  #sinceMs = 0

  constructor(producer: BytesProducer, durationMs: number) {
    this.#producer = producer
    this.#durationMs = durationMs
  }

  /** Before a record: commits what is old enough, and sees that a transaction is open. */
  async before(): Promise<void> {
    if (this.#open !== undefined && Date.now() - this.#sinceMs < this.#durationMs) return
    await this.end()
    this.#open = await this.#producer.begin()
    this.#sinceMs = Date.now()
  }

  async end(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.commit()
  }
}
