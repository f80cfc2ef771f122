import type { Admin, NewTopic, PartitionDescription, TopicDescription } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'
import { matcherOf } from './topic-pattern.ts'

const options = {
  ...connectionOptions,
  create: flag({ about: 'Create a topic.' }),
  list: flag({ about: 'List the names of all topics.' }),
  describe: flag({ about: 'Show topics with their partitions, replicas and overrides.' }),
  alter: flag({ about: 'Raise the number of partitions of topics.' }),
  delete: flag({ about: 'Delete topics.' }),
  topic: text({
    argument: 'name',
    about: 'The topic; a regular expression for anything but --create.',
  }),
  'topic-id': text({ argument: 'id', about: 'The id of the topic to describe.' }),
  partitions: integer({
    argument: 'count',
    about: "How many partitions the topic gets, or is to have with --alter (default: the cluster's).",
  }),
  'replication-factor': integer({
    argument: 'count',
    about: "How many brokers keep each partition (default: the cluster's).",
  }),
  'replica-assignment': text({
    argument: 'assignment',
    about: "Brokers of each partition, chosen by hand: '0:1,1:2' are two partitions of two replicas.",
  }),
  config: text({
    argument: 'key=value',
    about: 'A configuration of the topic to create; may be repeated.',
    isRepeatable: true,
  }),
  'if-exists': flag({ about: 'Do nothing, successfully, when there is no such topic.' }),
  'if-not-exists': flag({ about: 'Do nothing, successfully, when the topic exists.' }),
  'exclude-internal': flag({ about: 'Leave internal topics out of lists and descriptions.' }),
  'topics-with-overrides': flag({ about: 'Describe only topics with overrides.' }),
  'under-replicated-partitions': flag({ about: 'Describe only partitions that miss replicas in sync.' }),
  'unavailable-partitions': flag({ about: 'Describe only partitions without a leader.' }),
  'under-min-isr-partitions': flag({ about: 'Describe only partitions below min.insync.replicas.' }),
  'at-min-isr-partitions': flag({ about: 'Describe only partitions exactly at min.insync.replicas.' }),
  'partition-size-limit-per-response': integer({
    argument: 'count',
    min: 1,
    about: 'How many partitions a broker describes in one answer.',
  }),
}

type Options = OptionsOf<typeof options>

const actions = { list, describe, create, alter, delete: deleteTopics }

/** `kafka-topics`: topics are created, listed, described, grown and deleted. */
export const kafkaTopics = kafkaTool({
  name: 'kafka-topics',
  about: 'Create, list, describe, grow and delete topics.',
  style: 'plain',
  options,
  failurePrefix: 'Error while executing topic command : ',
  failureGoesTo: 'output',
  examples: [
    ['kafka-topics --create --topic orders --partitions 6', 'A topic of six partitions.'],
    ['kafka-topics --describe --topic orders', 'Where its partitions are.'],
    ['kafka-topics --list', 'All topics.'],
  ],
  async run(given, io) {
    const action = checkedAction(given)
    await using admin = await openAdmin(connectionOf(given), io)
    await actions[action](admin, given, io)
    return exitCodes.ok
  },
})

function checkedAction(given: Options): keyof typeof actions {
  const named = (Object.keys(actions) as (keyof typeof actions)[]).filter(name => given[name])
  if (named.length !== 1) {
    throw new ToolUsageError(
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    )
  }
  const action = named[0]!
  const needsTopic = action === 'create' || action === 'alter' || action === 'delete'
  if (needsTopic && given.topic === undefined) {
    throw new ToolUsageError('Missing required argument "[topic]"')
  }
  if (given['replica-assignment'] !== undefined) {
    if (given['replication-factor'] !== undefined || (action === 'create' && given.partitions !== undefined))
      throw new ToolUsageError(
        'Option "[replica-assignment]" can\'t be used with option "[partitions]" or "[replication-factor]"',
      )
  }
  return action
}

async function list(admin: Admin, given: Options, io: Io): Promise<void> {
  for (const name of await topicNames(admin, given)) io.print(`${name}\n`)
}

async function create(admin: Admin, given: Options, io: Io): Promise<void> {
  const name = given.topic!
  if (name.includes('.') || name.includes('_')) {
    io.print(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
        'To avoid issues it is best to use either, but not both.\n',
    )
  }
  const topic: NewTopic = {
    name,
    partitions: given.partitions,
    replicationFactor: given['replication-factor'],
    assignments: assignmentsOf(given['replica-assignment']),
    configs: configsOf(given.config),
  }
  const results = await admin.createTopics([topic], { retryOnQuotaViolation: false }).results()
  const error = results.errorOf(name)
  if (error === undefined) io.print(`Created topic ${name}.\n`)
  else if (error.code !== 'TOPIC_ALREADY_EXISTS' || !given['if-not-exists']) throw error
}

