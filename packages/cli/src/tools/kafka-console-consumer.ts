import type { Consumer, ConsumerRecord } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import {
  type ConsumerOptions,
  type Source,
  checkConsumerOptions,
  consumerOptions,
  sourceOf,
} from '../console/consumer-options.ts'
import { givenFormatter } from '../console/formatter-options.ts'
import { IdleTimer } from '../console/idle-timer.ts'
import type { RecordFormatter } from '../console/record-formatter.ts'
import { RecordPrinter } from '../console/record-printer.ts'
import { underPresentNames } from '../console/renamed-option.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { checkHosts } from '../known-hosts.ts'

const renamed = [
  { old: 'consumer-property', now: 'command-property', oldFirst: true },
  { old: 'consumer.config', now: 'command-config', oldFirst: true },
  { old: 'property', now: 'formatter-property', oldFirst: true },
] as const

/** `kafka-console-consumer`: records of topics on the standard output. */
export const kafkaConsoleConsumer = kafkaTool({
  name: 'kafka-console-consumer',
  about: 'Print the records of topics.',
  style: 'plain',
  options: consumerOptions,
  examples: [
    ['kafka-console-consumer --topic orders --from-beginning', 'What is there and what comes, until Ctrl-C.'],
    [
      'kafka-console-consumer --topic orders --formatter-property print.key=true --max-messages 10',
      'The next ten records with their keys.',
    ],
    ['kafka-console-consumer --topic orders --partition 2 --offset 100', 'A partition from an offset on.'],
    [
      'kafka-console-consumer --topic __consumer_offsets --from-beginning --formatter OffsetsMessageFormatter',
      'What groups have committed.',
    ],
  ],
  async run(options, io) {
    checkConsumerOptions(options)
    const given = underPresentNames(options, renamed, io)
    const source = sourceOf(given)
    const formatter = await givenFormatter(given, io)
    const [{ Consumer }, { consumerEntries }] = await Promise.all([
      import('@samsa/client'),
      import('../console/consumer-entries.ts'),
    ])
    const entries = consumerEntries(given, io)
    await checkHosts(entries, io)
    const consumer = new Consumer(entries, io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await printRecords(consumer, source, formatter, given, io, stop)
    } finally {
      if (given['enable-systest-events']) io.print('shutdown_complete\n')
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

/** Prints until it is told to stop, the limit is reached or nothing comes any more. */
async function printRecords(
  consumer: Consumer,
  source: Source,
  formatter: RecordFormatter,
  given: ConsumerOptions,
  io: Io,
  stop: StopRequest,
): Promise<void> {
  const closed = new AbortController()
  const printer = new RecordPrinter<ConsumerRecord>({
    io,
    write: (record, output) => formatter.write(record, output),
    onUnreadable: unreadableAnswer(given, io),
    onClosed: () => {
      io.printError('Unable to write to standard out, closing consumer.\n')
      closed.abort()
    },
  })
  try {
    readFrom(consumer, source)
    await printBatches(consumer, printer, given, AbortSignal.any([stop.signal, closed.signal]), io)
  } finally {
    await printer.flush()
    await consumer.close()
    io.printError(`Processed a total of ${printer.count} messages\n`)
  }
}

/** What is done with a record that cannot be printed: told and skipped where that is wanted, otherwise the end. */
function unreadableAnswer(given: ConsumerOptions, io: Io): (record: ConsumerRecord, error: Error) => void {
  return ({ topic, partition, offset }, error) => {
    const where = `the record at offset ${offset} of ${topic}-${partition}`
    if (!given['skip-message-on-error']) throw new FailedError(`Could not print ${where}: ${error.message}`)
    io.printError(`Skipped ${where}: ${error.message}\n`)
  }
}

function readFrom(consumer: Consumer, source: Source): void {
  if ('include' in source) consumer.subscribe(source.include)
  else if (source.partition === undefined) consumer.subscribe([source.topic])
  else consumer.assign([{ topic: source.topic, partition: source.partition, ...source.start }])
}

async function printBatches(
  consumer: Consumer,
  printer: RecordPrinter,
  given: ConsumerOptions,
  end: AbortSignal,
  io: Io,
): Promise<void> {
  const limit = given['max-messages']
  const left = () => (limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit - printer.count)
  if (left() <= 0) return
  using idle = new IdleTimer(given['timeout-ms'])
  const batches = consumer.batches({ signal: AbortSignal.any([end, idle.signal]) })
  for await (const { topic, partition, records } of failingSoftly(batches, io)) {
    const taken = await printer.print(records, left())
    idle.touch()
    if (left() > 0) continue
    // What was not printed is not committed.
    consumer.seek({ topic, partition, offset: records[taken - 1]!.offset + 1 })
    return
  }
}

/** Kafka's tool ends without failure when it cannot go on reading; the reason is told. */
async function* failingSoftly<T>(source: AsyncIterable<T>, io: Io): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  const next = () =>
    iterator.next().catch((error: Error) => {
      io.printError(`Error processing message, terminating consumer process: ${error.message}\n`)
      return { done: true as const, value: undefined }
    })
  try {
    for (let one = await next(); one.done !== true; one = await next()) yield one.value
  } finally {
    await iterator.return?.()
  }
}
