import { equalBytes } from '@samsa/base'
import type { JoinGroupRequest, JoinGroupResponse } from '@samsa/protocol'
import {
  type Decision,
  type DecisionContext,
  DecisionDraft,
  type GroupLimits,
  respond,
  sessionTimer,
} from './decision.ts'
import {
  type Group,
  type Member,
  type MemberProtocol,
  type Ticket,
  metadataFor,
  selectProtocol,
  supportsProtocols,
} from './group.ts'
import { checkMember, hasRoomFor } from './membership.ts'
import { joinRefused, joinedAs, participants, syncRefused } from './responses.ts'
import { snapshotOf } from './snapshot.ts'

export interface JoinInput {
  readonly request: JoinGroupRequest
  readonly apiVersion: number
  readonly clientId: string
  readonly clientHost: string
  /** Under which the request waits when it is not answered at once. */
  readonly ticket: Ticket
  /** For the id of a new member, when the request has none. */
  readonly uuid: string
}

export type JoinDecision = Decision<JoinGroupResponse | undefined>

/** From this version on, a new member must come back with the id it is given (KIP-394). */
const MEMBER_ID_REQUIRED_SINCE = 4
/** From this version on, a leader can be told to leave the assignment as it is (KIP-814). */
const SKIP_ASSIGNMENT_SINCE = 9

/** JoinGroup v0–9: become a member, or take part in the next generation. */
export function decideJoin(
  group: Group | undefined,
  input: JoinInput,
  context: DecisionContext,
): JoinDecision {
  const { request } = input
  const { memberId } = request
  if (request.groupId === '') return respond(joinRefused(memberId, 'INVALID_GROUP_ID'))
  if (!isSessionTimeoutAllowed(request.sessionTimeoutMs, context.limits)) {
    return respond(joinRefused(memberId, 'INVALID_SESSION_TIMEOUT'))
  }
  if (group === undefined && memberId !== '') return respond(joinRefused(memberId, 'UNKNOWN_MEMBER_ID'))
  if (group !== undefined && !hasRoomFor(group, memberId, context.limits.groupSizeMax)) {
    return turnAway(group, memberId)
  }
  if (!supportsProtocols(group, request.protocolType, request.protocols)) {
    return respond(joinRefused(memberId, 'INCONSISTENT_GROUP_PROTOCOL'))
  }
  if (memberId === '') return joinWithoutId(group, input, context)
  return joinWithId(group!, input, context)
}

function isSessionTimeoutAllowed(timeoutMs: number, limits: GroupLimits): boolean {
  return timeoutMs >= limits.sessionTimeoutMsMin && timeoutMs <= limits.sessionTimeoutMsMax
}

function turnAway(group: Group, memberId: string): JoinDecision {
  const draft = new DecisionDraft()
  const { id: groupId } = group
  if (group.pendingJoins.has(memberId)) draft.add({ type: 'pendingForgotten', groupId, memberId })
  if (group.members.has(memberId)) {
    draft.add({ type: 'memberRemoved', groupId, memberId, reason: 'the group is full' })
  }
  if (memberId !== '') draft.cancel(sessionTimer(memberId))
  return draft.respond(joinRefused('', 'GROUP_MAX_SIZE_REACHED'))
}

function joinWithoutId(group: Group | undefined, input: JoinInput, context: DecisionContext): JoinDecision {
  const { request } = input
  const memberId = `${request.groupInstanceId ?? input.clientId}-${input.uuid}`
  if (request.groupInstanceId !== null) {
    const former = group?.members.get(group.staticMembers.get(request.groupInstanceId) ?? '')
    if (group !== undefined && former !== undefined) return replace(group, former, memberId, input, context)
    return addMember(memberId, input, context)
  }
  if (input.apiVersion < MEMBER_ID_REQUIRED_SINCE) return addMember(memberId, input, context)
  return new DecisionDraft()
    .add({ type: 'memberPended', groupId: request.groupId, memberId })
    .arm(sessionTimer(memberId), context.now + request.sessionTimeoutMs)
    .respond(joinRefused(memberId, 'MEMBER_ID_REQUIRED'))
}

function addMember(memberId: string, input: JoinInput, context: DecisionContext): JoinDecision {
  const { request } = input
  return new DecisionDraft()
    .add({
      type: 'memberJoined',
      ...offerOf(input),
      memberId,
      instanceId: request.groupInstanceId,
      clientId: input.clientId,
      clientHost: input.clientHost,
      protocolType: request.protocolType,
      reason: `${memberId} joins${clientReason(input)}`,
    })
    .arm(sessionTimer(memberId), context.now + context.limits.newMemberJoinTimeoutMs)
    .respond(undefined)
}

