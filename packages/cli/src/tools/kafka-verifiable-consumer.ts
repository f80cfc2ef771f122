import type { Consumer, ConsumerRecord, TopicPartition } from '@samsa/client'
import { type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { clientEntries } from '../connect.ts'
import { givenEntries } from '../console/client-entries.ts'
import { StopRequest } from '../console/stop-signal.ts'
import { exclusive, presentValue } from '../perf/deprecated-option.ts'
import { printEvent } from '../verifiable/event.ts'
import { verifiableOptions, verifiableUsageText } from '../verifiable/verifiable-options.ts'

const options = {
  ...verifiableOptions,
  'group-id': text({ argument: 'id', about: 'The group to read as a member of.', isRequired: true }),
  'group-protocol': text({ argument: 'name', about: 'classic (default) or consumer.', default: 'classic' }),
  'group-remote-assignor': text({
    argument: 'name',
    about: "The broker's assignor, with --group-protocol consumer.",
  }),
  'group-instance-id': text({ argument: 'id', about: 'Makes the member static.' }),
  'session-timeout': integer({ argument: 'ms', about: 'session.timeout.ms' }),
  verbose: flag({ about: 'Print each record.' }),
  'enable-autocommit': flag({ about: 'Commit from time to time, instead of after each batch.' }),
  'reset-policy': text({
    argument: 'policy',
    about: 'Where to begin without committed offsets: earliest (default), latest or none.',
    default: 'earliest',
  }),
  'assignment-strategy': text({
    argument: 'class',
    about: 'The assignor, with --group-protocol classic.',
    default: 'org.apache.kafka.clients.consumer.RangeAssignor',
  }),
  'consumer.config': text({ argument: 'file', about: 'What --command-config was called.', isHidden: true }),
}

type Options = OptionsOf<typeof options>
type TextConsumer = Consumer<string, string>

/** `kafka-verifiable-consumer`: reads as a member of a group, and prints what happens to it. */
export const kafkaVerifiableConsumer = kafkaTool({
  name: 'kafka-verifiable-consumer',
  about:
    'Read a topic as a member of a group, and print as JSON what happens: assignments, records, commits.',
  style: 'verbs',
  options,
  helpsBare: true,
  usageText: verifiableUsageText('kafka-verifiable-consumer'),
  examples: [
    [
      'kafka-verifiable-consumer --bootstrap-server localhost:9092 --topic t --group-id g --verbose',
      'Until it is stopped, with each record.',
    ],
  ],
  async run(given, io) {
    const { Consumer, consumerConfig, serdes } = await import('@samsa/client')
    const configFile = presentValue<string>(given, ['consumer.config', 'command-config'], exclusive, io)
    const properties = {
      ...givenEntries({ configFile, properties: {} }, consumerConfig, io),
      ...groupEntries(given),
      'enable.auto.commit': String(given['enable-autocommit']),
      'auto.offset.reset': given['reset-policy'],
    }
    const entries = clientEntries({ bootstrapServer: given['bootstrap-server'], properties }, io)
    const texts = { key: serdes.string, value: serdes.string }
    const consumer: TextConsumer = new Consumer(entries, { ...io.outside, ...texts })
    using stop = new StopRequest(io, signalExitCodes)
    stop.signal.addEventListener('abort', () => printEvent(io, 'shutdown_requested'))
    try {
      await readAll(consumer, given, io, stop.signal)
    } finally {
      await consumer.close()
      printEvent(io, 'shutdown_complete')
    }
    if (stop.received !== undefined) return signalExitCodes[stop.received]
    // Kafka's tool says it when its virtual machine ends, whatever the reason.
    printEvent(io, 'shutdown_requested')
    return exitCodes.ok
  },
})

function groupEntries(given: Options): Record<string, string> {
  const instance = given['group-instance-id']
  const assignor = given['group-remote-assignor']
  const timeout = given['session-timeout']
  const isNew = given['group-protocol'].toLowerCase() === 'consumer'
  return {
    'group.id': given['group-id'],
    ...(instance !== undefined && { 'group.instance.id': instance }),
    ...(isNew && { 'group.protocol': 'consumer' }),
    ...(isNew && assignor !== undefined && { 'group.remote.assignor': assignor }),
    ...(!isNew && { 'partition.assignment.strategy': given['assignment-strategy'] }),
    ...(!isNew && timeout !== undefined && { 'session.timeout.ms': String(timeout) }),
  }
}

async function readAll(consumer: TextConsumer, given: Options, io: Io, signal: AbortSignal): Promise<void> {
  printEvent(io, 'startup_complete')
  const tell = (name: string) => (partitions: readonly TopicPartition[]) =>
    printEvent(io, name, { partitions: partitions.map(({ topic, partition }) => ({ topic, partition })) })
  consumer.subscribe([given.topic], {
    onAssigned: tell('partitions_assigned'),
    onRevoked: tell('partitions_revoked'),
  })
  const max = given['max-messages'] < 0 ? Number.POSITIVE_INFINITY : given['max-messages']
  let count = 0
  if (max === 0) return
  for await (const { topic, partition, records } of consumer.batches({ signal })) {
    const taken = records.slice(0, max - count)
    count += taken.length
    const offset = tellRecords(taken, records.length, given, io) + 1
    if (!given['enable-autocommit']) await commit(consumer, { topic, partition, offset }, io)
    if (count >= max) return
  }
}

/** Answers the offset of the last one. */
function tellRecords(
  taken: readonly ConsumerRecord<string, string>[],
  received: number,
  given: Options,
  io: Io,
): number {
  const { topic, partition, offset: minOffset } = taken[0]!
  const maxOffset = taken.at(-1)!.offset
  if (given.verbose) {
    for (const { key, value, offset } of taken) {
      printEvent(io, 'record_data', { key, value, topic, partition, offset })
    }
  }
  const partitions = [{ topic, partition, count: taken.length, minOffset, maxOffset }]
  printEvent(io, 'records_consumed', { count: received, partitions })
  return maxOffset
}

async function commit(
  consumer: TextConsumer,
  offset: TopicPartition & { readonly offset: number },
  io: Io,
): Promise<void> {
  let error: string | undefined
  try {
    await consumer.commit([offset])
  } catch (thrown) {
    error = (thrown as Error).message
  }
  printEvent(io, 'offsets_committed', {
    offsets: [offset],
    ...(error !== undefined && { error }),
    success: error === undefined,
  })
}
