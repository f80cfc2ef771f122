import type { Consumer, ConsumerRecord, Producer, RecordHeader } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, integer, text } from '../command/options.ts'
import { clientEntries, openAdmin } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { fixed } from '../perf/java-format.ts'
import { randomLetters } from '../perf/payloads.ts'
import { positionalOptions } from '../perf/positional-words.ts'
import { bootstrapServerOption } from './connection-options.ts'
import { isGiven, requireOptions } from './option-rules.ts'

const options = {
  ...bootstrapServerOption,
  topic: text({ argument: 'name', about: 'The topic to send to; it is made if there is none.' }),
  'num-records': integer({ argument: 'count', about: 'How many records to send.' }),
  'producer-acks': text({ argument: 'acks', about: 'Who has to have a record: 1 or all.' }),
  'record-size': integer({ argument: 'bytes', about: 'How large values are.' }),
  'record-key-size': integer({
    argument: 'bytes',
    about: 'How large keys are (default: no keys).',
    default: 0,
  }),
  'num-headers': integer({
    argument: 'count',
    about: 'How many headers a record has (default: 0).',
    default: 0,
  }),
  'record-header-key-size': integer({
    argument: 'bytes',
    about: 'How large keys of headers are.',
    default: 0,
  }),
  'record-header-size': integer({
    argument: 'bytes',
    about: 'How large values of headers are; -1 for none.',
    default: 0,
  }),
  'command-config': text({
    argument: 'file',
    about: 'A properties file with the configuration of producer, consumer and admin.',
  }),
}

type Options = OptionsOf<typeof options>

const TIMEOUT_MS = 60_000

