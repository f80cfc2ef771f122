import type { Admin, NewTopic, TopicDescription } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'
import { forbidTogether, isGiven, onlyAction, requireOptions } from './option-rules.ts'
import { printDescriptions } from './topic-description.ts'
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
  'delete-config': text({
    argument: 'key',
    about: 'Of no effect: configurations are deleted with kafka-configs.',
    isRepeatable: true,
    isHidden: true,
    notice:
      'has no effect any more. Use kafka-configs --alter --topic <name> --delete-config <key> for what it did.',
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

const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

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

const actionNames = ['alter', 'create', 'describe', 'list', 'delete'] as const
type ActionName = (typeof actionNames)[number]

function checkedAction(given: Options): ActionName {
  const action = onlyAction(given, actionNames, '--list, --describe, --create, --alter or --delete')
  if (
    action === 'describe' &&
    given['if-exists'] &&
    !isGiven(given, 'topic') &&
    !isGiven(given, 'topic-id')
  ) {
    throw new ToolUsageError('--topic or --topic-id is required to describe a topic')
  }
  if (action !== 'list' && action !== 'describe') requireOptions(given, ['topic'])
  if (action === 'alter') checkAlter(given)
  checkCombinations(given)
  return action
}

function checkAlter(given: Options): void {
  if (isGiven(given, 'config')) {
    throw new ToolUsageError(
      'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
    )
  }
  requireOptions(given, ['partitions'])
}

/** The actions that an option belongs to, and what else it does not go with. */
const belongsTo: readonly (readonly [
  option: keyof Options,
  actions: readonly ActionName[],
  not: readonly string[],
])[] = [
  ['config', ['alter', 'create'], []],
  ['partitions', ['alter', 'create'], []],
  ['replication-factor', ['create'], []],
  ['replica-assignment', ['alter', 'create'], []],
  ['under-replicated-partitions', ['describe'], ['topics-with-overrides']],
  ['under-min-isr-partitions', ['describe'], ['topics-with-overrides']],
  ['at-min-isr-partitions', ['describe'], ['topics-with-overrides']],
  ['unavailable-partitions', ['describe'], ['topics-with-overrides']],
  ['topics-with-overrides', ['describe'], []],
  ['if-exists', ['alter', 'delete', 'describe'], []],
  ['if-not-exists', ['create'], []],
  ['exclude-internal', ['list', 'describe'], []],
]

function checkCombinations(given: Options): void {
  for (const [option, actions, not] of belongsTo) {
    const others = actionNames.filter(name => !actions.includes(name))
    forbidTogether(given, option, [...others, ...not])
    if (option === 'replica-assignment' && given.create)
      forbidTogether(given, option, ['partitions', 'replication-factor'])
  }
}

async function list(admin: Admin, given: Options, io: Io): Promise<void> {
  for (const name of await topicNames(admin, given)) io.print(`${name}\n`)
}

async function create(admin: Admin, given: Options, io: Io): Promise<void> {
  const name = given.topic!
  const topic: NewTopic = {
    name,
    partitions: given.partitions,
    replicationFactor: given['replication-factor'],
    assignments: assignmentsOf(given['replica-assignment']),
    configs: configsOf(given.config),
  }
  if (name.includes('.') || name.includes('_')) {
    io.print(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
        'To avoid issues it is best to use either, but not both.\n',
    )
  }
  if (
    topic.replicationFactor !== undefined &&
    (topic.replicationFactor < 1 || topic.replicationFactor > 32_767)
  ) {
    throw new FailedError('The replication factor must be between 1 and 32767 inclusive')
  }
  if (topic.partitions !== undefined && topic.partitions < 1) {
    throw new FailedError('The partitions must be greater than 0')
  }
  const results = await admin.createTopics([topic], { retryOnQuotaViolation: false }).results()
  const error = results.errorOf(name)
  if (error === undefined) io.print(`Created topic ${name}.\n`)
  else if (error.code !== 'TOPIC_ALREADY_EXISTS' || !given['if-not-exists']) throw error
}

async function alter(admin: Admin, given: Options): Promise<void> {
  const names = await existingTopics(admin, given)
  if (names.length === 0) return
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
  await printDescriptions(admin, await describedTopics(admin, given, io), given, io)
}

async function describedTopics(admin: Admin, given: Options, io: Io): Promise<TopicDescription[]> {
  const id = given['topic-id']
  if (id !== undefined) {
    if (given['if-exists'] && given.topic !== undefined) {
      io.print(
        'Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID\n',
      )
    }
    if (id !== ZERO_UUID) return describedById(admin, id, given)
  }
  const names = await existingTopics(admin, given)
  const options = { partitionsPerAnswer: given['partition-size-limit-per-response'] }
  return names.length === 0 ? [] : (await admin.describeTopics(names, options)).values()
}

async function describedById(admin: Admin, id: string, given: Options): Promise<TopicDescription[]> {
  if (!/^[\w-]{22}$/.test(id)) {
    throw new FailedError(
      `'${id}' is not the id of a topic: those have 22 characters, as --describe shows them`,
    )
  }
  const topics = await admin.listTopics({ includeInternal: !given['exclude-internal'] })
  if (topics.some(({ topicId }) => topicId === id)) return (await admin.describeTopicsById([id])).values()
  if (given['if-exists']) return []
  throw new FailedError(`TopicId '${id}' does not exist as expected`)
}

/** Reads '0:1,1:2': partitions separated by commas, the brokers of one by colons. */
function assignmentsOf(given: string | undefined): number[][] | undefined {
  if (given === undefined || given === '') return undefined
  const assignments = given.split(',').map(partition => partition.split(':').map(brokerOf))
  assignments.forEach((brokers, partition) => {
    const twice = brokers.filter((broker, at) => brokers.indexOf(broker) < at)
    if (twice.length > 0) {
      throw new FailedError(
        `Partition replica lists may not contain duplicate entries: ${[...new Set(twice)].join(',')}`,
      )
    }
    if (brokers.length !== assignments[0]!.length)
      throw new FailedError(
        `Partition ${partition} has different replication factor: [${brokers.join(', ')}]`,
      )
  })
  return assignments
}

function brokerOf(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) {
    throw new FailedError(`--replica-assignment: '${text}' is not the id of a broker`)
  }
  return Number(text)
}

function configsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(entry => {
      const [key, ...value] = entry.split('=')
      if (value.length === 0) {
        throw new FailedError(
          `Invalid topic config: all configs to be added must be in the format "key=val", and ${entry} is not.`,
        )
      }
      return [key!.trim(), value.join('=').trim()]
    }),
  )
}
