import type { Metrics } from '../telemetry/metrics.ts'

/** What a share consumer counts: once per answer, never per record. */
export class ShareCounts {
  records = 0
  bytes = 0
  acknowledged = 0
  acknowledgeErrors = 0
}

/** What a share consumer has now. */
export interface ShareState {
  readonly assigned: number
  /** Records that are locked for it. */
  readonly inHand: number
  /** Those of them that nobody asked for yet. */
  readonly ready: number
}

interface Row {
  readonly group: 'fetch-manager' | 'coordinator'
  readonly about: string
  read(counts: ShareCounts, state: ShareState): number
}

const rows: Readonly<Record<string, Row>> = {
  'records-consumed-total': {
    group: 'fetch-manager',
    about: 'Records that came',
    read: ({ records }) => records,
  },
  'bytes-consumed-total': {
    group: 'fetch-manager',
    about: 'Bytes of records that came, as they were compressed',
    read: ({ bytes }) => bytes,
  },
  'acknowledgements-send-total': {
    group: 'fetch-manager',
    about: 'Records that brokers were told the fate of',
    read: ({ acknowledged }) => acknowledged,
  },
  'acknowledgements-error-total': {
    group: 'fetch-manager',
    about: 'Records whose acknowledgement was not taken',
    read: ({ acknowledgeErrors }) => acknowledgeErrors,
  },
  'records-in-hand': {
    group: 'fetch-manager',
    about: 'Records locked for this consumer',
    read: (_, { inHand }) => inHand,
  },
  'records-queued': {
    group: 'fetch-manager',
    about: 'Records the application has not asked for yet',
    read: (_, { ready }) => ready,
  },
  'assigned-partitions': {
    group: 'coordinator',
    about: 'Partitions this consumer may fetch from',
    read: (_, { assigned }) => assigned,
  },
}

/** A share consumer's measurements by Kafka's names. */
export function shareMetrics(counts: ShareCounts, state: ShareState): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).map(([name, { read }]) => [name, read(counts, state)]))
}

/** Puts them into the client's table, from where brokers may ask for them (KIP-714). */
export function registerMetrics(metrics: Metrics, counts: ShareCounts, state: () => ShareState): void {
  for (const [name, { group, about, read }] of Object.entries(rows)) {
    metrics.reading({ name, group: `consumer-share-${group}-metrics`, about }, () => read(counts, state()))
  }
}
