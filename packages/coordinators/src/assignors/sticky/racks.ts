import { type Subscriptions, racksMatter } from '../assignor.ts'
import type { Slot } from './slots.ts'

/** Racks of members and partitions, empty where they do not matter. */
export class Racks {
  readonly ofMembers: ReadonlyMap<string, string>
  readonly #matter: boolean
  readonly #known: boolean
  readonly #membersByRack = new Map<string, number>()

  constructor(slots: readonly Slot[], subscriptions: Subscriptions) {
    const ofMembers = new Map<string, string>()
    for (const [id, { rackId }] of subscriptions) if (rackId) ofMembers.set(id, rackId)
    for (const rack of ofMembers.values()) {
      this.#membersByRack.set(rack, (this.#membersByRack.get(rack) ?? 0) + 1)
    }
    this.#known = ofMembers.size > 0
    this.#matter =
      this.#known &&
      racksMatter(
        new Set(ofMembers.values()),
        slots.map(({ racks }) => racks),
      )
    this.ofMembers = this.#matter ? ofMembers : new Map()
  }

  get matter(): boolean {
    return this.#matter
  }

  /** Whether the member has a rack and the partition no replica there. */
  mismatch(member: string, slot: Slot): boolean {
    const rack = this.ofMembers.get(member)
    return rack !== undefined && !slot.racks.has(rack)
  }

  /** Partitions that few members are near to come first. */
  sortByNearMembers(slots: readonly Slot[]): Slot[] {
    if (!this.#known) return [...slots]
    const near = (slot: Slot) =>
      [...slot.racks].reduce((sum, rack) => sum + (this.#membersByRack.get(rack) ?? 0), 0)
    const counted = slots.map((slot, index) => ({ slot, index, near: near(slot) }))
    counted.sort((one, other) => one.near - other.near || one.index - other.index)
    return counted.map(({ slot }) => slot)
  }

  /** Index of the first member from `from` on (going round) in a rack of the partition; -1 when there is none. */
  nextNear(slot: Slot, members: readonly string[], from: number): number {
    if (!this.#matter) return -1
    for (let i = 0; i < members.length; i++) {
      const index = (from + i) % members.length
      const rack = this.ofMembers.get(members[index]!)
      if (rack !== undefined && slot.racks.has(rack)) return index
    }
    return -1
  }
}
