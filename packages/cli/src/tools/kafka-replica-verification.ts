import type { Admin, Cluster, OffsetSpec } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, integer, text } from '../command/options.ts'
import { type ConnectionInput, clientEntries, openAdmin } from '../connect.ts'
import { checkAddresses } from './connection-options.ts'
import { type CheckedPartition, type Round, compareOnce } from './replicas/replica-check.ts'
import { matcherOf } from './topic-pattern.ts'

const options = {
  'broker-list': text({
    argument: 'host:port',
    about: 'Brokers to ask first, separated by commas (default: 127.0.0.1:9092).',
  }),
  'fetch-size': integer({
    argument: 'bytes',
    about: 'How much of a partition to fetch at once.',
    default: 1_048_576,
  }),
  'max-wait-ms': integer({
    argument: 'ms',
    about: 'How long a broker waits for records to come.',
    default: 1000,
  }),
  'topics-include': text({
    argument: 'pattern',
    about: 'Which topics: a regular expression.',
    default: '.*',
  }),
  time: integer({
    argument: 'time',
    about: 'Where to begin: -1 at the end, -2 at the start, or at a time in milliseconds.',
    default: -1,
  }),
  'report-interval-ms': integer({
    argument: 'ms',
    about: 'How often to say how far it is.',
    default: 30_000,
  }),
}

type Options = OptionsOf<typeof options>

/** `kafka-replica-verification`: whether all replicas have the same records, until it is stopped. */
export const kafkaReplicaVerification = kafkaTool({
  name: 'kafka-replica-verification',
  about: 'Compare the replicas of partitions, until it is stopped.',
  style: 'plain',
  options,
  examples: [
    ['kafka-replica-verification --broker-list localhost:9092 --time -2', 'All records of all topics.'],
  ],
  async run(given, io) {
    checkAddresses(given['broker-list'])
    const isMeant = matcherFor(given['topics-include'])
    const connection = { bootstrapServer: given['broker-list'] }
    const partitions = await partitionsToCheck(connection, isMeant, given.time, io)
    if (partitions.length === 0)
      throw new FailedError('No topics found: there are none, or --topics-include leaves them all out.')
    const cluster = await openCluster(connection, io)
    try {
      io.print(`${timeText()}: verification process is started\n`)
      return await compareUntilStopped(cluster, partitions, given, io)
    } finally {
      await cluster.close()
    }
  },
})

function matcherFor(pattern: string): (topic: string) => boolean {
  try {
    new RegExp(pattern)
  } catch {
    throw new FailedError(`${pattern} is an invalid regex`)
  }
  return matcherOf(pattern)
}

async function partitionsToCheck(
  connection: ConnectionInput,
  isMeant: (topic: string) => boolean,
  time: number,
  io: Io,
): Promise<CheckedPartition[]> {
  await using admin = await openAdmin(connection, io)
  const names = (await admin.listTopics({ includeInternal: true })).map(({ name }) => name).filter(isMeant)
  if (names.length === 0) return []
  const partitions = (await admin.describeTopics(names))
    .values()
    .flatMap(({ name, topicId = '', partitions }) =>
      partitions.map(({ partition, replicas }) => ({ topic: name, topicId, partition, replicas, offset: 0 })),
    )
  return await withOffsets(admin, partitions, time)
}

async function withOffsets(
  admin: Admin,
  partitions: readonly CheckedPartition[],
  time: number,
): Promise<CheckedPartition[]> {
  const at: OffsetSpec = time === -1 ? 'latest' : time === -2 ? 'earliest' : { timestamp: time }
  const offsetsAt = (at: OffsetSpec) =>
    admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, at })))
  const found = await offsetsAt(at)
  // Where no record is as late as that, there is nothing but what is to come.
  const ends = typeof at === 'object' ? await offsetsAt('latest') : found
  return partitions.map(one => {
    const key = { topic: one.topic, partition: one.partition }
    const { offset } = found.get(key)
    return { ...one, offset: offset < 0 ? ends.get(key).offset : offset }
  })
}

async function openCluster(connection: ConnectionInput, io: Io): Promise<Cluster> {
  const { Cluster, clientConfig, readConfig } = await import('@samsa/client')
  const cluster = new Cluster(readConfig(clientConfig, clientEntries(connection, io)), io.outside)
  await cluster.metadata.refresh()
  return cluster
}

async function compareUntilStopped(
  cluster: Cluster,
  partitions: readonly CheckedPartition[],
  given: Options,
  io: Io,
): Promise<number> {
  let exitCode: number | undefined
  const unsubscribe = io.onStopSignal(signal => {
    exitCode = signalExitCodes[signal]
  })
  const wanted = { fetchBytes: given['fetch-size'], maxWaitMs: given['max-wait-ms'] }
  let reportedMs = Date.now()
  try {
    while (exitCode === undefined) {
      const round = await compareOnce(cluster, partitions, wanted)
      for (const problem of round.problems) io.print(`${timeText()}: ${problem}\n`)
      if (round.isFatal) return exitCodes.failed
      if (Date.now() - reportedMs <= given['report-interval-ms']) continue
      io.print(`${timeText()}: ${reportText(round, partitions.length)}\n`)
      reportedMs = Date.now()
    }
    return exitCode
  } finally {
    unsubscribe()
  }
}

function reportText({ worst: { partition, lag } }: Round, count: number): string {
  const name = `${partition.topic}-${partition.partition}`
  return `max lag is ${lag} for partition ${name} at offset ${partition.offset} among ${count} partitions`
}

/** The time of day here: `2026-01-31 08:15:00,123`. */
function timeText(): string {
  const now = new Date()
  const two = (value: number) => `${value}`.padStart(2, '0')
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-')
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')
  return `${day} ${time},${`${now.getMilliseconds()}`.padStart(3, '0')}`
}
