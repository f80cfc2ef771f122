import { type Clock, type Connection, type Logger, NetworkError, type Timer } from '@samsa/base'
import { type FrameClient, openFrameClient } from '@samsa/net'
import type { Api, CompleteResponseOf, RequestDraftOf } from '@samsa/protocol'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { RequestMeasurement } from '../telemetry/telemetry.ts'
import type { BrokerVersions } from './api-versions.ts'
import { type BrokerAddress, brokerName } from './broker-address.ts'
import { type RawChannel, askVersions } from './handshake.ts'
import type { Login } from './login.ts'
import { type EncodedRequest, decodeFrame, encodeFrame } from './request-codec.ts'
import { RequestQueue, type WaitingRequest } from './request-queue.ts'
import { tlsFailure } from './transport.ts'

export interface RequestOptions {
  /** How long to wait for the connection, and then for the answer. Default: `request.timeout.ms`. */
  readonly timeoutMs?: number
  /** Bounds of the version to speak, both included. */
  readonly minVersion?: number
  readonly maxVersion?: number
  readonly signal?: AbortSignal
}

/** A request, or how to say it in the version that was agreed on. */
export type RequestInput<A extends Api> = RequestDraftOf<A> | ((version: number) => RequestDraftOf<A>)

export interface BrokerConnectionOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly address: BrokerAddress
  readonly clientId: string
  readonly requestTimeoutMs: number
  /** Closed after that long without a request; -1 for never. */
  readonly idleMs: number
  readonly maxInFlight: number
  /** Waited before connecting: the back-off after earlier failures. */
  readonly delayMs: number
  connect(): Promise<Connection>
  /** Logs in after the handshake, and again before the session ends (KIP-368). */
  readonly login: Login | undefined
  readonly onReady: () => void
  /** Called once, at the end, however it came. */
  readonly onClosed: (error: KafkaError, wasReady: boolean) => void
  readonly onRequest?: (measurement: RequestMeasurement) => void
}

interface SentRequest {
  readonly request: WaitingRequest
  readonly version: number
  readonly correlationId: number
  readonly frame: EncodedRequest
  readonly sentAtMs: number
}

type State = 'connecting' | 'ready' | 'logging in' | 'closed'

/**
 * One connection to a broker: connects, agrees on versions, logs in, then sends requests in the order they were made.
 *
 * Requests made before it is ready wait in a queue; so do those beyond `maxInFlight` and, while the broker throttles the
 * client (KIP-219), all. Every wait ends: with an answer, a timeout, an abort or the end of the connection.
 */
export class BrokerConnection {
  readonly #options: BrokerConnectionOptions
  #address: BrokerAddress
  #name: string
  readonly #queue: RequestQueue
  #state: State = 'connecting'
  #frames: FrameClient | undefined
  #versions: BrokerVersions | undefined
  #nextCorrelationId = 0
  #inFlight = 0
  #lastUsedMs: number
  #mutedUntilMs = 0
  #loginAgainAtMs = Number.POSITIVE_INFINITY
  #closedBy: KafkaError | undefined
  #retiredBy: KafkaError | undefined
  #hasAnswered = false
  readonly #timers = new Set<Timer>()
  readonly #ready: Promise<void>
  #tellReady!: () => void
  #tellFailed!: (error: KafkaError) => void

