import type { Producer } from '@samsa/client'
import { type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import type { OptionsOf } from '../command/options.ts'
import { clientEntries, readProperties } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { keyValuesOf } from '../console/key-values.ts'
import { type LineRecord, LineRecordReader } from '../console/line-record-reader.ts'
import { linesOf } from '../console/lines.ts'
import { producerEntries, producerOptions } from '../console/producer-options.ts'
import { underPresentNames } from '../console/renamed-option.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { checkHosts } from '../known-hosts.ts'
import { requireOptions } from './option-rules.ts'

type Options = OptionsOf<typeof producerOptions>
type TextProducer = Producer<string, string>

const renamed = [
  { old: 'producer.config', now: 'command-config', oldFirst: false, notice: 'Warning:' },
  { old: 'producer-property', now: 'command-property', oldFirst: false, notice: 'Warning:' },
  { old: 'property', now: 'reader-property', oldFirst: false, notice: 'Warning:' },
] as const

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'
const lineReaders: ReadonlySet<string> = new Set([
  LINE_READER,
  'kafka.tools.ConsoleProducer$LineMessageReader',
])

/** `kafka-console-producer`: each line of the standard input becomes a record. */
export const kafkaConsoleProducer = kafkaTool({
  name: 'kafka-console-producer',
  about: 'Send each line of the standard input to a topic.',
  style: 'plain',
  options: producerOptions,
  examples: [
    ['kafka-console-producer --topic orders', 'What is typed, line by line, until Ctrl-D.'],
    [
      'kafka-console-producer --topic orders --reader-property parse.key=true --reader-property key.separator=:',
      'Lines of key and value: a:1',
    ],
    ['kafka-console-producer --topic orders --compression-codec zstd < orders.txt', 'The lines of a file.'],
  ],
  async run(options, io) {
    requireOptions(options, ['topic'])
    const given = underPresentNames(options, renamed, io)
    const reader = readerOf(given, io)
    const { Producer, producerConfig } = await import('@samsa/client')
    const input = { configFile: given['command-config'], properties: keyValuesOf(given['command-property']) }
    const entries = producerEntries(given, givenEntries(input, producerConfig, io))
    const server = { bootstrapServer: given['bootstrap-server'], zookeeper: given.zookeeper }
    const connected = clientEntries({ ...server, properties: entries }, io)
    await checkHosts(connected, io)
    const producer: TextProducer = new Producer(connected, io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await sendLines(producer, reader, given, io, stop)
    } finally {
      await producer.close()
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

function readerOf(given: Options, io: Io): LineRecordReader {
  if (!lineReaders.has(given['line-reader'])) {
    throw new ToolUsageError(
      `--line-reader ${given['line-reader']}: Java classes cannot be loaded here; lines are read as ${LINE_READER} reads them.`,
    )
  }
  const file = given['reader-config']
  return new LineRecordReader({
    ...(file === undefined ? {} : readProperties(file, io)),
    ...keyValuesOf(given['reader-property']),
  })
}

async function sendLines(
  producer: TextProducer,
  reader: LineRecordReader,
  given: Options,
  io: Io,
  stop: StopRequest,
): Promise<void> {
  const prompt = io.isTerminal && io.isInputTerminal ? () => io.print('>') : () => {}
  let lineNumber = 0
  prompt()
  for await (const lines of stop.until(linesOf(io.input))) {
    for (const line of lines) {
      lineNumber++
      const record = { topic: given.topic!, ...reader.read(line, lineNumber) }
      if (given.sync) await producer.send(record)
      else {
        producer.send(record).catch(error => io.printError(`${failureOf(record, error)}\n`))
        if (!producer.hasRoom) await producer.ready()
      }
      prompt()
    }
  }
}

function failureOf({ topic, key, value }: LineRecord & { topic: string }, error: Error): string {
  return `Error when sending message to topic ${topic} with key: ${sizeOf(key)}, value: ${sizeOf(value)} with error: ${error.message}`
}

const sizeOf = (text: string | null) => (text === null ? 'null' : `${Buffer.byteLength(text)} bytes`)
