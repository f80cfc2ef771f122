import type { JoinGroupResponse, SyncGroupResponse } from '@samsa/protocol'
import type { GroupEvent } from './events.ts'
import type { Ticket } from './group.ts'

/**
 * What follows from one input to one group: a value, computed from values.
 *
 * The driver appends the records of the durable events as one batch, applies all events with `evolve`, arms the timers,
 * and gives the answers once the batch is safe. When the batch is refused, nothing of the decision happens.
 */
export interface Decision<Response = undefined> {
  readonly events: readonly GroupEvent[]
  readonly timers: readonly TimerChange[]
  /** To requests that waited. */
  readonly answers: readonly Answer[]
  /** To the request itself; undefined when it waits under its ticket. */
  readonly response: Response
}

/** Arms the group's timer of that key anew, or cancels it. */
export interface TimerChange {
  readonly key: string
  /** Wall-clock time by the `now` the decision was given; undefined cancels. */
  readonly at: number | undefined
}

export interface Answer {
  readonly ticket: Ticket
  readonly response: JoinGroupResponse | SyncGroupResponse
}

/** What a decision may know besides the group and the request. */
export interface DecisionContext {
  /** Wall-clock time in milliseconds. */
  readonly now: number
  readonly limits: GroupLimits
}

export interface GroupLimits {
  /** group.min.session.timeout.ms and group.max.session.timeout.ms */
  readonly sessionTimeoutMsMin: number
  readonly sessionTimeoutMsMax: number
  /** group.max.size */
  readonly groupSizeMax: number
  /** group.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number
  /** How long the first JoinGroup of a new member may wait: five minutes in Kafka. */
  readonly newMemberJoinTimeoutMs: number
  /** offset.metadata.max.bytes */
  readonly offsetMetadataMax: number
  /** offsets.retention.minutes, in milliseconds */
  readonly offsetsRetentionMs: number
}

const NONE: readonly never[] = []

/** A decision that only answers. */
export function respond<Response>(response: Response): Decision<Response> {
  return { events: NONE, timers: NONE, answers: NONE, response }
}

/** Gathers a decision. */
export class DecisionDraft {
  readonly events: GroupEvent[] = []
  readonly timers: TimerChange[] = []
  readonly answers: Answer[] = []

  add(event: GroupEvent): this {
    this.events.push(event)
    return this
  }

  arm(key: string, at: number): this {
    this.timers.push({ key, at })
    return this
  }

  cancel(key: string): this {
    this.timers.push({ key, at: undefined })
    return this
  }

  /** Answers a waiting request; no ticket, no answer. */
  answer(ticket: Ticket | undefined, response: Answer['response']): this {
    if (ticket !== undefined) this.answers.push({ ticket, response })
    return this
  }

  respond<Response>(response: Response): Decision<Response> {
    return { events: this.events, timers: this.timers, answers: this.answers, response }
  }

  done(): Decision {
    return this.respond(undefined)
  }
}

/** Ends a join phase that lasts too long, or the wait for the first members. */
export const JOIN_TIMER = 'join'
/** Ends the wait for members that do not send SyncGroup. */
export const SYNC_TIMER = 'sync'
const SESSION = 'session/'

/** The timer that ends a silent member's membership. */
export function sessionTimer(memberId: string): string {
  return SESSION + memberId
}

/** The member a session timer belongs to; undefined for the other timers. */
export function memberOfTimer(key: string): string | undefined {
  return key.startsWith(SESSION) ? key.slice(SESSION.length) : undefined
}
