import type { TopicPartition, TopicPartitionReplica } from '@samsa/client'

/** Where the replicas of a partition are, or are to be: broker ids, the preferred leader first. */
export interface Assignment extends TopicPartition {
  readonly replicas: readonly number[]
}

/** A replica and the log directory it is in, or is to be in. */
export interface PlacedReplica extends TopicPartitionReplica {
  readonly path: string
}

/** In place of a log directory: the broker chooses. */
export const ANY_LOG_DIR = 'any'

export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

export function replicaName({ topic, partition, broker }: TopicPartitionReplica): string {
  return `${topic}-${partition}-${broker}`
}

/** By topic, then by number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}

/** By broker, then as partitions. */
export function compareReplicas(a: TopicPartitionReplica, b: TopicPartitionReplica): number {
  return a.broker - b.broker || comparePartitions(a, b)
}

/** Names of partitions in order, separated by commas. */
export function namesOf(partitions: readonly TopicPartition[]): string {
  return [...partitions].sort(comparePartitions).map(partitionName).join(',')
}

export function duplicatesIn<T>(list: readonly T[]): T[] {
  return [...new Set(list.filter((one, at) => list.indexOf(one) < at))]
}

/** Assignments as the JSON that --reassignment-json-file takes. */
export function assignmentJson(
  assignments: readonly Assignment[],
  placed: readonly PlacedReplica[] = [],
): string {
  const paths = new Map(placed.map(one => [replicaName(one), one.path]))
  const partitions = [...assignments].sort(comparePartitions).map(({ topic, partition, replicas }) => ({
    topic,
    partition,
    replicas,
    log_dirs: replicas.map(broker => paths.get(replicaName({ topic, partition, broker })) ?? ANY_LOG_DIR),
  }))
  return JSON.stringify({ version: 1, partitions })
}
