import type { TopicPartition } from '../records/index.ts'
import type { ShareNode } from './share-node.ts'
import type { SharePartition } from './share-partition.ts'

/** Where an acquired record came from: that broker has to be told what becomes of it. */
export interface Origin {
  readonly node: ShareNode
  readonly partition: SharePartition
}

/** The acquired records that nobody said yet what becomes of, by partition and offset. */
export class InHand {
  readonly #partitions = new Map<string, Map<number, Origin>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** A record acquired anew, after its lock expired, is the broker's latest. */
  add(offset: number, origin: Origin): void {
    const key = keyOf(origin.partition)
    const offsets = this.#partitions.get(key) ?? new Map<number, Origin>()
    this.#partitions.set(key, offsets)
    if (!offsets.has(offset)) this.#size++
    offsets.set(offset, origin)
  }

  origin(partition: TopicPartition, offset: number): Origin | undefined {
    return this.#partitions.get(keyOf(partition))?.get(offset)
  }

  remove(partition: TopicPartition, offset: number): void {
    const key = keyOf(partition)
    const offsets = this.#partitions.get(key)
    if (offsets?.delete(offset) !== true) return
    this.#size--
    if (offsets.size === 0) this.#partitions.delete(key)
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
