import type { Eligibility } from './eligibility.ts'
import type { Holdings } from './holdings.ts'
import { Movements } from './movements.ts'
import type { Slot, Slots } from './slots.ts'

/** Moves partitions one by one from members with more to members with fewer. */
export class Balancing {
  readonly #slots: Slots
  readonly #eligibility: Eligibility
  readonly #holdings: Holdings
  /** Who had a partition in an older generation: it goes back there rather than elsewhere. */
  readonly #before: ReadonlyMap<Slot, string>
  readonly #movements = new Movements()

  constructor(slots: Slots, eligibility: Eligibility, holdings: Holdings, before: ReadonlyMap<Slot, string>) {
    this.#slots = slots
    this.#eligibility = eligibility
    this.#holdings = holdings
    this.#before = before
  }

  /** Moves some of these partitions, as long as that helps; whether any was moved. */
  balance(slots: readonly Slot[]): boolean {
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

  #isBalanced(): boolean {
    const { ascending } = this.#holdings
    const first = ascending[0]
    const last = ascending.at(-1)
    if (first === undefined) return true
    if (this.#holdings.countOf(first) >= this.#holdings.countOf(last!) - 1) return true
    return !ascending.some(member => this.#couldGetMore(member))
  }

  /** Whether another member has a partition that this one could have, and at least two more of them. */
  #couldGetMore(member: string): boolean {
    const count = this.#holdings.countOf(member)
    if (count === this.#eligibility.mostOf(member)) return false
    for (const topic of this.#eligibility.topicsOf(member)) {
      for (const slot of this.#slots.byTopic.get(topic)!) {
        const other = this.#holdings.memberOf(slot)
        if (other !== member && count + 1 < this.#holdings.countOf(other)) return true
      }
    }
    return false
  }

  #moveToBetter(slot: Slot): boolean {
    const eligibility = this.#eligibility
    const holdings = this.#holdings
    const member = holdings.memberOf(slot)
    const before = this.#before.get(slot)
    const mayGoBack = before !== undefined && eligibility.mayHave(before, slot.topic)
    if (mayGoBack && holdings.isTwoBehind(before, member)) {
      this.#move(slot, before)
      return true
    }
    if (!eligibility.membersOf(slot.topic).some(other => holdings.isTwoBehind(other, member))) return false
    const least = holdings.ascending.find(other => eligibility.mayHave(other, slot.topic))!
    this.#move(slot, least)
    return true
  }

  #move(wanted: Slot, to: string): void {
    const slot = this.#movements.betterOf(wanted, this.#holdings.memberOf(wanted), to)
    const from = this.#holdings.memberOf(slot)
    this.#movements.move(slot, from, to)
    this.#holdings.move(slot, from, to)
  }
}
