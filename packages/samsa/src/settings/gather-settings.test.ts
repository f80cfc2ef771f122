import { parseProperties } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { type SettingFlags, settingsOfFlags } from './flags.ts'
import { gatherSettings } from './gather-settings.ts'

function gather(from: { file?: string; environment?: Record<string, string>; flags?: SettingFlags }) {
  return gatherSettings({
    environment: from.environment ?? {},
    flags: settingsOfFlags(from.flags ?? {}),
    ...(from.file !== undefined && { file: parseProperties(from.file, 'server.properties') }),
  })
}

// The keys of the file that Kafka 4.3 ships; its comments are not needed here.
const shippedByKafka4 = `
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.receive.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=/tmp/kraft-combined-logs
num.partitions=1
num.recovery.threads.per.data.dir=1
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
`

describe('settings', () => {
  it('of nothing at all start a node on the loopback address without a word', () => {
    const gathered = gather({})
    expect(gathered).toMatchObject({ notices: [], warnings: [], problems: [] })
    expect(gathered.texts).toEqual({ 'group.initial.rebalance.delay.ms': '0' })
    expect(gathered.values.listeners).toEqual(['PLAINTEXT://127.0.0.1:9092'])
  })

  it('merge in the order of defaults, file, variables, flags', () => {
    const file = 'num.partitions=2\nlog.dirs=/file\nbroker.rack=r\n'
    const environment = { KAFKA_NUM_PARTITIONS: '3', KAFKA_LOG_DIRS: '/variable' }
    const { texts, values } = gather({ file, environment, flags: { override: ['num.partitions=4'] } })
    expect(texts).toEqual({ 'num.partitions': '4', 'log.dirs': '/variable', 'broker.rack': 'r' })
    expect(values['group.initial.rebalance.delay.ms']).toBe(3000)
  })

  it('of the server.properties Kafka 4 ships start a node, without a word', () => {
    expect(gather({ file: shippedByKafka4 })).toMatchObject({ notices: [], warnings: [], problems: [] })
  })

  it('of a server.properties of the ZooKeeper time start a node, with a notice', () => {
    const file = `
broker.id=0
port=9095
log.dirs=/tmp/kafka-logs
zookeeper.connect=localhost:2181
zookeeper.connection.timeout.ms=18000
inter.broker.protocol.version=2.8
log.message.format.version=2.8
`
    const { values, notices, warnings, problems } = gather({ file })
    expect(problems).toEqual([])
    expect(warnings).toEqual([])
    expect(notices).toEqual([
      'Not used: zookeeper.connect, zookeeper.connection.timeout.ms (Samsa needs no ZooKeeper).',
      'Not used: inter.broker.protocol.version, log.message.format.version (the newest message format is always used, and older clients are served too).',
    ])
    expect(values['node.id']).toBe(0)
    expect(values.listeners).toEqual(['PLAINTEXT://127.0.0.1:9095'])
  })

  it('of the wurstmeister image listen on every interface and advertise the host', () => {
    const { values, problems } = gather({
      environment: {
        KAFKA_ADVERTISED_HOST_NAME: '192.168.1.5',
        KAFKA_ADVERTISED_PORT: '19092',
        KAFKA_ZOOKEEPER_CONNECT: 'z',
      },
    })
    expect(problems).toEqual([])
    expect(values.listeners).toEqual(['PLAINTEXT://0.0.0.0:9092'])
    expect(values['advertised.listeners']).toEqual(['PLAINTEXT://192.168.1.5:19092'])
  })

  it("of Confluent's image listen where they advertise, on every interface", () => {
    const { values, problems } = gather({
      environment: {
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://broker:29092,PLAINTEXT_HOST://localhost:9092',
      },
    })
    expect(problems).toEqual([])
    expect(values.listeners).toEqual(['PLAINTEXT://0.0.0.0:29092', 'PLAINTEXT_HOST://0.0.0.0:9092'])
  })

  it('leave old keys aside when the new one is set', () => {
    const { texts, notices } = gather({ file: 'port=1\nadvertised.host.name=h\nlisteners=PLAINTEXT://:2\n' })
    expect(texts).toEqual({ listeners: 'PLAINTEXT://:2', 'advertised.listeners': 'PLAINTEXT://h:1' })
    expect(notices).toEqual(['Not used: server.properties:1, server.properties:2 (listeners is set).'])
  })

  it('give renamed keys their value', () => {
    const { texts } = gather({
      file: 'log.message.timestamp.difference.max.ms=5\nlog.message.timestamp.after.max.ms=6\n',
    })
    expect(texts).toEqual({
      'log.message.timestamp.before.max.ms': '5',
      'log.message.timestamp.after.max.ms': '6',
    })
  })

  it('that repeat are told of', () => {
    expect(gather({ file: 'num.partitions=1\nnum.partitions=2\n' }).notices).toEqual([
      'server.properties:2: num.partitions replaces what server.properties:1 says.',
    ])
  })

  it('that are unknown are warned of, with the nearest name, and kept', () => {
    const file =
      'lisetners=PLAINTEXT://:1\nretention.ms=5\nleader.replication.throttled.rate=1\nmy.plugin.setting=1\n\nremote.storage.enable=true\n'
    const { warnings, texts } = gather({ file })
    expect(warnings).toEqual([
      "server.properties:1: 'lisetners' is not a configuration key, and is ignored. Did you mean 'listeners'?",
      "server.properties:2: 'retention.ms' is a key of topics. It is ignored; for all topics it is 'log.retention.ms'.",
      "server.properties:3: 'leader.replication.throttled.rate' can only be set while the node runs, with kafka-configs. It is ignored.",
      "server.properties:4: 'my.plugin.setting' is not a configuration key, and is ignored.",
      "server.properties:6: 'remote.storage.enable' is a key of topics. It is ignored.",
    ])
    expect(texts['my.plugin.setting']).toBe('1')
  })

  it('that name a guard are warned of: it does not stand there', () => {
    const file = 'authorizer.class.name=org.example.Authorizer\nclient.quota.callback.class=\n'
    expect(gather({ file }).warnings).toEqual([
      "server.properties:1: 'authorizer.class.name' has no effect in this version: clients may do what it would forbid.",
    ])
  })

  it('for one listener are those it may have of its own, of a listener that there is', () => {
    const file = [
      'listener.name.plaintext.max.connections=5',
      'listener.name.plaintext.scram-sha-256.sasl.jaas.config=x',
      'listener.name.plaintext.max.connection=5',
      'listener.name.plaintext.log.retention.ms=5',
      'listener.name.plaintxt.ssl.keystore.type=PEM',
      'listener.name.PLAINTEXT.max.connections=5',
      'listener.name.plaintext=5',
    ].join('\n')
    expect(gather({ file }).warnings).toEqual([
      "server.properties:3: 'listener.name.plaintext.max.connection' is ignored: max.connection is no key of a listener. Did you mean 'listener.name.plaintext.max.connections'?",
      "server.properties:4: 'listener.name.plaintext.log.retention.ms' is ignored: log.retention.ms is the same for all listeners. Set 'log.retention.ms'.",
      "server.properties:5: 'listener.name.plaintxt.ssl.keystore.type' is for a listener that there is not (there are: plaintext), and is ignored. Did you mean 'listener.name.plaintext.ssl.keystore.type'?",
      "server.properties:6: 'listener.name.PLAINTEXT.max.connections' is for a listener that there is not (there are: plaintext), and is ignored. Did you mean 'listener.name.plaintext.max.connections'?",
      "server.properties:7: 'listener.name.plaintext' sets nothing: write listener.name.<listener>.<key>.",
    ])
    expect(gather({ file: 'listener.name.plaintext.max.connections=-5\n' }).problems).toEqual([
      {
        message: 'max.connections: -5 is too small. Allowed: a whole number of at least 0.',
        origin: 'server.properties:1',
      },
    ])
  })

  it.each([
    [
      { file: '\n\nnum.partitions=many\n' },
      "num.partitions: 'many' is not a whole number. Allowed: a whole number of at least 1.",
      'server.properties:3',
    ],
    [
      { environment: { KAFKA_NUM_PARTITIONS: '0' } },
      'num.partitions: 0 is too small. Allowed: a whole number of at least 1.',
      'KAFKA_NUM_PARTITIONS',
    ],
    [
      { flags: { override: ['log.retention.ms=7d'] } },
      "log.retention.ms: '7d' is not a whole number of milliseconds (7d is written 604800000). Allowed: a whole number.",
      '--override log.retention.ms',
    ],
    [
      { flags: { port: 'http' } },
      "listeners: 'PLAINTEXT://127.0.0.1:http' is not a listener. Write NAME://host:port, for example PLAINTEXT://127.0.0.1:9092 (an empty host is every interface).",
      '--port',
    ],
    [
      { file: 'broker.id=1\nnode.id=2\n' },
      'broker.id: 1 does not do here. Allowed: the same number as node.id, or not set.',
      'server.properties:1',
    ],
    [
      { environment: { KAFKA_LISTENERS: 'SSL://:9093' } },
      'listeners: the listener SSL asks for SSL, which this version of Samsa does not serve. Use PLAINTEXT.',
      'KAFKA_LISTENERS',
    ],
  ])(
    'that are wrong are problems that say what is allowed and where it was said: %j',
    (from, message, origin) => {
      expect(gather(from as Parameters<typeof gather>[0]).problems).toEqual([{ message, origin }])
    },
  )
})

