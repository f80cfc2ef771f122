import { LONG_MAX, bytes, configTable } from '@samsa/base'

const throttle = { default: LONG_MAX, min: 0, live: 'cluster-wide', importance: 'medium' } as const

/** Broker keys that exist at run time only: kafka-reassign-partitions sets them, no properties file does. */
export const dynamicBrokerConfig = configTable({
  'follower.replication.throttled.rate': bytes({
    ...throttle,
    doc: 'Most bytes a second that throttled followers on this broker fetch.',
  }),
  'leader.replication.throttled.rate': bytes({
    ...throttle,
    doc: 'Most bytes a second that leaders on this broker send to throttled followers.',
  }),
  'replica.alter.log.dirs.io.max.bytes.per.second': bytes({
    ...throttle,
    doc: 'Most bytes a second when partitions move between data directories.',
  }),
})
