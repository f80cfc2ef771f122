import type { ErrorName } from '@samsa/protocol'
import type { Group, Member } from './group.ts'

/**
 * Whether a request comes from a member: NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when another member took the
 * static member's place (KIP-345).
 */
export function checkMember(group: Group, memberId: string, instanceId: string | null): ErrorName | 'NONE' {
  if (instanceId !== null) {
    const holder = group.staticMembers.get(instanceId)
    if (holder === undefined) return 'UNKNOWN_MEMBER_ID'
    if (holder !== memberId) return 'FENCED_INSTANCE_ID'
  }
  return group.members.has(memberId) ? 'NONE' : 'UNKNOWN_MEMBER_ID'
}

/** Like `checkMember`, and the member must be in the current generation. */
export function checkGeneration(
  group: Group,
  request: {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly generationId: number
  },
): ErrorName | 'NONE' {
  const error = checkMember(group, request.memberId, request.groupInstanceId)
  if (error !== 'NONE') return error
  return request.generationId === group.generation ? 'NONE' : 'ILLEGAL_GENERATION'
}

/**
 * Whether a group of limited size takes the joiner. While a group prepares a rebalance, places go to those who rejoin
 * first: the group may have been larger than a limit that was lowered.
 */
export function hasRoomFor(group: Group, memberId: string, sizeMax: number): boolean {
  const member = group.members.get(memberId)
  switch (group.state) {
    case 'Empty':
      return true
    case 'PreparingRebalance':
      return member?.joinTicket !== undefined || group.awaitingJoins < sizeMax
    default:
      return member !== undefined || group.members.size < sizeMax
  }
}

/** A member whose request waits here is alive; a new one must prove it by coming back (its request may be orphaned). */
export function isKnownAlive(member: Member): boolean {
  return !member.isNew && (member.joinTicket !== undefined || member.syncTicket !== undefined)
}
