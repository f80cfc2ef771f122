import type { Partitioner, TopicView } from './partitioner.ts'

/** One partition after the other, whatever the keys, skipping those without a leader: Java's RoundRobinPartitioner. */
export class RoundRobinPartitioner implements Partitioner {
  readonly #next = new Map<string, number>()

  partition(topic: TopicView): number {
    const count = topic.partitionCount
    const start = (this.#next.get(topic.name) ?? 0) % count
    let chosen = start
    while (!topic.isAvailable(chosen)) {
      chosen = (chosen + 1) % count
      if (chosen === start) break
    }
    this.#next.set(topic.name, chosen + 1)
    return chosen
  }
}
