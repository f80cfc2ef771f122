import { KafkaError } from '../errors.ts'
import { type Outcome, Results, textOf } from './results.ts'

/**
 * What became of each item of a call: settled for good, or delayed by an error that passes. The first word on an item
 * counts, until the next round begins.
 */
export class Settlement<Item, Value> {
  readonly #what: string
  readonly #items: readonly Item[]
  readonly #settled = new Map<string, Outcome<Item, Value>>()
  /** The last passing error of each item that is not settled. */
  readonly #delayed = new Map<string, KafkaError>()

  /** @param what the API, for messages */
  constructor(what: string, items: readonly Item[]) {
    this.#what = what
    this.#items = [...new Map(items.map(item => [textOf(item), item])).values()]
  }

  /** Items that are not settled. */
  get pending(): Item[] {
    return this.#items.filter(item => !this.#settled.has(textOf(item)))
  }

  /** Why the first of the pending items has to wait, after a round. */
  get reason(): KafkaError {
    return this.#delayed.get(textOf(this.pending[0]))!
  }

  beginRound(): void {
    this.#delayed.clear()
  }

  /** Whether somebody said what became of an item in this round or before. */
  has(item: Item): boolean {
    const key = textOf(item)
    return this.#settled.has(key) || this.#delayed.has(key)
  }

  settle(item: Item, outcome: Value | KafkaError): void {
    this.#settled.set(
      textOf(item),
      outcome instanceof KafkaError ? { item, error: outcome } : { item, value: outcome },
    )
  }

  delay(item: Item, error: KafkaError): void {
    this.#delayed.set(textOf(item), error)
  }

  /** The call's time is up, or it can go no further: what is not settled fails. */
  giveUp(error: KafkaError): void {
    for (const item of this.pending) this.settle(item, this.#lastOf(item, error))
  }

  results(): Results<Item, Value> {
    return new Results(this.#items.map(item => this.#settled.get(textOf(item))!))
  }

  /** For an item whose last error is known, the time-out names that error instead of another item's. */
  #lastOf(item: Item, error: KafkaError): KafkaError {
    const last = this.#delayed.get(textOf(item))
    if (last === undefined || error.code !== 'TIMED_OUT' || last.code === 'TIMED_OUT') return error
    const message = `${this.#what} was not done in time; the last error was ${last.message}`
    return new KafkaError('TIMED_OUT', message, { cause: last })
  }
}
