import type { Assignment } from './assignment.ts'
import type { Committer } from './committer.ts'
import type { Fetcher } from './fetching/fetcher.ts'
import type { Handout } from './handout.ts'

/** A consumer's measurements by Kafka's names, computed when asked for: nothing is counted for each record but one. */
export function consumerMetrics(
  assignment: Assignment,
  fetcher: Fetcher,
  handout: Handout,
  committer: Committer,
  rebalances: number,
): Record<string, number> {
  let lagMax = 0
  let queuedBytes = 0
  for (const state of assignment) {
    queuedBytes += state.queuedBytes
    if (state.highWatermark >= 0 && state.hasPosition) {
      lagMax = Math.max(lagMax, state.highWatermark - state.position)
    }
  }
  return {
    'fetch-total': fetcher.counters.fetches,
    'bytes-consumed-total': fetcher.counters.fetchedBytes,
    'fetch-failed-total': fetcher.counters.fetchFailures,
    'records-consumed-total': handout.handedOut,
    'records-lag-max': lagMax,
    'queued-bytes': queuedBytes,
    'assigned-partitions': assignment.size,
    'commit-total': committer.commits,
    'commit-failed-total': committer.commitFailures,
    'rebalance-total': rebalances,
  }
}
