import type { GroupConfig } from '@samsa/coordinators'
import type { BrokerConfig } from '../config/broker-config.ts'

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