async function alter(admin: Admin, given: Options): Promise<void> {
  const names = await existingTopics(admin, given)
  if (given.partitions === undefined) return
  const added = assignmentsOf(given['replica-assignment'])
  const described = added === undefined ? undefined : await admin.describeTopics(names)
  const changes = names.map(topic => ({
    topic,
    count: given.partitions!,
    // An assignment tells of all partitions; only those that are added have a choice.
    assignments: added?.slice(described!.get(topic).partitions.length),
  }))
  await admin.createPartitions(changes, { retryOnQuotaViolation: false })
}

async function deleteTopics(admin: Admin, given: Options): Promise<void> {
  await admin.deleteTopics(await existingTopics(admin, given), { retryOnQuotaViolation: false })
}

/** The topics that --topic means; an error when there is none, unless --if-exists. */
async function existingTopics(admin: Admin, given: Options): Promise<string[]> {
  const names = await topicNames(admin, given)
  if (names.length === 0 && given.topic !== undefined && !given['if-exists']) {
    throw new FailedError(`Topic '${given.topic}' does not exist as expected`)
  }
  return names
}

async function topicNames(admin: Admin, given: Options): Promise<string[]> {
  const topics = await admin.listTopics({ includeInternal: !given['exclude-internal'] })
  const isMeant = given.topic === undefined ? () => true : matcherOf(given.topic)
  return topics
    .map(({ name }) => name)
    .filter(isMeant)
    .sort()
}

async function describe(admin: Admin, given: Options, io: Io): Promise<void> {
  const topics = await describedTopics(admin, given)
  const resources = topics.map(({ name }) => ({ type: 'TOPIC' as const, name }))
  const configs = resources.length === 0 ? undefined : await admin.describeConfigs(resources)
  for (const topic of topics) {
    const entries = [...configs!.get({ type: 'TOPIC', name: topic.name }).values()]
    const minIsr = Number(entries.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
    const overrides = entries.filter(({ source }) => source === 'DYNAMIC_TOPIC_CONFIG')
    const isSelective = partitionFilters.some(([name]) => given[name])
    if (!isSelective && (!given['topics-with-overrides'] || overrides.length > 0)) {
      io.print(topicLine(topic, overrides))
    }
    if (given['topics-with-overrides']) continue
    for (const partition of topic.partitions) {
      if (!isSelective || partitionFilters.some(([name, is]) => given[name] && is(partition, minIsr)))
        io.print(partitionLine(topic, partition))
    }
  }
}

async function describedTopics(admin: Admin, given: Options): Promise<TopicDescription[]> {
  const partitionsPerAnswer = given['partition-size-limit-per-response']
  if (given['topic-id'] !== undefined) return (await admin.describeTopicsById([given['topic-id']])).values()
  const names = await existingTopics(admin, given)
  return (await admin.describeTopics(names, { partitionsPerAnswer })).values()
}

const partitionFilters: readonly (readonly [
  keyof Options,
  (partition: PartitionDescription, minIsr: number) => boolean,
])[] = [
  ['under-replicated-partitions', ({ isr, replicas }) => isr.length < replicas.length],
  ['unavailable-partitions', ({ leader }) => leader === undefined],
  ['under-min-isr-partitions', ({ isr }, minIsr) => isr.length < minIsr],
  ['at-min-isr-partitions', ({ isr }, minIsr) => isr.length === minIsr],
]

function topicLine(
  topic: TopicDescription,
  overrides: readonly { name: string; value: string | null }[],
): string {
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 0
  const fields = [
    `Topic: ${topic.name}`,
    ...(topic.topicId === undefined ? [] : [`TopicId: ${topic.topicId}`]),
    `PartitionCount: ${topic.partitions.length}`,
    `ReplicationFactor: ${replicationFactor}`,
    `Configs: ${overrides.map(({ name, value }) => `${name}=${value}`).join(',')}`,
  ]
  return `${fields.join('\t')}\n`
}

function partitionLine(topic: TopicDescription, partition: PartitionDescription): string {
  const fields = [
    `Topic: ${topic.name}`,
    `Partition: ${partition.partition}`,
    `Leader: ${partition.leader ?? 'none'}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    `Elr: ${partition.eligibleLeaderReplicas?.join(',') ?? 'N/A'}`,
    `LastKnownElr: ${partition.lastKnownEligibleLeaderReplicas?.join(',') ?? 'N/A'}`,
  ]
  return `\t${fields.join('\t')}\n`
}

/** Reads '0:1,1:2': partitions separated by commas, the brokers of one by colons. */
function assignmentsOf(given: string | undefined): number[][] | undefined {
  return given?.split(',').map(partition =>
    partition.split(':').map(broker => {
      if (!/^\s*\d+\s*$/.test(broker)) {
        throw new ToolUsageError(`--replica-assignment: '${broker}' is not the id of a broker`)
      }
      return Number(broker)
    }),
  )
}

function configsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(entry => {
      const [key, ...value] = entry.split('=')
      if (value.length === 0) {
        throw new ToolUsageError(
          `Invalid topic config: all configs to be added must be in the format "key=val", and ${entry} is not.`,
        )
      }
      return [key!.trim(), value.join('=').trim()]
    }),
  )
}
