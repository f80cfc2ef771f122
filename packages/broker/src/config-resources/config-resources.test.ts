import type { ConfigResource } from '@samsa/cluster'
import { describe, expect, it } from 'vitest'
import { LiveConfig } from '../config/live-config.ts'
import { toEnd } from '../steps.ts'
import { admit } from './alter-config.ts'
import { configSchema } from './check-config.ts'
import {
  configSource,
  describeBrokerConfig,
  describeBrokerDefaults,
  describeGroupConfig,
  describeTopicConfig,
} from './describe-config.ts'

function configWith(atStart: Record<string, string>, clusterWide = {}, perBroker = {}): LiveConfig {
  const config = new LiveConfig(atStart)
  config.change({ clusterWide, perBroker })
  return config
}

function check(resource: ConfigResource, entries: Record<string, string>, config = configWith({})) {
  const outcome = configSchema(config).check(resource, entries, {})
  return outcome === undefined ? 'NONE' : `${outcome.error}: ${outcome.message}`
}

const topic: ConfigResource = { type: 'topic', name: 't' }
const broker: ConfigResource = { type: 'broker', name: '1' }
const brokers: ConfigResource = { type: 'broker', name: 'default' }
const group: ConfigResource = { type: 'group', name: 'g' }

describe('judging configurations', () => {
  it('names the nearest key for one that does not exist', () => {
    expect(check(topic, { 'retention.mss': '1' })).toMatch(/^INVALID_CONFIG.*Did you mean 'retention.ms'/)
    expect(check(broker, { 'log.retention.mss': '1' })).toMatch(/^INVALID_CONFIG.*'log.retention.ms'/)
    expect(check(group, { 'consumer.session.timeout': '1' })).toMatch(/^INVALID_CONFIG/)
  })

  it('refuses wrong values with the error Kafka has for the resource', () => {
    expect(check(topic, { 'retention.ms': 'x' })).toMatch(/^INVALID_CONFIG/)
    expect(check(broker, { 'log.retention.ms': 'x' })).toMatch(/^INVALID_REQUEST/)
    expect(check({ type: 'client-metrics', name: 'm' }, { 'interval.ms': '5' })).toMatch(/^INVALID_REQUEST/)
    expect(check({ type: 'client-metrics', name: 'm' }, { match: 'x=y' })).toMatch(/^INVALID_CONFIG/)
  })

  it('refuses what needs a restart, and what only one broker can have', () => {
    expect(check(broker, { 'log.dirs': '/x' })).toMatch(
      /^INVALID_REQUEST: Cannot update these configs dynamically/,
    )
    expect(check(broker, { listeners: 'PLAINTEXT://:1' })).toMatch(/^INVALID_REQUEST.*at its next start/)
    expect(check(brokers, { 'sasl.jaas.config': 'x' })).toMatch(/broker id must be specified/)
    expect(check(brokers, { 'message.max.bytes': '5' })).toBe('NONE')
    expect(check(broker, { 'message.max.bytes': '5' })).toBe('NONE')
    expect(check(broker, { 'leader.replication.throttled.rate': '5' })).toBe('NONE')
  })

  it('does not let a running broker be told to take no connections', () => {
    for (const key of ['max.connections', 'listener.name.plaintext.max.connection.creation.rate']) {
      expect(check(broker, { [key]: '0' })).toMatch(/^INVALID_REQUEST.*too small/)
      expect(check(broker, { [key]: '1' })).toBe('NONE')
    }
  })

  it('sees keys that contradict each other or the defaults of the broker', () => {
    const lags = { 'min.compaction.lag.ms': '100', 'max.compaction.lag.ms': '50' }
    expect(check(topic, lags)).toMatch(/^INVALID_CONFIG: conflict topic config setting/)
    const config = configWith({ 'log.cleaner.max.compaction.lag.ms': '10' })
    expect(check(topic, { 'min.compaction.lag.ms': '100' }, config)).toMatch(/^INVALID_CONFIG/)
    expect(check(group, { 'consumer.session.timeout.ms': '5' })).toMatch(
      /group.consumer.min.session.timeout.ms/,
    )
    expect(check(group, { 'consumer.session.timeout.ms': '50000' })).toBe('NONE')
  })

  it('refuses defaults where there are none', () => {
    expect(check({ type: 'topic', name: '' }, {})).toMatch(/^INVALID_REQUEST/)
    expect(check({ type: 'group', name: '' }, {})).toMatch(/^INVALID_REQUEST/)
    expect(check({ type: 'topic', name: 'a b' }, {})).toMatch(/^INVALID_TOPIC_EXCEPTION/)
  })
})

