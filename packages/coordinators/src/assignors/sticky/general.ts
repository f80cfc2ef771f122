import { type MemberSubscription, compareTexts } from '../assignor.ts'
import { Movements } from './movements.ts'
import { type PreviousOwners, remove } from './owners.ts'
import type { Racks } from './racks.ts'
import type { Slot, Slots } from './slots.ts'
import { NO_GENERATION, type PreviousOwnership } from './user-data.ts'

/**
 * The sticky assignment where members subscribe to different topics: everybody keeps what it had, what is free goes to
 * the member with the least, and then partitions move one by one while that makes the assignment more balanced.
 */
export function assignGeneral(
  slots: Slots,
  racks: Racks,
  owners: PreviousOwners,
  ownershipOf: (member: MemberSubscription) => PreviousOwnership,
): Map<string, Slot[]> {
  const builder = new General(slots, racks, owners, ownershipOf)
  builder.keepOwned()
  builder.balance()
  return builder.assignment
}

class General {
  assignment: Map<string, Slot[]>
  readonly #slots: Slots
  readonly #racks: Racks
  readonly #topicsOf = new Map<string, Set<string>>()
  readonly #membersOf = new Map<string, string[]>()
  /** The member each assigned partition has. */
  #memberOf = new Map<Slot, string>()
  /** Who had a partition in an older generation. */
  readonly #before: ReadonlyMap<Slot, string>
  readonly #movements = new Movements()
  /** Members that may take part in moves, those with the fewest partitions first. */
  #ascending: string[] = []
  #someoneGaveUp = false

  constructor(
    slots: Slots,
    racks: Racks,
    owners: PreviousOwners,
    ownershipOf: (member: MemberSubscription) => PreviousOwnership,
  ) {
    this.#slots = slots
    this.#racks = racks
    this.assignment = owners.owned
    for (const topic of slots.byTopic.keys()) this.#membersOf.set(topic, [])
    for (const [id, { topics }] of owners.members) {
      const existing = [...new Set(topics)].filter(topic => slots.byTopic.has(topic))
      this.#topicsOf.set(id, new Set(existing))
      for (const topic of existing) this.#membersOf.get(topic)!.push(id)
    }
    this.#before = olderOwners(slots, owners, ownershipOf)
  }

  keepOwned(): void {
    for (const [member, owned] of this.assignment) {
      const kept = owned.filter(
        slot => this.#topicsOf.get(member)!.has(slot.topic) && !this.#racks.mismatch(member, slot),
      )
      if (kept.length < owned.length) this.#someoneGaveUp = true
      this.assignment.set(member, kept)
      // What a member gave up keeps counting as its own until somebody else gets it.
      for (const slot of owned) this.#memberOf.set(slot, member)
    }
  }

  balance(): void {
    const assigned = new Set([...this.assignment.values()].flat())
    const all = this.#slots.inOrderOf(this.#topicsByMembers())
    const free = all.filter(slot => !assigned.has(slot))
    this.#ascending = [...this.assignment.keys()].sort(this.#byCount)
    const isFirst = assigned.size === 0

    const rest = this.#racks.matter ? free.filter(slot => !this.#assign(slot, this.#racks)) : free
    for (const slot of rest) this.#assign(slot, undefined)

    const fixed = this.#setFixedAside()
    const counts = this.#counts()
    const before = {
      assignment: new Map([...this.assignment].map(([id, list]) => [id, [...list]])),
      memberOf: new Map(this.#memberOf),
      score: scoreOf(counts),
    }
    if (!this.#someoneGaveUp) this.#reassign(free.filter(slot => this.#isMovable(slot.topic)))
    const hasMoved = this.#reassign(all.filter(slot => this.#isMovable(slot.topic)))
    if (!isFirst && hasMoved && scoreOf(this.#counts()) >= before.score) {
      this.assignment = before.assignment
      this.#memberOf = before.memberOf
    }
    for (const [member, partitions] of fixed) this.assignment.set(member, partitions)
  }

  #topicsByMembers(): string[] {
    const count = (topic: string) => this.#membersOf.get(topic)!.length
    return [...this.#membersOf.keys()].sort(
      (one, other) => count(one) - count(other) || compareTexts(one, other),
    )
  }

  readonly #byCount = (one: string, other: string): number =>
    this.#countOf(one) - this.#countOf(other) || compareTexts(one, other)

  #countOf(member: string): number {
    return this.assignment.get(member)!.length
  }

  #counts(): number[] {
    return [...this.assignment.values()].map(({ length }) => length)
  }

