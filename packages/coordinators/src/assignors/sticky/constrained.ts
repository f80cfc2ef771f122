import { assert } from '@samsa/base'
import { compareTexts } from '../assignor.ts'
import { type PreviousOwners, remove } from './owners.ts'
import type { Racks } from './racks.ts'
import type { Slot, Slots } from './slots.ts'

/** Partitions that go from one member to another, with the member they go to. */
export type Transfers = Map<Slot, string>

export interface ConstrainedResult {
  readonly assignment: Map<string, Slot[]>
  readonly transfers: Transfers
}

/**
 * The sticky assignment where all members subscribe to the same topics: every member gets the smallest share or one
 * partition more, keeps what it had as far as that goes, and the rest is dealt out in turn, near racks first.
 */
export function assignConstrained(slots: Slots, racks: Racks, owners: PreviousOwners): ConstrainedResult {
  const builder = new Constrained(slots, racks, owners)
  builder.keepOwned()
  const rest = builder.unassigned()
  builder.deal(builder.dealNear(racks.sortByNearMembers(rest)))
  return { assignment: builder.assignment, transfers: builder.transfers }
}

class Constrained {
  readonly assignment: Map<string, Slot[]>
  readonly transfers: Transfers = new Map()
  readonly #slots: Slots
  readonly #racks: Racks
  readonly #owners: PreviousOwners
  readonly #smallest: number
  readonly #largest: number
  /** How many members are to have more than the smallest share, and how many have so far. */
  readonly #overExpected: number
  #over = 0
  /** Members that have less than the smallest share, and those that have exactly it and may get one more. */
  readonly #under: string[] = []
  #exact: string[] = []
  readonly #taken = new Set<Slot>()
  /** Partitions whose previous member may have to give them up. */
  readonly #given = new Map<Slot, string>()

  constructor(slots: Slots, racks: Racks, owners: PreviousOwners) {
    this.#slots = slots
    this.#racks = racks
    this.#owners = owners
    this.#smallest = Math.floor(slots.all.length / owners.owned.size)
    this.#largest = Math.ceil(slots.all.length / owners.owned.size)
    this.#overExpected = slots.all.length % owners.owned.size
    this.assignment = new Map([...owners.owned.keys()].map(id => [id, []]))
  }

  keepOwned(): void {
    for (const [member, owned] of this.#owners.owned) {
      const near = owned.filter(slot => !this.#racks.mismatch(member, slot))
      for (const slot of owned) if (this.#racks.mismatch(member, slot)) this.#given.set(slot, member)
      near.sort((one, other) => one.partition - other.partition || compareTexts(one.topic, other.topic))
      this.#keep(
        member,
        near.filter(slot => !this.#owners.contested.has(slot)),
      )
    }
  }

  #keep(member: string, owned: readonly Slot[]): void {
    const mayHaveMore = this.#over < this.#overExpected
    if (owned.length < this.#smallest) {
      this.#under.push(member)
      this.#keepFirst(member, owned, owned.length)
    } else if (owned.length >= this.#largest && mayHaveMore) {
      this.#countOver()
      this.#keepFirst(member, owned, this.#largest)
    } else {
      if (mayHaveMore) this.#exact.push(member)
      this.#keepFirst(member, owned, this.#smallest)
    }
  }

  #keepFirst(member: string, owned: readonly Slot[], count: number): void {
    for (const slot of owned.slice(0, count)) {
      this.assignment.get(member)!.push(slot)
      this.#taken.add(slot)
    }
    for (const slot of owned.slice(count)) this.#given.set(slot, member)
  }

  #countOver(): void {
    this.#over++
    if (this.#over === this.#overExpected) this.#exact = []
  }

  unassigned(): Slot[] {
    this.#under.sort(compareTexts)
    this.#exact.sort(compareTexts)
    const topics = [...this.#slots.byTopic.keys()].sort(compareTexts)
    return this.#slots.inOrderOf(topics).filter(slot => !this.#taken.has(slot))
  }

  /** Deals to members in a rack of the partition; returns what found none. */
  dealNear(slots: readonly Slot[]): Slot[] {
    if (!this.#racks.matter) return [...slots]
    let turn = 0
    return slots.filter(slot => {
      const underIndex = this.#racks.nextNear(slot, this.#under, turn)
      if (underIndex >= 0) {
        turn = this.#giveToUnder(slot, underIndex)
        return false
      }
      const exactIndex = this.#racks.nextNear(slot, this.#exact, 0)
      if (exactIndex < 0) return true
      this.#giveToExact(slot, exactIndex)
      return false
    })
  }

  /** Returns whose turn it is next. */
  #giveToUnder(slot: Slot, index: number): number {
    const member = this.#under[index]!
    const count = this.#give(slot, member)
    let next = index
    if (count >= this.#smallest) {
      this.#under.splice(index, 1)
      if (count < this.#largest && this.#over < this.#overExpected) this.#exact.push(member)
    } else next++
    return this.#under.length === 0 ? 0 : next % this.#under.length
  }

  #giveToExact(slot: Slot, index: number): void {
    const member = this.#exact[index]!
    const count = this.#give(slot, member)
    if (count !== this.#largest) return
    this.#exact.splice(index, 1)
    this.#countOver()
  }

  /** Deals out the rest in turn: to members under the smallest share, then one each to those that have it. */
  deal(slots: readonly Slot[]): void {
    let turn = 0
    for (const slot of slots) {
      if (this.#under.length === 0) {
        const member = this.#exact.shift()
        assert(member !== undefined, 'the sticky assignor has partitions left and no member to take them')
        this.#give(slot, member)
        continue
      }
      if (turn >= this.#under.length) turn = 0
      const member = this.#under[turn]!
      if (this.#give(slot, member) === this.#smallest) {
        remove(this.#under, member)
        this.#exact.push(member)
      } else turn++
    }
  }

  #give(slot: Slot, member: string): number {
    const list = this.assignment.get(member)!
    list.push(slot)
    const before = this.#given.get(slot)
    const moves = before !== undefined && before !== member
    if (moves || this.#owners.contested.has(slot)) this.transfers.set(slot, member)
    return list.length
  }
}
