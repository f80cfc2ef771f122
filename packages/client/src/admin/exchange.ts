import { KafkaError, asKafkaError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { deadlineOf } from './context.ts'
import { type Outcome, Outcomes, Results, textOf } from './results.ts'
import type { Router, Target } from './routing.ts'

/** Says what became of an item: its value, or an error. The first word on an item in a round counts. */
export type Settle<Item, Value> = (item: Item, outcome: Value | KafkaError) => void

/** How a call on several items is carried out. */
export interface Exchange<Item, Value> {
  /** The API, for messages. */
  readonly what: string
  readonly items: readonly Item[]
  /** Which node answers for which item. */
  readonly route: Router<Item>
  /** Asks one node about some items and settles them. What it throws befalls all of these items. */
  ask(target: Target, items: readonly Item[], settle: Settle<Item, Value>, deadline: Deadline): Promise<void>
  /**
   * Whether an error that a broker gave is worth asking again; unless told, what the route says. Lost connections and
   * timed-out attempts always are.
   */
  readonly retries?: (error: KafkaError) => boolean
}

/**
 * Carries out a call on several items: items are grouped by the node that answers for them, all nodes are asked at
 * once, and what failed in a way that passes is routed anew and asked again, until the call's time is up.
 */
export function exchange<Item, Value>(
  context: AdminContext,
  options: CallOptions,
  plan: Exchange<Item, Value>,
): Outcomes<Item, Value> {
  return new Outcomes(new Rounds(context, options, plan).run())
}

class Rounds<Item, Value> {
  readonly #context: AdminContext
  readonly #plan: Exchange<Item, Value>
  readonly #deadline: Deadline
  readonly #settled = new Map<string, Outcome<Item, Value>>()
  /** The last passing error of each item that is not settled. */
  readonly #delayed = new Map<string, KafkaError>()
  #pending: Item[]

  constructor(context: AdminContext, options: CallOptions, plan: Exchange<Item, Value>) {
    this.#context = context
    this.#plan = plan
    this.#deadline = deadlineOf(context, options)
    this.#pending = distinct(plan.items)
  }

  async run(): Promise<Results<Item, Value>> {
    const items = this.#pending
    try {
      if (items.length > 0)
        await this.#context.cluster.retry(this.#plan.what, this.#deadline.atMs, () => this.#round())
    } catch (error) {
      this.#giveUp(asKafkaError(error))
    }
    return new Results(items.map(item => this.#settled.get(textOf(item))!))
  }

  /** Asks about everything that is pending. Throws a passing error when something is left to ask again. */
  async #round(): Promise<void> {
    this.#delayed.clear()
    const routes = await this.#plan.route.route(this.#pending, this.#settle, this.#deadline)
    await Promise.all(routes.map(({ target, items }) => this.#ask(target, items)))
    this.#pending = this.#pending.filter(item => !this.#settled.has(textOf(item)))
    if (this.#pending.length > 0) throw this.#delayed.get(textOf(this.#pending[0]))!
  }

  async #ask(target: Target, items: readonly Item[]): Promise<void> {
    try {
      await this.#plan.ask(target, items, this.#settle, this.#deadline)
    } catch (error) {
      for (const item of items) this.#settle(item, asKafkaError(error))
    }
    for (const item of items) if (!this.#isSettled(item)) this.#settle(item, unanswered(this.#plan.what))
  }

  readonly #settle = (item: Item, outcome: Value | KafkaError): void => {
    const key = textOf(item)
    if (this.#isSettled(item)) return
    if (!(outcome instanceof KafkaError)) this.#settled.set(key, { item, value: outcome })
    else if (this.#isPassing(outcome)) {
      this.#plan.route.forget?.(item, outcome)
      this.#delayed.set(key, outcome)
    } else this.#settled.set(key, { item, error: outcome })
  }

  #isSettled(item: Item): boolean {
    const key = textOf(item)
    return this.#settled.has(key) || this.#delayed.has(key)
  }

  #isPassing(error: KafkaError): boolean {
    if (error.code === 'DISCONNECTED' || error.code === 'TIMED_OUT') return true
    return (this.#plan.retries ?? this.#plan.route.retries)(error)
  }

  /** The call's time is up, or it can go no further: what is not settled fails. */
  #giveUp(error: KafkaError): void {
    for (const item of this.#pending) {
      const key = textOf(item)
      if (!this.#settled.has(key)) this.#settled.set(key, { item, error: this.#last(key, error) })
    }
  }

  /** For an item whose last error is known, the time-out names that error instead of another item's. */
  #last(key: string, error: KafkaError): KafkaError {
    const last = this.#delayed.get(key)
    if (last === undefined || error.code !== 'TIMED_OUT' || last.code === 'TIMED_OUT') return error
    const message = `${this.#plan.what} was not done in time; the last error was ${last.message}`
    return new KafkaError('TIMED_OUT', message, { cause: last })
  }
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map(item => [textOf(item), item])).values()]
}

function unanswered(what: string): KafkaError {
  return new KafkaError('UNKNOWN_SERVER_ERROR', `The broker's answer to ${what} leaves this item out.`)
}
