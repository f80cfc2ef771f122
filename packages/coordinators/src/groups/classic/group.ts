import type { CommittedOffset, OffsetTable } from '../../offsets/offset-table.ts'

/** Where a classic group stands. A group that is not in `Groups` is what Kafka calls Dead. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable'

/** Stands for a request whose answer waits; chosen by the driver, opaque to the machine. */
export type Ticket = number

/** One way of assigning that a member offers, with what the assignor needs to know about the member. */
export interface MemberProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

export interface Member {
  readonly id: string
  /** `group.instance.id` of a static member (KIP-345). */
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  /** In the member's order of preference. After a load only the group's protocol is known. */
  protocols: readonly MemberProtocol[]
  assignment: Uint8Array
  /** The JoinGroup request that waits for the join phase to end. */
  joinTicket: Ticket | undefined
  /** The SyncGroup request that waits for the leader's assignment. */
  syncTicket: Ticket | undefined
  /**
   * Joined, but was never answered: it does not know its id, so it cannot send heartbeats, and its first JoinGroup
   * request times out instead of its session.
   */
  isNew: boolean
}

/**
 * A classic group. Its fields change in `evolve` only.
 *
 * What survives a restart: `generation`, `protocolType`, `protocol`, `leader`, `stateTimestampMs`, the members with
 * their assignment, and `offsets`. The rest describes a rebalance under way, which a restart forgets.
 */
export interface Group {
  readonly id: string
  state: GroupState
  /** When `state` was entered, wall-clock time; undefined when a record of an old format does not tell. */
  stateTimestampMs: number | undefined
  generation: number
  /** 'consumer', 'connect', …; undefined for a group that only stores offsets. */
  protocolType: string | undefined
  /** Name of the protocol the current generation uses. */
  protocol: string | undefined
  /** Invariant: a member, or undefined when there are none. */
  leader: string | undefined
  /** In the order in which they joined. */
  readonly members: Map<string, Member>
  /** Member id by `group.instance.id`. */
  readonly staticMembers: Map<string, string>
  /** Ids handed out with MEMBER_ID_REQUIRED whose bearer did not come back yet (KIP-394). */
  readonly pendingJoins: Set<string>
  /** Members of this generation that did not send SyncGroup yet. */
  readonly pendingSyncs: Set<string>
  /** How many members offer each protocol. */
  readonly protocolSupport: Map<string, number>
  /** Invariant: the number of members with a join ticket. */
  awaitingJoins: number
  /** Set while the first members of an empty group are waited for. */
  initialRebalance: InitialRebalance | undefined
  /** Why the group must rebalance; set between the event that caused it and the start of the rebalance. */
  rebalanceDue: string | undefined
  /** Nothing about the group was ever written: it vanishes without trace when its last joiner gives up. */
  isProvisional: boolean
  readonly offsets: OffsetTable
  /** Offsets of open transactions, by producer id. */
  readonly transactionalOffsets: Map<number, OffsetTable>
}

export interface InitialRebalance {
  readonly delayMs: number
  /** How much longer the delay may still be extended. */
  readonly remainingMs: number
  /** A member joined since the delay was last started. */
  readonly hasGrown: boolean
}

export const NO_BYTES = new Uint8Array(0)

export function newGroup(id: string): Group {
  return {
    id,
    state: 'Empty',
    stateTimestampMs: undefined,
    generation: 0,
    protocolType: undefined,
    protocol: undefined,
    leader: undefined,
    members: new Map(),
    staticMembers: new Map(),
    pendingJoins: new Set(),
    pendingSyncs: new Set(),
    protocolSupport: new Map(),
    awaitingJoins: 0,
    initialRebalance: undefined,
    rebalanceDue: undefined,
    isProvisional: true,
    offsets: new Map<string, Map<number, CommittedOffset>>(),
    transactionalOffsets: new Map(),
  }
}

/** Every member waits for the join phase to end, and nobody who was given an id is missing. */
export function haveAllJoined(group: Group): boolean {
  return group.awaitingJoins === group.members.size && group.pendingJoins.size === 0
}

/** The time the slowest member asks for to finish its work and rejoin, in milliseconds. */
export function rebalanceTimeoutMs(group: Group): number {
  let longest = 0
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
  return longest
}

/** Whether a member offering these protocols can work with those already there. */
export function supportsProtocols(
  group: Group | undefined,
  protocolType: string,
  protocols: readonly { readonly name: string }[],
): boolean {
  if (group === undefined || group.state === 'Empty') return protocolType !== '' && protocols.length > 0
  return (
    group.protocolType === protocolType &&
    protocols.some(({ name }) => (group.protocolSupport.get(name) ?? 0) === group.members.size)
  )
}

/** The member's metadata for a protocol; empty when it does not offer it. */
export function metadataFor(protocols: readonly MemberProtocol[], name: string | undefined): Uint8Array {
  return protocols.find(protocol => protocol.name === name)?.metadata ?? NO_BYTES
}

/**
 * The protocol for the next generation: each member votes for the first of its protocols that all members offer, and
 * the most votes win; of equal ones the one voted for first, so that replay and live decide alike.
 */
export function selectProtocol(offers: readonly (readonly MemberProtocol[])[]): string | undefined {
  const support = new Map<string, number>()
  for (const protocols of offers) {
    for (const name of namesOf(protocols)) support.set(name, (support.get(name) ?? 0) + 1)
  }
  const votes = new Map<string, number>()
  for (const protocols of offers) {
    const vote = protocols.find(({ name }) => support.get(name) === offers.length)?.name
    if (vote !== undefined) votes.set(vote, (votes.get(vote) ?? 0) + 1)
  }
  let winner: string | undefined
  for (const [name, count] of votes) if (winner === undefined || count > votes.get(winner)!) winner = name
  return winner
}

/** Names of the protocols, each once. */
export function namesOf(protocols: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(protocols.map(({ name }) => name))
}
