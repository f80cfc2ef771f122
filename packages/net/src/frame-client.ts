import {
  assert,
  type Address,
  Alarm,
  type Clock,
  type Connection,
  type Network,
  NetworkError,
  type Receiver,
  readInt32,
} from '@samsa/base'
import { frameMemory } from './frame-memory.ts'
import { type Frame, FrameReader, type FrameSink } from './frame-reader.ts'
import { type FrameParts, gatherFrames } from './gather.ts'

export interface FrameClientOptions {
  network: Network
  clock: Clock
  address: Address
  connectTimeoutMs?: number
  /** Without an answer for that long the connection is given up. Default 30,000. */
  requestTimeoutMs?: number
  /** Largest answer taken. Default: 1 GB. */
  maxFrameBytes?: number
  /** The connection is gone, for whichever reason. */
  onClosed?: (error: NetworkError | undefined) => void
}

export interface FrameClient {
  readonly local: Address
  readonly remote: Address
  readonly isClosed: boolean
  /**
   * Sends a frame and waits for the one that starts with the same correlation id (4 bytes). `parts` are the frame
   * without its length; they must not change until the promise settles. The returned bytes belong to the caller. Rejects with
   * `NetworkError`: RESET when the connection is gone, TIMED_OUT.
   */
  request(correlationId: number, parts: FrameParts, options?: { timeoutMs?: number }): Promise<Uint8Array>
  /** Sends a frame that has no answer. */
  send(parts: FrameParts): void
  close(): void
}

/** Connects to a server of frames. Throws `NetworkError`. */
export async function openFrameClient(options: FrameClientOptions): Promise<FrameClient> {
  const { network, address, connectTimeoutMs } = options
  const connection = await network.connect(
    address,
    connectTimeoutMs === undefined ? {} : { timeoutMs: connectTimeoutMs },
  )
  return new OpenFrameClient(connection, options)
}

interface Waiter {
  /** On the monotonic clock. */
  readonly deadlineMs: number
  readonly timeoutMs: number
  resolve(bytes: Uint8Array): void
  reject(error: NetworkError): void
}

const REQUEST_TIMEOUT_MS = 30_000
const MAX_FRAME_BYTES = 1024 * 1024 * 1024

class OpenFrameClient implements FrameClient, Receiver, FrameSink {
  readonly #connection: Connection
  readonly #options: FrameClientOptions
  readonly #reader: FrameReader
  readonly #waiters = new Map<number, Waiter>()
  #unsent: FrameParts[] = []
  readonly #deadlines: Alarm
  #isClosed = false

  constructor(connection: Connection, options: FrameClientOptions) {
    this.#connection = connection
    this.#options = options
    this.#deadlines = new Alarm(options.clock, () => this.#checkDeadlines())
    // Answers belong to the caller, so memory is neither pooled nor rationed; how much is asked for, the caller decides.
    const memory = frameMemory({ budgetBytes: Number.POSITIVE_INFINITY, idleBytes: 0 })
    this.#reader = new FrameReader(memory, this)
    connection.receive(this)
  }

  get local(): Address {
    return this.#connection.local
  }

  get remote(): Address {
    return this.#connection.remote
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  request(
    correlationId: number,
    parts: FrameParts,
    options: { timeoutMs?: number } = {},
  ): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    assert(!this.#waiters.has(correlationId), `correlation id ${correlationId} is in use`)
    const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
    const deadlineMs = this.#options.clock.monotonicMs() + timeoutMs
    const isAlone = this.#waiters.size === 0 && this.#unsent.length === 0
    return new Promise((resolve, reject) => {
      this.#waiters.set(correlationId, { deadlineMs, timeoutMs, resolve, reject })
      this.#deadlines.setFor(deadlineMs)
      // Nobody waits for a lone request's company: it leaves now. Those that follow while it is under way gather.
      if (isAlone) this.#connection.write(gatherFrames([parts]))
      else this.send(parts)
    })
  }

  send(parts: FrameParts): void {
    if (this.#isClosed) return
    // Requests of one turn leave in one write.
    if (this.#unsent.length === 0) this.#options.clock.defer(() => this.#flush())
    this.#unsent.push(parts)
  }

  close(): void {
    this.#connection.destroy()
    this.#close(new NetworkError('RESET', `the connection to ${this.#name()} was closed by this program`))
  }

  buffer(): Uint8Array {
    return this.#reader.buffer()
  }

  received(byteCount: number): void {
    this.#reader.received(byteCount)
  }

  ended(): void {
    this.#connection.destroy()
  }

  closed(error?: NetworkError): void {
    this.#close(error ?? this.#closedError())
    this.#options.onClosed?.(error)
  }

  mayBegin(): boolean {
    return true
  }

  maxFrameBytes(): number {
    return this.#options.maxFrameBytes ?? MAX_FRAME_BYTES
  }

  frame({ bytes }: Frame): void {
    const correlationId = bytes.length >= 4 ? readInt32(bytes, 0) : undefined
    const waiter = correlationId === undefined ? undefined : this.#waiters.get(correlationId)
    if (waiter === undefined) {
      this.#giveUp('OTHER', `sent an answer nobody asked for (correlation id ${correlationId})`)
      return
    }
    this.#waiters.delete(correlationId!)
    waiter.resolve(bytes)
  }

  invalid(length: number): void {
    this.#giveUp(
      'OTHER',
      `sent an answer of ${length} bytes: it does not speak the Kafka protocol without TLS`,
    )
  }

  starved(): void {}

  #flush(): void {
    const frames = this.#unsent
    this.#unsent = []
    if (!this.#isClosed && frames.length > 0) this.#connection.write(gatherFrames(frames))
  }

  /** What it rang for may long be answered: those under way decide when to look again. */
  #checkDeadlines(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const { deadlineMs, timeoutMs } of this.#waiters.values()) {
      if (deadlineMs <= nowMs) {
        this.#timedOut(timeoutMs)
        return
      }
    }
    for (const { deadlineMs } of this.#waiters.values()) this.#deadlines.setFor(deadlineMs)
  }

  #timedOut(timeoutMs: number): void {
    // Answers come in order, so all requests behind this one are late too.
    this.#giveUp('TIMED_OUT', `did not answer within ${timeoutMs} ms`)
  }

  #giveUp(code: 'OTHER' | 'TIMED_OUT', what: string): void {
    this.#connection.destroy()
    this.#close(new NetworkError(code, `${this.#name()} ${what}`))
  }

  #close(error: NetworkError): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#deadlines.cancel()
    this.#reader.close()
    const waiters = [...this.#waiters.values()]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.reject(error)
  }

  #closedError(): NetworkError {
    return new NetworkError('RESET', `the connection to ${this.#name()} is closed`)
  }

  #name(): string {
    return `${this.remote.host}:${this.remote.port}`
  }
}
