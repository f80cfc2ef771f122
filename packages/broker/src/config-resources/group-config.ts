import { type ConfigOf, boolean, configTable, enumeration, int, string } from '@samsa/base'
import type { BrokerConfig } from '../config/broker-config.ts'

const groupKey = { live: true, importance: 'medium' } as const

/** What can be set for one group (KIP-848, KIP-932, KIP-1071): all keys of Apache Kafka 4.3. */
export const groupConfig = configTable({
  'consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.consumer.assignment.interval.ms',
    ...groupKey,
    doc: 'How long after an assignment the next one is computed at the earliest.',
  }),
  'consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    broker: 'group.consumer.heartbeat.interval.ms',
    ...groupKey,
    doc: 'How often members of a consumer group send heartbeats.',
  }),
  'consumer.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.consumer.session.timeout.ms',
    ...groupKey,
    doc: 'How long a member of a consumer group may be silent before it is removed.',
  }),
  'share.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.share.assignment.interval.ms',
    ...groupKey,
    doc: 'How long after an assignment of a share group the next one is computed at the earliest.',
  }),
  'share.auto.offset.reset': string({
    default: 'latest',
    ...groupKey,
    rule: {
      allowed: 'latest, earliest, or by_duration:<ISO-8601 duration> such as by_duration:PT1H',
      accepts: value =>
        /^(latest|earliest|by_duration:P(?!$)(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(
          value ?? '',
        ),
    },
    doc: 'Where a share group starts to read a partition it has not read before.',
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
    doc: 'How often members of a share group send heartbeats.',
  }),
  'share.isolation.level': enumeration({
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    ...groupKey,
    doc: 'Whether a share group sees records of transactions that are not committed.',
  }),
  'share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    broker: 'group.share.partition.max.record.locks',
    ...groupKey,
    doc: 'How many records of a partition a share group may have under way.',
  }),
  'share.record.lock.duration.ms': int({
    default: 30_000,
    min: 1000,
    unit: 'ms',
    broker: 'group.share.record.lock.duration.ms',
    ...groupKey,
    doc: 'How long a member of a share group has to acknowledge a record.',
  }),
  'share.renew.acknowledge.enable': boolean({
    default: true,
    ...groupKey,
    doc: 'Whether members of a share group may ask for more time for a record.',
  }),
  'share.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.share.session.timeout.ms',
    ...groupKey,
    doc: 'How long a member of a share group may be silent before it is removed.',
  }),
  'streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    broker: 'group.streams.assignment.interval.ms',
    ...groupKey,
    doc: 'How long after an assignment of a streams group the next one is computed at the earliest.',
  }),
  'streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    broker: 'group.streams.heartbeat.interval.ms',
    ...groupKey,
    doc: 'How often members of a streams group send heartbeats.',
  }),
  'streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    unit: 'ms',
    broker: 'group.streams.initial.rebalance.delay.ms',
    ...groupKey,
    doc: 'How long a new streams group waits for more members before it assigns tasks.',
  }),
  'streams.num.standby.replicas': int({
    default: 0,
    min: 0,
    broker: 'group.streams.num.standby.replicas',
    ...groupKey,
    doc: 'How many warm copies of each state store a streams group keeps.',
  }),
  'streams.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    broker: 'group.streams.session.timeout.ms',
    ...groupKey,
    doc: 'How long a member of a streams group may be silent before it is removed.',
  }),
})

export type GroupConfig = ConfigOf<typeof groupConfig>

interface Bound {
  readonly key: keyof GroupConfig
  readonly min?: keyof BrokerConfig
  readonly max?: keyof BrokerConfig
}

/** What the broker allows a group to set. */
const bounds: readonly Bound[] = [
  boundsOf('consumer.session.timeout.ms', 'group.consumer', 'session.timeout.ms'),
  boundsOf('consumer.heartbeat.interval.ms', 'group.consumer', 'heartbeat.interval.ms'),
  boundsOf('share.session.timeout.ms', 'group.share', 'session.timeout.ms'),
  boundsOf('share.heartbeat.interval.ms', 'group.share', 'heartbeat.interval.ms'),
  boundsOf('share.record.lock.duration.ms', 'group.share', 'record.lock.duration.ms'),
  { key: 'share.delivery.count.limit', max: 'group.share.max.delivery.count.limit' },
  boundsOf('streams.session.timeout.ms', 'group.streams', 'session.timeout.ms'),
  boundsOf('streams.heartbeat.interval.ms', 'group.streams', 'heartbeat.interval.ms'),
  { key: 'streams.num.standby.replicas', max: 'group.streams.max.standby.replicas' },
]

function boundsOf(key: keyof GroupConfig, prefix: string, suffix: string): Bound {
  return {
    key,
    min: `${prefix}.min.${suffix}` as keyof BrokerConfig,
    max: `${prefix}.max.${suffix}` as keyof BrokerConfig,
  }
}

/** What a group's configuration has wrong beside the broker's, or within itself; undefined when nothing is. */
export function groupContradiction(group: GroupConfig, broker: BrokerConfig): string | undefined {
  for (const { key, min, max } of bounds) {
    const value = group[key] as number
    if (min !== undefined && value < (broker[min] as number)) {
      return `${key} must be greater than or equal to ${min} (${broker[min]})`
    }
    if (max !== undefined && value > (broker[max] as number)) {
      return `${key} must be less than or equal to ${max} (${broker[max]})`
    }
  }
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    const session = `${kind}.session.timeout.ms` as const
    const heartbeat = `${kind}.heartbeat.interval.ms` as const
    if (group[session] <= group[heartbeat]) return `${session} must be greater than ${heartbeat}`
  }
  return undefined
}
