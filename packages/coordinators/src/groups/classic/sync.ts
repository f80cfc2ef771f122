import type { ErrorName, SyncGroupRequest, SyncGroupResponse } from '@samsa/protocol'
import {
  type Decision,
  type DecisionContext,
  DecisionDraft,
  SYNC_TIMER,
  respond,
  sessionTimer,
} from './decision.ts'
import { type Group, type Member, NO_BYTES, type Ticket } from './group.ts'
import { checkGeneration } from './membership.ts'
import { syncRefused, synced } from './responses.ts'
import { snapshotOf } from './snapshot.ts'

export interface SyncInput {
  readonly request: SyncGroupRequest
  readonly apiVersion: number
  readonly ticket: Ticket
}

export type SyncDecision = Decision<SyncGroupResponse | undefined>

/** From this version on, members must name the protocol they think the group uses. */
const PROTOCOL_REQUIRED_SINCE = 5

/** SyncGroup v0–5: the leader hands in everyone's assignment, and each member gets its own. */
export function decideSync(
  group: Group | undefined,
  input: SyncInput,
  context: DecisionContext,
): SyncDecision {
  const { request } = input
  if (!namesProtocol(input)) return respond(syncRefused('INCONSISTENT_GROUP_PROTOCOL'))
  if (request.groupId === '') return respond(syncRefused('INVALID_GROUP_ID'))
  if (group === undefined || group.state === 'Empty') return respond(syncRefused('UNKNOWN_MEMBER_ID'))
  const error = checkSync(group, request)
  if (error !== 'NONE') return respond(syncRefused(error))
  const member = group.members.get(request.memberId)!
  switch (group.state) {
    case 'PreparingRebalance':
      return respond(syncRefused('REBALANCE_IN_PROGRESS'))
    case 'CompletingRebalance':
      return group.leader === member.id ? assign(group, member, input, context) : wait(group, member, input)
    case 'Stable':
      return noteSync(new DecisionDraft(), group, member, undefined).respond(synced(group, member.assignment))
  }
}

function namesProtocol({ request, apiVersion }: SyncInput): boolean {
  return (
    apiVersion < PROTOCOL_REQUIRED_SINCE || (request.protocolType !== null && request.protocolName !== null)
  )
}

function checkSync(group: Group, request: SyncGroupRequest): ErrorName | 'NONE' {
  const error = checkGeneration(group, request)
  if (error !== 'NONE') return error
  const isConsistent =
    agrees(request.protocolType, group.protocolType) && agrees(request.protocolName, group.protocol)
  return isConsistent ? 'NONE' : 'INCONSISTENT_GROUP_PROTOCOL'
}

function agrees(theirs: string | null, ours: string | undefined): boolean {
  return theirs === null || ours === undefined || theirs === ours
}

function wait(group: Group, member: Member, input: SyncInput): SyncDecision {
  const draft = new DecisionDraft().answer(member.syncTicket, syncRefused('REBALANCE_IN_PROGRESS'))
  return noteSync(draft, group, member, input.ticket).respond(undefined)
}

// The leader's assignment makes the generation durable; members it left out get an empty one.
function assign(group: Group, leader: Member, input: SyncInput, context: DecisionContext): SyncDecision {
  const assignments = new Map(
    input.request.assignments.map(({ memberId, assignment }) => [memberId, assignment.slice()]),
  )
  const assignmentOf = (member: Member) => assignments.get(member.id) ?? NO_BYTES
  const draft = noteSync(new DecisionDraft(), group, leader, undefined).add({
    type: 'groupRecorded',
    groupId: group.id,
    ...snapshotOf(group, member => ({ ...member, assignment: assignmentOf(member) })),
    stateTimestampMs: context.now,
  })
  for (const member of group.members.values()) {
    if (member.syncTicket === undefined && member !== leader) continue
    draft.answer(member.syncTicket, synced(group, assignmentOf(member)))
    draft.arm(sessionTimer(member.id), context.now + member.sessionTimeoutMs)
  }
  return draft.respond(synced(group, assignmentOf(leader)))
}

function noteSync(
  draft: DecisionDraft,
  group: Group,
  member: Member,
  ticket: Ticket | undefined,
): DecisionDraft {
  draft.add({ type: 'memberSynced', groupId: group.id, memberId: member.id, ticket })
  const isLast = group.pendingSyncs.size === 1 && group.pendingSyncs.has(member.id)
  return isLast ? draft.cancel(SYNC_TIMER) : draft
}