  #assign(slot: Slot, racks: Racks | undefined): boolean {
    const member = this.#ascending.find(
      id => this.#topicsOf.get(id)!.has(slot.topic) && racks?.mismatch(id, slot) !== true,
    )
    if (member === undefined) return false
    remove(this.#ascending, member)
    this.assignment.get(member)!.push(slot)
    this.#memberOf.set(slot, member)
    this.#insert(member)
    return true
  }

  #insert(member: string): void {
    let low = 0
    let high = this.#ascending.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#byCount(this.#ascending[middle]!, member) < 0) low = middle + 1
      else high = middle
    }
    this.#ascending.splice(low, 0, member)
  }

  #isMovable(topic: string): boolean {
    return this.#membersOf.get(topic)!.length >= 2
  }

  /** Takes members out that can neither give nor get. */
  #setFixedAside(): Map<string, Slot[]> {
    const fixed = new Map<string, Slot[]>()
    for (const member of this.#topicsOf.keys()) {
      const partitions = this.assignment.get(member)!
      const canGet = partitions.length < this.#mostOf(member)
      if (canGet || partitions.some(({ topic }) => this.#isMovable(topic))) continue
      remove(this.#ascending, member)
      fixed.set(member, partitions)
      this.assignment.delete(member)
    }
    return fixed
  }

  #mostOf(member: string): number {
    return [...this.#topicsOf.get(member)!].reduce((sum, topic) => sum + this.#slots.countOf(topic), 0)
  }

  #isBalanced(): boolean {
    const first = this.#ascending[0]
    const last = this.#ascending.at(-1)
    if (first === undefined || this.#countOf(first) >= this.#countOf(last!) - 1) return true
    return !this.#ascending.some(member => this.#couldGetMore(member))
  }

  /** Whether another member has a partition that this one could have, and at least two more of them. */
  #couldGetMore(member: string): boolean {
    const count = this.#countOf(member)
    if (count === this.#mostOf(member)) return false
    for (const topic of this.#topicsOf.get(member)!) {
      for (const slot of this.#slots.byTopic.get(topic)!) {
        const other = this.#memberOf.get(slot)!
        if (other !== member && count + 1 < this.#countOf(other)) return true
      }
    }
    return false
  }

  #reassign(slots: readonly Slot[]): boolean {
    let hasMoved = false
    for (let again = true; again; ) {
      again = false
      for (const slot of slots) {
        if (this.#isBalanced()) break
        if (this.#moveToBetter(slot)) again = true
      }
      hasMoved ||= again
    }
    return hasMoved
  }

  #moveToBetter(slot: Slot): boolean {
    const member = this.#memberOf.get(slot)!
    const before = this.#before.get(slot)
    const mayGoBack = before !== undefined && this.#topicsOf.get(before)!.has(slot.topic)
    if (mayGoBack && this.#hasTwoMore(member, before)) {
      this.#move(slot, before)
      return true
    }
    if (!this.#membersOf.get(slot.topic)!.some(other => this.#hasTwoMore(member, other))) return false
    const least = this.#ascending.find(other => this.#topicsOf.get(other)!.has(slot.topic))!
    this.#move(slot, least)
    return true
  }

  #hasTwoMore(member: string, other: string): boolean {
    const count = this.assignment.get(other)?.length
    return count !== undefined && this.#countOf(member) > count + 1
  }

  #move(wanted: Slot, to: string): void {
    const slot = this.#movements.betterOf(wanted, this.#memberOf.get(wanted)!, to)
    const from = this.#memberOf.get(slot)!
    remove(this.#ascending, from)
    remove(this.#ascending, to)
    this.#movements.move(slot, from, to)
    remove(this.assignment.get(from)!, slot)
    this.assignment.get(to)!.push(slot)
    this.#memberOf.set(slot, to)
    this.#insert(to)
    this.#insert(from)
  }
}

/** For each partition the member that had it in the newest generation before the last one. */
function olderOwners(
  slots: Slots,
  owners: PreviousOwners,
  ownershipOf: (member: MemberSubscription) => PreviousOwnership,
): Map<Slot, string> {
  const newest = new Map<Slot, { member: string; generationId: number }>()
  for (const [member, subscription] of owners.members) {
    const { partitions, generationId = NO_GENERATION } = ownershipOf(subscription)
    if (generationId >= owners.newestGeneration) continue
    for (const { topic, partition } of partitions) {
      const slot = slots.get(topic, partition)
      if (slot === undefined) continue
      if (generationId > (newest.get(slot)?.generationId ?? Number.NEGATIVE_INFINITY)) {
        newest.set(slot, { member, generationId })
      }
    }
  }
  return new Map([...newest].map(([slot, { member }]) => [slot, member]))
}

/** The sum of the differences between all pairs of members; 0 when all have equally many. */
function scoreOf(counts: readonly number[]): number {
  const ascending = [...counts].sort((one, other) => one - other)
  const last = ascending.length - 1
  return ascending.reduce((sum, count, index) => sum + count * (2 * index - last), 0)
}
