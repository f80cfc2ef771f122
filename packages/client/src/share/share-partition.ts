import type { TopicPartition } from '../records/index.ts'

/** A partition as share sessions know it. */
export interface SharePartition extends TopicPartition {
  readonly topicId: string
}

/** A text that stands for the partition. */
export function keyOf({ topicId, partition }: { topicId: string; partition: number }): string {
  return `${topicId}:${partition}`
}

/** Partitions by topic, each turned into what a request wants of it. */
export function topicsOf<T extends { readonly topicId: string }, R>(
  partitions: Iterable<T>,
  describe: (partition: T) => R,
): { topicId: string; partitions: R[] }[] {
  const topics = new Map<string, R[]>()
  for (const partition of partitions) {
    const list = topics.get(partition.topicId) ?? []
    list.push(describe(partition))
    topics.set(partition.topicId, list)
  }
  return [...topics].map(([topicId, list]) => ({ topicId, partitions: list }))
}
