import { assert } from '@samsa/base'
import {
  type Decision,
  type DecisionContext,
  DecisionDraft,
  JOIN_TIMER,
  SYNC_TIMER,
  sessionTimer,
} from './decision.ts'
import { type Group, type Member, haveAllJoined, rebalanceTimeoutMs, selectProtocol } from './group.ts'
import { removeMember } from './leave.ts'
import { joinedAs, participants, syncRefused } from './responses.ts'
import { snapshotOf } from './snapshot.ts'

/**
 * What the group must do of itself in its present state, if anything: start a rebalance that became due, end a join
 * phase that is complete, or vanish. Asked after every input, until nothing follows.
 */
export function decideFollowUp(group: Group, context: DecisionContext): Decision | undefined {
  if (group.rebalanceDue !== undefined) return startRebalance(group, group.rebalanceDue, context)
  if (group.state === 'PreparingRebalance') {
    return group.initialRebalance === undefined && haveAllJoined(group)
      ? endJoinPhase(group, context)
      : undefined
  }
  const isGone = group.isProvisional && group.members.size === 0 && group.pendingJoins.size === 0
  return isGone ? new DecisionDraft().add({ type: 'groupForgotten', groupId: group.id }).done() : undefined
}

// Whoever waits for an assignment that will not come is sent to rejoin.
function startRebalance(group: Group, reason: string, context: DecisionContext): Decision {
  const { now, limits } = context
  const draft = new DecisionDraft().cancel(SYNC_TIMER)
  for (const member of group.members.values()) {
    if (member.syncTicket === undefined) continue
    draft.answer(member.syncTicket, syncRefused('REBALANCE_IN_PROGRESS'))
    draft.arm(sessionTimer(member.id), now + member.sessionTimeoutMs)
  }
  const delayMs = limits.initialRebalanceDelayMs
  const timeoutMs = rebalanceTimeoutMs(group)
  const isInitial = group.state === 'Empty'
  return draft
    .add({
      type: 'rebalanceStarted',
      groupId: group.id,
      atMs: now,
      reason,
      initial: isInitial ? { delayMs, remainingMs: Math.max(timeoutMs - delayMs, 0) } : undefined,
    })
    .arm(JOIN_TIMER, now + (isInitial ? delayMs : timeoutMs))
    .done()
}

/** The join timer: the join phase lasted long enough, or the first members had time to arrive. */
export function decideJoinTimer(group: Group, context: DecisionContext): Decision {
  const draft = new DecisionDraft()
  if (group.state !== 'PreparingRebalance') return draft.done()
  const initial = group.initialRebalance
  if (initial === undefined || !initial.hasGrown || initial.remainingMs === 0)
    return endJoinPhase(group, context)
  const delayMs = Math.min(context.limits.initialRebalanceDelayMs, initial.remainingMs)
  const remainingMs = Math.max(initial.remainingMs - initial.delayMs, 0)
  return draft
    .add({ type: 'initialDelayExtended', groupId: group.id, delayMs, remainingMs })
    .arm(JOIN_TIMER, context.now + delayMs)
    .done()
}

// Dynamic members who did not rejoin are out; static ones keep their place until their session ends.
function endJoinPhase(group: Group, context: DecisionContext): Decision {
  const staying: Member[] = []
  const draft = new DecisionDraft()
  for (const member of group.members.values()) {
    if (member.joinTicket !== undefined || member.instanceId !== null) staying.push(member)
    else removeMember(draft, group, member, `${member.id} did not rejoin in time`)
  }
  if (staying.length === 0) return emptyGroup(draft.cancel(JOIN_TIMER), group, context)
  const leader = electLeader(group, staying)
  if (leader === undefined) return draft.arm(JOIN_TIMER, context.now + longestTimeoutMs(staying)).done()
  return startGeneration(draft.cancel(JOIN_TIMER), group, staying, leader, context)
}

// The leader stays if it rejoined; otherwise the longest-standing member that did takes over.
function electLeader(group: Group, staying: readonly Member[]): Member | undefined {
  const joined = staying.filter(member => member.joinTicket !== undefined)
  return joined.find(member => member.id === group.leader) ?? joined[0]
}

function longestTimeoutMs(members: readonly Member[]): number {
  return members.reduce((longest, member) => Math.max(longest, member.rebalanceTimeoutMs), 0)
}

function emptyGroup(draft: DecisionDraft, group: Group, context: DecisionContext): Decision {
  return draft
    .add({
      type: 'groupRecorded',
      groupId: group.id,
      ...snapshotOf(group),
      generation: group.generation + 1,
      protocol: undefined,
      leader: undefined,
      stateTimestampMs: context.now,
      members: [],
    })
    .done()
}

function startGeneration(
  draft: DecisionDraft,
  group: Group,
  staying: readonly Member[],
  leader: Member,
  { now }: DecisionContext,
): Decision {
  const protocol = selectProtocol(staying.map(member => member.protocols))
  assert(protocol !== undefined, `the members of group ${group.id} have a protocol in common`)
  const generation = group.generation + 1
  const remaining = new Map(staying.map(member => [member.id, member]))
  const next: Group = { ...group, members: remaining, generation, protocol, leader: leader.id }
  for (const member of staying) {
    draft.answer(member.joinTicket, {
      ...joinedAs(next, ''),
      memberId: member.id,
      members: member === leader ? participants(next, protocol) : [],
    })
    draft.arm(sessionTimer(member.id), now + member.sessionTimeoutMs)
  }
  return draft
    .add({ type: 'generationStarted', groupId: group.id, generation, protocol, leader: leader.id, atMs: now })
    .arm(SYNC_TIMER, now + longestTimeoutMs(staying))
    .done()
}

/** The sync timer: members that took part in the join phase and then fell silent are out. */
export function decideSyncTimer(group: Group): Decision {
  const draft = new DecisionDraft()
  for (const memberId of group.pendingSyncs) {
    const member = group.members.get(memberId)
    if (member !== undefined)
      removeMember(draft, group, member, `${memberId} did not ask for its assignment in time`)
  }
  return draft.done()
}
