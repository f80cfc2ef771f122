import type { TopicPartition } from '../records/index.ts'

export type { TopicPartition }

/** One replica of a partition: the partition and the broker that holds it. */
export interface TopicPartitionReplica extends TopicPartition {
  readonly broker: number
}

/** Just the partition of something that has one: an item for results. */
export function partitionOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

/** Items grouped by a key, in order of first appearance. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** Items grouped by topic, each group turned into what a request wants of a topic. */
export function byTopic<T extends { readonly topic: string }, R>(
  items: Iterable<T>,
  describe: (topic: string, items: T[]) => R,
): R[] {
  return [...groupBy(items, item => item.topic)].map(([topic, group]) => describe(topic, group))
}
