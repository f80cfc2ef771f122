import type { ErrorName } from '@samsa/protocol'
import { checkNames, isWholeNumber } from '../check-options.ts'

/** The requests a fault is for. */
export interface FaultTarget {
  /** How many requests it is for; Infinity until it is removed. Default 1. */
  readonly times?: number
  /** Only requests that are about this topic. */
  readonly topic?: string
  /** Only requests of clients with this `client.id`. */
  readonly clientId?: string
}

/** When a fault strikes. */
export interface FaultMoment {
  /** True lets the broker do what was asked first: only the answer is lost. Default false: nothing is done. */
  readonly after?: boolean
}

/** A fault that waits for its requests. `remove` takes it back, as does the end of a block with `using`. */
export interface Fault extends Disposable {
  /** How many requests it has met. */
  readonly met: number
  /** Resolves when it has met as many as it was for. */
  readonly done: Promise<void>
  remove(): void
}

/** How a request ends in place of its answer. */
export type Ending =
  | { readonly kind: 'fail'; readonly error: ErrorName; readonly after: boolean }
  | { readonly kind: 'drop'; readonly after: boolean }

const targetKeys: { readonly [Key in keyof Required<FaultTarget & FaultMoment>]: true } = {
  times: true,
  topic: true,
  clientId: true,
  after: true,
}

/** Throws `TypeError` for a fault that would never strike, or not where its author thinks. */
function checkTarget(target: FaultTarget): void {
  checkNames('A fault', target, Object.keys(targetKeys))
  const { times = 1 } = target
  if (times !== Number.POSITIVE_INFINITY && !isWholeNumber(times, 1, Number.MAX_SAFE_INTEGER))
    throw new TypeError(`A fault strikes a whole number of times, or Infinity, not ${times}.`)
}

/** A fault that was injected, and how much of it is left. */
export class InjectedFault<Effect = Ending> implements Fault {
  readonly api: string
  readonly effect: Effect
  readonly topic: string | undefined
  readonly clientId: string | undefined
  readonly done: Promise<void>
  readonly #times: number
  readonly #onOver: (fault: InjectedFault<Effect>) => void
  #finish: () => void = () => {}
  #met = 0
  #isOver = false

  constructor(
    api: string,
    effect: Effect,
    target: FaultTarget,
    onOver: (fault: InjectedFault<Effect>) => void,
  ) {
    checkTarget(target)
    this.api = api
    this.effect = effect
    this.topic = target.topic
    this.clientId = target.clientId
    this.#times = target.times ?? 1
    this.#onOver = onOver
    this.done = new Promise(resolve => {
      this.#finish = resolve
    })
  }

  get met(): number {
    return this.#met
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Counts a request. */
  meet(): void {
    this.#met++
    if (this.#met < this.#times) return
    this.remove()
    this.#finish()
  }

  remove(): void {
    this.#isOver = true
    this.#onOver(this)
  }

  [Symbol.dispose](): void {
    this.remove()
  }
}
