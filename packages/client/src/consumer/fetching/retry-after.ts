import { type Cluster, backOffMs } from '../../cluster/index.ts'
import type { PartitionState } from '../partition-state.ts'

/** Leaves a partition alone for the back-off after one failure more. */
export function retryAfter(cluster: Cluster, state: PartitionState): void {
  const { config, clock, random } = cluster
  const pause = { initialMs: config['retry.backoff.ms'], maxMs: config['retry.backoff.max.ms'] }
  state.retryAtMs = clock.monotonicMs() + backOffMs(pause, ++state.failures, random)
}
