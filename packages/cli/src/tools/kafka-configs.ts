import type { Admin } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { alterEntities } from '../configs/alter-entities.ts'
import { checkNames } from '../configs/check-names.ts'
import { type Changes, checkedKeys, parseChanges } from '../configs/config-changes.ts'
import { describeEntities } from '../configs/describe-entities.ts'
import { type Entities, entitiesOf } from '../configs/entity.ts'
import { openAdmin, readProperties } from '../connect.ts'
import { connectionOf, connectionOptions, controllerOption } from './connection-options.ts'
import { forbidTogether, isGiven } from './option-rules.ts'

const options = {
  ...connectionOptions,
  ...controllerOption,
  describe: flag({ about: 'Show configurations.' }),
  alter: flag({ about: 'Change a configuration.' }),
  all: flag({ about: 'Show also what was not set on the thing itself.' }),
  'entity-type': text({
    argument: 'type',
    about:
      'The kind of thing: topics, brokers, broker-loggers, users, clients, ips, client-metrics or groups.',
    isRepeatable: true,
  }),
  'entity-name': text({
    argument: 'name',
    about: 'Its name: of the topic, broker, user, client, …',
    isRepeatable: true,
  }),
  'entity-default': flag({
    about: 'What holds for all users, clients, brokers or ips without a setting of their own.',
    insteadOf: 'entity-name',
    means: '',
  }),
  topic: text({ argument: 'name', about: 'A topic.' }),
  broker: text({ argument: 'id', about: 'A broker.' }),
  'broker-defaults': flag({ about: 'What is set for all brokers.' }),
  'broker-logger': text({ argument: 'id', about: 'The loggers of a broker.' }),
  user: text({ argument: 'name', about: 'A user: quotas and SCRAM credentials.' }),
  'user-defaults': flag({ about: 'The quotas of users without quotas of their own.' }),
  client: text({ argument: 'id', about: 'A client id: quotas.' }),
  'client-defaults': flag({ about: 'The quotas of client ids without quotas of their own.' }),
  ip: text({ argument: 'address', about: 'An address: quotas of connections.' }),
  'ip-defaults': flag({ about: 'The quotas of addresses without quotas of their own.' }),
  'client-metrics': text({ argument: 'name', about: 'A subscription to metrics of clients.' }),
  group: text({ argument: 'id', about: 'A group.' }),
  'add-config': text({
    argument: 'key=value,…',
    about: "Keys to set; brackets keep commas together: 'k1=v1,k2=[a,b]'.",
  }),
  'add-config-file': text({ argument: 'file', about: 'A properties file with keys to set.' }),
  'delete-config': text({
    argument: 'key,…',
    about: 'Keys to give up, so that their default holds again.',
    isRepeatable: true,
  }),
  force: flag({ about: 'Kept for old command lines: nothing is asked anyway.' }),
}

type Options = OptionsOf<typeof options>

/** `kafka-configs`: configurations, quotas and credentials are shown and changed. */
export const kafkaConfigs = kafkaTool({
  name: 'kafka-configs',
  about:
    'Show and change configurations of topics, brokers and groups, quotas, credentials and client metrics.',
  style: 'plain',
  options,
  failurePrefix: prefixOf,
  examples: [
    ['kafka-configs --describe --topic orders', 'What is set on the topic.'],
    ['kafka-configs --alter --topic orders --add-config retention.ms=3600000', 'Keep an hour.'],
    ['kafka-configs --describe --broker 1 --all', 'All that broker 1 runs with, and where it comes from.'],
  ],
  async run(given, io) {
    const entities = await checkedEntities(given)
    const changes = given.alter ? changesOf(given, io) : undefined
    await using admin = await openAdmin(connectionOf(given), io)
    await act(admin, given, entities, changes, io)
    return exitCodes.ok
  },
})

async function act(
  admin: Admin,
  given: Options,
  entities: Entities,
  changes: Changes | undefined,
  io: Io,
): Promise<void> {
  if (changes === undefined)
    return describeEntities(admin, entities, given.all, line => io.print(`${line}\n`))
  io.print(`${await alterEntities(admin, entities, changes)}\n`)
}

/** Kafka's tool repeats its command line before what the cluster refused. */
function prefixOf(error: Error & { code?: string }, line: readonly string[]): string {
  const isTooOld = error.code === 'UNSUPPORTED' || error.code === 'UNSUPPORTED_VERSION'
  return error.name === 'KafkaError' && !isTooOld
    ? `Error while executing config command with args '${line.join(' ')}'\n`
    : ''
}

async function checkedEntities(given: Options): Promise<Entities> {
  if (given.alter === given.describe)
    throw new ToolUsageError('Command must include exactly one action: --describe, --alter')
  forbidTogether(given, 'describe', ['alter', 'add-config', 'delete-config'])
  const entities = entitiesOf(given)
  if (isGiven(given, 'bootstrap-server') && isGiven(given, 'bootstrap-controller'))
    throw new ToolUsageError('Only one of --bootstrap-server or --bootstrap-controller can be specified')
  await checkNames(entities)
  if (given.describe) checkDescribe(entities)
  else checkAlter(given, entities)
  return entities
}

const withDefaults = ['users', 'clients', 'brokers', 'ips'] as const

function mayBeDefault({ types }: Entities): boolean {
  return withDefaults.some(type => types.includes(type))
}

function checkDescribe(entities: Entities): void {
  const { types, names } = entities
  if (!mayBeDefault(entities) && names.includes(''))
    throw new ToolUsageError(`--entity-default must not be specified with --describe of ${types.join(',')}`)
  if (types.includes('broker-loggers') && !names.some(name => name !== ''))
    throw new ToolUsageError(`An entity name must be specified with --describe of ${types.join(',')}`)
}

function checkAlter(given: Options, entities: Entities): void {
  const { types, names } = entities
  if (mayBeDefault(entities) && names.length === 0) {
    throw new ToolUsageError(
      'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
    )
  }
  if (!mayBeDefault(entities) && !names.some(name => name !== ''))
    throw new ToolUsageError(`An entity name must be specified with --alter of ${types.join(',')}`)
  if (isGiven(given, 'add-config') && isGiven(given, 'add-config-file'))
    throw new ToolUsageError('Only one of --add-config or --add-config-file must be specified')
  if (
    !['add-config', 'add-config-file', 'delete-config'].some(name => isGiven(given, name as keyof Options))
  ) {
    throw new ToolUsageError(
      'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
    )
  }
  if (types.length !== names.length)
    throw new ToolUsageError('An entity name must be specified for every entity type')
}

function changesOf(given: Options, io: Io): Changes {
  const file = given['add-config-file']
  const text = given['add-config']
  const set = {
    ...(file !== undefined && checkedKeys(readProperties(file, io))),
    ...(text !== undefined && parseChanges(text)),
  }
  const remove = given['delete-config'].flatMap(keys => keys.split(',')).map(key => key.trim())
  return { set, remove }
}
