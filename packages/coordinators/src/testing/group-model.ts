import { ZERO_UUID, concatBytes, encodeUtf8 } from '@samsa/base'
import type {
  HeartbeatResponse,
  JoinGroupResponse,
  LeaveGroupResponse,
  OffsetCommitResponse,
  SyncGroupResponse,
} from '@samsa/protocol'
import {
  type Decision,
  type DurableEvent,
  type Group,
  type GroupEvent,
  type GroupLimits,
  type Groups,
  type Ticket,
  decideCommit,
  decideDelete,
  decideFollowUp,
  decideHeartbeat,
  decideJoin,
  decideLeave,
  decideLoaded,
  decideOffsetExpiry,
  decideSync,
  decideTimer,
  evolve,
  isDurable,
  newGroups,
} from '../index.ts'

export const GROUP_ID = 'g'

export const limits: GroupLimits = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  groupSizeMax: 2_147_483_647,
  initialRebalanceDelayMs: 3_000,
  newMemberJoinTimeoutMs: 300_000,
  offsetMetadataMax: 4_096,
  offsetsRetentionMs: 7 * 24 * 60 * 60 * 1000,
}

export interface JoinOptions {
  readonly memberId?: string
  readonly clientId?: string
  readonly instanceId?: string | null
  readonly version?: number
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
  readonly protocols?: readonly string[]
  readonly topics?: readonly string[]
  readonly reason?: string
}

export interface SyncOptions {
  readonly memberId: string
  readonly generation: number
  readonly instanceId?: string | null
  readonly assignments?: Readonly<Record<string, string>>
}

export type Answered = JoinGroupResponse | SyncGroupResponse

/** Told of everything that happens to the model. */
export interface ModelListener {
  happened?(event: GroupEvent): void
  answered?(ticket: Ticket, response: Answered): void
}

/**
 * One group driven as the broker's driver does it, without log and clock: time is moved by hand, "appended" events are
 * kept in `log`. Used by scenarios, tables and properties.
 */
export class GroupModel {
  groups: Groups = newGroups()
  readonly log: DurableEvent[] = []
  readonly timers = new Map<string, number>()
  readonly waiting = new Set<Ticket>()
  readonly answers = new Map<Ticket, Answered>()
  limits = limits
  now = 1_000_000
  /** Appends are refused, as by a full disk. */
  isRefusing = false
  #tickets = 0
  #ids = 0
  readonly #listener: ModelListener

  constructor(listener: ModelListener = {}) {
    this.#listener = listener
  }

  get group(): Group | undefined {
    return this.groups.byId.get(GROUP_ID)
  }

  /** Returns the ticket; its answer is in `answers` or comes later. */
  join(options: JoinOptions = {}): Ticket {
    const ticket = this.#ticket()
    const decision = decideJoin(
      this.group,
      {
        request: joinRequest(options),
        apiVersion: options.version ?? 9,
        clientId: options.clientId ?? 'client',
        clientHost: '127.0.0.1',
        ticket,
        uuid: String(++this.#ids),
      },
      this.#context(),
    )
    this.#settle(ticket, this.#apply(decision))
    return ticket
  }

  sync(options: SyncOptions): Ticket {
    const ticket = this.#ticket()
    const request = {
      groupId: GROUP_ID,
      generationId: options.generation,
      memberId: options.memberId,
      groupInstanceId: options.instanceId ?? null,
      protocolType: this.group?.protocolType ?? 'consumer',
      protocolName: this.group?.protocol ?? 'range',
      assignments: Object.entries(options.assignments ?? {}).map(([memberId, assignment]) => ({
        memberId,
        assignment: encodeUtf8(assignment),
      })),
    }
    this.#settle(
      ticket,
      this.#apply(decideSync(this.group, { request, apiVersion: 5, ticket }, this.#context())),
    )
    return ticket
  }

  heartbeat(
    memberId: string,
    generationId: number,
    groupInstanceId: string | null = null,
  ): HeartbeatResponse {
    const request = { groupId: GROUP_ID, generationId, memberId, groupInstanceId }
    return this.#answered(decideHeartbeat(this.group, request, this.#context()))!
  }

  leave(memberId: string, groupInstanceId: string | null = null): LeaveGroupResponse | undefined {
    const members = [{ memberId, groupInstanceId, reason: null }]
    const request = { groupId: GROUP_ID, memberId: '', members }
    return this.#answered(decideLeave(this.group, { request, apiVersion: 5 }))
  }

  commit(options: {
    topic: string
    partition: number
    offset: number
    memberId?: string
    generation?: number
    retentionMs?: number
    metadata?: string
    version?: number
  }): OffsetCommitResponse | undefined {
    const partition = {
      partitionIndex: options.partition,
      committedOffset: options.offset,
      committedLeaderEpoch: -1,
      committedMetadata: options.metadata ?? null,
      commitTimestamp: -1,
    }
    const request = {
      groupId: GROUP_ID,
      generationIdOrMemberEpoch: options.generation ?? -1,
      memberId: options.memberId ?? '',
      groupInstanceId: null,
      retentionTimeMs: options.retentionMs ?? -1,
      topics: [{ name: options.topic, topicId: ZERO_UUID, partitions: [partition] }],
    }
    return this.#answered(
      decideCommit(this.group, { request, apiVersion: options.version ?? 9 }, this.#context()),
    )
  }

