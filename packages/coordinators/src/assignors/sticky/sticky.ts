import type {
  AssignableTopics,
  ClientAssignor,
  GroupAssignment,
  MemberSubscription,
  Subscriptions,
} from '../assignor.ts'
import { type Transfers, assignConstrained } from './constrained.ts'
import { assignGeneral } from './general.ts'
import { previousOwners, remove } from './owners.ts'
import { Racks } from './racks.ts'
import { type Slot, Slots } from './slots.ts'
import {
  type PreviousOwnership,
  cooperativeOwnership,
  encodeCooperativeUserData,
  encodeStickyUserData,
  stickyOwnership,
} from './user-data.ts'

/**
 * Sticky (KIP-54): as balanced as the subscriptions allow, and of those assignments one that moves few partitions.
 * Members give up everything before they join, and tell the leader in their user data what they had.
 */
export const stickyAssignor: ClientAssignor = {
  name: 'sticky',
  rebalance: 'eager',
  userData: previous => (previous === undefined ? null : encodeStickyUserData(previous)),
  assign(topics, subscriptions) {
    return plain(assignSticky(topics, subscriptions, stickyOwnership).assignment)
  },
}

/**
 * Cooperative sticky (KIP-429): like sticky, while members go on with what they keep. A partition that moves is left
 * out at first; its owner gives it up and rejoins, and the next generation assigns it.
 */
export const cooperativeStickyAssignor: ClientAssignor = {
  name: 'cooperative-sticky',
  rebalance: 'cooperative',
  userData: encodeCooperativeUserData,
  assign(topics, subscriptions) {
    const { assignment, transfers } = assignSticky(topics, subscriptions, cooperativeOwnership)
    for (const [slot, member] of transfers) remove(assignment.get(member)!, slot)
    return plain(assignment)
  },
}

interface StickyResult {
  readonly assignment: Map<string, Slot[]>
  readonly transfers: Transfers
}

function assignSticky(
  topics: AssignableTopics,
  subscriptions: Subscriptions,
  ownershipOf: (member: MemberSubscription) => PreviousOwnership,
): StickyResult {
  if (subscriptions.size === 0) return { assignment: new Map(), transfers: new Map() }
  const slots = new Slots(topics)
  const racks = new Racks(slots.all, subscriptions)
  const owners = previousOwners(slots, subscriptions, ownershipOf)
  if (owners.allSubscribedAlike) return assignConstrained(slots, racks, owners)
  const assignment = assignGeneral(slots, racks, owners, ownershipOf)
  return { assignment, transfers: transfersOf(slots, subscriptions, assignment) }
}

/** What a member gets that another one still owns. */
function transfersOf(
  slots: Slots,
  subscriptions: Subscriptions,
  assignment: ReadonlyMap<string, readonly Slot[]>,
): Transfers {
  const added: Transfers = new Map()
  const revoked = new Set<Slot>()
  for (const [member, assigned] of assignment) {
    const owned = new Set(
      subscriptions.get(member)!.ownedPartitions.map(({ topic, partition }) => slots.get(topic, partition)),
    )
    for (const slot of assigned) if (!owned.has(slot)) added.set(slot, member)
    const kept = new Set(assigned)
    for (const slot of owned) if (slot !== undefined && !kept.has(slot)) revoked.add(slot)
  }
  return new Map([...added].filter(([slot]) => revoked.has(slot)))
}

function plain(assignment: ReadonlyMap<string, readonly Slot[]>): GroupAssignment {
  return new Map(
    [...assignment].map(([member, slots]) => [
      member,
      slots.map(({ topic, partition }) => ({ topic, partition })),
    ]),
  )
}
