import type { SeededRandom } from '@samsa/base'
import type { CompactionRules } from './compaction-ledger.ts'
import type { MemberPlan } from './group-member.ts'
import type { RetentionRules } from './retention-ledger.ts'

type Configs = Readonly<Record<string, string>>

/** How the broker and its topics are set up in a run, and what follows for what is kept. */
export interface Settings {
  readonly broker: Configs
  readonly segmentBytes: number
  readonly compaction: { readonly rules: CompactionRules; readonly configs: Configs }
  readonly retention: { readonly rules: RetentionRules; readonly configs: Configs }
  readonly group: { readonly partitions: number; readonly timeouts: Omit<MemberPlan, 'instanceId'> }
  readonly sessionSlots: number
  /** After this time without writes, what has to be removed is removed. */
  readonly settlingMs: number
}

const UNLIMITED = Number.MAX_VALUE

export function drawSettings(random: SeededRandom): Settings {
  const segmentBytes = random.pick([3000, 20_000, 1_000_000])
  const retentionCheckMs = random.pick([20, 50, 300_000])
  const cleanerBackoffMs = random.pick([1, 20, 300])
  const cleanerBytesPerSecond = random.pick([50_000, 1_000_000, UNLIMITED])
  const sessionSlots = random.pick([1, 2, 1000])
  return {
    broker: {
      'log.flush.offset.checkpoint.interval.ms': String(random.pick([20, 200, 60_000])),
      'log.retention.check.interval.ms': String(retentionCheckMs),
      'log.cleaner.backoff.ms': String(cleanerBackoffMs),
      'log.cleaner.io.max.bytes.per.second': String(cleanerBytesPerSecond),
      'max.incremental.fetch.session.cache.slots': String(sessionSlots),
      'group.initial.rebalance.delay.ms': String(random.pick([0, 30, 300])),
      'group.min.session.timeout.ms': '100',
      'offsets.topic.num.partitions': '2',
      'offsets.topic.replication.factor': '1',
      'offsets.topic.segment.bytes': '1048576',
    },
    segmentBytes,
    compaction: drawCompaction(random, cleanerBytesPerSecond === UNLIMITED),
    retention: drawRetention(random, segmentBytes, retentionCheckMs <= 50),
    group: {
      partitions: random.pick([1, 3, 5]),
      timeouts: {
        sessionTimeoutMs: random.pick([1000, 3000]),
        rebalanceTimeoutMs: random.pick([200, 1000]),
        heartbeatMs: random.pick([5, 30, 100]),
      },
    },
    sessionSlots,
    settlingMs: 2000,
  }
}

function drawCompaction(random: SeededRandom, isUnlimited: boolean): Settings['compaction'] {
  const deleteRetentionMs = random.pick([0, 50, 500, 60_000])
  const minLagMs = random.pick([0, 0, 100])
  const dirtyRatio = random.pick([0, 0, 0.3])
  const segmentBytes = random.pick([1500, 3000, 20_000])
  return {
    rules: {
      keys: random.pick([1, 5, 50]),
      deleteRetentionMs,
      minLagMs,
      isPrompt: isUnlimited && dirtyRatio === 0,
      segmentBytes,
    },
    configs: {
      'cleanup.policy': 'compact',
      'delete.retention.ms': String(deleteRetentionMs),
      'min.compaction.lag.ms': String(minLagMs),
      'min.cleanable.dirty.ratio': String(dirtyRatio),
      'internal.segment.bytes': String(segmentBytes),
      'compression.type': random.pick(['producer', 'producer', 'gzip']),
    },
  }
}

function drawRetention(random: SeededRandom, segmentBytes: number, isPrompt: boolean): Settings['retention'] {
  const [retentionMs, retentionBytes] = random.pick([
    [100, -1],
    [500, -1],
    [-1, 2000],
    [-1, 20_000],
    [300, 5000],
  ] as const)
  const bytes = Math.min(segmentBytes, 20_000)
  return {
    rules: { retentionMs, retentionBytes, segmentBytes: bytes, isPrompt },
    configs: {
      'cleanup.policy': 'delete',
      'retention.ms': String(retentionMs),
      'retention.bytes': String(retentionBytes),
      'segment.ms': random.pick(['50', '604800000']),
      'internal.segment.bytes': String(bytes),
    },
  }
}