describe('describing configurations', () => {
  const described = (keys: ReturnType<typeof describeTopicConfig>, name: string) =>
    keys.find(key => key.name === name)

  it('shows where a value comes from, the layer that counts first', () => {
    const config = configWith(
      { 'log.retention.ms': '3' },
      { 'log.retention.ms': '2' },
      { 'log.retention.ms': '1' },
    )
    const key = described(describeTopicConfig({ 'retention.ms': '0' }, config), 'retention.ms')
    expect(key).toMatchObject({ value: '0', source: configSource.TOPIC, isReadOnly: false })
    expect(key?.synonyms.map(({ name, value }) => [name, value])).toEqual([
      ['retention.ms', '0'],
      ['log.retention.ms', '1'],
      ['log.retention.ms', '2'],
      ['log.retention.ms', '3'],
      ['log.retention.hours', '168'],
    ])
    const [, ...broker] = key!.synonyms.map(({ source }) => source)
    expect(broker).toEqual([2, 3, 4, 5])
  })

  it('shows no synonyms while only a stand-in gives the value, as Kafka does', () => {
    const key = described(describeTopicConfig({}, configWith({ 'log.retention.hours': '1' })), 'retention.ms')
    expect(key).toMatchObject({ value: '3600000', source: configSource.DEFAULT, synonyms: [] })
  })

  it('hides secrets, and says what needs a restart', () => {
    const keys = describeBrokerConfig(configWith({ 'ssl.keystore.password': 'hush', 'log.dirs': '/d' }))
    const secret = described(keys, 'ssl.keystore.password')
    expect(secret).toMatchObject({ value: null, isSensitive: true })
    expect(secret?.synonyms.every(({ value }) => value === null)).toBe(true)
    expect(described(keys, 'log.dirs')).toMatchObject({
      value: '/d',
      isReadOnly: true,
      source: configSource.STATIC_BROKER,
    })
    expect(described(keys, 'log.retention.ms')).toMatchObject({ value: null, isReadOnly: false })
    expect(described(keys, 'internal.metadata.delete.delay.millis')).toBeUndefined()
  })

  it('shows of all brokers only what was set for all', () => {
    const config = configWith({}, { 'message.max.bytes': '5' }, { 'message.max.bytes': '6' })
    expect(describeBrokerDefaults(config)).toMatchObject([
      { name: 'message.max.bytes', value: '5', source: configSource.DYNAMIC_DEFAULT_BROKER },
    ])
  })

  it("gives groups the broker's defaults", () => {
    const config = configWith({ 'group.consumer.session.timeout.ms': '50000' })
    expect(described(describeGroupConfig({}, config), 'consumer.session.timeout.ms')).toMatchObject({
      value: '50000',
      source: configSource.STATIC_BROKER,
    })
  })
})

describe('admitting resources to be altered', () => {
  it('answers what is named twice, has no value, or is another broker', () => {
    const resource = (resourceType: number, resourceName: string, ...configs: [string, string | null][]) => ({
      resourceType,
      resourceName,
      configs: configs.map(([name, value]) => ({ name, value })),
    })
    const admitted = toEnd(
      admit(
        [
          resource(2, 'a'),
          resource(2, 'a'),
          resource(2, 'b', ['x', '1'], ['x', '2']),
          resource(2, 'c', ['x', null]),
          resource(4, '2'),
          resource(4, 'x'),
          resource(3, 'x'),
          resource(8, '1'),
          resource(4, ''),
          resource(4, '01'),
          resource(32, 'g/h'),
        ],
        1,
        () => false,
        { hasLoggers: false },
      ),
    )
    expect(
      admitted.map(one => ('error' in one ? one.error : `${one.resource.type}/${one.resource.name}`)),
    ).toEqual([...Array(8).fill('INVALID_REQUEST'), 'broker/default', 'broker/1', 'group/g/h'])
  })
})
