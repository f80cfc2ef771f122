import type { AcknowledgeType, ShareConsumer, ShareRecord } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { clientEntries, readProperties } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { commonConsumerOptions, groupOf } from '../console/consumer-options.ts'
import { givenFormatter } from '../console/formatter-options.ts'
import { IdleTimer } from '../console/idle-timer.ts'
import { keyValuesOf } from '../console/key-values.ts'
import type { RecordFormatter } from '../console/record-formatter.ts'
import { RecordPrinter } from '../console/record-printer.ts'
import { underPresentNames } from '../console/renamed-option.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { checkHosts } from '../known-hosts.ts'

const options = {
  ...commonConsumerOptions,
  'consumer-config': text({ argument: 'file', about: 'What --command-config was called.', isHidden: true }),
  reject: flag({ about: 'Reject each record: nobody gets it again.' }),
  release: flag({ about: 'Release each record: somebody gets it again.' }),
  'reject-message-on-error': flag({ about: 'Reject records that cannot be printed, and go on.' }),
}

type Options = OptionsOf<typeof options>

const renamed = [
  { old: 'consumer-property', now: 'command-property', oldFirst: true },
  { old: 'consumer-config', now: 'command-config', oldFirst: true },
  { old: 'property', now: 'formatter-property', oldFirst: true },
] as const

/** `kafka-console-share-consumer`: records that a share group hands out, on the standard output. */
export const kafkaConsoleShareConsumer = kafkaTool({
  name: 'kafka-console-share-consumer',
  about: 'Print the records that a share group hands out.',
  style: 'plain',
  options,
  examples: [
    ['kafka-console-share-consumer --topic jobs', 'What comes, accepted once it is printed.'],
    ['kafka-console-share-consumer --topic jobs --group workers --release', 'The same, left to others.'],
  ],
  async run(options, io) {
    if (options.topic === undefined) throw new ToolUsageError('--topic is a required argument')
    if (options.reject && options.release)
      throw new ToolUsageError('At most one of --reject and --release may be specified.')
    const given = underPresentNames(options, renamed, io)
    const formatter = await givenFormatter(given, io)
    const { ShareConsumer, shareConsumerConfig } = await import('@samsa/client')
    const entries = shareEntries(given, shareConsumerConfig, io)
    await checkHosts(entries, io)
    const consumer = new ShareConsumer(entries, io.outside)
    using stop = new StopRequest(io, signalExitCodes)
    try {
      await printRecords(consumer, formatter, given, io, stop)
    } finally {
      if (given['enable-systest-events']) io.print('shutdown_complete\n')
    }
    return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
  },
})

function shareEntries(
  given: Options,
  table: Parameters<typeof givenEntries>[1],
  io: Io,
): Record<string, string> {
  const configFile = given['command-config']
  const properties = keyValuesOf(given['command-property'])
  const fromFile = configFile === undefined ? {} : readProperties(configFile, io)
  const places = "via '--consumer-property', or via '--consumer-config'"
  const group = groupOf(given, fromFile['group.id'], properties['group.id'], places)
  const entries = {
    'client.id': 'console-share-consumer',
    ...givenEntries({ configFile, properties }, table, io),
    'group.id': group ?? 'console-share-consumer',
    'share.acknowledgement.mode': 'explicit',
  }
  return clientEntries({ bootstrapServer: given['bootstrap-server'], properties: entries }, io)
}

async function printRecords(
  consumer: ShareConsumer,
  formatter: RecordFormatter,
  given: Options,
  io: Io,
  stop: StopRequest,
): Promise<void> {
  const closed = new AbortController()
  const type: AcknowledgeType = given.reject ? 'REJECT' : given.release ? 'RELEASE' : 'ACCEPT'
  const printer = new RecordPrinter<ShareRecord>({
    io,
    write: (record, output) => {
      formatter.write(record, output)
      consumer.acknowledge(record, type)
    },
    onUnreadable: (record, error) => {
      const where = `the record at offset ${record.offset} of ${record.topic}-${record.partition}`
      if (!given['reject-message-on-error'])
        throw new FailedError(`Could not print ${where}: ${error.message}`)
      consumer.acknowledge(record, 'REJECT')
      io.printError(`Rejected ${where}: ${error.message}\n`)
    },
    onClosed: () => {
      io.printError('Unable to write to standard out, closing consumer.\n')
      closed.abort()
    },
  })
  try {
    consumer.subscribe([given.topic!])
    await printPolled(consumer, printer, given, AbortSignal.any([stop.signal, closed.signal]), io)
  } finally {
    await printer.flush()
    await consumer.close()
    io.printError(`Processed a total of ${printer.count} messages\n`)
  }
}

async function printPolled(
  consumer: ShareConsumer,
  printer: RecordPrinter<ShareRecord>,
  given: Options,
  end: AbortSignal,
  io: Io,
): Promise<void> {
  const limit = given['max-messages']
  const left = () => (limit === undefined || limit < 0 ? Number.POSITIVE_INFINITY : limit - printer.count)
  using idle = new IdleTimer(given['timeout-ms'])
  const signal = AbortSignal.any([end, idle.signal])
  while (left() > 0 && !signal.aborted) {
    let records: ShareRecord[]
    try {
      records = await consumer.poll({ signal })
    } catch (error) {
      if (signal.aborted) return
      // As Kafka's tool, which ends without failure when it cannot go on reading.
      io.printError(`Error processing message, terminating consumer process: ${(error as Error).message}\n`)
      return
    }
    await printer.print(records, left())
    if (records.length > 0) idle.touch()
  }
}
