import type { MemberSubscription, Subscriptions } from '../assignor.ts'
import { inHashOrder, textHash } from '../hash-order.ts'
import type { Slot, Slots } from './slots.ts'
import { NO_GENERATION, type PreviousOwnership } from './user-data.ts'

/** Who had what before this rebalance. */
export interface PreviousOwners {
  /** What each member had and may keep; every member has an entry. */
  readonly owned: Map<string, Slot[]>
  /** Partitions that several members of one generation claim: nobody keeps those. */
  readonly contested: ReadonlySet<Slot>
  readonly newestGeneration: number
  readonly allSubscribedAlike: boolean
  /** Members in the order in which they are looked at. */
  readonly members: readonly (readonly [string, MemberSubscription])[]
}

/** Reads off the subscriptions who had what: where members contradict each other the newer generation is right. */
export function previousOwners(
  slots: Slots,
  subscriptions: Subscriptions,
  ownershipOf: (member: MemberSubscription) => PreviousOwnership,
): PreviousOwners {
  const members = inHashOrder(subscriptions, ([id]) => textHash(id))
  const owned = new Map<string, Slot[]>(members.map(([id]) => [id, []]))
  const ownerOf = new Map<Slot, string>()
  const contested = new Set<Slot>()
  let newestGeneration = NO_GENERATION

  for (const [id, member] of members) {
    const { partitions, generationId = NO_GENERATION } = ownershipOf(member)
    newestGeneration = Math.max(newestGeneration, generationId)
    for (const { topic, partition } of partitions) {
      const slot = slots.get(topic, partition)
      if (slot !== undefined) claim(slot, id, generationId)
    }
  }
  return { owned, contested, newestGeneration, allSubscribedAlike: subscribedAlike(subscriptions), members }

  function claim(slot: Slot, id: string, generationId: number): void {
    const other = ownerOf.get(slot)
    const otherGeneration =
      other === undefined ? undefined : (subscriptions.get(other)!.generationId ?? NO_GENERATION)
    if (otherGeneration !== undefined && generationId < otherGeneration) return
    if (other !== undefined) remove(owned.get(other)!, slot)
    if (generationId === otherGeneration) contested.add(slot)
    else owned.get(id)!.push(slot)
    ownerOf.set(slot, id)
  }
}

function subscribedAlike(subscriptions: Subscriptions): boolean {
  const [first, ...others] = [...subscriptions.values()].map(({ topics }) => new Set(topics))
  return others.every(topics => topics.size === first!.size && [...topics].every(topic => first!.has(topic)))
}

/** Removes one element, if it is there. */
export function remove<T>(list: T[], element: T): void {
  const index = list.indexOf(element)
  if (index >= 0) list.splice(index, 1)
}
