import { type ConfigOf, type ConfigRule, boolean, configTable, enumeration, int, string } from '@samsa/base'

/** What all group keys have in common in Kafka. */
const groupKey = { live: true, importance: 'medium' } as const

const offsetReset: ConfigRule<string | null> = {
  allowed: 'latest, earliest, or by_duration: followed by a duration such as PT1H or P1DT2H',
  accepts: value =>
    /^(latest|earliest|by_duration:P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(value ?? ''),
}

/**
 * What can be set for one group (resource type GROUP): all keys of Apache Kafka 4.3. They concern the newer group
 * protocols; for classic groups the members bring their own timeouts.
 */
export const groupConfig = configTable({
  'consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.consumer.assignment.interval.ms',
    ...groupKey,
    doc: 'Least time between two assignments of a consumer group.',
  }),
  'consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    broker: 'group.consumer.heartbeat.interval.ms',
    ...groupKey,
    doc: 'How often members of a consumer group are told to send a heartbeat.',
  }),
  'consumer.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.consumer.session.timeout.ms',
    ...groupKey,
    doc: 'A member of a consumer group that was silent for this long is removed.',
  }),
  'share.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.share.assignment.interval.ms',
    ...groupKey,
    doc: 'Least time between two assignments of a share group.',
  }),
  'share.auto.offset.reset': string({
    default: 'latest',
    rule: offsetReset,
    ...groupKey,
    doc: 'Where a share group starts to read a partition it never read: at the end, at the beginning, or as far back as the duration says.',
  }),
  'share.delivery.count.limit': int({
    default: 5,
    min: 2,
    broker: 'group.share.delivery.count.limit',
    ...groupKey,
    doc: 'How often a record is delivered to a share group before it is given up.',
  }),
  'share.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    broker: 'group.share.heartbeat.interval.ms',
    ...groupKey,
    doc: 'How often members of a share group are told to send a heartbeat.',
  }),
  'share.isolation.level': enumeration({
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    ...groupKey,
    doc: 'Whether a share group is given records of transactions that are open or were aborted.',
  }),
  'share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    broker: 'group.share.partition.max.record.locks',
    ...groupKey,
    doc: 'Most records of a partition that a share group may have taken and not yet acknowledged.',
  }),
  'share.record.lock.duration.ms': int({
    default: 30_000,
    min: 1000,
    unit: 'ms',
    broker: 'group.share.record.lock.duration.ms',
    ...groupKey,
    doc: 'How long a member of a share group keeps a record it took before another may take it.',
  }),
  'share.renew.acknowledge.enable': boolean({
    default: true,
    ...groupKey,
    doc: 'Whether a member of a share group may keep a record for longer by asking for it.',
  }),
  'share.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.share.session.timeout.ms',
    ...groupKey,
    doc: 'A member of a share group that was silent for this long is removed.',
  }),
  'streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.streams.assignment.interval.ms',
    ...groupKey,
    doc: 'Least time between two assignments of a group of a Kafka Streams application.',
  }),
  'streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    broker: 'group.streams.heartbeat.interval.ms',
    ...groupKey,
    doc: 'How often members of a Kafka Streams application are told to send a heartbeat.',
  }),
  'streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    unit: 'ms',
    broker: 'group.streams.initial.rebalance.delay.ms',
    ...groupKey,
    doc: 'How long the first assignment of an empty Kafka Streams application waits for more members.',
  }),
  'streams.num.standby.replicas': int({
    default: 0,
    min: 0,
    broker: 'group.streams.num.standby.replicas',
    ...groupKey,
    doc: 'Copies of each state store that are kept warm on other members.',
  }),
  'streams.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.streams.session.timeout.ms',
    ...groupKey,
    doc: 'A member of a Kafka Streams application that was silent for this long is removed.',
  }),
})
export type GroupConfig = ConfigOf<typeof groupConfig>
