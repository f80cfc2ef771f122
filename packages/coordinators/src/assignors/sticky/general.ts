import type { MemberSubscription } from '../assignor.ts'
import { Balancing } from './balancing.ts'
import { Eligibility } from './eligibility.ts'
import { Holdings } from './holdings.ts'
import type { PreviousOwners } from './owners.ts'
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
  const eligibility = new Eligibility(slots, owners.members)
  const holdings = new Holdings(owners.owned)
  const hasGivenUp = keepAllowed(holdings, eligibility, racks)

  const kept = new Set([...holdings.assignment.values()].flat())
  const all = slots.inOrderOf(eligibility.topicsByMembers())
  const free = all.filter(slot => !kept.has(slot))
  deal(free, holdings, eligibility, racks)

  const fixed = setFixedAside(holdings, eligibility)
  const undo = holdings.savepoint()
  const imbalance = holdings.imbalance()
  const balancing = new Balancing(slots, eligibility, holdings, olderOwners(slots, owners, ownershipOf))
  const isMovable = ({ topic }: Slot) => eligibility.isMovable(topic)
  if (!hasGivenUp) balancing.balance(free.filter(isMovable))
  const hasMoved = balancing.balance(all.filter(isMovable))
  // Moves for nothing are taken back, except where nobody had anything to lose.
  if (kept.size > 0 && hasMoved && holdings.imbalance() >= imbalance) undo()
  for (const [member, partitions] of fixed) holdings.assignment.set(member, partitions)
  return holdings.assignment
}

/** Members keep what they still may have; whether somebody had to give something up. */
function keepAllowed(holdings: Holdings, eligibility: Eligibility, racks: Racks): boolean {
  let hasGivenUp = false
  for (const [member, owned] of holdings.assignment) {
    const kept = owned.filter(
      slot => eligibility.mayHave(member, slot.topic) && !racks.mismatch(member, slot),
    )
    if (kept.length < owned.length) hasGivenUp = true
    holdings.assignment.set(member, kept)
  }
  holdings.rank()
  return hasGivenUp
}

/** Gives each free partition to the member with the least that may have it: where racks matter one near it, if any. */
function deal(free: readonly Slot[], holdings: Holdings, eligibility: Eligibility, racks: Racks): void {
  const give = (slot: Slot, isRight: (member: string) => boolean): boolean => {
    const member = holdings.ascending.find(id => eligibility.mayHave(id, slot.topic) && isRight(id))
    if (member !== undefined) holdings.give(slot, member)
    return member !== undefined
  }
  const rest = racks.matter ? free.filter(slot => !give(slot, member => !racks.mismatch(member, slot))) : free
  for (const slot of rest) give(slot, () => true)
}

/** Takes members out that can neither give nor get. */
function setFixedAside(holdings: Holdings, eligibility: Eligibility): Map<string, Slot[]> {
  const fixed = new Map<string, Slot[]>()
  for (const member of eligibility.members) {
    const canGet = holdings.countOf(member) < eligibility.mostOf(member)
    const canGive = holdings.assignment.get(member)!.some(({ topic }) => eligibility.isMovable(topic))
    if (!canGet && !canGive) fixed.set(member, holdings.setAside(member))
  }
  return fixed
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
