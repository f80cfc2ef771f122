import type { Random } from '@samsa/base'
import type { EncodableRecord } from '../batch.ts'
import { partitionOfKey } from './key-hash.ts'
import type { Partitioner, TopicView } from './partitioner.ts'

export interface DefaultPartitionerOptions {
  /** Records with keys are spread like those without. */
  readonly ignoreKeys: boolean
  /** Partitions whose brokers keep up better get more of what has no key. */
  readonly isAdaptive: boolean
  /** Bytes that go to one partition before another is chosen. */
  readonly stickyBytes: number
}

interface Sticky {
  partition: number
  bytes: number
}

/**
 * Kafka's own way (KIP-794): a key's hash chooses its partition; records without a key stay with one partition until
 * it got a batch's worth, so that batches fill, and then move to another, chosen by chance with less of it for
 * partitions that have much waiting.
 */
export class DefaultPartitioner implements Partitioner {
  readonly #options: DefaultPartitionerOptions
  readonly #random: Random
  readonly #sticky = new Map<string, Sticky>()

  constructor(options: DefaultPartitionerOptions, random: Random) {
    this.#options = options
    this.#random = random
  }

  partition(topic: TopicView, { key }: EncodableRecord): number {
    if (key !== null && !this.#options.ignoreKeys) return partitionOfKey(key, topic.partitionCount)
    if (topic.partitionCount === 1) return 0
    const sticky = this.#sticky.get(topic.name)
    if (sticky === undefined) return this.#choose(topic, { partition: 0, bytes: 0 })
    const isDone = sticky.bytes >= this.#options.stickyBytes || sticky.partition >= topic.partitionCount
    return isDone ? this.#choose(topic, sticky) : sticky.partition
  }

  written(topic: TopicView, partition: number, bytes: number): void {
    const sticky = this.#sticky.get(topic.name)
    if (sticky !== undefined && sticky.partition === partition) sticky.bytes += bytes
  }

  #choose(topic: TopicView, sticky: Sticky): number {
    sticky.partition = this.#draw(topic)
    sticky.bytes = 0
    this.#sticky.set(topic.name, sticky)
    return sticky.partition
  }

  #draw(topic: TopicView): number {
    const available: number[] = []
    for (let partition = 0; partition < topic.partitionCount; partition++)
      if (topic.isAvailable(partition)) available.push(partition)
    if (available.length === 0) return this.#random.integer(topic.partitionCount)
    if (!this.#options.isAdaptive) return available[this.#random.integer(available.length)]!
    const batches = available.map(partition =>
      Math.ceil(topic.queuedBytes(partition) / Math.max(1, this.#options.stickyBytes)),
    )
    return available[drawByQueue(batches, this.#random)]!
  }
}

/** An index, drawn with the chance that its queue has in proportion: the longest one's length, plus one, less its own. */
export function drawByQueue(lengths: readonly number[], random: Random): number {
  const longest = Math.max(...lengths)
  let total = 0
  for (const length of lengths) total += longest + 1 - length
  let drawn = random.integer(total)
  for (let index = 0; index < lengths.length; index++) {
    drawn -= longest + 1 - lengths[index]!
    if (drawn < 0) return index
  }
  return lengths.length - 1
}