function joinWithId(group: Group, input: JoinInput, context: DecisionContext): JoinDecision {
  const { request } = input
  if (group.pendingJoins.has(request.memberId)) {
    // Ids are handed out to dynamic members only.
    if (request.groupInstanceId !== null)
      return respond(joinRefused(request.memberId, 'UNKNOWN_SERVER_ERROR'))
    return addMember(request.memberId, input, context)
  }
  const error = checkMember(group, request.memberId, request.groupInstanceId)
  if (error !== 'NONE') return respond(joinRefused(request.memberId, error))
  return rejoin(group, group.members.get(request.memberId)!, input)
}

function rejoin(group: Group, member: Member, input: JoinInput): JoinDecision {
  switch (group.state) {
    case 'PreparingRebalance':
      return waitForGeneration(member, input, 'rejoins')
    case 'CompletingRebalance':
      // Most likely the answer of the join phase got lost.
      if (hasSameProtocols(member, input)) return respond(joinedAs(group, member.id))
      return waitForGeneration(member, input, 'changed what it offers')
    case 'Stable':
      // The leader rejoins to have partitions assigned anew, when topics changed for instance.
      if (group.leader === member.id) return waitForGeneration(member, input, 'leads the group and rejoins')
      if (hasSameProtocols(member, input)) return respond(joinedAs(group, member.id))
      return waitForGeneration(member, input, 'changed what it offers')
    case 'Empty':
      return respond(joinRefused(member.id, 'UNKNOWN_MEMBER_ID'))
  }
}

function waitForGeneration(member: Member, input: JoinInput, what: string): JoinDecision {
  return new DecisionDraft()
    .answer(member.joinTicket, joinRefused(member.id, 'REBALANCE_IN_PROGRESS'))
    .add({
      type: 'memberRejoined',
      ...offerOf(input),
      memberId: member.id,
      reason: `${member.id} ${what}${clientReason(input)}`,
    })
    .respond(undefined)
}

// A static member came back without knowing its id: its former self is fenced, and as long as nothing else changed, the
// others need not notice.
function replace(
  group: Group,
  former: Member,
  memberId: string,
  input: JoinInput,
  context: DecisionContext,
): JoinDecision {
  const offer = offerOf(input)
  const waits = group.state !== 'Stable' || !keepsProtocol(group, former, offer.protocols)
  const draft = new DecisionDraft()
    .answer(former.joinTicket, joinRefused(former.id, 'FENCED_INSTANCE_ID'))
    .answer(former.syncTicket, syncRefused('FENCED_INSTANCE_ID'))
    .cancel(sessionTimer(former.id))
    .arm(sessionTimer(memberId), context.now + offer.sessionTimeoutMs)
    .add({
      type: 'memberReplaced',
      ...offer,
      instanceId: former.instanceId!,
      oldMemberId: former.id,
      memberId,
      ticket: waits ? input.ticket : undefined,
      reason: `static member ${former.instanceId} returns as ${memberId}${clientReason(input)}`,
    })
  if (waits) return draft.respond(undefined)
  const snapshot = snapshotOf(group, member =>
    member.id === former.id ? { ...member, ...offer, id: memberId } : member,
  )
  if (group.leader === former.id) snapshot.leader = memberId
  return draft
    .add({ type: 'groupRecorded', groupId: group.id, ...snapshot })
    .respond(replacedResponse(group, former, memberId, input))
}

function keepsProtocol(group: Group, former: Member, protocols: readonly MemberProtocol[]): boolean {
  const offers = Array.from(group.members.values(), member =>
    member === former ? protocols : member.protocols,
  )
  return selectProtocol(offers) === group.protocol
}

// A client of an old version would compute an assignment if it saw itself as the leader: it is shown its former self.
function replacedResponse(
  group: Group,
  former: Member,
  memberId: string,
  input: JoinInput,
): JoinGroupResponse {
  const isLeader = group.leader === former.id
  const response = { ...joinedAs(group, ''), memberId }
  if (input.apiVersion < SKIP_ASSIGNMENT_SINCE || !isLeader) return response
  const members = participants(group, group.protocol).map(member =>
    member.memberId === former.id
      ? { ...member, memberId, metadata: copyOf(metadataFor(input.request.protocols, group.protocol)) }
      : member,
  )
  return { ...response, leader: memberId, skipAssignment: true, members }
}

function hasSameProtocols(member: Member, { request }: JoinInput): boolean {
  const { protocols } = request
  return (
    protocols.length === member.protocols.length &&
    member.protocols.every(
      ({ name, metadata }, i) => protocols[i]!.name === name && equalBytes(protocols[i]!.metadata, metadata),
    )
  )
}

function offerOf({ request, apiVersion, ticket }: JoinInput) {
  return {
    groupId: request.groupId,
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: copyOf(metadata) })),
    sessionTimeoutMs: request.sessionTimeoutMs,
    // Version 0 has one timeout for both.
    rebalanceTimeoutMs: apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    ticket,
  }
}

// Bytes of a request are views of its frame.
function copyOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice()
}

function clientReason({ request }: JoinInput): string {
  return request.reason ? ` (${request.reason})` : ''
}