  constructor(options: BrokerConnectionOptions) {
    this.#options = options
    this.#address = options.address
    this.#name = brokerName(options.address)
    this.#queue = new RequestQueue(options.clock, this.#name)
    this.#lastUsedMs = options.clock.monotonicMs()
    this.#ready = new Promise((resolve, reject) => {
      this.#tellReady = resolve
      this.#tellFailed = reject
    })
    this.#ready.catch(() => {})
    if (options.delayMs > 0) this.#after(options.delayMs, () => void this.#open())
    else void this.#open()
  }

  get address(): BrokerAddress {
    return this.#address
  }

  /** The broker at the other end turned out to be this one. */
  rename(address: BrokerAddress): void {
    this.#address = address
    this.#name = brokerName(address)
  }

  get isReady(): boolean {
    return this.#state === 'ready' || this.#state === 'logging in'
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Requests sent and not answered, and those that wait. */
  get load(): number {
    return this.#inFlight + this.#queue.length
  }

  /** Requests sent and not answered. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Resolves once requests can be sent. Rejects with the `KafkaError` that keeps it from being so. */
  ready(): Promise<void> {
    return this.#ready
  }

  /** What the broker speaks; known once the connection is ready. */
  get versions(): BrokerVersions | undefined {
    return this.#versions
  }

  /**
   * Sends a request and waits for the answer. Rejects with `KafkaError`: DISCONNECTED, TIMED_OUT, UNSUPPORTED,
   * INVALID_ARGUMENT, AUTHENTICATION, MALFORMED, ABORTED or CLOSED.
   */
  request<A extends Api>(
    api: A,
    input: RequestInput<A>,
    options: RequestOptions = {},
  ): Promise<CompleteResponseOf<A>> {
    return new Promise((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs
      this.#submit({ api, input, options, timeoutMs, resolve, reject, hasAnswer: true })
    }) as Promise<CompleteResponseOf<A>>
  }

  /** Sends a request that has no answer (Produce with acks=0); resolves once it is handed to the network. */
  sendOneWay<A extends Api>(api: A, input: RequestInput<A>, options: RequestOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs
      this.#submit({ api, input, options, timeoutMs, resolve: () => resolve(), reject, hasAnswer: false })
    })
  }

  /** Closes at once; requests under way are rejected with `error`. */
  close(error: KafkaError): void {
    if (this.#state === 'closed') return
    const wasReady = this.isReady
    this.#state = 'closed'
    this.#closedBy = error
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#frames?.close()
    this.#queue.rejectAll(error)
    this.#tellFailed(error)
    this.#options.onClosed(error, wasReady)
  }

  /** Closes once the requests already made are answered. */
  retire(reason: KafkaError): void {
    this.#retiredBy = reason
    if (this.load === 0) this.close(reason)
  }

  #submit(request: WaitingRequest): void {
    if (this.#closedBy !== undefined) {
      request.reject(this.#closedBy)
      return
    }
    if (request.options.signal?.aborted) {
      request.reject(aborted(request.options.signal))
      return
    }
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#queue.length === 0 && this.#maySend(nowMs)) this.#send(request, nowMs)
    else this.#queue.add(request)
  }

  async #open(): Promise<void> {
    const { clock, requestTimeoutMs, address } = this.#options
    try {
      this.#frames = await openFrameClient({
        network: { connect: () => this.#options.connect(), listen: neverListens },
        clock,
        address,
        requestTimeoutMs,
        onClosed: error => this.#lost(error),
      })
      if (this.#state === 'closed') return this.#frames.close()
      this.#versions = await askVersions(this.#channel())
      await this.#login()
      this.#becomeReady()
    } catch (error) {
      this.close(this.#openFailure(error))
    }
  }

  #becomeReady(): void {
    if (this.#state === 'closed') return
    this.#state = 'ready'
    this.#lastUsedMs = this.#options.clock.monotonicMs()
    this.#watchIdle(this.#options.idleMs)
    this.#options.onReady()
    this.#tellReady()
    this.#pump()
  }

  /** Logs in if the client is configured to, and notes when to do it again. */
  async #login(): Promise<void> {
    const { login, clock } = this.#options
    if (login === undefined) return
    const againInMs = await login(this.#channel(), this.#versions!, this.address)
    this.#loginAgainAtMs = clock.monotonicMs() + againInMs
  }

  async #loginAgain(): Promise<void> {
    this.#state = 'logging in'
    try {
      await this.#login()
    } catch (error) {
      this.close(this.#openFailure(error))
      return
    }
    if (this.isClosed) return
    this.#state = 'ready'
    this.#pump()
  }

  #maySend(nowMs: number): boolean {
    if (this.#state !== 'ready' || this.#inFlight >= this.#options.maxInFlight) return false
    if (nowMs >= this.#loginAgainAtMs) {
      void this.#loginAgain()
      return false
    }
    return nowMs >= this.#mutedUntilMs
  }

  #pump(): void {
    if (this.#queue.length === 0) return
    const nowMs = this.#options.clock.monotonicMs()
    while (this.#queue.length > 0 && this.#maySend(nowMs)) {
      const next = this.#queue.take()
      if (next !== undefined) this.#send(next, nowMs)
    }
  }

  #send(request: WaitingRequest, nowMs: number): void {
    this.#lastUsedMs = nowMs
    const sent = this.#encode(request)
    if (sent === undefined) return
    if (request.hasAnswer) this.#awaitAnswer(request, sent)
    else {
      this.#frames!.send(sent.frame.parts)
      request.resolve(undefined)
    }
  }

  /** Rejects the request when it cannot be said. */
  #encode(request: WaitingRequest): SentRequest | undefined {
    const { api, input, options } = request
    const correlationId = this.#correlationId()
    try {
      const version = this.#versions!.choose(api, options, this.#name)
      const draft = typeof input === 'function' ? input(version) : input
      const frame = encodeFrame(api, version, correlationId, this.#options.clientId, draft)
      return { request, version, correlationId, frame, sentAtMs: this.#lastUsedMs }
    } catch (error) {
      request.reject(asKafkaError(error, 'INVALID_ARGUMENT'))
      return undefined
    }
  }

  #awaitAnswer(request: WaitingRequest, sent: SentRequest): void {
    const { signal } = request.options
    const abort = () => request.reject(aborted(signal!))
    signal?.addEventListener('abort', abort, { once: true })
    this.#inFlight++
    this.#frames!.request(sent.correlationId, sent.frame.parts, { timeoutMs: request.timeoutMs }).then(
      bytes => {
        signal?.removeEventListener('abort', abort)
        this.#measure(sent, bytes.length)
        this.#answered(request, sent.version, bytes)
      },
      error => {
        signal?.removeEventListener('abort', abort)
        const failure = this.#requestFailure(error, request.api.name)
        this.#measure(sent, 0, failure.code)
        request.reject(failure)
        // A timeout ended it; its own word comes later, and nothing may be sent on it meanwhile.
        if (this.#frames!.isClosed) this.close(failure)
      },
    )
  }

  #measure({ request, version, frame, sentAtMs }: SentRequest, responseBytes: number, error?: string): void {
    this.#inFlight--
    this.#lastUsedMs = this.#options.clock.monotonicMs()
    this.#options.onRequest?.({
      api: request.api.name,
      version,
      nodeId: this.address.nodeId,
      durationMs: this.#lastUsedMs - sentAtMs,
      requestBytes: frame.byteCount,
      responseBytes,
      ...(error !== undefined && { error }),
    })
  }

  #answered(request: WaitingRequest, version: number, bytes: Uint8Array): void {
    this.#hasAnswered = true
    try {
      const response = decodeFrame(request.api, version, bytes, this.#name)
      this.#noteThrottle(response)
      request.resolve(response)
    } catch (error) {
      const failure = asKafkaError(error, 'MALFORMED')
      request.reject(failure)
      this.close(failure)
      return
    }
    if (this.#retiredBy !== undefined && this.load === 0) this.close(this.#retiredBy)
    else this.#pump()
  }

  /** KIP-219: the broker answers at once, and the client keeps quiet for as long as it is told to. */
  #noteThrottle(response: object): void {
    const { throttleTimeMs = 0 } = response as { throttleTimeMs?: number }
    if (throttleTimeMs <= 0) return
    const until = this.#options.clock.monotonicMs() + throttleTimeMs
    if (until <= this.#mutedUntilMs) return
    this.#mutedUntilMs = until
    this.#after(throttleTimeMs, () => this.#pump())
  }

  /** For handshake and login, which come before and between ordinary requests. */
  #channel(): RawChannel {
    return { broker: this.#name, ask: (api, version, draft) => this.#ask(api, version, draft) }
  }

  async #ask<A extends Api>(api: A, version: number, draft: RequestDraftOf<A>): Promise<Uint8Array> {
    const correlationId = this.#correlationId()
    const frame = encodeFrame(api, version, correlationId, this.#options.clientId, draft)
    return this.#frames!.request(correlationId, frame.parts)
  }

  #correlationId(): number {
    const id = this.#nextCorrelationId
    this.#nextCorrelationId = id === 0x7fff_ffff ? 0 : id + 1
    return id
  }

  #watchIdle(afterMs: number): void {
    if (this.#options.idleMs < 0) return
    this.#after(Math.max(1, afterMs), () => {
      const idleMs = this.#options.clock.monotonicMs() - this.#lastUsedMs
      if (this.load > 0) this.#watchIdle(this.#options.idleMs)
      else if (idleMs < this.#options.idleMs) this.#watchIdle(this.#options.idleMs - idleMs)
      else this.close(new KafkaError('DISCONNECTED', `the connection to broker ${this.#name} was idle`))
    })
  }

  #after(delayMs: number, run: () => void): void {
    const timer = this.#options.clock.timer(delayMs, () => {
      this.#timers.delete(timer)
      if (this.#state !== 'closed') run()
    })
    this.#timers.add(timer)
  }

  #lost(error: NetworkError | undefined): void {
    if (this.#state === 'closed') return
    this.close(this.#state === 'connecting' ? this.#openFailure(error) : this.#requestFailure(error, ''))
  }

  #requestFailure(error: unknown, api: string): KafkaError {
    if (this.#closedBy !== undefined) return this.#closedBy
    if (error instanceof KafkaError) return error
    const isLate = error instanceof NetworkError && error.code === 'TIMED_OUT'
    const what = api === '' ? '' : ` while ${api} was under way`
    const detail = error instanceof Error ? error.message : 'it closed the connection'
    // Brokers that want a login say what they speak to everybody, and cut off whoever asks for more.
    const wantsLogin = !this.#hasAnswered && !isLate && this.#options.login === undefined
    const hint = wantsLogin ? '. It may want a login (security.protocol)' : ''
    const message = `the connection to broker ${this.#name} broke${what}: ${detail}${hint}`
    return new KafkaError(isLate ? 'TIMED_OUT' : 'DISCONNECTED', message, {
      broker: this.#name,
      cause: error,
    })
  }

  #openFailure(error: unknown): KafkaError {
    if (error instanceof KafkaError) return error
    if (error instanceof NetworkError && error.code === 'TLS') return tlsFailure(error)
    const { origin, nodeId } = this.address
    const reason = error instanceof Error ? error.message : 'it closed the connection'
    const where =
      this.#frames !== undefined
        ? 'It took the connection and did not complete the handshake: does security.protocol fit this port (TLS, SASL)?'
        : nodeId < 0
          ? `The address is one of ${origin}: check it, and that the broker runs.`
          : `The address was advertised by the broker at ${origin}: if this machine cannot reach it, set advertised.listeners on the broker.`
    const message = `cannot talk to broker ${this.#name}: ${reason}. ${where}`
    return new KafkaError('DISCONNECTED', message, { broker: this.#name, cause: error })
  }
}

function aborted(signal: AbortSignal): KafkaError {
  return new KafkaError('ABORTED', 'the caller gave up waiting', { cause: signal.reason })
}

function neverListens(): never {
  throw new Error('a client does not listen')
}
