import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../records/consumer-record.ts'
import { PartitionState, partitionKey } from './partition-state.ts'

/** The partitions a consumer has, with their state. */
export class Assignment implements Iterable<PartitionState> {
  readonly #states = new Map<string, PartitionState>()
  /** Names of the topics, how often each. */
  readonly #topics = new Map<string, number>();

  [Symbol.iterator](): IterableIterator<PartitionState> {
    return this.#states.values()
  }

  get size(): number {
    return this.#states.size
  }

  get topics(): IterableIterator<string> {
    return this.#topics.keys()
  }

  get({ topic, partition }: TopicPartition): PartitionState | undefined {
    return this.#states.get(partitionKey(topic, partition))
  }

  /** The state of a partition; throws INVALID_ARGUMENT when it is not assigned. */
  need(of: TopicPartition): PartitionState {
    const state = this.get(of)
    if (state !== undefined) return state
    const message = `${of.topic}-${of.partition} is not assigned to this consumer.`
    throw new KafkaError('INVALID_ARGUMENT', message)
  }

  add({ topic, partition }: TopicPartition): PartitionState {
    const known = this.get({ topic, partition })
    if (known !== undefined) return known
    const state = new PartitionState(topic, partition)
    this.#states.set(state.key, state)
    this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1)
    return state
  }

  remove(of: TopicPartition): void {
    const state = this.get(of)
    if (state === undefined) return
    state.end()
    this.#states.delete(state.key)
    const count = this.#topics.get(of.topic)! - 1
    if (count === 0) this.#topics.delete(of.topic)
    else this.#topics.set(of.topic, count)
  }

  partitions(): TopicPartition[] {
    return [...this].map(({ topic, partition }) => ({ topic, partition }))
  }
}

/** Partitions by topic, as most requests have them. */
export function byTopic<T extends TopicPartition>(partitions: Iterable<T>): Map<string, T[]> {
  const topics = new Map<string, T[]>()
  for (const one of partitions) {
    const list = topics.get(one.topic)
    if (list === undefined) topics.set(one.topic, [one])
    else list.push(one)
  }
  return topics
}
