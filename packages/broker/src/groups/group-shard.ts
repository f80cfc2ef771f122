import type { Clock, Logger } from '@samsa/base'
import {
  type Decision,
  type DecisionContext,
  type Group,
  type GroupEvent,
  type GroupFilter,
  type GroupLimits,
  type Groups,
  JOIN_TIMER,
  type Ticket,
  decideFollowUp,
  decideLoaded,
  decideTimer,
  decideTopicsDeleted,
  evolve,
  isDurable,
  listGroups,
  newGroups,
  recordOf,
} from '@samsa/coordinators'
import type { ErrorName, ListGroupsResponse } from '@samsa/protocol'
import { coordinatorError } from './coordinator-errors.ts'
import type { CoordinatorLog } from './coordinator-log.ts'
import { GroupLoader } from './group-loader.ts'
import { GroupTimers } from './group-timers.ts'
import { PendingAppends } from './pending-appends.ts'

export interface GroupShardOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly log: CoordinatorLog
  readonly limits: () => GroupLimits
  /** Whether the topic that an offset was committed to is gone; the id is `ZERO_UUID` where the offset has none. */
  readonly isDeleted: (topic: string, topicId: string) => boolean
}

/** After this time something that could not be written, or read, is tried again. */
const RETRY_MS = 500
const REMOVALS_PER_BATCH = 1_000

interface Waiter {
  answer(response: unknown): void
  fail(error: ErrorName): void
}

type Status = 'idle' | 'loading' | 'failed' | 'active' | 'closed'

/**
 * Drives the groups of one partition of `__consumer_offsets`: decides, appends, evolves, and answers.
 *
 * - A decision whose records are refused did not happen; whoever asked is told, and what time brought about is tried
 *   again.
 * - State runs ahead of the disk, answers do not: each waits until everything written about its group is safe.
 * - When records that were appended turn out not to be safe, the state that rests on them is worthless: everything is
 *   forgotten, everyone who waits is told, and the log is read anew. What it holds is the truth.
 */
export class GroupShard {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #log: CoordinatorLog
  readonly #limits: () => GroupLimits
  readonly #isDeleted: GroupShardOptions['isDeleted']
  readonly #timers: GroupTimers
  readonly #pending: PendingAppends
  readonly #loader: GroupLoader
  readonly #waiters = new Map<Ticket, Waiter>()
  #groups: Groups = newGroups()
  #status: Status = 'idle'
  #lastTicket = 0
  #error: ErrorName = 'COORDINATOR_LOAD_IN_PROGRESS'
  #hasToldOfFailure = false

