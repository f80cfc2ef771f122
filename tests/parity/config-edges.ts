import { AlterConfigs, CreateTopics, DescribeConfigs, IncrementalAlterConfigs } from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair } from './pair.ts'

const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32] as const
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3] as const
const LONG = 'x'.repeat(1000)

type Change = readonly [name: string, operation: number, value: string | null]

/** What requests about configurations may say that nobody means, and the kinds of resources few ask for. */
export async function configEdges(pair: Pair): Promise<void> {
  const apis = [DescribeConfigs, AlterConfigs, IncrementalAlterConfigs]
  const names = apis.flatMap(api => pair.versions(api).map(version => `edge-config-${api.key}-${version}`))
  const topics = names.map(name => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, ...names)
  for (const version of pair.versions(DescribeConfigs)) await descriptions(pair, version)
  for (const version of pair.versions(AlterConfigs)) await replacements(pair, version)
  for (const version of pair.versions(IncrementalAlterConfigs)) {
    await topicChanges(pair, version)
    await brokerChanges(pair, version)
    await otherChanges(pair, version)
  }
}

async function descriptions(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, resourceType: number, resourceName: string, keys: string[] | null) =>
    pair.ask(label, DescribeConfigs, version, {
      resources: [{ resourceType, resourceName, configurationKeys: keys }],
      ...(version >= 1 ? { includeSynonyms: true } : {}),
    })
  const name = `edge-config-${DescribeConfigs.key}-${version}`
  await ask('a key without a name', TOPIC, name, [''])
  await ask('too long a topic', TOPIC, LONG, null)
  await ask('an internal topic', TOPIC, '__consumer_offsets', null)
  await ask('kind 0', 0, name, null)
  await ask('a kind below zero', -1, name, null)
  await ask('kind 1', 1, name, null)
  await ask('a group', GROUP, 'some-group', null)
  await ask('some keys of a group', GROUP, 'some-group', ['consumer.session.timeout.ms', 'no.such.key'])
  await ask('a group without a name', GROUP, '', null)
  await ask('a subscription to metrics', METRICS, 'some-subscription', null)
  await ask('a subscription without a name', METRICS, '', null)
  await ask('a key of a broker twice', BROKER, '1', ['log.retention.ms', 'log.retention.ms'])
  await ask('no keys of the broker', BROKER, '1', [])
  await ask('an unknown key of the broker', BROKER, '1', ['no.such.key', ''])
  await ask('a key of a listener', BROKER, '1', ['listener.name.plaintext.max.connections'])
  await ask('a broker below zero', BROKER, '-1', null)
  await ask('a broker with spaces', BROKER, ' 1 ', ['log.retention.ms'])
  await ask('loggers of an unknown broker', LOGGER, '7', null)
  await ask('loggers of no broker', LOGGER, '', null)
}

async function replacements(pair: Pair, version: number): Promise<void> {
  const name = `edge-config-${AlterConfigs.key}-${version}`
  type Resource = {
    resourceType: number
    resourceName: string
    configs: { name: string; value: string | null }[]
  }
  const ask = (label: string, ...resources: Resource[]) =>
    pair.ask(label, AlterConfigs, version, { resources, validateOnly: false })
  const one = (configs: [string, string | null][], resourceName = name, resourceType: number = TOPIC) => ({
    resourceType,
    resourceName,
    configs: configs.map(([key, value]) => ({ name: key, value })),
  })
  await ask('a key without a name', one([['', '1']]))
  await ask('an empty value', one([['retention.ms', '']]))
  await ask('a resource twice', one([['retention.ms', '5']]), one([['retention.ms', '6']]))
  await ask('good and bad ones', one([['retention.ms', '5']]), one([['retention.ms', '5']], 'nobody'))
  await ask('a group', one([['consumer.session.timeout.ms', '50000']], `edge-group-${version}`, GROUP))
  await ask(
    'a group, a bad value',
    one([['consumer.session.timeout.ms', '1']], `edge-group-${version}`, GROUP),
  )
  await ask('a group without a name', one([['consumer.session.timeout.ms', '50000']], '', GROUP))
  await ask('a group, nothing', one([], `edge-group-${version}`, GROUP))
  await ask('metrics', one([['interval.ms', '1000']], `edge-metrics-${version}`, METRICS))
  await ask('metrics, a bad value', one([['interval.ms', '1']], `edge-metrics-${version}`, METRICS))
  await ask('metrics, nothing', one([], `edge-metrics-${version}`, METRICS))
  await ask('an unknown broker', one([], '7', BROKER))
  await ask('a broker that is no number', one([], 'seven', BROKER))
  await ask('loggers', one([['kafka', 'INFO']], '1', LOGGER))
  await ask('kind 0', one([], name, 0))
}

