import { KafkaError, aboutError } from '../errors.ts'

/** What became of one item of a call: its value, or the error that befell it. */
export type Outcome<Item, Value> =
  | { readonly item: Item; readonly value: Value; readonly error?: undefined }
  | { readonly item: Item; readonly value?: undefined; readonly error: KafkaError }

/**
 * What a call on several items came to, item by item, in the order in which they were given.
 *
 * Items are topics and groups by name, or small objects such as `{ topic, partition }`; objects are compared by their
 * content, so `results.get({ topic: 'orders', partition: 0 })` finds it.
 */
export class Results<Item, Value> implements Iterable<Outcome<Item, Value>> {
  readonly #outcomes: readonly Outcome<Item, Value>[]
  #byText: Map<string, Outcome<Item, Value>> | undefined

  constructor(outcomes: readonly Outcome<Item, Value>[]) {
    this.#outcomes = outcomes
  }

  /** How many items there are. */
  get size(): number {
    return this.#outcomes.length
  }

  /** Every item with its value or error. */
  [Symbol.iterator](): Iterator<Outcome<Item, Value>> {
    return this.#outcomes[Symbol.iterator]()
  }

  /** Whether an item is among them. */
  has(item: Item): boolean {
    return this.#outcomeOf(item) !== undefined
  }

  /** The value of an item. Throws its error; an item that was not part of the call is INVALID_ARGUMENT. */
  get(item: Item): Value {
    const outcome = this.#outcomeOf(item)
    if (outcome === undefined)
      throw new KafkaError('INVALID_ARGUMENT', `${textOf(item)} was not part of this call.`)
    return valueOrThrow(outcome)
  }

  /** The error of an item; undefined when it has a value. */
  errorOf(item: Item): KafkaError | undefined {
    return this.#outcomeOf(item)?.error
  }

  /** The items that failed, with their errors. */
  failures(): { readonly item: Item; readonly error: KafkaError }[] {
    return this.#outcomes.filter(outcome => outcome.error !== undefined)
  }

  /** This, when every item has a value; otherwise throws the first error. */
  all(): this {
    for (const outcome of this.#outcomes) valueOrThrow(outcome)
    return this
  }

  /** The values of all items; throws the first error. */
  values(): Value[] {
    return this.#outcomes.map(valueOrThrow)
  }

  #outcomeOf(item: Item): Outcome<Item, Value> | undefined {
    this.#byText ??= new Map(this.#outcomes.map(outcome => [textOf(outcome.item), outcome]))
    return this.#byText.get(textOf(item))
  }
}

/**
 * A call on several items under way.
 *
 * Awaited, it gives the results of all items and throws the first error, once every item is settled. `results()` gives
 * them without throwing for an item, to look at each:
 *
 * ```ts
 * await admin.deleteTopics(['a', 'b'])                       // throws when one of them fails
 * for (const { item, error } of await admin.deleteTopics(['a', 'b']).results()) console.log(item, error?.code ?? 'ok')
 * ```
 */
export class Outcomes<Item, Value> implements PromiseLike<Results<Item, Value>> {
  readonly #results: Promise<Results<Item, Value>>

  constructor(results: Promise<Results<Item, Value>>) {
    this.#results = results
  }

  /** The outcome of every item. Rejects only when the call as a whole could not be made. */
  results(): Promise<Results<Item, Value>> {
    return this.#results
  }

  /** The values of all items; throws the first error. */
  async values(): Promise<Value[]> {
    return (await this.#results).values()
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is its purpose
  then<A = Results<Item, Value>, B = never>(
    fulfilled?: ((results: Results<Item, Value>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#results.then(results => results.all()).then(fulfilled, rejected)
  }

  catch<B>(rejected: (reason: unknown) => B | PromiseLike<B>): Promise<Results<Item, Value> | B> {
    return this.then(undefined, rejected)
  }

  finally(after: () => void): Promise<Results<Item, Value>> {
    return this.then().finally(after)
  }
}

function valueOrThrow<Item, Value>(outcome: Outcome<Item, Value>): Value {
  if (outcome.error !== undefined) throw naming(outcome.item, outcome.error)
  return outcome.value
}

/** Where the broker gave a mere code, the error that is thrown says of which item. */
function naming(item: unknown, error: KafkaError): KafkaError {
  if (item === undefined || error.message !== `${error.code}: ${aboutError(error.code)}`) return error
  const { code, retry, path, broker } = error
  return new KafkaError(code, `${nameOf(item)}: ${aboutError(code)}`, {
    retry,
    ...(path !== undefined && { path }),
    ...(broker !== undefined && { broker }),
    cause: error,
  })
}

/** An item as people write it: 'orders', 'orders-0', 'type topic, name orders'. */
function nameOf(item: unknown): string {
  if (item === null || typeof item !== 'object') return String(item)
  if ('topic' in item && 'partition' in item) return `${item.topic}-${item.partition}`
  return Object.entries(item)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ')
}

/** A text that is equal for items of equal content: fields count in the order of their names, absent ones do not. */
export function textOf(item: unknown): string {
  if (item === null || typeof item !== 'object') return String(item)
  const fields = Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(fields)
}
