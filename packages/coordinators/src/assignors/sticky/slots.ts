import type { AssignableTopics, TopicPartition } from '../assignor.ts'

/** One partition while it is being assigned: there is one object for each, so that they compare by identity. */
export interface Slot extends TopicPartition {
  readonly racks: ReadonlySet<string>
}

/** All partitions by topic and number. */
export class Slots {
  readonly byTopic = new Map<string, readonly Slot[]>()
  readonly all: readonly Slot[]

  constructor(topics: AssignableTopics) {
    for (const [topic, partitions] of topics) {
      this.byTopic.set(
        topic,
        partitions.map(({ partition, racks }) => ({ topic, partition, racks: new Set(racks) })),
      )
    }
    this.all = [...this.byTopic.values()].flat()
  }

  get(topic: string, partition: number): Slot | undefined {
    return this.byTopic.get(topic)?.[partition]
  }

  countOf(topic: string): number {
    return this.byTopic.get(topic)?.length ?? 0
  }

  inOrderOf(topics: readonly string[]): Slot[] {
    return topics.flatMap(topic => this.byTopic.get(topic) ?? [])
  }
}
