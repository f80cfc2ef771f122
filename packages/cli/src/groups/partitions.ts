import type { TopicPartition } from '@samsa/client'

/** A partition as text, which also tells it from others: `orders-3`, as Kafka writes it. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** The order of partitions: by topic, then by number. */
export function byPartition(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}