/** `kafka-e2e-latency`: how long it takes from sending a record to having it read. */
export const kafkaE2eLatency = kafkaTool({
  name: 'kafka-e2e-latency',
  about: 'Send records one at a time, and measure how long it takes until each is read.',
  style: 'plain',
  options,
  runsBare: true,
  examples: [
    [
      'kafka-e2e-latency --bootstrap-server localhost:9092 --topic t --num-records 10000 --producer-acks all --record-size 100',
      'Ten thousand records of 100 bytes.',
    ],
    ['kafka-e2e-latency localhost:9092 t 10000 all 100', 'The same, as before Kafka 4.2.'],
  ],
  async run(stated, io, _verb, words) {
    const given = withPositional(stated, words, io)
    checkOptions(given)
    const { Consumer, Producer, consumerConfig, producerConfig } = await import('@samsa/client')
    const server = { bootstrapServer: given['bootstrap-server'] }
    const file = { configFile: given['command-config'], properties: {} }
    await makeTopic(given, io)
    const consumer = new Consumer(
      clientEntries(
        {
          ...server,
          properties: {
            ...givenEntries(file, consumerConfig, io),
            'group.id': `test-group-${Date.now()}`,
            'enable.auto.commit': 'false',
            'auto.offset.reset': 'latest',
          },
        },
        io,
      ),
      io.outside,
    )
    const producer: Producer<Uint8Array, Uint8Array> = new Producer(
      clientEntries(
        {
          ...server,
          properties: {
            ...givenEntries(file, producerConfig, silenced(io)),
            'linger.ms': '0',
            acks: given['producer-acks']!,
          },
        },
        io,
      ),
      io.outside,
    )
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await measure(producer, consumer, given, io, stop.signal)
    } finally {
      await Promise.all([producer.close(), consumer.close()])
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

/** Keys of a file that the consumer has not are told of once. */
function silenced(io: Io): Io {
  return { ...io, printError: () => {} }
}

function withPositional(stated: Options, words: readonly string[], io: Io): Options {
  const named = ['bootstrap-server', 'topic', 'num-records', 'producer-acks', 'record-size'] as const
  if (named.some(name => isGiven(stated, name))) return stated
  const texts = positionalOptions(words, io)
  return {
    ...stated,
    ...texts,
    'num-records': wholeNumber('num-records', texts['num-records']!),
    'record-size': wholeNumber('record-size', texts['record-size']!),
  }
}

function wholeNumber(name: string, given: string): number {
  if (/^[+-]?\d+$/.test(given)) return Number(given)
  throw new ToolUsageError(`Cannot parse argument '${given}' of option ${name}`)
}

function checkOptions(given: Options): void {
  requireOptions(given, ['topic', 'num-records', 'producer-acks', 'record-size'])
  if (given['producer-acks'] !== '1' && given['producer-acks'] !== 'all') {
    throw new ToolUsageError(
      "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
    )
  }
  if (given['num-records']! <= 0) {
    throw new ToolUsageError('Value for --num-records must be a positive integer.')
  }
  for (const name of ['record-size', 'record-key-size', 'record-header-key-size', 'num-headers'] as const) {
    if (given[name]! < 0) throw new ToolUsageError(`Value for --${name} must be a non-negative integer.`)
  }
  if (given['record-header-size'] < -1) {
    throw new ToolUsageError(
      'Value for --record-header-size must be a non-negative integer or -1 for null header value.',
    )
  }
}

async function makeTopic(given: Options, io: Io): Promise<void> {
  const name = given.topic!
  const input = { bootstrapServer: given['bootstrap-server'], configFile: given['command-config'] }
  await using admin = await openAdmin(input, silenced(io))
  const topics = await admin.listTopics({ includeInternal: true })
  if (topics.some(topic => topic.name === name)) return
  io.print(
    `Topic "${name}" does not exist. Will create topic with 1 partition(s) and replication factor = 1\n`,
  )
  try {
    await admin.createTopic({ name, partitions: 1, replicationFactor: 1 })
  } catch (error) {
    io.print(`Creation of topic ${name} failed\n`)
    throw error
  }
}

async function measure(
  producer: Producer<Uint8Array, Uint8Array>,
  consumer: Consumer,
  given: Options,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const topic = given.topic!
  await toTheEnd(consumer, given, io)
  const records = consumer.records({ signal })
  const latencies: number[] = []
  for (let index = 0; index < given['num-records']! && !signal.aborted; index++) {
    const sent = {
      topic,
      value: randomLetters(given['record-size']!),
      ...(given['record-key-size'] > 0 && { key: randomLetters(given['record-key-size']) }),
      headers: headersFor(given),
    }
    const startedMs = performance.now()
    await producer.send(sent)
    const read = await nextOf(records)
    const ms = performance.now() - startedMs
    if (read === undefined) return
    checkSame('value', sent.value, read.value)
    checkSame('key', sent.key ?? null, read.key)
    if (read.headers.length !== sent.headers.length) {
      throw new FailedError('Header count mismatch between sent and received messages')
    }
    if (index % 1000 === 0) io.print(`${index}\t${ms}\n`)
    latencies.push(ms)
  }
  printResults(latencies, io)
}

async function toTheEnd(consumer: Consumer, given: Options, io: Io): Promise<void> {
  const input = { bootstrapServer: given['bootstrap-server'], configFile: given['command-config'] }
  await using admin = await openAdmin(input, silenced(io))
  const topic = given.topic!
  const { partitions } = (await admin.describeTopics([topic])).get(topic)
  const all = partitions.map((_, partition) => ({ topic, partition }))
  const ends = await consumer.endOffsets(all)
  consumer.assign(ends.map(({ partition, offset }) => ({ topic, partition, offset })))
}

async function nextOf(records: AsyncIterator<ConsumerRecord>): Promise<ConsumerRecord | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `poll() timed out before finding a result (timeout:[${TIMEOUT_MS}ms])`
    timer = setTimeout(() => reject(new FailedError(message)), TIMEOUT_MS)
  })
  try {
    const next = await Promise.race([records.next(), late])
    return next.done === true ? undefined : next.value
  } finally {
    clearTimeout(timer)
  }
}

function headersFor(given: Options): RecordHeader[] {
  const { 'num-headers': count, 'record-header-key-size': keySize, 'record-header-size': size } = given
  return Array.from({ length: count }, () => ({
    key: new TextDecoder().decode(randomLetters(keySize)),
    value: size < 0 ? null : randomLetters(size),
  }))
}

function checkSame(what: string, sent: Uint8Array | null, read: Uint8Array | null): void {
  const text = (bytes: Uint8Array | null) => (bytes === null ? 'null' : new TextDecoder().decode(bytes))
  if (text(sent) === text(read)) return
  throw new FailedError(
    `The message ${what} read [${text(read)}] did not match the message ${what} sent [${text(sent)}]`,
  )
}

function printResults(latencies: readonly number[], io: Io): void {
  const sorted = latencies.map(Math.floor).sort((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  const average = latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length
  io.print(`Avg latency: ${fixed(average, 4)} ms\n`)
  io.print(`Percentiles: 50th = ${at(0.5)}, 99th = ${at(0.99)}, 99.9th = ${at(0.999)}\n`)
}