/** Changes of one resource, and of several at a time. */
function changer(pair: Pair, version: number) {
  return (
    label: string,
    resourceType: number,
    resourceName: string,
    changes: readonly Change[],
    validateOnly = false,
  ) => {
    const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
    const resources = [{ resourceType, resourceName, configs }]
    return pair.ask(label, IncrementalAlterConfigs, version, { resources, validateOnly })
  }
}

async function topicChanges(pair: Pair, version: number): Promise<void> {
  const name = `edge-config-${IncrementalAlterConfigs.key}-${version}`
  const change = changer(pair, version)
  const ask = (label: string, ...changes: Change[]) => change(label, TOPIC, name, changes)
  await ask('a key without a name', ['', SET, '1'])
  await ask('an empty value', ['retention.ms', SET, ''])
  await ask('an empty list', ['cleanup.policy', SET, ''])
  await ask('append nothing', ['cleanup.policy', APPEND, ''])
  await ask('append a missing value', ['cleanup.policy', APPEND, null])
  await ask('append to what is not set', ['leader.replication.throttled.replicas', APPEND, '0:1'])
  await ask('append another', ['leader.replication.throttled.replicas', APPEND, '1:1,2:1'])
  await ask('subtract two', ['leader.replication.throttled.replicas', SUBTRACT, '0:1,2:1'])
  await ask('subtract what is not there', ['leader.replication.throttled.replicas', SUBTRACT, '9:9'])
  await ask('subtract from a number', ['retention.ms', SUBTRACT, '1'])
  await ask('delete with a value', ['retention.ms', DELETE, '1'])
  await ask('delete what is not set', ['retention.bytes', DELETE, null])
  await ask('delete an unknown key', ['no.such.key', DELETE, null])
  await ask('an operation below zero', ['retention.ms', -1, '1'])
  await ask('subtract all policies', ['cleanup.policy', SUBTRACT, 'delete'])
  await ask('good and bad keys', ['retention.ms', SET, '5'], ['segment.bytes', SET, 'many'])
  await ask('a value with spaces', ['retention.ms', SET, ' 77 '])
  await ask('remote storage', ['remote.storage.enable', SET, 'true'])
  await ask('more replicas in sync than there are', ['min.insync.replicas', SET, '3'])
  await pair.askUntilSettled('afterwards', DescribeConfigs, pair.newest(DescribeConfigs), {
    resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
    includeSynonyms: true,
  })
  await change('too long a topic', TOPIC, LONG, [['retention.ms', SET, '1']])
}

/** Of the broker; everything that is set is deleted again. */
async function brokerChanges(pair: Pair, version: number): Promise<void> {
  const change = changer(pair, version)
  const ask = (label: string, ...changes: Change[]) => change(label, BROKER, '1', changes)
  const all = (label: string, ...changes: Change[]) => change(label, BROKER, '', changes)
  await ask('a bad value', ['log.retention.ms', SET, 'soon'])
  await ask('out of bounds', ['num.io.threads', SET, '0'])
  await ask('a key of all brokers only', ['log.cleaner.threads', SET, '1'])
  await ask('a key of a listener', ['listener.name.plaintext.max.connections', SET, '5000'])
  await all('a key of a listener, for all', ['listener.name.plaintext.max.connections', SET, '5000'])
  await all('a key of each broker, for all', ['listeners', SET, 'PLAINTEXT://:1'])
  await all('a read-only key, for all', ['broker.id', SET, '3'])
  await all('a bad value, for all', ['log.retention.ms', SET, 'soon'])
  await ask('connections a second', ['max.connection.creation.rate', SET, '1000'])
  await all('connections a second, for all', ['max.connection.creation.rate', SET, '2000'])
  await ask('connections a second at a listener', [
    'listener.name.plaintext.max.connection.creation.rate',
    SET,
    '999',
  ])
  await ask('a connection limit', ['max.connections.per.ip', SET, '5000'])
  await ask('a list', ['log.cleanup.policy', APPEND, 'compact'])
  await pair.askUntilSettled('the broker afterwards', DescribeConfigs, pair.newest(DescribeConfigs), {
    resources: [{ resourceType: BROKER, resourceName: '1', configurationKeys: null }],
    includeSynonyms: true,
  })
  await pair.askUntilSettled('all brokers afterwards', DescribeConfigs, pair.newest(DescribeConfigs), {
    resources: [{ resourceType: BROKER, resourceName: '', configurationKeys: null }],
    includeSynonyms: true,
  })
  const keys = [
    'listener.name.plaintext.max.connections',
    'max.connection.creation.rate',
    'listener.name.plaintext.max.connection.creation.rate',
    'max.connections.per.ip',
    'log.cleanup.policy',
  ]
  for (const key of keys) await ask(`deleted: ${key}`, [key, DELETE, null])
  for (const key of keys) await all(`deleted for all: ${key}`, [key, DELETE, null])
  await change('a broker with spaces', BROKER, ' 1', [['log.retention.ms', SET, '1']])
  await senselessBrokerKeys(pair, version)
}

