import {
  type Decision,
  type DecisionContext,
  DecisionDraft,
  JOIN_TIMER,
  memberOfTimer,
  sessionTimer,
} from './decision.ts'
import type { Group } from './group.ts'
import { removeMember } from './leave.ts'
import { isKnownAlive } from './membership.ts'
import { decideJoinTimer, decideSyncTimer } from './rebalance.ts'

/** A timer of the group went off. */
export function decideTimer(group: Group, key: string, context: DecisionContext): Decision {
  const memberId = memberOfTimer(key)
  if (memberId !== undefined) return decideSessionEnd(group, memberId)
  return key === JOIN_TIMER ? decideJoinTimer(group, context) : decideSyncTimer(group)
}

/** The timers a loaded group needs: its members have a whole session to show themselves. */
export function decideLoaded(group: Group, context: DecisionContext): Decision {
  const draft = new DecisionDraft()
  for (const member of group.members.values()) {
    draft.arm(sessionTimer(member.id), context.now + member.sessionTimeoutMs)
  }
  const { groupSizeMax } = context.limits
  if (group.members.size > groupSizeMax) {
    // The limit was lowered. Members get the chance to commit before the last to rejoin are turned away.
    const reason = `${group.members.size} members are more than group.max.size=${groupSizeMax}`
    draft.add({ type: 'rebalanceDemanded', groupId: group.id, reason })
  }
  return draft.done()
}

function decideSessionEnd(group: Group, memberId: string): Decision {
  const draft = new DecisionDraft()
  if (group.pendingJoins.has(memberId)) draft.add({ type: 'pendingForgotten', groupId: group.id, memberId })
  const member = group.members.get(memberId)
  if (member !== undefined) {
    if (isKnownAlive(member)) return draft.done()
    removeMember(draft, group, member, `${memberId} fell silent: its session expired`)
  }
  if (endsInitialDelay(group, memberId)) draft.add({ type: 'initialDelayEnded', groupId: group.id })
  return draft.done()
}

// A group whose first members were waited for goes ahead once the one that held it up is given up.
function endsInitialDelay(group: Group, memberId: string): boolean {
  if (group.initialRebalance === undefined) return false
  const gone = group.members.get(memberId)
  const isOnlyPending = group.pendingJoins.size === (group.pendingJoins.has(memberId) ? 1 : 0)
  const joined = group.awaitingJoins - (gone?.joinTicket === undefined ? 0 : 1)
  return isOnlyPending && joined === group.members.size - (gone === undefined ? 0 : 1)
}
