import type { Admin, KafkaError } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { messageOf } from '../command/java-name.ts'
import { type KafkaTool, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { type OpenTransaction, findHanging } from '../transactions/hanging-transactions.ts'
import { paddedTable } from '../transactions/padded-table.ts'
import { connectionOf, serverOptions } from './connection-options.ts'

const topic = text({ argument: 'name', about: 'The topic.' })
const partition = integer({ argument: 'number', about: 'The partition.' })
const needed = {
  topic: text({ argument: 'name', about: 'The topic.', isRequired: true }),
  partition: integer({ argument: 'number', about: 'The partition.', isRequired: true }),
}
const brokerId = integer({ argument: 'id', about: 'A broker that holds the partitions, to ask it.' })

const verbs = {
  list: {
    about: 'List transactional ids and their states.',
    options: {
      'duration-filter': integer({
        argument: 'ms',
        about: 'Only those that have been open for longer; all when negative.',
      }),
      'transactional-id-pattern': text({
        argument: 'regex',
        about: 'Only those whose id matches this regular expression.',
      }),
    },
  },
  describe: {
    about: 'Show the transaction of a transactional id.',
    options: { 'transactional-id': text({ argument: 'id', about: 'The id.', isRequired: true }) },
  },
  'describe-producers': {
    about: 'Show the producers that lately wrote to a partition.',
    options: { 'broker-id': brokerId, ...needed },
  },
  abort: {
    about: 'Abort a transaction in a partition that no coordinator will end.',
    options: {
      ...needed,
      'start-offset': integer({
        argument: 'offset',
        about: 'Where the transaction begins; all that brokers since 3.0 need.',
      }),
      'producer-id': integer({ argument: 'id', about: 'The producer, for older brokers.' }),
      'producer-epoch': integer({ argument: 'epoch', about: 'Its epoch, for older brokers.' }),
      'coordinator-epoch': integer({
        argument: 'epoch',
        about: "Its coordinator's epoch, for older brokers.",
      }),
    },
  },
  'find-hanging': {
    about: 'Find transactions that no coordinator will end.',
    options: {
      'broker-id': brokerId,
      'max-transaction-timeout': integer({
        argument: 'minutes',
        about: 'How old one has to be, in minutes.',
        default: 15,
      }),
      topic,
      partition,
    },
  },
  forceTerminateTransaction: {
    about: 'End the open transaction of a transactional id, whatever its producer does.',
    options: { transactionalId: text({ argument: 'id', about: 'The id.', isRequired: true }) },
  },
} satisfies KafkaTool['verbs']

type Verb = keyof typeof verbs
type OptionsOfVerb<Name extends Verb> = OptionsOf<(typeof verbs)[Name]['options']>

/** `kafka-transactions`: transactions are listed, described, found hanging, and aborted (KIP-664). */
export const kafkaTransactions = kafkaTool({
  name: 'kafka-transactions',
  about: 'Look at transactions of producers, find those that hang, and abort them.',
  style: 'verbs',
  verbs,
  options: serverOptions,
  examples: [
    ['kafka-transactions list', 'All transactional ids.'],
    ['kafka-transactions find-hanging --topic orders', 'Transactions that will not end by themselves.'],
    ['kafka-transactions abort --topic orders --partition 0 --start-offset 42', 'Ends one of them.'],
  ],
  async run(given, io, verb) {
    await using admin = await openAdmin(connectionOf(given), io)
    await actions[verb as Verb](admin, given as never, io)
    return exitCodes.ok
  },
})

const actions: { [Name in Verb]: (admin: Admin, given: OptionsOfVerb<Name>, io: Io) => Promise<void> } = {
  list,
  describe,
  'describe-producers': describeProducers,
  abort,
  'find-hanging': hanging,
  forceTerminateTransaction,
}

async function list(admin: Admin, given: OptionsOfVerb<'list'>, io: Io): Promise<void> {
  const listings = await or('Failed to list transactions', () =>
    admin.listTransactions({
      openForMs: given['duration-filter'],
      transactionalIdPattern: given['transactional-id-pattern'],
    }),
  )
  const rows = listings.map(({ transactionalId, coordinatorId, producerId, state }) => {
    return [transactionalId, `${coordinatorId}`, `${producerId}`, state]
  })
  io.print(paddedTable(['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'], rows))
}

const descriptionHeadings = [
  'CoordinatorId',
  'TransactionalId',
  'ProducerId',
  'ProducerEpoch',
  'TransactionState',
  'TransactionTimeoutMs',
  'CurrentTransactionStartTimeMs',
  'TransactionDurationMs',
  'TopicPartitions',
]

async function describe(admin: Admin, given: OptionsOfVerb<'describe'>, io: Io): Promise<void> {
  const id = given['transactional-id']
  const what = `Failed to describe transaction state of transactional-id \`${id}\``
  const found = await or(what, async () => (await admin.describeTransactions([id])).get(id))
  const { startTimestamp: start } = found
  const row = [
    `${found.coordinatorId}`,
    id,
    `${found.producerId}`,
    `${found.producerEpoch}`,
    found.state,
    `${found.timeoutMs}`,
    start === undefined ? 'None' : `${start}`,
    start === undefined ? 'None' : `${Date.now() - start}`,
    found.partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(','),
  ]
  io.print(paddedTable(descriptionHeadings, [row]))
}

const producerHeadings = [
  'ProducerId',
  'ProducerEpoch',
  'LatestCoordinatorEpoch',
  'LastSequence',
  'LastTimestamp',
  'CurrentTransactionStartOffset',
]

async function describeProducers(
  admin: Admin,
  given: OptionsOfVerb<'describe-producers'>,
  io: Io,
): Promise<void> {
  const at = { topic: given.topic, partition: given.partition }
  const broker = given['broker-id']
  const where = broker === undefined ? 'leader' : `broker ${broker}`
  const what = `Failed to describe producers for partition ${at.topic}-${at.partition} on ${where}`
  const producers = await or(what, async () => (await admin.describeProducers([at], { broker })).get(at))
  const rows = producers.map(one => [
    `${one.producerId}`,
    `${one.producerEpoch}`,
    `${one.coordinatorEpoch ?? -1}`,
    `${one.lastSequence}`,
    `${one.lastTimestamp}`,
    `${one.currentTransactionStartOffset ?? 'None'}`,
  ])
  io.print(paddedTable(producerHeadings, rows))
}

async function abort(admin: Admin, given: OptionsOfVerb<'abort'>): Promise<void> {
  const at = { topic: given.topic, partition: given.partition }
  const start = given['start-offset']
  const producer = start === undefined ? namedProducer(given) : await producerAt(admin, at, start)
  const what = `Failed to abort transaction of producer ${producer.producerId} in ${at.topic}-${at.partition}`
  await or(what, () => admin.abortTransaction({ ...at, ...producer }))
}

function namedProducer(given: OptionsOfVerb<'abort'>) {
  const producerId = given['producer-id']
  const producerEpoch = given['producer-epoch']
  const coordinatorEpoch = given['coordinator-epoch']
  if (producerId === undefined) {
    throw new FailedError(
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with ' +
        '--producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    )
  }
  if (producerEpoch === undefined) throw new FailedError('Missing required argument --producer-epoch')
  if (coordinatorEpoch === undefined) throw new FailedError('Missing required argument --coordinator-epoch')
  // -1 is told of producers that no coordinator wrote a marker for yet; 0 is no later than any epoch.
  return { producerId, producerEpoch, coordinatorEpoch: Math.max(coordinatorEpoch, 0) }
}

async function producerAt(admin: Admin, at: { topic: string; partition: number }, start: number) {
  const name = `${at.topic}-${at.partition}`
  const what = `Failed to validate producer state for partition ${name}`
  const producers = await or(what, async () => (await admin.describeProducers([at])).get(at))
  const found = producers.find(one => one.currentTransactionStartOffset === start)
  if (found === undefined) {
    throw new FailedError(
      `Could not find any open transactions starting at offset ${start} on partition ${name}`,
    )
  }
  return { ...found, coordinatorEpoch: found.coordinatorEpoch ?? 0 }
}

const hangingHeadings = [
  'Topic',
  'Partition',
  'ProducerId',
  'ProducerEpoch',
  'CoordinatorEpoch',
  'StartOffset',
  'LastTimestamp',
  'Duration(min)',
]

async function hanging(admin: Admin, given: OptionsOfVerb<'find-hanging'>, io: Io): Promise<void> {
  const broker = given['broker-id']
  if (given.topic === undefined && broker === undefined) {
    throw new FailedError(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
    )
  }
  if (given.partition !== undefined && given.topic === undefined)
    throw new FailedError('The --partition argument requires --topic to be provided')
  const now = Date.now()
  const olderThanMs = given['max-transaction-timeout'] * 60_000
  const { topic, partition } = given
  const found = await or('Failed to look for hanging transactions', () =>
    findHanging(admin, { topic, partition, broker, olderThanMs, now }),
  )
  io.print(
    paddedTable(
      hangingHeadings,
      found.map(one => hangingRow(one, now)),
    ),
  )
}

function hangingRow({ topic, partition, producer }: OpenTransaction, now: number): string[] {
  return [
    topic,
    `${partition}`,
    `${producer.producerId}`,
    `${producer.producerEpoch}`,
    `${producer.coordinatorEpoch ?? -1}`,
    `${producer.currentTransactionStartOffset ?? -1}`,
    `${producer.lastTimestamp}`,
    `${Math.floor((now - producer.lastTimestamp) / 60_000)}`,
  ]
}

async function forceTerminateTransaction(
  admin: Admin,
  given: OptionsOfVerb<'forceTerminateTransaction'>,
): Promise<void> {
  const id = given.transactionalId
  await or(`Failed to force terminate transactionalId \`${id}\``, () => admin.forceTerminateTransaction(id))
}

/** What the cluster refuses is told with what was tried. */
async function or<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as Error).name !== 'KafkaError') throw error
    throw new FailedError(`${what}: ${messageOf(error as KafkaError)}`)
  }
}
