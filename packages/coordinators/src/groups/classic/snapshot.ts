import type { GroupSnapshot, MemberSnapshot } from './events.ts'
import { type Group, type Member, type MemberProtocol, metadataFor } from './group.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What of a member goes into a snapshot, before the protocol is chosen from its offers. */
export type SnapshotSource = Pick<
  Member,
  'id' | 'instanceId' | 'clientId' | 'clientHost' | 'rebalanceTimeoutMs' | 'sessionTimeoutMs' | 'assignment'
> & { readonly protocols: readonly MemberProtocol[] }

/** The group as its record tells it, with members changed on the way. */
export function snapshotOf(
  group: Group,
  change: (member: Member) => SnapshotSource = member => member,
): Mutable<GroupSnapshot> {
  return {
    generation: group.generation,
    protocolType: group.protocolType,
    protocol: group.protocol,
    leader: group.leader,
    stateTimestampMs: group.stateTimestampMs,
    members: Array.from(group.members.values(), member => memberSnapshot(change(member), group.protocol)),
  }
}

function memberSnapshot(member: SnapshotSource, protocol: string | undefined): MemberSnapshot {
  return {
    id: member.id,
    instanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs: member.sessionTimeoutMs,
    subscription: metadataFor(member.protocols, protocol),
    assignment: member.assignment,
  }
}
