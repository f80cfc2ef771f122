import { describe, expect, it } from 'vitest'
import { settingsOfEnvironment } from './environment.ts'

function keysOf(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(settingsOfEnvironment(environment).settings.map(({ key, text }) => [key, text]))
}

describe('variables', () => {
  it("of Apache's and Confluent's images set keys", () => {
    expect(
      keysOf({
        KAFKA_BROKER_ID: '1',
        KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT',
        KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://broker:29092,PLAINTEXT_HOST://localhost:9092',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_SASL_OAUTHBEARER_ASSERTION_FILE: '/f',
      }),
    ).toEqual({
      'broker.id': '1',
      'zookeeper.connect': 'zookeeper:2181',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT',
      'advertised.listeners': 'PLAINTEXT://broker:29092,PLAINTEXT_HOST://localhost:9092',
      'offsets.topic.replication.factor': '1',
      'group.initial.rebalance.delay.ms': '0',
      'sasl.oauthbearer.assertion.file': '/f',
    })
  })

  it("of Bitnami's image and our own win over those, in this order", () => {
    const { settings } = settingsOfEnvironment({
      SAMSA_NUM_PARTITIONS: '3',
      KAFKA_CFG_NUM_PARTITIONS: '2',
      KAFKA_NUM_PARTITIONS: '1',
    })
    expect(settings.map(({ text, origin }) => [text, origin])).toEqual([
      ['1', 'KAFKA_NUM_PARTITIONS'],
      ['2', 'KAFKA_CFG_NUM_PARTITIONS'],
      ['3', 'SAMSA_NUM_PARTITIONS'],
    ])
  })

  it('write - as ___ and _ as __', () => {
    expect(keysOf({ KAFKA_LISTENER_NAME_A__B_C___D: '1' })).toEqual({ 'listener.name.a_b.c-d': '1' })
  })

  it('of the wurstmeister image become its old keys', () => {
    expect(
      keysOf({ KAFKA_ADVERTISED_HOST_NAME: 'localhost', KAFKA_ADVERTISED_PORT: '9092', KAFKA_PORT: '9092' }),
    ).toEqual({
      'advertised.host.name': 'localhost',
      'advertised.port': '9092',
      port: '9092',
    })
  })

  it('for the JVM, logging, the images themselves and Kubernetes pass without a word', () => {
    const others = {
      KAFKA_HEAP_OPTS: '-Xmx1G',
      KAFKA_JMX_PORT: '9101',
      KAFKA_JMX_HOSTNAME: 'localhost',
      KAFKA_LOG4J_ROOT_LOGLEVEL: 'INFO',
      KAFKA_OPTS: '',
      KAFKA_HOME: '/opt/kafka',
      KAFKA_VERSION: '2.8',
      KAFKA_CREATE_TOPICS: 'a:1:1',
      KAFKA_CONFLUENT_LICENSE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_PORT: 'tcp://10.0.0.1:9092',
      KAFKA_PORT_9092_TCP_ADDR: '10.0.0.1',
      KAFKA_SERVICE_HOST: '10.0.0.1',
      KAFKA_KRAFT_CLUSTER_ID: 'x',
      KAFKA_REST_HOST_NAME: 'rest',
      ALLOW_PLAINTEXT_LISTENER: 'yes',
      ALLOW_ANONYMOUS_LOGIN: 'yes',
      SAMSA_KAFKA_FACTS: '/facts',
      PATH: '/bin',
    }
    expect(settingsOfEnvironment(others)).toEqual({ settings: [], notices: [] })
  })

  it('that resemble a key are told of, with the right spelling', () => {
    expect(settingsOfEnvironment({ KAFKA_ADVERTISED_LISTENER: 'x', SAMSA_LOG_DIRSS: 'y' }).notices).toEqual([
      'KAFKA_ADVERTISED_LISTENER sets no configuration key and is ignored. Did you mean KAFKA_ADVERTISED_LISTENERS?',
      'SAMSA_LOG_DIRSS sets no configuration key and is ignored. Did you mean SAMSA_LOG_DIRS?',
    ])
  })

  it('that forbid plaintext are told to be without effect', () => {
    expect(settingsOfEnvironment({ ALLOW_PLAINTEXT_LISTENER: 'no' }).notices).toEqual([
      'ALLOW_PLAINTEXT_LISTENER is ignored: set listeners and their security protocols instead.',
    ])
  })
})
