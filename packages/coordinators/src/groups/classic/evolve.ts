import { assert, equalBytes } from '@samsa/base'
import { commitOffset, removeOffset } from '../../offsets/evolve-offsets.ts'
import { type Groups, groupOf } from '../groups.ts'
import type {
  GenerationStarted,
  GroupEvent,
  GroupRecorded,
  MemberJoined,
  MemberRejoined,
  MemberReplaced,
  MemberSnapshot,
  RebalanceStarted,
} from './events.ts'
import {
  type Group,
  type Member,
  type MemberProtocol,
  NO_BYTES,
  metadataFor,
  namesOf,
  newGroup,
} from './group.ts'

/** Where a record that is replayed or was just appended stands, for the events that need to know. */
export interface RecordPosition {
  readonly logOffset: number
  /** Producer id of the open transaction the record belongs to. */
  readonly producerId?: number
}

const NOWHERE: RecordPosition = { logOffset: -1 }

/**
 * Applies one event. The only way groups change: live, on replay after a restart, and in every test.
 *
 * Changes `groups` in place; costs O(1) for what one member does, O(members) for what concerns all of them.
 */
export function evolve(groups: Groups, event: GroupEvent, position: RecordPosition = NOWHERE): void {
  const apply: Apply<never> = application[event.type]
  apply(groups, event as never, position)
}

type Apply<E> = (groups: Groups, event: E, position: RecordPosition) => void

const application: { readonly [T in GroupEvent['type']]: Apply<Extract<GroupEvent, { type: T }>> } = {
  groupRecorded: (groups, event) => recordGroup(groupFor(groups, event.groupId), event),
  groupDeleted: (groups, event) => deleteGroup(groups, event.groupId),
  groupForgotten: (groups, event) => void groups.byId.delete(event.groupId),
  offsetCommitted: (groups, event, position) =>
    commitOffset(groups, groupFor(groups, event.groupId), event, position),
  offsetRemoved: (groups, event) => removeOffset(groups, groups.byId.get(event.groupId), event),
  memberPended: (groups, event) => void groupFor(groups, event.groupId).pendingJoins.add(event.memberId),
  memberJoined: (groups, event) => addMember(groupFor(groups, event.groupId), event),
  pendingForgotten: onGroup((group, event) => void group.pendingJoins.delete(event.memberId)),
  memberRejoined: onGroup(rejoinMember),
  memberReplaced: onGroup(replaceMember),
  memberRemoved: onGroup((group, event) => {
    removeMember(group, event.memberId)
    demandRebalance(group, event.reason)
  }),
  rebalanceDemanded: onGroup((group, event) => demandRebalance(group, event.reason)),
  rebalanceStarted: onGroup(startRebalance),
  initialDelayExtended: onGroup((group, { delayMs, remainingMs }) => {
    group.initialRebalance = { delayMs, remainingMs, hasGrown: false }
  }),
  initialDelayEnded: onGroup(group => {
    group.initialRebalance = undefined
  }),
  generationStarted: onGroup(startGeneration),
  memberSynced: onGroup((group, event) => {
    group.pendingSyncs.delete(event.memberId)
    memberOf(group, event.memberId).syncTicket = event.ticket
  }),
}

/** For events that only happen to groups that exist. */
function onGroup<E extends GroupEvent>(change: (group: Group, event: E) => void): Apply<E> {
  return (groups, event) => change(groupOf(groups, event.groupId), event)
}

function groupFor(groups: Groups, groupId: string): Group {
  const known = groups.byId.get(groupId)
  if (known !== undefined) return known
  const group = newGroup(groupId)
  groups.byId.set(groupId, group)
  return group
}

function memberOf(group: Group, memberId: string): Member {
  const member = group.members.get(memberId)
  assert(member !== undefined, `${memberId} is a member of group ${group.id}`)
  return member
}

// A record knows less than memory: of each member's protocols only the chosen one. Where both agree, memory is kept;
// where they differ, as on replay, the record is right.
function recordGroup(group: Group, event: GroupRecorded): void {
  const recorded = new Set(event.members.map(member => member.id))
  for (const memberId of [...group.members.keys()]) if (!recorded.has(memberId)) removeMember(group, memberId)
  group.generation = event.generation
  group.protocolType = event.protocolType
  group.protocol = event.protocol
  for (const member of event.members) recordMember(group, member, event.protocol)
  group.leader = leaderAmong(group, event.leader)
  group.stateTimestampMs = event.stateTimestampMs
  group.state = event.members.length === 0 ? 'Empty' : 'Stable'
  group.initialRebalance = undefined
  group.rebalanceDue = undefined
  group.isProvisional = false
}

function leaderAmong(group: Group, leader: string | undefined): string | undefined {
  if (leader !== undefined && group.members.has(leader)) return leader
  return group.members.keys().next().value
}

function recordMember(group: Group, snapshot: MemberSnapshot, protocol: string | undefined): void {
  const known = group.members.get(snapshot.id)
  if (known === undefined) {
    insertMember(group, memberFrom(snapshot, protocol))
    return
  }
  if (!equalBytes(metadataFor(known.protocols, protocol), snapshot.subscription)) {
    offer(group, known, protocolsFrom(snapshot, protocol))
  }
  known.rebalanceTimeoutMs = snapshot.rebalanceTimeoutMs
  known.sessionTimeoutMs = snapshot.sessionTimeoutMs
  known.assignment = snapshot.assignment
  known.syncTicket = undefined
}

