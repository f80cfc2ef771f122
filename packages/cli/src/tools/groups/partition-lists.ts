import type { TopicPartition } from '@samsa/client'

/** Partitions as Kafka's tools print an assignment: `a:0,1;b:0`. */
export function partitionLists(partitions: readonly TopicPartition[]): string {
  const topics = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const known = topics.get(topic)
    if (known === undefined) topics.set(topic, [partition])
    else known.push(partition)
  }
  return [...topics]
    .map(([topic, numbers]) => `${topic}:${numbers.sort((a, b) => a - b).join(',')}`)
    .sort()
    .join(';')
}
