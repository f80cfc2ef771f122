import type { Partition } from './partition.ts'

// Leaders of Apache Kafka note their epoch in the log when they begin. Here a log notes an epoch with its first record,
// so that ten thousand partitions are not written to at a start. These answer as if it were noted: whatever comes after
// the end of the log is of the leader's epoch.

type Led = Pick<Partition, 'leaderEpoch'> & {
  readonly log: Pick<
    Partition['log'],
    'latestEpoch' | 'startOffset' | 'endOffset' | 'epochAt' | 'endOffsetForEpoch'
  >
}

/** The largest known epoch up to `epoch` and where its records end; both -1 when that is unknown (KIP-101). */
export function endOffsetForEpoch({ log, leaderEpoch }: Led, epoch: number) {
  const { latestEpoch, endOffset } = log
  if (epoch <= latestEpoch || epoch > leaderEpoch || epoch < 0) return log.endOffsetForEpoch(epoch)
  if (epoch === leaderEpoch || latestEpoch < 0) return { epoch, endOffset }
  return { epoch: latestEpoch, endOffset }
}

/** The epoch of what lies at the start of the log, -1 when unknown. */
export function epochOfStart({ log, leaderEpoch }: Led): number {
  return log.startOffset === log.endOffset ? leaderEpoch : log.epochAt(log.startOffset)
}
