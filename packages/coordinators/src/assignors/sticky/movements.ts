import { inHashOrder, partitionHash } from '../hash-order.ts'
import type { Slot } from './slots.ts'

/** What moved from whom to whom within one rebalance, so that partitions of a topic do not swap places for nothing. */
export class Movements {
  readonly #byPartition = new Map<Slot, Move>()
  readonly #byTopic = new Map<string, Map<string, Set<Slot>>>()

  /**
   * The partition to move instead of `slot`: one of the same topic that came the other way, which then goes back where
   * it was, if there is one.
   */
  betterOf(slot: Slot, from: string, to: string): Slot {
    const ofTopic = this.#byTopic.get(slot.topic)
    if (ofTopic === undefined) return slot
    const origin = this.#byPartition.get(slot)?.from ?? from
    const opposite = ofTopic.get(keyOf({ from: to, to: origin }))
    if (opposite === undefined) return slot
    return inHashOrder(opposite, ({ topic, partition }) => partitionHash(topic, partition))[0]!
  }

  move(slot: Slot, from: string, to: string): void {
    const before = this.#byPartition.get(slot)
    if (before === undefined) {
      this.#add(slot, { from, to })
      return
    }
    this.#remove(slot, before)
    if (before.from !== to) this.#add(slot, { from: before.from, to })
  }

  #add(slot: Slot, move: Move): void {
    this.#byPartition.set(slot, move)
    const ofTopic = this.#byTopic.get(slot.topic) ?? new Map<string, Set<Slot>>()
    this.#byTopic.set(slot.topic, ofTopic)
    const key = keyOf(move)
    ofTopic.set(key, (ofTopic.get(key) ?? new Set()).add(slot))
  }

  #remove(slot: Slot, move: Move): void {
    this.#byPartition.delete(slot)
    const ofTopic = this.#byTopic.get(slot.topic)!
    const key = keyOf(move)
    ofTopic.get(key)!.delete(slot)
    if (ofTopic.get(key)!.size === 0) ofTopic.delete(key)
    if (ofTopic.size === 0) this.#byTopic.delete(slot.topic)
  }
}

interface Move {
  readonly from: string
  readonly to: string
}

function keyOf({ from, to }: Move): string {
  return JSON.stringify([from, to])
}