function memberFrom(snapshot: MemberSnapshot, protocol: string | undefined): Member {
  const { subscription, ...member } = snapshot
  return {
    ...member,
    protocols: protocolsFrom(snapshot, protocol),
    joinTicket: undefined,
    syncTicket: undefined,
    isNew: false,
  }
}

function protocolsFrom(snapshot: MemberSnapshot, protocol: string | undefined): MemberProtocol[] {
  return [{ name: protocol ?? '', metadata: snapshot.subscription }]
}

// Offsets are removed by tombstones of their own, written before the group's; the group stays while there are any.
function deleteGroup(groups: Groups, groupId: string): void {
  const group = groups.byId.get(groupId)
  if (group === undefined) return
  groups.byId.delete(groupId)
  if (group.offsets.size === 0 && group.transactionalOffsets.size === 0) return
  const rest: Group = {
    ...newGroup(groupId),
    offsets: group.offsets,
    transactionalOffsets: group.transactionalOffsets,
  }
  rest.isProvisional = false
  groups.byId.set(groupId, rest)
}

function addMember(group: Group, event: MemberJoined): void {
  if (group.members.size === 0) group.protocolType = event.protocolType
  if (group.initialRebalance !== undefined)
    group.initialRebalance = { ...group.initialRebalance, hasGrown: true }
  group.pendingJoins.delete(event.memberId)
  insertMember(group, {
    id: event.memberId,
    instanceId: event.instanceId,
    clientId: event.clientId,
    clientHost: event.clientHost,
    rebalanceTimeoutMs: event.rebalanceTimeoutMs,
    sessionTimeoutMs: event.sessionTimeoutMs,
    protocols: event.protocols,
    assignment: NO_BYTES,
    joinTicket: event.ticket,
    syncTicket: undefined,
    isNew: true,
  })
  demandRebalance(group, event.reason)
}

function insertMember(group: Group, member: Member): void {
  assert(!group.members.has(member.id), `${member.id} joins group ${group.id} once`)
  group.members.set(member.id, member)
  if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.id)
  if (member.joinTicket !== undefined) group.awaitingJoins++
  countSupport(group, member.protocols, 1)
  group.leader ??= member.id
}

function rejoinMember(group: Group, event: MemberRejoined): void {
  const member = memberOf(group, event.memberId)
  offer(group, member, event.protocols)
  member.rebalanceTimeoutMs = event.rebalanceTimeoutMs
  member.sessionTimeoutMs = event.sessionTimeoutMs
  if (member.joinTicket === undefined) group.awaitingJoins++
  member.joinTicket = event.ticket
  demandRebalance(group, event.reason)
}

function offer(group: Group, member: Member, protocols: readonly MemberProtocol[]): void {
  countSupport(group, member.protocols, -1)
  member.protocols = protocols
  countSupport(group, protocols, 1)
}

function countSupport(group: Group, protocols: readonly MemberProtocol[], change: 1 | -1): void {
  for (const name of namesOf(protocols)) {
    const count = (group.protocolSupport.get(name) ?? 0) + change
    if (count === 0) group.protocolSupport.delete(name)
    else group.protocolSupport.set(name, count)
  }
}

function replaceMember(group: Group, event: MemberReplaced): void {
  const old = memberOf(group, event.oldMemberId)
  const wasLeader = group.leader === old.id
  const owesSync = group.pendingSyncs.has(old.id)
  removeMember(group, old.id)
  insertMember(group, {
    ...old,
    id: event.memberId,
    protocols: event.protocols,
    rebalanceTimeoutMs: event.rebalanceTimeoutMs,
    sessionTimeoutMs: event.sessionTimeoutMs,
    joinTicket: event.ticket,
    syncTicket: undefined,
    isNew: false,
  })
  if (wasLeader) group.leader = event.memberId
  if (owesSync) group.pendingSyncs.add(event.memberId)
  if (event.ticket !== undefined) demandRebalance(group, event.reason)
}

function removeMember(group: Group, memberId: string): void {
  const member = memberOf(group, memberId)
  group.members.delete(memberId)
  group.pendingSyncs.delete(memberId)
  if (member.instanceId !== null) group.staticMembers.delete(member.instanceId)
  if (member.joinTicket !== undefined) group.awaitingJoins--
  countSupport(group, member.protocols, -1)
  if (group.leader === memberId) group.leader = group.members.keys().next().value
}

// During PreparingRebalance everyone is being waited for already.
function demandRebalance(group: Group, reason: string): void {
  if (group.state !== 'PreparingRebalance') group.rebalanceDue ??= reason
}

function startRebalance(group: Group, event: RebalanceStarted): void {
  if (group.state === 'CompletingRebalance') {
    for (const member of group.members.values()) {
      member.assignment = NO_BYTES
      member.syncTicket = undefined
    }
  }
  group.pendingSyncs.clear()
  group.state = 'PreparingRebalance'
  group.stateTimestampMs = event.atMs
  group.rebalanceDue = undefined
  group.initialRebalance = event.initial === undefined ? undefined : { ...event.initial, hasGrown: false }
}

function startGeneration(group: Group, event: GenerationStarted): void {
  group.generation = event.generation
  group.protocol = event.protocol
  group.leader = event.leader
  group.state = 'CompletingRebalance'
  group.stateTimestampMs = event.atMs
  group.initialRebalance = undefined
  group.awaitingJoins = 0
  for (const member of group.members.values()) {
    member.joinTicket = undefined
    member.isNew = false
    group.pendingSyncs.add(member.id)
  }
}
