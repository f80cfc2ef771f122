import { compareTexts } from '../assignor.ts'
import { remove } from './owners.ts'
import type { Slot } from './slots.ts'

/** Who has what while an assignment is being made, and who has the least. */
export class Holdings {
  #assignment: Map<string, Slot[]>
  #memberOf = new Map<Slot, string>()
  #ascending: string[] = []

  /** @param owned what each member has to begin with; every member has an entry */
  constructor(owned: Map<string, Slot[]>) {
    this.#assignment = owned
    // What a member gave up keeps counting as its own until somebody else gets it.
    for (const [member, slots] of owned) for (const slot of slots) this.#memberOf.set(slot, member)
  }

  get assignment(): Map<string, Slot[]> {
    return this.#assignment
  }

  /** Members that take part, those with the fewest partitions first. */
  get ascending(): readonly string[] {
    return this.#ascending
  }

  /** Makes all members take part. */
  rank(): void {
    this.#ascending = [...this.#assignment.keys()].sort(this.#byCount)
  }

  /** Who has a partition, or had it last. */
  memberOf(slot: Slot): string {
    return this.#memberOf.get(slot)!
  }

  countOf(member: string): number {
    return this.#assignment.get(member)!.length
  }

  /** Whether a member takes part and another one has at least two partitions more. */
  isTwoBehind(member: string, other: string): boolean {
    const count = this.#assignment.get(member)?.length
    return count !== undefined && this.countOf(other) > count + 1
  }

  give(slot: Slot, member: string): void {
    remove(this.#ascending, member)
    this.#assignment.get(member)!.push(slot)
    this.#memberOf.set(slot, member)
    this.#insert(member)
  }

  move(slot: Slot, from: string, to: string): void {
    remove(this.#ascending, from)
    remove(this.#ascending, to)
    remove(this.#assignment.get(from)!, slot)
    this.#assignment.get(to)!.push(slot)
    this.#memberOf.set(slot, to)
    this.#insert(to)
    this.#insert(from)
  }

  /** Takes a member out, with what it has. */
  setAside(member: string): Slot[] {
    const slots = this.#assignment.get(member)!
    remove(this.#ascending, member)
    this.#assignment.delete(member)
    return slots
  }

  /** A function that undoes all that is moved from now on. */
  savepoint(): () => void {
    const assignment = new Map([...this.#assignment].map(([id, slots]) => [id, [...slots]]))
    const memberOf = new Map(this.#memberOf)
    return () => {
      this.#assignment = assignment
      this.#memberOf = memberOf
    }
  }

  /** The sum of the differences between all pairs of members that take part; 0 when all have equally many. */
  imbalance(): number {
    const counts = [...this.#assignment.values()].map(({ length }) => length)
    const ascending = counts.sort((one, other) => one - other)
    const last = ascending.length - 1
    return ascending.reduce((sum, count, index) => sum + count * (2 * index - last), 0)
  }

  readonly #byCount = (one: string, other: string): number =>
    this.countOf(one) - this.countOf(other) || compareTexts(one, other)

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
}
