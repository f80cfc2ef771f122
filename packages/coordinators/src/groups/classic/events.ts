import type { OffsetEvent } from '../../offsets/offset-events.ts'
import type { MemberProtocol, Ticket } from './group.ts'

/**
 * Everything that can happen to a group. `evolve` applies them, live, on replay and in tests.
 *
 * Durable events have a record in `__consumer_offsets`; the others live in memory and are forgotten by a restart.
 */
export type GroupEvent = DurableEvent | VolatileEvent

export type DurableEvent = GroupRecorded | GroupDeleted | OffsetEvent

export type VolatileEvent =
  | MemberPended
  | PendingForgotten
  | MemberJoined
  | MemberRejoined
  | MemberReplaced
  | MemberRemoved
  | RebalanceDemanded
  | RebalanceStarted
  | InitialDelayExtended
  | InitialDelayEnded
  | GenerationStarted
  | MemberSynced
  | GroupForgotten

/** The group as its GroupMetadata record tells it: the whole of its durable part but for the offsets. */
export interface GroupRecorded extends GroupSnapshot {
  readonly type: 'groupRecorded'
  readonly groupId: string
}

export interface GroupSnapshot {
  readonly generation: number
  readonly protocolType: string | undefined
  readonly protocol: string | undefined
  readonly leader: string | undefined
  readonly stateTimestampMs: number | undefined
  readonly members: readonly MemberSnapshot[]
}

export interface MemberSnapshot {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly subscription: Uint8Array
  readonly assignment: Uint8Array
}

/** The tombstone of a group: it is gone. */
export interface GroupDeleted {
  readonly type: 'groupDeleted'
  readonly groupId: string
}

/** A member id was handed out; its bearer must come back with it (KIP-394). */
export interface MemberPended {
  readonly type: 'memberPended'
  readonly groupId: string
  readonly memberId: string
}

/** The bearer of a handed-out id did not come back, or said so. */
export interface PendingForgotten {
  readonly type: 'pendingForgotten'
  readonly groupId: string
  readonly memberId: string
}

/** A new member waits to be answered. */
export interface MemberJoined {
  readonly type: 'memberJoined'
  readonly groupId: string
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly ticket: Ticket
  readonly reason: string
}

/** A member joined again: it waits for the join phase to end, and what it offers may have changed. */
export interface MemberRejoined {
  readonly type: 'memberRejoined'
  readonly groupId: string
  readonly memberId: string
  readonly protocols: readonly MemberProtocol[]
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly ticket: Ticket
  readonly reason: string
}

/** A static member came back under a new id, and takes the place of its former self (KIP-345). */
export interface MemberReplaced {
  readonly type: 'memberReplaced'
  readonly groupId: string
  readonly instanceId: string
  readonly oldMemberId: string
  readonly memberId: string
  readonly protocols: readonly MemberProtocol[]
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  /** The request that waits for a rebalance; undefined when it is answered at once. */
  readonly ticket: Ticket | undefined
  readonly reason: string
}

export interface MemberRemoved {
  readonly type: 'memberRemoved'
  readonly groupId: string
  readonly memberId: string
  readonly reason: string
}

/** Something else than a member makes a rebalance necessary. */
export interface RebalanceDemanded {
  readonly type: 'rebalanceDemanded'
  readonly groupId: string
  readonly reason: string
}

/** Members are asked to rejoin. */
export interface RebalanceStarted {
  readonly type: 'rebalanceStarted'
  readonly groupId: string
  readonly atMs: number
  readonly reason: string
  /** Set when the group was empty: more members are waited for. */
  readonly initial: { readonly delayMs: number; readonly remainingMs: number } | undefined
}

export interface InitialDelayExtended {
  readonly type: 'initialDelayExtended'
  readonly groupId: string
  readonly delayMs: number
  readonly remainingMs: number
}

export interface InitialDelayEnded {
  readonly type: 'initialDelayEnded'
  readonly groupId: string
}

/** The join phase ended with members: those who waited are answered, and the leader's assignment is awaited. */
export interface GenerationStarted {
  readonly type: 'generationStarted'
  readonly groupId: string
  readonly generation: number
  readonly protocol: string
  readonly leader: string
  readonly atMs: number
}

/** A member asked for its assignment; with a ticket it waits for it. */
export interface MemberSynced {
  readonly type: 'memberSynced'
  readonly groupId: string
  readonly memberId: string
  readonly ticket: Ticket | undefined
}

/** A group nothing was ever written about lost its last joiner. */
export interface GroupForgotten {
  readonly type: 'groupForgotten'
  readonly groupId: string
}
