import type { Clock, Timer } from '@samsa/base'
import type { Api } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import type { RequestOptions } from './broker-connection.ts'

/** A request that was made; its types are known to who made it. */
export interface WaitingRequest {
  readonly api: Api
  // biome-ignore lint/suspicious/noExplicitAny: requests of all APIs wait together
  readonly input: any
  readonly options: RequestOptions
  readonly timeoutMs: number
  readonly hasAnswer: boolean
  // biome-ignore lint/suspicious/noExplicitAny: as above
  resolve(response: any): void
  reject(error: KafkaError): void
}

interface Entry {
  readonly request: WaitingRequest
  readonly timer: Timer
  readonly abort: () => void
}

/** Requests that cannot be sent yet, in order. Each leaves by being taken, by its timeout or by its signal. */
export class RequestQueue {
  readonly #clock: Clock
  readonly #broker: string
  // A set keeps the order and lets those from the middle leave.
  readonly #entries = new Set<Entry>()

  constructor(clock: Clock, broker: string) {
    this.#clock = clock
    this.#broker = broker
  }

  get length(): number {
    return this.#entries.size
  }

  add(request: WaitingRequest): void {
    const { signal } = request.options
    const timer = this.#clock.timer(request.timeoutMs, () => {
      const message = `${request.api.name} could not be sent to broker ${this.#broker} within ${request.timeoutMs} ms`
      this.#leave(entry, new KafkaError('TIMED_OUT', message, { broker: this.#broker }))
    })
    const abort = () =>
      this.#leave(entry, new KafkaError('ABORTED', 'the caller gave up waiting', { cause: signal?.reason }))
    const entry: Entry = { request, timer, abort }
    signal?.addEventListener('abort', abort, { once: true })
    this.#entries.add(entry)
  }

  take(): WaitingRequest | undefined {
    for (const entry of this.#entries) {
      this.#forget(entry)
      return entry.request
    }
    return undefined
  }

  rejectAll(error: KafkaError): void {
    for (const entry of [...this.#entries]) this.#leave(entry, error)
  }

  #leave(entry: Entry, error: KafkaError): void {
    if (!this.#entries.has(entry)) return
    this.#forget(entry)
    entry.request.reject(error)
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry)
    entry.timer.cancel()
    entry.request.options.signal?.removeEventListener('abort', entry.abort)
  }
}
