import type { Admin, ElectionType, KafkaError, KafkaErrorName, TopicPartition } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { javaTextOf } from '../command/java-name.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin, readProperties } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'
import { integerIn, listOf, objectOf, parsedJson, readNamedFile, textIn } from './json-file.ts'
import { forbidTogether, givenOf } from './option-rules.ts'

const options = {
  ...connectionOptions,
  'admin.config': text({ argument: 'file', about: 'What --command-config was called.', isHidden: true }),
  'election-type': text({
    argument: 'preferred|unclean',
    about:
      'preferred: the first replica leads again; unclean: any replica leads, even if that loses records.',
  }),
  topic: text({ argument: 'name', about: 'The topic whose --partition gets a leader.' }),
  partition: integer({ argument: 'id', about: 'The partition of --topic.' }),
  'all-topic-partitions': flag({ about: 'Elect for all partitions.' }),
  'path-to-json-file': text({
    argument: 'file',
    about: 'The partitions: {"partitions": [{"topic": "orders", "partition": 0}]}.',
  }),
}

type Options = OptionsOf<typeof options>

/** `kafka-leader-election`: partitions get the leader they ought to have, or any at all (KIP-460). */
export const kafkaLeaderElection = kafkaTool({
  name: 'kafka-leader-election',
  about: 'Elect leaders of partitions.',
  style: 'plain',
  options,
  examples: [
    ['kafka-leader-election --election-type preferred --all-topic-partitions', 'First replicas lead again.'],
    [
      'kafka-leader-election --election-type unclean --topic orders --partition 0',
      'Any replica leads, records may be lost.',
    ],
  ],
  async run(given, io) {
    const type = checkedType(given)
    const partitions = partitionsOf(given, io)
    await using admin = await openAdmin(connectionFor(given, io), io)
    return await elect(admin, type, partitions, io)
  },
})

function checkedType(given: Options): ElectionType {
  const type = given['election-type']?.toUpperCase()
  if (type === undefined) throw new FailedError('Missing required option(s): election-type')
  if (type !== 'PREFERRED' && type !== 'UNCLEAN')
    throw new ToolUsageError(
      `Cannot parse argument '${given['election-type']}' of option election-type: it is preferred or unclean`,
    )
  forbidTogether(given, 'admin.config', ['command-config'])
  const ways = ['topic', 'all-topic-partitions', 'path-to-json-file'] as const
  if (givenOf(given, ways).length !== 1)
    throw new FailedError(`One and only one of the following options is required: ${ways.join(', ')}`)
  if (given.topic !== undefined && given.partition === undefined)
    throw new FailedError('Missing required option(s): partition')
  if (given.topic === undefined && given.partition !== undefined)
    throw new FailedError('Option partition is only allowed if topic is used')
  return type
}

/** The partitions that are meant; undefined for all. */
function partitionsOf(given: Options, io: Io): TopicPartition[] | undefined {
  const { topic, partition, 'path-to-json-file': path } = given
  if (path !== undefined) return partitionsIn(readNamedFile(path, io))
  return topic === undefined ? undefined : [{ topic, partition: partition! }]
}

function partitionsIn(text: string): TopicPartition[] {
  const json = parsedJson(text)
  if (json === undefined) throw new FailedError('Replica election data is empty')
  const list = objectOf(json)['partitions']
  if (list === undefined) throw new FailedError('Replica election data is missing "partitions" field')
  const partitions = listOf(list)
    .map(objectOf)
    .map(one => ({ topic: textIn(one, 'topic'), partition: integerIn(one, 'partition') }))
  const names = partitions.map(nameOf)
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) < at))]
  if (twice.length > 0)
    throw new FailedError(`Replica election data contains duplicate partitions: [${twice.join(', ')}]`)
  return partitions
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** Elections may take longer than most calls, and are not worth trying for longer than half a minute. */
const TIMEOUT_MS = 30_000

function connectionFor(given: Options, io: Io) {
  const { 'admin.config': oldName, 'command-config': newName } = given
  if (oldName !== undefined) {
    io.print(
      'Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.\n',
    )
  }
  const configFile = oldName ?? newName
  const stated = configFile === undefined ? {} : readProperties(configFile, io)
  const properties = {
    'default.api.timeout.ms': `${TIMEOUT_MS}`,
    'request.timeout.ms': `${TIMEOUT_MS / 2}`,
    ...stated,
  }
  return { ...connectionOf(given), configFile, properties }
}

async function elect(
  admin: Admin,
  type: ElectionType,
  partitions: readonly TopicPartition[] | undefined,
  io: Io,
): Promise<number> {
  const results = await admin.electLeaders(type, partitions).results()
  const of = (isMeant: (error: KafkaError | undefined) => boolean) =>
    [...results].filter(({ error }) => isMeant(error))
  const names = (list: readonly { item: TopicPartition }[]) => list.map(({ item }) => nameOf(item)).join(', ')
  const elected = of(error => error === undefined)
  const idle = of(error => error?.code === 'ELECTION_NOT_NEEDED')
  const failed = of(error => error !== undefined && error.code !== 'ELECTION_NOT_NEEDED')
  checkAsWhole(failed, io)
  if (elected.length > 0)
    io.print(`Successfully completed leader election (${type}) for partitions ${names(elected)}\n`)
  if (idle.length > 0) io.print(`Valid replica already elected for partitions ${names(idle)}\n`)
  for (const { item, error } of failed)
    io.print(
      `Error completing leader election (${type}) for partition: ${nameOf(item)}: ${javaTextOf(error!)}\n`,
    )
  if (failed.length > 0) throw new FailedError(`${failed.length} replica(s) could not be elected`)
  return exitCodes.ok
}

/** What befell the whole call, and not a partition: it is told once. */
const ofWholeCall: Readonly<Partial<Record<KafkaErrorName, string | undefined>>> = {
  TIMED_OUT: 'Timeout waiting for election results',
  CLUSTER_AUTHORIZATION_FAILED: 'Not authorized to perform leader election',
  AUTHENTICATION: undefined,
  DISCONNECTED: undefined,
  UNSUPPORTED: undefined,
}

function checkAsWhole(failed: readonly { error?: KafkaError | undefined }[], io: Io): void {
  const error = failed.find(one => Object.hasOwn(ofWholeCall, one.error!.code))?.error
  if (error === undefined) return
  const message = ofWholeCall[error.code]
  if (message === undefined) throw error
  io.print(`${message}\n`)
  throw new FailedError(message)
}