/** What Kafka keeps though it makes no sense is deleted again at once. */
async function senselessBrokerKeys(pair: Pair, version: number): Promise<void> {
  const change = changer(pair, version)
  for (const [label, resourceName, key, value] of [
    ['an unknown key of the broker', '1', 'no.such.key', '1'],
    ['an unknown key of the broker: none', '1', '', '1'],
    ['an unknown key of all brokers', '', 'no.such.key', '1'],
    ['an unknown listener', '1', 'listener.name.nowhere.max.connections', '5'],
    ['many more threads', '1', 'num.io.threads', '800'],
    ['no connections a second', '', 'max.connection.creation.rate', '0'],
    ['no connections', '', 'max.connections', '0'],
    ['no connections at a listener', '1', 'listener.name.plaintext.max.connections', '0'],
  ] as const) {
    await change(label, BROKER, resourceName, [[key, SET, value]])
    const configs = [{ name: key, configOperation: DELETE, value: null }]
    const resources = [{ resourceType: BROKER, resourceName, configs }]
    await pair.prepare(IncrementalAlterConfigs, { resources, validateOnly: false })
  }
}

async function otherChanges(pair: Pair, version: number): Promise<void> {
  const ask = changer(pair, version)
  const group = `edge-group-of-${version}`
  await ask('a group', GROUP, group, [['consumer.session.timeout.ms', SET, '50000']])
  await ask('a group, out of bounds', GROUP, group, [['consumer.session.timeout.ms', SET, '1']])
  await ask('a group, no number', GROUP, group, [['consumer.session.timeout.ms', SET, 'long']])
  await ask('a group, an unknown key', GROUP, group, [['no.such.key', SET, '1']])
  await ask('a group, a number appended to', GROUP, group, [['consumer.session.timeout.ms', APPEND, '1']])
  await ask('a group without a name', GROUP, '', [['consumer.session.timeout.ms', SET, '50000']])
  await ask('a group, nothing', GROUP, group, [])
  const metrics = `edge-metrics-of-${version}`
  await ask('metrics', METRICS, metrics, [['interval.ms', SET, '1000']])
  await ask('metrics, too often', METRICS, metrics, [['interval.ms', SET, '10']])
  await ask('metrics, an unknown key', METRICS, metrics, [['no.such.key', SET, '1']])
  await ask('metrics of all', METRICS, metrics, [['metrics', SET, '*']])
  await ask('metrics appended', METRICS, `${metrics}-more`, [['metrics', APPEND, 'org.apache.']])
  await ask('metrics that match', METRICS, metrics, [['match', SET, 'client_id=.*']])
  await ask('metrics that match what there is not', METRICS, metrics, [['match', SET, 'colour=red']])
  await ask('metrics that match no pattern', METRICS, metrics, [['match', SET, 'client_id=[']])
  await ask('metrics without a name', METRICS, '', [['interval.ms', SET, '1000']])
  await pair.askUntilSettled('afterwards', DescribeConfigs, pair.newest(DescribeConfigs), {
    resources: [
      { resourceType: GROUP, resourceName: group, configurationKeys: null },
      { resourceType: METRICS, resourceName: metrics, configurationKeys: null },
    ],
    includeSynonyms: true,
  })
  await ask('kind 0', 0, 'x', [])
  await ask('loggers of an unknown broker', LOGGER, '7', [['kafka', SET, 'INFO']])
  await ask('loggers of no broker', LOGGER, '', [['kafka', SET, 'INFO']])
  await ask('deleted', METRICS, metrics, [
    ['interval.ms', DELETE, null],
    ['metrics', DELETE, null],
    ['match', DELETE, null],
  ])
  await ask('deleted again', GROUP, group, [['consumer.session.timeout.ms', DELETE, null]])
}