  delete(): string | undefined {
    return this.#answered(decideDelete(this.group))
  }

  expireOffsets(): void {
    if (this.group !== undefined) this.#apply(decideOffsetExpiry(this.group, this.#context()))
  }

  /** Moves time on, and lets every timer go off that becomes due on the way. */
  advance(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const due = [...this.timers].filter(([, at]) => at <= until).sort((a, b) => a[1] - b[1])[0]
      if (due === undefined) break
      this.now = Math.max(this.now, due[1])
      this.fire(due[0])
    }
    this.now = until
  }

  /** Lets one timer go off. A refused decision is tried again later. */
  fire(key: string): void {
    this.timers.delete(key)
    if (this.group === undefined) return
    const isDone = this.#tryApply(decideTimer(this.group, key, this.#context()))
    if (!isDone) this.timers.set(key, this.now + 500)
  }

  /** Forgets everything and replays the log. Requests that waited are gone with their connections. */
  restart(): void {
    this.groups = replay(this.log)
    this.timers.clear()
    this.waiting.clear()
    if (this.group !== undefined) this.#apply(decideLoaded(this.group, this.#context()))
  }

  #ticket(): Ticket {
    const ticket = ++this.#tickets
    this.waiting.add(ticket)
    return ticket
  }

  #context() {
    return { now: this.now, limits: this.limits }
  }

  // A request whose decision was refused is answered with an error by the driver.
  #settle(ticket: Ticket, response: Answered | undefined | 'refused'): void {
    if (response === 'refused') this.waiting.delete(ticket)
    else if (response !== undefined) this.#answer(ticket, response)
  }

  #answer(ticket: Ticket, response: Answered): void {
    if (!this.waiting.delete(ticket)) throw new Error(`ticket ${ticket} is answered twice`)
    this.answers.set(ticket, response)
    this.#listener.answered?.(ticket, response)
  }

  #apply<Response>(decision: Decision<Response>): Response | 'refused' {
    return this.#tryApply(decision) ? decision.response : 'refused'
  }

  /** The response, or undefined when the decision was refused. */
  #answered<Response>(decision: Decision<Response>): Response | undefined {
    const response = this.#apply(decision)
    return response === 'refused' ? undefined : (response as Response)
  }

  #tryApply(decision: Decision<unknown>): boolean {
    if (!this.#perform(decision)) return false
    this.#followUp()
    return true
  }

  #followUp(): void {
    for (let steps = 0; this.group !== undefined; steps++) {
      if (steps > 5) throw new Error('follow-ups do not end')
      const decision = decideFollowUp(this.group, this.#context())
      if (decision === undefined) return
      if (!this.#perform(decision)) {
        // The driver asks again; until then the group stays as it is.
        this.timers.set('join', this.now + 500)
        return
      }
    }
  }

  #perform(decision: Decision<unknown>): boolean {
    const durable = decision.events.filter(isDurable)
    if (durable.length > 0 && this.isRefusing) return false
    for (const event of decision.events) {
      this.#listener.happened?.(event)
      evolve(this.groups, event, { logOffset: isDurable(event) ? this.log.push(event) - 1 : -1 })
    }
    for (const { key, at } of decision.timers) {
      if (at === undefined) this.timers.delete(key)
      else this.timers.set(key, at)
    }
    if (this.group === undefined) this.timers.clear()
    for (const { ticket, response } of decision.answers) this.#answer(ticket, response)
    return true
  }
}

export function replay(log: readonly DurableEvent[]): Groups {
  const groups = newGroups()
  log.forEach((event, logOffset) => evolve(groups, event, { logOffset }))
  return groups
}

export function joinRequest(options: JoinOptions) {
  return {
    groupId: GROUP_ID,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
    rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
    memberId: options.memberId ?? '',
    groupInstanceId: options.instanceId ?? null,
    protocolType: options.protocolType ?? 'consumer',
    protocols: (options.protocols ?? ['range']).map(name => ({
      name,
      metadata: subscription(options.topics ?? ['t']),
    })),
    reason: options.reason ?? null,
  }
}

/** A consumer's subscription, version 0, without user data. */
export function subscription(topics: readonly string[]): Uint8Array {
  const names = topics.flatMap(topic => [Uint8Array.of(0, topic.length), encodeUtf8(topic)])
  const head = Uint8Array.of(0, 0, 0, 0, 0, topics.length)
  return concatBytes([head, ...names, Uint8Array.of(0xff, 0xff, 0xff, 0xff)])
}
