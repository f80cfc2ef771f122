import { type ConfigOf, boolean, configTable, enumeration, int, javaClass, list, string } from '@samsa/base'
import { clientConfig } from '../config/client-config.ts'
import { parseResetPolicy } from './reset-policy.ts'

const forShareConsumers = 'For share consumers: accepted, without effect in this consumer.'

/** The keys of a consumer: Kafka's, and those all clients share. */
export const consumerConfig = configTable({
  ...clientConfig,
  'client.id': string({ ...clientConfig['client.id'], default: '', importance: 'low' }),
  'receive.buffer.bytes': int({ ...clientConfig['receive.buffer.bytes'], default: 65_536 }),
  'allow.auto.create.topics': boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether subscribing to a topic that does not exist may make it, where the broker allows that.',
  }),
  'auto.commit.interval.ms': int({
    default: 5000,
    min: 0,
    unit: 'ms',
    importance: 'low',
    doc: 'How often finished offsets are committed with enable.auto.commit.',
  }),
  'auto.offset.reset': string({
    default: 'latest',
    importance: 'medium',
    doc: 'Where to start without a committed offset, or when it is no longer there: earliest, latest, none (an error), or by_duration:PnDTnHnMn.nS for that long ago.',
    rule: {
      allowed: 'latest, earliest, none or by_duration: and an ISO 8601 duration, as in by_duration:PT1H',
      accepts: value => value !== null && parseResetPolicy(value) !== undefined,
    },
  }),
  'check.crcs': boolean({
    default: true,
    importance: 'low',
    doc: 'Check the CRC-32C of each batch, so that damage on the way does not go unnoticed.',
  }),
  'client.rack': string({
    default: '',
    importance: 'low',
    doc: 'Rack of this consumer: it reads from replicas there where brokers allow it (KIP-392), and assignors take it into account.',
  }),
  'default.api.timeout.ms': int({
    default: 60_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long calls without a timeout of their own may take, with all their retries.',
  }),
  'enable.auto.commit': boolean({
    default: true,
    importance: 'medium',
    doc: 'Commit in the background what the application has finished.',
  }),
  'exclude.internal.topics': boolean({
    default: true,
    importance: 'medium',
    doc: 'Whether a pattern leaves internal topics out, as __consumer_offsets.',
  }),
  'fetch.max.bytes': int({
    default: 52_428_800,
    min: 0,
    unit: 'bytes',
    importance: 'medium',
    doc: 'Most bytes of one answer, and about the most that is kept ahead of the application.',
  }),
  'fetch.max.wait.ms': int({
    default: 500,
    min: 0,
    unit: 'ms',
    importance: 'low',
    doc: 'How long a broker waits for fetch.min.bytes before it answers.',
  }),
  'fetch.min.bytes': int({
    default: 1,
    min: 0,
    unit: 'bytes',
    importance: 'high',
    doc: 'A broker answers once that much is there.',
  }),
  'group.id': string({
    default: null,
    importance: 'high',
    doc: 'The group this consumer belongs to. Needed to subscribe and to commit.',
  }),
  'group.instance.id': string({
    default: null,
    nonEmpty: true,
    importance: 'medium',
    doc: 'Makes this a static member (KIP-345): restarted within session.timeout.ms it gets its partitions back without a rebalance.',
  }),
  'group.protocol': enumeration({
    default: 'CLASSIC',
    values: ['CONSUMER', 'CLASSIC'],
    anyCase: true,
    importance: 'high',
    doc: 'classic: members share out partitions themselves. consumer: the broker does (KIP-848).',
  }),
  'group.remote.assignor': string({
    default: null,
    importance: 'medium',
    doc: "Name of the broker's assignor with group.protocol=consumer, as uniform or range; not set leaves the choice to the broker.",
  }),
  'heartbeat.interval.ms': int({
    default: 3000,
    unit: 'ms',
    importance: 'high',
    doc: 'How often a member tells that it is alive; a third of session.timeout.ms at most. With group.protocol=consumer the broker says how often.',
  }),
  'interceptor.classes': list({
    default: [],
    importance: 'low',
    unused: true,
    doc: 'Java classes that see records first. Java only: accepted, without effect here.',
  }),
  'internal.throw.on.fetch.stable.offset.unsupported': boolean({
    default: false,
    importance: 'low',
    internal: true,
    unused: true,
    doc: 'Internal to Kafka: accepted, without effect.',
  }),
  'isolation.level': enumeration({
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    importance: 'medium',
    doc: 'read_committed leaves out the records of aborted transactions, and waits for open ones to end.',
  }),
  'key.deserializer': javaClass({
    default: null,
    importance: 'high',
    unused: true,
    doc: "Java class that reads keys. Here the option `key` of the consumer's second argument does.",
  }),
  'max.partition.fetch.bytes': int({
    default: 1_048_576,
    min: 0,
    unit: 'bytes',
    importance: 'high',
    doc: 'Most bytes of one partition in an answer; a single larger batch comes all the same.',
  }),
  'max.poll.interval.ms': int({
    default: 300_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'When the application makes no progress for that long its partitions go to other members, until it does.',
  }),
  'max.poll.records': int({
    default: 500,
    min: 1,
    importance: 'medium',
    doc: 'Most records of a batch that the application is handed at once.',
  }),
  'partition.assignment.strategy': list({
    default: [
      'class org.apache.kafka.clients.consumer.RangeAssignor',
      'class org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
    ],
    importance: 'medium',
    doc: "How members of a classic group share out partitions, best first: range, roundrobin, sticky, cooperative-sticky, or their Java classes' names; RoundRobinAssigner is that of kafkajs.",
  }),
  'session.timeout.ms': int({
    default: 45_000,
    unit: 'ms',
    importance: 'high',
    doc: 'A member that the coordinator did not hear from for that long is taken for dead. With group.protocol=consumer the broker says how long.',
  }),
  'share.acknowledgement.mode': enumeration({
    default: 'implicit',
    values: ['implicit', 'explicit'],
    importance: 'medium',
    unused: true,
    doc: forShareConsumers,
  }),
  'share.acquire.mode': enumeration({
    default: 'BATCH_OPTIMIZED',
    values: ['BATCH_OPTIMIZED', 'RECORD_LIMIT'],
    anyCase: true,
    importance: 'medium',
    unused: true,
    doc: forShareConsumers,
  }),
  'value.deserializer': javaClass({
    default: null,
    importance: 'high',
    unused: true,
    doc: "Java class that reads values. Here the option `value` of the consumer's second argument does.",
  }),
})

/** Values of a consumer's keys. */
export type ConsumerConfig = ConfigOf<typeof consumerConfig>
