import { KafkaError, asKafkaError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { deadlineOf } from './context.ts'
import { Outcomes, type Results } from './results.ts'
import type { Router, Target } from './routing.ts'
import { Settlement } from './settlement.ts'

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
  readonly #settlement: Settlement<Item, Value>

  constructor(context: AdminContext, options: CallOptions, plan: Exchange<Item, Value>) {
    this.#context = context
    this.#plan = plan
    this.#deadline = deadlineOf(context, options)
    this.#settlement = new Settlement(plan.what, plan.items)
  }

  async run(): Promise<Results<Item, Value>> {
    const settlement = this.#settlement
    try {
      if (settlement.pending.length > 0)
        await this.#context.cluster.retry(this.#plan.what, this.#deadline.atMs, () => this.#round())
    } catch (error) {
      settlement.giveUp(asKafkaError(error))
    }
    return settlement.results()
  }

  /** Asks about everything that is pending. Throws a passing error when something is left to ask again. */
  async #round(): Promise<void> {
    const settlement = this.#settlement
    settlement.beginRound()
    const routes = await this.#plan.route.route(settlement.pending, this.#settle, this.#deadline)
    await Promise.all(routes.map(({ target, items }) => this.#ask(target, items)))
    if (settlement.pending.length > 0) throw settlement.reason
  }

  async #ask(target: Target, items: readonly Item[]): Promise<void> {
    try {
      await this.#plan.ask(target, items, this.#settle, this.#deadline)
    } catch (error) {
      for (const item of items) this.#settle(item, asKafkaError(error))
    }
    for (const item of items) this.#settle(item, unanswered(this.#plan.what))
  }

  readonly #settle = (item: Item, outcome: Value | KafkaError): void => {
    if (this.#settlement.has(item)) return
    if (!(outcome instanceof KafkaError) || !this.#isPassing(outcome)) {
      this.#settlement.settle(item, outcome)
      return
    }
    this.#plan.route.forget?.(item, outcome)
    this.#settlement.delay(item, outcome)
  }

  #isPassing(error: KafkaError): boolean {
    if (error.code === 'DISCONNECTED' || error.code === 'TIMED_OUT') return true
    return (this.#plan.retries ?? this.#plan.route.retries)(error)
  }
}

function unanswered(what: string): KafkaError {
  return new KafkaError('UNKNOWN_SERVER_ERROR', `The broker's answer to ${what} leaves this item out.`)
}
