import type { Admin, ConsumerRecord, NewTopic, TopicDescription } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { StopRequest } from '../console/stop-signal.ts'
import type { CopyGiven } from '../nouns/topics/copy-options.ts'
import { describedTopic, topicNames } from '../topics/described-topic.ts'
import { BulkSender } from './bulk-sender.ts'
import { ClusterAccess } from './cluster-access.ts'
import { momentOf } from './moment.ts'
import { Progress } from './progress.ts'
import { rangesBetween, readRanges } from './ranges.ts'
import { filterOf } from './record-filter.ts'
import type { RecordToSend } from './record-source.ts'

/** `samsa topics copy`: answers the exit code. */
export async function copyTopic(given: CopyGiven, io: Io, from: string, to: string): Promise<number> {
  const source = await ClusterAccess.of(given, io)
  const isElsewhere = given['to-bootstrap-server'] !== undefined || given['to-command-config'] !== undefined
  if (from === to && !isElsewhere) throw new FailedError(`${from} cannot be copied to itself.`)
  const isWanted = filterOf(given.filter, 'auto', 'auto')
  const target = isElsewhere ? await ClusterAccess.of(targetOf(given), io) : source
  const topic = await describe(source, from)
  const targetPartitions = await prepareTarget(source, target, topic, to, isElsewhere, given)
  const convert = conversion(to, targetPartitions >= topic.partitions.length && !given.spread)
  const producer = target.producer({
    'client.id': 'samsa-copy',
    ...(given.compression !== undefined && { 'compression.type': given.compression }),
  })
  const sender = new BulkSender(producer)
  using stop = new StopRequest(io, signalExitCodes)
  using progress = new Progress(io, () => sender.count)
  try {
    await readSource(source, topic, given, stop.signal, async records => {
      await sender.send((isWanted === undefined ? records : records.filter(isWanted)).map(convert))
      return true
    })
  } finally {
    await sender.finish().finally(() => producer.close())
  }
  progress[Symbol.dispose]()
  io.print(`Copied ${progress.summary()} from ${from} to ${to}.\n`)
  return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
}

async function readSource(
  source: ClusterAccess,
  { name, partitions }: TopicDescription,
  given: CopyGiven,
  signal: AbortSignal,
  take: (records: readonly ConsumerRecord[]) => Promise<boolean>,
): Promise<void> {
  const now = Date.now()
  const at = momentOf(given.at, now, '--at')
  const until = given.follow ? undefined : momentOf(given.until, now, '--until')
  await using consumer = source.consumer({
    'client.id': 'samsa-copy',
    'auto.offset.reset': 'earliest',
    'max.poll.records': '5000',
    // Records of aborted transactions would become records that count.
    'isolation.level': 'read_committed',
  })
  const all = partitions.map(({ partition }) => ({ topic: name, partition }))
  const ranges = await rangesBetween(consumer, all, at, until)
  await readRanges(consumer, ranges, signal, take)
}

/** How the target's cluster is reached; its own configuration, not the source's. */
function targetOf(given: CopyGiven) {
  return {
    'bootstrap-server': given['to-bootstrap-server'],
    'command-config': given['to-command-config'],
    property: given['to-property'],
  }
}

async function describe(access: ClusterAccess, topic: string): Promise<TopicDescription> {
  await using admin = access.admin()
  return await describedTopic(admin, topic)
}

/** Makes the target like the source when it is not there; answers how many partitions it has. */
async function prepareTarget(
  source: ClusterAccess,
  target: ClusterAccess,
  topic: TopicDescription,
  to: string,
  isElsewhere: boolean,
  given: CopyGiven,
): Promise<number> {
  await using admin = target.admin()
  if ((await topicNames(admin)).includes(to)) return (await admin.describeTopic(to)).partitions.length
  if (given['no-create'])
    throw new FailedError(`There is no topic ${to}: create it, or leave --no-create out.`)
  await using sourceAdmin = source.admin()
  const made: NewTopic = {
    name: to,
    partitions: topic.partitions.length,
    // Another cluster may have fewer brokers.
    ...(!isElsewhere && { replicationFactor: topic.partitions[0]?.replicas.length }),
    configs: await overridesOf(sourceAdmin, topic.name),
  }
  await admin.createTopics([made])
  return topic.partitions.length
}

/** What is set for the topic itself. */
async function overridesOf(admin: Admin, name: string): Promise<Record<string, string>> {
  const resource = { type: 'TOPIC', name } as const
  const entries = (await admin.describeConfigs([resource])).get(resource)
  const overrides: Record<string, string> = {}
  for (const [key, { source, value }] of entries) {
    if (source === 'DYNAMIC_TOPIC_CONFIG' && value !== null) overrides[key] = value
  }
  return overrides
}

/** Records as they were, in the same partitions where that is possible; otherwise their keys choose. */
function conversion(topic: string, keepsPartitions: boolean): (record: ConsumerRecord) => RecordToSend {
  return ({ key, value, headers, timestamp, partition }) => ({
    topic,
    key,
    value,
    headers,
    ...(timestamp >= 0 && { timestamp }),
    ...(keepsPartitions && { partition }),
  })
}