describe('flags', () => {
  it.each<[SettingFlags, Record<string, string>]>([
    [{ port: '9192' }, { listeners: 'PLAINTEXT://127.0.0.1:9192' }],
    [{ host: '0.0.0.0' }, { listeners: 'PLAINTEXT://0.0.0.0:9092' }],
    [{ host: '::1', port: '1' }, { listeners: 'PLAINTEXT://[::1]:1' }],
    [{ advertised: 'my.host' }, { 'advertised.listeners': 'PLAINTEXT://my.host:9092' }],
    [
      { advertised: 'my.host:19092', host: '0.0.0.0' },
      { 'advertised.listeners': 'PLAINTEXT://my.host:19092', listeners: 'PLAINTEXT://0.0.0.0:9092' },
    ],
    [{ advertised: 'A://h:1,B://h:2' }, { 'advertised.listeners': 'A://h:1,B://h:2' }],
    [{ data: '/data' }, { 'log.dirs': '/data' }],
    [
      { data: '/data', override: ['log.dirs=/other', 'a=b=c'] },
      { 'log.dirs': '/other', a: 'b=c' },
    ],
  ])('%j', (flags, texts) => {
    expect(Object.fromEntries(settingsOfFlags(flags).map(({ key, text }) => [key, text]))).toEqual(texts)
  })

  it('--override without a value is refused', () => {
    expect(() => settingsOfFlags({ override: ['num.partitions'] })).toThrow(
      '--override num.partitions: write key=value, for example --override num.partitions=3.',
    )
  })

  it('--advertised alone listens on every interface, on loopback only when that is advertised', () => {
    expect(gather({ flags: { advertised: 'my.host' } }).values.listeners).toEqual([
      'PLAINTEXT://0.0.0.0:9092',
    ])
    expect(gather({ flags: { advertised: 'localhost:9092' } }).values.listeners).toEqual([
      'PLAINTEXT://localhost:9092',
    ])
  })
})
