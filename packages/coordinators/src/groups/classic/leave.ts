import type { ErrorName, LeaveGroupRequest, LeaveGroupResponse } from '@samsa/protocol'
import { type Decision, DecisionDraft, respond, sessionTimer } from './decision.ts'
import type { Group, Member } from './group.ts'
import { checkMember } from './membership.ts'
import { joinRefused, syncRefused } from './responses.ts'

export interface LeaveInput {
  readonly request: LeaveGroupRequest
  readonly apiVersion: number
}

/** From this version on, several members can leave in one request (KIP-345). */
const BATCHED_SINCE = 3

interface Leaver {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly reason: string | null
}

/** LeaveGroup v0–5: members leave, or an administrator removes static members by their instance id. */
export function decideLeave(group: Group | undefined, input: LeaveInput): Decision<LeaveGroupResponse> {
  const { request, apiVersion } = input
  if (request.groupId === '') return respond(refused('INVALID_GROUP_ID'))
  const leavers = leaversOf(input)
  const draft = new DecisionDraft()
  const gone = new Set<string>()
  const members = leavers.map(leaver => {
    const errorCode = group === undefined ? 'UNKNOWN_MEMBER_ID' : leave(draft, group, leaver, gone)
    return { memberId: leaver.memberId, groupInstanceId: leaver.groupInstanceId, errorCode }
  })
  if (apiVersion >= BATCHED_SINCE) return draft.respond({ throttleTimeMs: 0, errorCode: 'NONE', members })
  return draft.respond(refused(members[0]!.errorCode))
}

function refused(errorCode: ErrorName): LeaveGroupResponse {
  return { throttleTimeMs: 0, errorCode, members: [] }
}

function leaversOf({ request, apiVersion }: LeaveInput): readonly Leaver[] {
  if (apiVersion >= BATCHED_SINCE) return request.members
  return [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
}

function leave(draft: DecisionDraft, group: Group, leaver: Leaver, gone: Set<string>): ErrorName {
  if (group.pendingJoins.has(leaver.memberId) && !gone.has(leaver.memberId)) {
    gone.add(leaver.memberId)
    draft.add({ type: 'pendingForgotten', groupId: group.id, memberId: leaver.memberId })
    draft.cancel(sessionTimer(leaver.memberId))
    return 'NONE'
  }
  const memberId = idMeant(group, leaver)
  const error = gone.has(memberId)
    ? 'UNKNOWN_MEMBER_ID'
    : checkMember(group, memberId, leaver.groupInstanceId)
  if (error !== 'NONE') return error
  gone.add(memberId)
  const member = group.members.get(memberId)!
  removeMember(draft, group, member, `${member.id} leaves${leaver.reason ? ` (${leaver.reason})` : ''}`)
  return 'NONE'
}

// Without a member id an instance id tells who is meant.
function idMeant(group: Group, { memberId, groupInstanceId }: Leaver): string {
  if (memberId !== '' || groupInstanceId === null) return memberId
  return group.staticMembers.get(groupInstanceId) ?? ''
}

/** Ends a membership; whatever request of the member waits is told so. */
export function removeMember(draft: DecisionDraft, group: Group, member: Member, reason: string): void {
  draft
    .answer(member.joinTicket, joinRefused('', 'UNKNOWN_MEMBER_ID'))
    .answer(member.syncTicket, syncRefused('UNKNOWN_MEMBER_ID'))
    .add({ type: 'memberRemoved', groupId: group.id, memberId: member.id, reason })
    .cancel(sessionTimer(member.id))
}
