import {
  AlterConfigs,
  CreateTopics,
  DescribeConfigs,
  IncrementalAlterConfigs,
  ListConfigResources,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair } from './pair.ts'

const TOPIC = 2
const BROKER = 4
const CLIENT_METRICS = 16
const GROUP = 32

export async function configs(pair: Pair): Promise<void> {
  const versions = [DescribeConfigs, AlterConfigs, IncrementalAlterConfigs].flatMap(api =>
    pair.versions(api).map(version => `config-${api.key}-${version}`),
  )
  const topics = versions.map(name => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [{ name: 'retention.ms', value: '9000' }],
  }))
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, ...versions)
  for (const version of pair.versions(DescribeConfigs)) await descriptions(pair, version)
  for (const version of pair.versions(AlterConfigs)) await replacements(pair, version)
  for (const version of pair.versions(IncrementalAlterConfigs)) await changes(pair, version)
  await resources(pair)
}

/** What has a configuration: of groups and subscriptions to metrics only those that were given one (KIP-1142). */
async function resources(pair: Pair): Promise<void> {
  const versions = pair.versions(ListConfigResources)
  if (versions.length === 0) return
  const set = (resourceType: number, resourceName: string, name: string, value: string | null) => {
    const configs = [{ name, value, configOperation: value === null ? 1 : 0 }]
    const resources = [{ resourceType, resourceName, configs }]
    return pair.ask('a configuration', IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  }
  await set(GROUP, 'config-group', 'consumer.session.timeout.ms', '50000')
  await set(GROUP, 'config-group-of-old', 'consumer.session.timeout.ms', '50000')
  await set(GROUP, 'config-group-of-old', 'consumer.session.timeout.ms', null)
  await set(CLIENT_METRICS, 'config-subscription', 'interval.ms', '1000')
  await set(BROKER, '', 'log.retention.bytes', '1000000')
  const list = (label: string, version: number, request: { resourceTypes?: number[] }) =>
    pair.askUntilSettled(label, ListConfigResources, version, request)
  for (const version of versions) {
    await list('all', version, {})
    if (version === 0) continue
    for (const type of [TOPIC, BROKER, 8, CLIENT_METRICS, GROUP, 0, 1, 99, -1]) {
      await list(`of type ${type}`, version, { resourceTypes: [type] })
    }
    await list('of two types', version, { resourceTypes: [GROUP, CLIENT_METRICS, GROUP] })
    await list('of a known type and an unknown one', version, { resourceTypes: [GROUP, 3] })
  }
  await set(BROKER, '', 'log.retention.bytes', null)
}

async function descriptions(pair: Pair, version: number): Promise<void> {
  const ask = (
    label: string,
    resourceType: number,
    resourceName: string,
    configurationKeys: string[] | null,
    includeSynonyms = false,
  ) =>
    pair.ask(label, DescribeConfigs, version, {
      resources: [{ resourceType, resourceName, configurationKeys }],
      ...(version >= 1 ? { includeSynonyms } : {}),
    })
  const name = `config-${DescribeConfigs.key}-${version}`
  await ask('some keys of a topic', TOPIC, name, ['retention.ms', 'cleanup.policy', 'no.such.key'])
  await ask('all keys of a topic', TOPIC, name, null)
  await ask('keys with synonyms', TOPIC, name, ['retention.ms', 'segment.bytes'], version >= 1)
  await ask('an unknown topic', TOPIC, 'nobody', null)
  await ask('an impossible topic', TOPIC, 'no spaces', null)
  await ask('all keys of the broker', BROKER, '1', null)
  await ask('defaults of all brokers', BROKER, '', null)
  await ask('an unknown broker', BROKER, '7', null)
  await ask('a broker that is no number', BROKER, 'seven', null)
  await ask('an unknown kind', 99, 'x', null)
  await ask('no keys', TOPIC, name, [])
  await ask('a key twice', TOPIC, name, ['retention.ms', 'retention.ms'])
  await ask('a topic without a name', TOPIC, '', null)
  if (version >= 3)
    await pair.ask('with documentation', DescribeConfigs, version, {
      resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
      includeSynonyms: true,
      includeDocumentation: true,
    })
  const one = { resourceType: TOPIC, resourceName: name, configurationKeys: ['segment.ms'] }
  const other = { resourceType: TOPIC, resourceName: 'nobody', configurationKeys: null }
  await pair.ask('several', DescribeConfigs, version, { resources: [one, other] })
  await pair.ask('a resource twice', DescribeConfigs, version, { resources: [one, one] })
  await pair.ask('nothing', DescribeConfigs, version, { resources: [] })
}

async function replacements(pair: Pair, version: number): Promise<void> {
  const name = `config-${AlterConfigs.key}-${version}`
  const ask = (
    label: string,
    resourceName: string,
    configs: { name: string; value: string | null }[],
    resourceType = TOPIC,
  ) =>
    pair.ask(label, AlterConfigs, version, {
      resources: [{ resourceType, resourceName, configs }],
      validateOnly: false,
    })
  await ask('a good value', name, [{ name: 'cleanup.policy', value: 'compact' }])
  await pair.askUntilSettled('afterwards', DescribeConfigs, 1, {
    resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
  })
  await ask('a bad value', name, [{ name: 'cleanup.policy', value: 'burn' }])
  await ask('an unknown key', name, [{ name: 'no.such.key', value: '1' }])
  await ask('a missing value', name, [{ name: 'retention.ms', value: null }])
  await ask('an unknown topic', 'nobody', [{ name: 'retention.ms', value: '1' }])
  await ask('nothing', name, [])
  await ask('a key twice', name, [
    { name: 'retention.ms', value: '1' },
    { name: 'retention.ms', value: '2' },
  ])
  await ask('an unknown kind', name, [], 99)
  await ask('a topic without a name', '', [{ name: 'retention.ms', value: '1' }])
  const resource = {
    resourceType: TOPIC,
    resourceName: name,
    configs: [{ name: 'retention.ms', value: '77' }],
  }
  await pair.ask('only to validate', AlterConfigs, version, { resources: [resource], validateOnly: true })
  await pair.ask('no resources', AlterConfigs, version, { resources: [], validateOnly: false })
  await pair.askUntilSettled('afterwards', DescribeConfigs, 1, {
    resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
  })
}

async function changes(pair: Pair, version: number): Promise<void> {
  const name = `config-${IncrementalAlterConfigs.key}-${version}`
  const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]
  type Change = readonly [name: string, operation: number, value: string | null]
  const ask = (label: string, resourceName: string, changes: Change[], resourceType = TOPIC) => {
    const configs = changes.map(([key, configOperation, value]) => ({ name: key, configOperation, value }))
    const resources = [{ resourceType, resourceName, configs }]
    return pair.ask(label, IncrementalAlterConfigs, version, { resources, validateOnly: false })
  }
  await ask('set', name, [['retention.ms', SET!, '1234']])
  await ask('append', name, [['cleanup.policy', APPEND!, 'compact']])
  await ask('append what is there', name, [['cleanup.policy', APPEND!, 'compact']])
  await ask('subtract', name, [['cleanup.policy', SUBTRACT!, 'delete']])
  await ask('append to a number', name, [['retention.ms', APPEND!, '1']])
  await ask('delete', name, [['retention.ms', DELETE!, null]])
  await ask('a key twice', name, [
    ['retention.ms', SET!, '1'],
    ['retention.ms', SET!, '2'],
  ])
  await ask('a bad value', name, [['retention.ms', SET!, 'soon']])
  await ask('a missing value', name, [['retention.ms', SET!, null]])
  await ask('an unknown key', name, [['no.such.key', SET!, '1']])
  await ask('an unknown operation', name, [['retention.ms', 9, '1']])
  await ask('an unknown topic', 'nobody', [['retention.ms', SET!, '1']])
  await ask('an unknown kind', name, [['retention.ms', SET!, '1']], 99)
  await ask('a topic without a name', '', [['retention.ms', SET!, '1']])
  await ask('out of bounds', name, [['segment.bytes', SET!, '-7']])
  await ask('nothing', name, [])
  const configs = [{ name: 'retention.ms', configOperation: SET!, value: '77' }]
  const resource = { resourceType: TOPIC, resourceName: name, configs }
  await pair.ask('a resource twice', IncrementalAlterConfigs, version, {
    resources: [resource, resource],
    validateOnly: false,
  })
  await pair.ask('only to validate', IncrementalAlterConfigs, version, {
    resources: [resource],
    validateOnly: true,
  })
  await pair.ask('no resources', IncrementalAlterConfigs, version, { resources: [], validateOnly: false })
  await pair.askUntilSettled('afterwards', DescribeConfigs, 1, {
    resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }],
  })
  await ask('a dynamic key of the broker', '1', [['log.retention.ms', SET!, '86400000']], BROKER)
  await ask('a read-only key of the broker', '1', [['broker.id', SET!, '3']], BROKER)
  await ask('a key of all brokers', '', [['log.retention.bytes', SET!, '1000000']], BROKER)
  await ask('an unknown broker', '7', [['log.retention.ms', SET!, '1']], BROKER)
  await pair.askUntilSettled('the broker afterwards', DescribeConfigs, 1, {
    resources: [
      {
        resourceType: BROKER,
        resourceName: '1',
        configurationKeys: ['log.retention.ms', 'log.retention.bytes'],
      },
    ],
    includeSynonyms: true,
  })
  await ask('deleted again', '1', [['log.retention.ms', DELETE!, null]], BROKER)
  await ask('deleted again for all', '', [['log.retention.bytes', DELETE!, null]], BROKER)
}
