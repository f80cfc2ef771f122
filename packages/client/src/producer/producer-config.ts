import {
  type ConfigOf,
  boolean,
  configTable,
  duration,
  enumeration,
  int,
  javaClass,
  list,
  long,
  string,
} from '@samsa/base'
import { clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'

const ROUND_ROBIN = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'

/** Every key of a producer: those all clients share, and its own. */
export const producerConfig = configTable({
  ...clientConfig,
  acks: enumeration({
    default: 'all',
    values: ['all', '-1', '0', '1'],
    importance: 'low',
    doc: 'Who must have a record before it counts as sent: all in-sync replicas (all or -1), the leader (1), or nobody (0).',
  }),
  'batch.size': int({
    default: 16_384,
    min: 0,
    unit: 'bytes',
    importance: 'medium',
    doc: 'A batch of this size leaves without lingering. While it cannot leave, because earlier requests are under way, it goes on taking records up to 256 KB (or this size, if larger): fewer, fuller batches at no cost in time.',
  }),
  'buffer.memory': long({
    default: 33_554_432,
    min: 0,
    unit: 'bytes',
    importance: 'high',
    doc: 'Records accepted and not yet settled take at most that much memory. Further ones wait for up to max.block.ms; await `producer.ready()` to be held back before.',
  }),
  'compression.gzip.level': int({
    default: -1,
    min: 1,
    max: 9,
    orElse: -1,
    importance: 'medium',
    doc: 'Effort of gzip, from 1 (fast) to 9 (small); -1 is its default.',
  }),
  'compression.lz4.level': int({
    default: 9,
    min: 1,
    max: 17,
    importance: 'medium',
    unused: true,
    doc: 'Effort of lz4 in Java. The codec used here has one level: accepted, without effect.',
  }),
  'compression.type': enumeration({
    default: 'none',
    values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
    importance: 'high',
    doc: 'How batches are compressed.',
  }),
  'compression.zstd.level': int({
    default: 3,
    min: -131_072,
    max: 22,
    importance: 'medium',
    doc: 'Effort of zstd, up to 22 (small); below 1 it is faster still.',
  }),
  'delivery.timeout.ms': int({
    default: 120_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'A record is reported as stored or failed at the latest that long after its batch was begun, retries included. At least linger.ms + request.timeout.ms.',
  }),
  'enable.idempotence': boolean({
    default: true,
    importance: 'low',
    doc: 'Retries neither duplicate records nor change their order. Needs acks=all, retries and at most 5 requests in flight; acks other than all, or no retries, switch it off unless it is asked for.',
  }),
  'interceptor.classes': list({
    default: [],
    importance: 'low',
    unused: true,
    doc: 'Java classes that see records before they are sent. Java only: accepted, without effect; wrap `send` instead.',
  }),
  'key.serializer': javaClass({
    default: null,
    importance: 'high',
    unused: true,
    doc: 'A Java class. Here the second argument of `new Producer` has the serializers: accepted, without effect.',
  }),
  'linger.ms': long({
    default: 5,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long a batch that is not full waits for more records. With 0 what is sent in one turn of the event loop leaves together.',
  }),
  'max.block.ms': duration({
    default: 60_000,
    min: 0,
    importance: 'medium',
    doc: "How long a record may wait for its topic's metadata and for room in the buffer, and how long transactions' calls may take.",
  }),
  'max.in.flight.requests.per.connection': int({
    default: 5,
    min: 1,
    importance: 'low',
    doc: 'Requests under way to a broker at once. With more than 1 and without idempotence retries may change the order.',
  }),
  'max.request.size': int({
    default: 1_048_576,
    min: 0,
    unit: 'bytes',
    importance: 'medium',
    doc: 'Largest request, and largest record before compression. One batch may exceed it only if it is one record.',
  }),
  'metadata.max.idle.ms': duration({
    default: 300_000,
    min: 5000,
    importance: 'low',
    doc: 'Topics nothing was sent to for that long are no longer kept up to date.',
  }),
  'partitioner.adaptive.partitioning.enable': boolean({
    default: true,
    importance: 'low',
    doc: 'Records without a key go less often to partitions whose brokers fall behind (KIP-794).',
  }),
  'partitioner.availability.timeout.ms': long({
    default: 0,
    min: 0,
    unit: 'ms',
    importance: 'low',
    doc: 'Records without a key avoid partitions whose brokers could not be sent to for that long; 0 switches this off.',
  }),
  'partitioner.class': javaClass({
    default: null,
    importance: 'medium',
    rule: {
      allowed: `${ROUND_ROBIN}, or nothing: your own is the option 'partitioner' of the second argument`,
      accepts: name => name === null || name === '' || name === ROUND_ROBIN,
    },
    doc: "Who chooses partitions: nothing for Kafka's default, or the name of Java's RoundRobinPartitioner. Your own is the option `partitioner` of the second argument.",
  }),
  'partitioner.ignore.keys': boolean({
    default: false,
    importance: 'medium',
    doc: 'Records with keys are spread like those without.',
  }),
  retries: int({
    default: 2_147_483_647,
    min: 0,
    max: 2_147_483_647,
    importance: 'high',
    doc: 'How often a batch is sent again. Better left alone: delivery.timeout.ms is the bound.',
  }),
  'transaction.timeout.ms': int({
    default: 60_000,
    unit: 'ms',
    importance: 'low',
    doc: 'A transaction open for that long is aborted by the coordinator.',
  }),
  'transaction.two.phase.commit.enable': boolean({
    default: false,
    importance: 'low',
    doc: "Two-phase commit with an outside coordinator (KIP-939). Not supported yet: 'true' is refused.",
  }),
  'transactional.id': string({
    default: null,
    nonEmpty: true,
    importance: 'low',
    doc: 'A name that stays the same over restarts makes transactions possible, and fences off the instance before.',
  }),
  'value.serializer': javaClass({
    default: null,
    importance: 'high',
    unused: true,
    doc: 'A Java class. Here the second argument of `new Producer` has the serializers: accepted, without effect.',
  }),
})

export type ProducerConfigEntries = ConfigEntries<typeof producerConfig>
export type ProducerConfig = ConfigOf<typeof producerConfig>

/** Brokers remember the last five batches of a producer in a partition. */
const IDEMPOTENT_IN_FLIGHT_MAX = 5

/** Reads a producer's configuration, and checks what keys mean to each other. Throws `KafkaError` INVALID_CONFIG. */
export function readProducerConfig(entries: ProducerConfigEntries): ProducerConfig {
  const config = readConfig(producerConfig, entries)
  const isGiven = (key: keyof ProducerConfig) => entries[key] !== undefined && entries[key] !== null
  if (config['transaction.two.phase.commit.enable'])
    throw invalid('transaction.two.phase.commit.enable', 'two-phase commit is not supported yet.')
  return {
    ...config,
    'enable.idempotence': idempotenceOf(config, isGiven),
    'delivery.timeout.ms': deliveryTimeoutOf(config, isGiven('delivery.timeout.ms')),
  }
}

export function isRoundRobin(config: ProducerConfig): boolean {
  return config['partitioner.class'] === ROUND_ROBIN
}

function idempotenceOf(config: ProducerConfig, isGiven: (key: keyof ProducerConfig) => boolean): boolean {
  const transactional = config['transactional.id'] !== null
  if (!config['enable.idempotence']) {
    if (!transactional) return false
    throw invalid('enable.idempotence', 'transactions need it: leave it on, or take transactional.id away.')
  }
  const mustHave = isGiven('enable.idempotence') || transactional
  if (config.acks !== 'all' && config.acks !== '-1') {
    if (!mustHave) return false
    throw invalid('acks', `is ${config.acks}, but idempotence and transactions need acks=all.`)
  }
  if (config.retries === 0) {
    if (!mustHave) return false
    throw invalid('retries', 'is 0, but idempotence and transactions need retries.')
  }
  const inFlight = config['max.in.flight.requests.per.connection']
  if (inFlight > IDEMPOTENT_IN_FLIGHT_MAX) {
    throw invalid(
      'max.in.flight.requests.per.connection',
      `is ${inFlight}, but idempotence allows ${IDEMPOTENT_IN_FLIGHT_MAX} at most: lower it, or set enable.idempotence=false.`,
    )
  }
  return true
}

function deliveryTimeoutOf(config: ProducerConfig, isGiven: boolean): number {
  const needed = config['linger.ms'] + config['request.timeout.ms']
  const timeout = config['delivery.timeout.ms']
  if (timeout >= needed) return timeout
  if (!isGiven) return needed
  throw invalid(
    'delivery.timeout.ms',
    `is ${timeout}, less than linger.ms + request.timeout.ms (${needed}): a record could expire before its first answer.`,
  )
}

function invalid(key: string, what: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', `${key}: ${what}`)
}
