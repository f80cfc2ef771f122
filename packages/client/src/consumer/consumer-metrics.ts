import type { Metrics } from '../telemetry/metrics.ts'
import type { Assignment } from './assignment.ts'
import type { Committer } from './committer.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { Fetcher } from './fetching/fetcher.ts'
import type { GroupMetadata } from './groups/group-member.ts'
import type { Handout } from './handout.ts'
import type { Handover } from './handover.ts'

/** What a consumer's measurements are read from. */
export interface Measured {
  readonly assignment: Assignment
  readonly fetcher: Fetcher
  readonly handout: Handout
  readonly committer: Committer
  readonly handover: Handover
}

interface Row {
  readonly group: 'metrics' | 'fetch-manager-metrics' | 'coordinator-metrics'
  readonly about: string
  read(measured: Measured): number
}

const rows: Readonly<Record<string, Row>> = {
  'poll-idle-ratio-avg': {
    group: 'metrics',
    about: 'The part of the time in which the application waits for records',
    read: ({ handout }) => handout.idle.average,
  },
  'fetch-total': {
    group: 'fetch-manager-metrics',
    about: 'Requests for records',
    read: ({ fetcher }) => fetcher.counters.fetches,
  },
  'fetch-failed-total': {
    group: 'fetch-manager-metrics',
    about: 'Requests, and partitions of them, that failed',
    read: ({ fetcher }) => fetcher.counters.fetchFailures,
  },
  'bytes-consumed-total': {
    group: 'fetch-manager-metrics',
    about: 'Bytes of records that came, as they were compressed',
    read: ({ fetcher }) => fetcher.counters.fetchedBytes,
  },
  'records-consumed-total': {
    group: 'fetch-manager-metrics',
    about: 'Records the application was handed',
    read: ({ handout }) => handout.handedOut,
  },
  'records-lag-max': {
    group: 'fetch-manager-metrics',
    about: 'The largest number of records a partition is behind',
    read: ({ assignment }) => lagMax(assignment),
  },
  'queued-bytes': {
    group: 'fetch-manager-metrics',
    about: 'Bytes kept for the application',
    read: ({ assignment }) => [...assignment].reduce((sum, { queuedBytes }) => sum + queuedBytes, 0),
  },
  'assigned-partitions': {
    group: 'coordinator-metrics',
    about: 'Partitions this consumer has',
    read: ({ assignment }) => assignment.size,
  },
  'commit-total': {
    group: 'coordinator-metrics',
    about: 'Commits that were done',
    read: ({ committer }) => committer.commits,
  },
  'commit-failed-total': {
    group: 'coordinator-metrics',
    about: 'Commits that failed',
    read: ({ committer }) => committer.commitFailures,
  },
  'rebalance-total': {
    group: 'coordinator-metrics',
    about: 'Times partitions were assigned',
    read: ({ handover }) => handover.rebalances,
  },
  'rebalance-latency-avg': {
    group: 'coordinator-metrics',
    about: 'Milliseconds of a rebalance, average',
    read: ({ handover }) => handover.times.average,
  },
  'rebalance-latency-max': {
    group: 'coordinator-metrics',
    about: 'Milliseconds of the longest rebalance',
    read: ({ handover }) => handover.times.max,
  },
  'rebalance-latency-total': {
    group: 'coordinator-metrics',
    about: 'Milliseconds of all rebalances',
    read: ({ handover }) => handover.times.total,
  },
}

/** Puts a consumer's measurements into the client's table, from where brokers may ask for them (KIP-714). */
export function registerMetrics(metrics: Metrics, measured: Measured): void {
  for (const [name, { group, about, read }] of Object.entries(rows)) {
    metrics.reading({ name, group: `consumer-${group}`, about }, () => read(measured))
  }
}

/** The measurements by Kafka's names, computed when asked for: nothing but a count is kept for each record. */
export function consumerMetrics(measured: Measured): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).map(([name, { read }]) => [name, read(measured)]))
}

function lagMax(assignment: Assignment): number {
  let most = 0
  for (const state of assignment) {
    if (state.highWatermark < 0 || !state.hasPosition) continue
    most = Math.max(most, state.highWatermark - state.position)
  }
  return most
}

/** What brokers are told of this consumer beside its metrics (KIP-714). */
export function labelsOf(config: ConsumerConfig, member: GroupMetadata | undefined): Record<string, string> {
  const labels = {
    group_id: config['group.id'],
    group_instance_id: config['group.instance.id'],
    group_member_id: member?.memberId,
    client_rack: config['client.rack'],
  }
  const set = Object.entries(labels).filter(([, value]) => typeof value === 'string' && value !== '')
  return Object.fromEntries(set) as Record<string, string>
}