  constructor(options: GroupShardOptions) {
    this.#clock = options.clock
    this.#logger = options.logger
    this.#log = options.log
    this.#limits = options.limits
    this.#isDeleted = options.isDeleted
    this.#timers = new GroupTimers(options.clock, (groupId, key) => this.#timerWentOff(groupId, key))
    this.#pending = new PendingAppends(error => this.#fail(error))
    this.#loader = new GroupLoader({
      ...options,
      loaded: groups => this.#activate(groups),
      failed: error => this.#retryLater(error),
    })
  }

  /**
   * Makes a decision about a group and answers when what it rests on is safe.
   *
   * @param decide an undefined response means that the request waits under its ticket
   * @param refuse the answer when there is no decision
   */
  execute<Response>(
    groupId: string,
    decide: (
      group: Group | undefined,
      context: DecisionContext,
      ticket: Ticket,
    ) => Decision<Response | undefined>,
    refuse: (error: ErrorName) => Response,
  ): Response | Promise<Response> {
    const unready = this.load()
    if (unready !== 'NONE') return refuse(unready)
    try {
      return this.#execute(groupId, decide, refuse)
    } catch (error) {
      this.#stopAndReload(error)
      return refuse('UNKNOWN_SERVER_ERROR')
    }
  }

  /** The groups that pass the filter, once what is told about them is safe. */
  list(filter: GroupFilter): Listed | Promise<Listed> {
    const error = this.load()
    if (error !== 'NONE') return { error, groups: [] }
    const groups = listGroups(this.#groups.byId.values(), filter)
    if (this.#pending.isEmpty) return { error, groups }
    return new Promise(resolve =>
      this.#pending.holdForAll({
        give: () => resolve({ error: 'NONE', groups }),
        fail: error => resolve({ error, groups: [] }),
      }),
    )
  }

  /** Ids of the groups here; none before they are loaded. */
  groupIds(): string[] {
    return this.#status === 'active' ? [...this.#groups.byId.keys()] : []
  }

  /** Makes a decision that nobody asked for; why it could not be written, or NONE. */
  decideFor(groupId: string, decide: (group: Group, context: DecisionContext) => Decision): ErrorName {
    const group = this.#status === 'active' ? this.#groups.byId.get(groupId) : undefined
    if (group === undefined) return 'NONE'
    const context = this.#context()
    try {
      const error = this.#perform(groupId, decide(group, context), context)
      if (error === 'NONE') this.#followUp(groupId, context)
      return error
    } catch (error) {
      this.#stopAndReload(error)
      return 'NONE'
    }
  }

  /**
   * Starts to load, if need be: a short log is loaded when this returns, a long one beside the traffic.
   *
   * @returns NONE when requests can be served, or why they cannot
   */
  load(): ErrorName {
    if (this.#status === 'active') return 'NONE'
    if (this.#status === 'idle') this.#startLoading()
    return (this.#status as Status) === 'active' ? 'NONE' : this.#error
  }

  /** Ends service: whoever waits is sent elsewhere. Answers whose records are being written are still given. */
  async close(): Promise<void> {
    if (this.#status === 'closed') return
    this.#status = 'closed'
    this.#error = 'NOT_COORDINATOR'
    this.#timers.cancelAll()
    this.#loader.abandon()
    this.#failWaiters('NOT_COORDINATOR')
    if (this.#pending.isEmpty) return
    await new Promise<void>(resolve => this.#pending.holdForAll({ give: resolve, fail: () => resolve() }))
  }

  #execute<Response>(
    groupId: string,
    decide: (
      group: Group | undefined,
      context: DecisionContext,
      ticket: Ticket,
    ) => Decision<Response | undefined>,
    refuse: (error: ErrorName) => Response,
  ): Response | Promise<Response> {
    const context = this.#context()
    const ticket = ++this.#lastTicket
    const decision = decide(this.#groups.byId.get(groupId), context, ticket)
    const error = this.#perform(groupId, decision, context)
    if (error !== 'NONE') return refuse(coordinatorError(error))
    if (decision.response === undefined) {
      const answer = this.#wait(ticket, refuse)
      this.#followUp(groupId, context)
      return answer
    }
    this.#followUp(groupId, context)
    return this.#whenSafe(groupId, decision.response, refuse)
  }

  #context(): DecisionContext {
    return { now: this.#clock.now(), limits: this.#limits() }
  }

  #wait<Response>(ticket: Ticket, refuse: (error: ErrorName) => Response): Promise<Response> {
    return new Promise(resolve =>
      this.#waiters.set(ticket, {
        answer: response => resolve(response as Response),
        fail: error => resolve(refuse(error)),
      }),
    )
  }

  #whenSafe<Response>(
    groupId: string,
    response: Response,
    refuse: (error: ErrorName) => Response,
  ): Response | Promise<Response> {
    if (!this.#pending.isPending(groupId)) return response
    return new Promise(resolve =>
      this.#pending.hold(groupId, {
        give: () => resolve(response),
        fail: error => resolve(refuse(error)),
      }),
    )
  }

  #perform(groupId: string, decision: Decision<unknown>, { now }: DecisionContext): ErrorName {
    for (const events of batchesOf(decision.events)) {
      const error = this.#apply(groupId, events, now)
      if (error !== 'NONE') return error
    }
    this.#setTimers(groupId, decision, now)
    for (const { ticket, response } of decision.answers) this.#answer(groupId, ticket, response)
    return 'NONE'
  }

  #apply(groupId: string, events: readonly GroupEvent[], now: number): ErrorName {
    const records = events.filter(isDurable).map(recordOf)
    let logOffset = -1
    if (records.length > 0) {
      const outcome = this.#log.append(records, now)
      if (outcome.error !== 'NONE') return outcome.error
      logOffset = outcome.firstOffset
      this.#pending.add(groupId, outcome.safe)
    }
    for (const event of events) {
      this.#tell(groupId, event)
      evolve(this.#groups, event, { logOffset: isDurable(event) ? logOffset++ : -1 })
    }
    return 'NONE'
  }

  #setTimers(groupId: string, { timers }: Decision<unknown>, now: number): void {
    if (!this.#groups.byId.has(groupId)) {
      this.#timers.cancelGroup(groupId)
      return
    }
    for (const { key, at } of timers) {
      if (at === undefined) this.#timers.cancel(groupId, key)
      else this.#timers.set(groupId, key, at - now)
    }
  }

  #answer(groupId: string, ticket: Ticket, response: unknown): void {
    const waiter = this.#waiters.get(ticket)
    if (waiter === undefined) return
    this.#waiters.delete(ticket)
    this.#pending.hold(groupId, { give: () => waiter.answer(response), fail: error => waiter.fail(error) })
  }

  // Only the end of a join phase that leaves nobody has a record; when it is refused, the join timer brings it back.
  #followUp(groupId: string, context: DecisionContext): void {
    for (;;) {
      const group = this.#groups.byId.get(groupId)
      const decision = group && decideFollowUp(group, context)
      if (decision === undefined) return
      if (this.#perform(groupId, decision, context) === 'NONE') continue
      this.#timers.set(groupId, JOIN_TIMER, RETRY_MS)
      return
    }
  }

  #timerWentOff(groupId: string, key: string): void {
    const error = this.decideFor(groupId, (group, context) => decideTimer(group, key, context))
    if (error !== 'NONE') this.#timers.set(groupId, key, RETRY_MS)
  }

  // A broken invariant stops what rests on it, the state of these groups, and nothing else.
  #stopAndReload(error: unknown): void {
    this.#logger.error('A bug in the coordinator of consumer groups: please report it with these lines.', {
      error,
    })
    this.#fail('UNKNOWN_SERVER_ERROR')
  }

  #fail(error: ErrorName): void {
    if (this.#status !== 'closed') {
      this.#logger.error('Changes of consumer groups are lost: the groups are loaded anew from disk.', {
        error,
      })
      this.#timers.cancelAll()
      this.#groups = newGroups()
    }
    this.#pending.clear(coordinatorError(error))
    this.#failWaiters(coordinatorError(error))
    if (this.#status !== 'closed') this.#startLoading()
  }

  #failWaiters(error: ErrorName): void {
    const waiters = [...this.#waiters.values()]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.fail(error)
  }

  #startLoading(): void {
    this.#status = 'loading'
    this.#error = 'COORDINATOR_LOAD_IN_PROGRESS'
    this.#loader.start()
  }

  #activate(groups: Groups): void {
    this.#groups = groups
    this.#status = 'active'
    this.#hasToldOfFailure = false
    const context = this.#context()
    for (const group of [...groups.byId.values()]) {
      this.#perform(group.id, decideLoaded(group, context), context)
      // Topics may have been deleted while nobody looked at this group.
      this.#perform(group.id, decideTopicsDeleted(group, this.#isDeleted), context)
      this.#followUp(group.id, context)
    }
  }

  #retryLater(error: ErrorName): void {
    this.#status = 'failed'
    this.#error = coordinatorError(error)
    if (!this.#hasToldOfFailure) {
      this.#logger.error('Consumer groups cannot be loaded; this is tried again and again.', { error })
    }
    this.#hasToldOfFailure = true
    this.#clock.timer(RETRY_MS, () => {
      if (this.#status === 'failed') this.#startLoading()
    })
  }

  #tell(groupId: string, event: GroupEvent): void {
    const what = noteworthy(event)
    if (what !== undefined) this.#logger.info(`Group ${groupId} ${what}.`)
  }
}

function noteworthy(event: GroupEvent): string | undefined {
  switch (event.type) {
    case 'rebalanceStarted':
      return `rebalances: ${event.reason}`
    case 'memberRemoved':
      return `loses a member: ${event.reason}`
    case 'groupRecorded':
      return `has ${event.members.length} member(s) in generation ${event.generation}`
    default:
      return undefined
  }
}

// Forgetting many offsets need not be one batch, and may be too large for one; everything else is whole or not at all.
function* batchesOf(events: readonly GroupEvent[]): Iterable<readonly GroupEvent[]> {
  const isRemoval = events.every(({ type }) => type === 'offsetRemoved' || type === 'groupDeleted')
  const count = isRemoval ? REMOVALS_PER_BATCH : Math.max(events.length, 1)
  for (let from = 0; from < events.length; from += count) yield events.slice(from, from + count)
}

export interface Listed {
  readonly error: ErrorName
  readonly groups: ListGroupsResponse['groups']
}
