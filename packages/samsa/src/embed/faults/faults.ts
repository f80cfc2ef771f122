import { type Clock, nearestName } from '@samsa/base'
import { type Handler, type RequestContext, handlers } from '@samsa/broker'
import { type Api, type ErrorName, errors } from '@samsa/protocol'
import { isWholeNumber } from '../check-options.ts'
import type { Body } from './error-answer.ts'
import { type Ending, type Fault, type FaultMoment, type FaultTarget, InjectedFault } from './fault.ts'
import { serveWith } from './strike.ts'
import { mentionsTopic } from './topic-of.ts'

/** Success is none. */
const errorNames: readonly string[] = Object.keys(errors).filter(name => name !== 'NONE')

/**
 * Faults for the requests of an embedded broker. They strike in the order they were injected; of those that end a
 * request, a request meets one at most. They outlive a restart.
 */
export class Faults {
  readonly #clock: Clock
  readonly #endings = new Set<InjectedFault>()
  readonly #delays = new Set<InjectedFault<number>>()
  /** The last request held up on a connection: what follows waits for it, as requests are served in their order. */
  readonly #held = new WeakMap<object, Promise<void>>()
  readonly #waiting = new Set<() => void>()
  #resumed: Promise<void> | undefined
  #resume: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Answers requests of an API with an error, of which it tells single partitions, topics or groups where it can.
   *
   * @param api Kafka's name of it: 'Produce', 'Fetch', 'JoinGroup' …
   * @param error Kafka's name of it: 'NOT_LEADER_OR_FOLLOWER' …
   */
  fail(api: string, error: ErrorName, target: FaultTarget & FaultMoment = {}): Fault {
    if (!errorNames.includes(error)) throw unknown('error', error, errorNames, 'NOT_LEADER_OR_FOLLOWER')
    return this.#end(api, { kind: 'fail', error, after: target.after ?? false }, target)
  }

  /** Drops the connection in place of an answer. */
  drop(api: string, target: FaultTarget & FaultMoment = {}): Fault {
    return this.#end(api, { kind: 'drop', after: target.after ?? false }, target)
  }

  /** Holds requests of an API up before they are served, for so many milliseconds of the broker's clock. */
  delay(api: string, ms: number, target: FaultTarget = {}): Fault {
    checkApi(api)
    if (!isWholeNumber(ms, 0, Number.MAX_SAFE_INTEGER))
      throw new TypeError(`A delay is in milliseconds, not ${ms}.`)
    const fault = new InjectedFault<number>(api, ms, target, over => this.#delays.delete(over))
    this.#delays.add(fault)
    return fault
  }

  /** Answers nothing until `resume`, as a process that is stopped: connections are accepted, requests wait. */
  pause(): void {
    this.#resumed ??= new Promise(resolve => {
      this.#resume = resolve
    })
  }

  /** Serves again, what waited first. */
  resume(): void {
    this.#resume()
    this.#resumed = undefined
  }

  get isPaused(): boolean {
    return this.#resumed !== undefined
  }

  /** Removes every fault, serves what is held up, and resumes. */
  clear(): void {
    for (const fault of [...this.#endings, ...this.#delays]) fault.remove()
    this.release()
  }

  /** Serves what is held up or waits for `resume`; faults that wait for requests stay. */
  release(): void {
    for (const go of [...this.#waiting]) go()
    this.resume()
  }

  /** Puts the faults in front of a handler. @internal */
  wrap(handler: Handler<Api>): Handler<Api> {
    return {
      api: handler.api,
      serve: (request, context) => {
        const isQuiet = this.#endings.size + this.#delays.size === 0 && this.#resumed === undefined
        if (isQuiet && !this.#held.has(context.client)) return handler.serve(request, context)
        return this.#serveInTurn(handler, request as Body, context) as ReturnType<typeof handler.serve>
      },
    }
  }

  #end(api: string, ending: Ending, target: FaultTarget): Fault {
    checkApi(api)
    const fault = new InjectedFault(api, ending, target, over => this.#endings.delete(over))
    this.#endings.add(fault)
    return fault
  }

  #serveInTurn(
    handler: Handler<Api>,
    request: Body,
    context: RequestContext,
  ): Promise<Body | undefined> | Body | undefined {
    const { client } = context
    const { api } = handler
    const serve = () => {
      if (client.isClosed) return undefined
      return serveWith(meant(this.#endings, api, context), { handler, request, context })
    }
    const isHeldUp =
      this.#held.has(client) || this.#resumed !== undefined || meant(this.#delays, api, context).length > 0
    if (!isHeldUp) return serve()
    const before = this.#held.get(client)
    const ready = (async () => {
      await before
      await this.#resumed
      await this.#waitFor(api, request, context)
    })()
    this.#held.set(client, ready)
    return ready.then(() => {
      if (this.#held.get(client) === ready) this.#held.delete(client)
      return serve()
    })
  }

  /** Waits as long as the delays meant for a request say together. */
  async #waitFor(api: Api, request: Body, context: RequestContext): Promise<void> {
    for (const delay of meant(this.#delays, api, context)) {
      if (delay.topic !== undefined && !mentionsTopic(request, delay.topic, context)) continue
      delay.meet()
      await this.#wait(delay.effect)
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise(resolve => {
      const go = () => {
        timer.cancel()
        this.#waiting.delete(go)
        resolve()
      }
      const timer = this.#clock.timer(ms, go)
      this.#waiting.add(go)
    })
  }
}

function meant<Effect>(
  faults: Iterable<InjectedFault<Effect>>,
  { name }: Api,
  { clientId }: RequestContext,
): InjectedFault<Effect>[] {
  return [...faults].filter(
    fault => fault.api === name && (fault.clientId === undefined || fault.clientId === clientId),
  )
}

function checkApi(name: string): void {
  const names = handlers.map(({ api }) => api.name)
  if (!names.includes(name)) throw unknown('API', name, names, 'Produce')
}

function unknown(what: string, name: string, names: readonly string[], example: string): TypeError {
  const nearest = nearestName(name, names)
  const hint =
    nearest === undefined ? `Kafka's names are meant, such as '${example}'.` : `Did you mean '${nearest}'?`
  return new TypeError(`'${name}' is no ${what} that this broker has. ${hint}`)
}
