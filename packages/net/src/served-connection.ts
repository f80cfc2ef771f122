import type { Address, Clock, Connection, NetworkError, Receiver, Timer } from '@samsa/base'
import { AnswerQueue, type AnswerSlot } from './answer-queue.ts'
import type { FrameMemory } from './frame-memory.ts'
import { type Frame, FrameReader, type FrameSink } from './frame-reader.ts'
import { type FrameParts, gatherFrames, lengthOf } from './gather.ts'
import type { FrameLimits } from './limits.ts'
import type { TurnBudget } from './turn-budget.ts'

/**
 * The answer to a frame, in parts that must not change until they are sent: for good, or until `sent` is called;
 * undefined when the frame has no answer.
 */
export type Outgoing = FrameParts | ReleasedAnswer | undefined

/** An answer in memory that is used again. */
export interface ReleasedAnswer {
  readonly parts: FrameParts
  /** Called once, when nobody looks at the parts any more: they were sent, or the connection is gone. */
  sent(): void
}

/** Serves the frames of one connection. */
export interface FrameHandler {
  /**
   * Serves a frame (without its length). Frames are handed over in order, a next one possibly before the answer to this
   * one; answers leave in the order of the frames. `bytes` are valid until the result settles, not longer.
   * Throwing or rejecting closes the connection.
   */
  frame(bytes: Uint8Array): Outgoing | Promise<Outgoing>
  /** The connection is gone; the last call. Answers to frames still being served are dropped. */
  closed?(): void
}

/** What a handler may know and do about its connection. */
export interface FrameConnection {
  /** Unique among the connections of the listener. */
  readonly id: number
  readonly listenerName: string
  readonly local: Address
  readonly remote: Address
  readonly isClosed: boolean
  /** Reads no further frame for `ms` milliseconds, as quotas ask for. */
  throttle(ms: number): void
  /** Answers the frames already read, then closes. */
  close(): void
}

export interface TrafficCounters {
  bytesReceived: number
  bytesSent: number
  framesReceived: number
  answersSent: number
}

/** What a connection needs of its listener. */
export interface Surroundings {
  readonly clock: Clock
  readonly limits: FrameLimits
  readonly memory: FrameMemory
  readonly counters: TrafficCounters
  readonly turns: TurnBudget
  readonly listenerName: string
  invalidLength(connection: ServedConnection, length: number): void
  handlerFailed(connection: ServedConnection, error: unknown): void
  gone(connection: ServedConnection): void
}

// Why a connection is not read, as bits.
const BUSY = 1 // too many frames in service, too many unsent answers, or enough for this turn
const STARVED = 2 // its frame waits for memory
const THROTTLED = 4
const DRAINING = 8

// What one connection may do in one turn of the event loop before the others get theirs.
const FRAMES_PER_TURN = 64
const BYTES_PER_TURN = 4 * 1024 * 1024
/** Some frames take a thousand times as long as others: a few large reads use a turn up, however few they are. */
const SERVED_MS_PER_TURN = 0.5
/** From this size on answers are not held back until the end of the turn. */
const SENT_AT_ONCE_BYTES = 64 * 1024

type Answer = NonNullable<Outgoing>

const isReleased = (outgoing: Outgoing): outgoing is ReleasedAnswer =>
  outgoing !== undefined && !Array.isArray(outgoing)

const partsOf = (answer: Answer): FrameParts => (isReleased(answer) ? answer.parts : answer)

export class ServedConnection implements FrameConnection, Receiver, FrameSink {
  readonly id: number
  readonly #connection: Connection
  readonly #with: Surroundings
  readonly #reader: FrameReader
  readonly #answers = new AnswerQueue<Answer>()
  #handler: FrameHandler | undefined
  #ready: Answer[] = []
  /** Answers settled and not sent yet whose memory is waited for. */
  readonly #unreleased = new Set<ReleasedAnswer>()
  #readyBytes = 0
  /** Answer bytes handed to the connection and not taken by the kernel. */
  #unsentBytes = 0
  #stopped = 0
  #framesThisTurn = 0
  #bytesThisTurn = 0
  #servedMsThisTurn = 0
  #endsTurn = false
  /** Frames of one read are being handed over: more may follow the one in hand. */
  #isReading = false
  /** It used its turn up and waits for the next one. */
  #awaitsTurn = false
  #isClosed = false
  #throttling: Timer | undefined
  /** How many idle checks found that nothing had moved. */
  idleChecks = 0

  constructor(id: number, connection: Connection, surroundings: Surroundings) {
    this.id = id
    this.#connection = connection
    this.#with = surroundings
    this.#reader = new FrameReader(surroundings.memory, this)
  }

  get listenerName(): string {
    return this.#with.listenerName
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

  /** Frames that were read and whose answers have not left the queue. */
  get inService(): number {
    return this.#answers.length
  }

  /** Whether this connection's frame keeps others from memory. */
  get isHoggingMemory(): boolean {
    const { budget } = this.#with.memory
    return budget.privileged === this.#reader && budget.waitingCount > 0
  }

  /** Begins to serve. */
  start(accept: (connection: FrameConnection) => FrameHandler): void {
    // Bytes come in a later turn, so the handler may use the connection, and even close it, while it is made.
    this.#connection.receive(this)
    try {
      this.#handler = accept(this)
    } catch (error) {
      this.#with.handlerFailed(this, error)
      this.destroy()
    }
  }

  throttle(ms: number): void {
    this.#throttling?.cancel()
    this.#stop(THROTTLED)
    this.#throttling = this.#with.clock.timer(ms, () => this.#goOn(THROTTLED))
  }

  close(): void {
    if (this.#isClosed || (this.#stopped & DRAINING) !== 0) return
    this.#stop(DRAINING)
    this.#endWhenDrained()
  }

  destroy(): void {
    this.#connection.destroy()
    this.#reader.close()
  }

  // Receiver: what the network tells.

  buffer(): Uint8Array {
    return this.#reader.buffer()
  }

  received(byteCount: number): void {
    this.idleChecks = 0
    this.#with.counters.bytesReceived += byteCount
    this.#bytesThisTurn += byteCount
    this.#endTurnLater()
    this.#handOver(() => this.#reader.received(byteCount))
    if (this.#isTurnOver()) this.#stop(BUSY)
  }

  ended(): void {
    this.close()
  }

  closed(_error?: NetworkError): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#throttling?.cancel()
    this.#reader.close()
    this.#ready = []
    for (const answer of this.#unreleased) answer.sent()
    this.#unreleased.clear()
    this.#with.gone(this)
    this.#handler?.closed?.()
  }

  // FrameSink: what the reader tells and asks.

  mayBegin(): boolean {
    if (this.#isBusy() || this.#isTurnOver() || this.#with.turns.isOver) this.#stop(BUSY)
    return this.#stopped === 0
  }

  maxFrameBytes(): number {
    return this.#with.limits.maxFrameBytes
  }

  invalid(length: number): void {
    this.#with.invalidLength(this, length)
    this.destroy()
  }

  starved(isStarved: boolean): void {
    if (isStarved) this.#stop(STARVED)
    else this.#goOn(STARVED)
  }

  frame(frame: Frame): void {
    const { clock, counters } = this.#with
    this.#framesThisTurn++
    counters.framesReceived++
    this.#endTurnLater()
    const begunMs = clock.monotonicMs()
    this.#serve(frame)
    const servedMs = clock.monotonicMs() - begunMs
    this.#servedMsThisTurn += servedMs
    this.#with.turns.served(servedMs)
    if (this.#isBusy()) this.#stop(BUSY)
  }

  #serve(frame: Frame): void {
    const slot = this.#answers.reserve()
    let result: Outgoing | Promise<Outgoing>
    try {
      result = this.#handler!.frame(frame.bytes)
    } catch (error) {
      this.#failed(frame, error)
      return
    }
    if (result instanceof Promise) this.#awaitAnswer(frame, slot, result)
    else this.#settle(frame, slot, result)
  }

  #awaitAnswer(frame: Frame, slot: AnswerSlot<Answer>, result: Promise<Outgoing>): void {
    result.then(
      answer => this.#settle(frame, slot, answer),
      error => this.#failed(frame, error),
    )
  }

  #failed(frame: Frame, error: unknown): void {
    frame.release()
    if (this.#isClosed) return
    this.#with.handlerFailed(this, error)
    this.destroy()
  }

  #settle(frame: Frame, slot: AnswerSlot<Answer>, outgoing: Outgoing): void {
    frame.release()
    if (this.#isClosed) {
      if (isReleased(outgoing)) outgoing.sent()
      return
    }
    if (isReleased(outgoing)) this.#unreleased.add(outgoing)
    if (outgoing !== undefined) this.#readyBytes += lengthOf(partsOf(outgoing)) + 4
    this.#answers.settle(slot, outgoing, this.#ready)
    // Answers leave together. When no other is to be expected it leaves now: most peers wait for it before they go on.
    const isLast = this.#answers.length === 0 && !this.#isReading
    if (isLast || this.#readyBytes >= SENT_AT_ONCE_BYTES) this.#send()
    if (!isLast || this.#stopped !== 0) this.#endTurnLater()
  }

  #isBusy(): boolean {
    const { maxInFlight, maxQueuedAnswerBytes } = this.#with.limits
    return this.#answers.length >= maxInFlight || this.#unsentBytes + this.#readyBytes > maxQueuedAnswerBytes
  }

  #isTurnOver(): boolean {
    return (
      this.#framesThisTurn >= FRAMES_PER_TURN ||
      this.#bytesThisTurn >= BYTES_PER_TURN ||
      this.#servedMsThisTurn >= SERVED_MS_PER_TURN
    )
  }

  #endTurnLater(): void {
    if (this.#endsTurn) return
    this.#endsTurn = true
    this.#with.clock.defer(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#endsTurn = false
    this.#framesThisTurn = 0
    this.#bytesThisTurn = 0
    const servedMs = this.#servedMsThisTurn
    this.#servedMsThisTurn = 0
    this.#send()
    if (servedMs >= SERVED_MS_PER_TURN) this.#awaitTurn(servedMs)
    else this.#goOnUnlessBusy()
    this.#endWhenDrained()
  }

  #awaitTurn(servedMs: number): void {
    this.#awaitsTurn = true
    this.#with.turns.goOn(servedMs, () => {
      this.#awaitsTurn = false
      this.#goOnUnlessBusy()
    })
  }

  #goOnUnlessBusy(): void {
    if (!this.#awaitsTurn && !this.#isBusy()) this.#goOn(BUSY)
  }

  /** Hands the answers that are in order to the connection, all in one call. */
  #send(): void {
    if (this.#ready.length === 0 || this.#isClosed) return
    const answers = this.#ready
    this.#ready = []
    const pieces = gatherFrames(answers.map(partsOf))
    const bytes = lengthOf(pieces)
    this.#readyBytes -= bytes
    this.#unsentBytes += bytes
    this.#connection.write(pieces, () => this.#sent(bytes, answers))
  }

  #sent(bytes: number, answers: readonly Answer[]): void {
    this.idleChecks = 0
    this.#unsentBytes -= bytes
    this.#with.counters.bytesSent += bytes
    this.#with.counters.answersSent += answers.length
    for (const answer of answers) if (isReleased(answer) && this.#unreleased.delete(answer)) answer.sent()
    if (!this.#isTurnOver()) this.#goOnUnlessBusy()
  }

  /** Lets the reader hand over frames; what they are answered with at once leaves together. */
  #handOver<T>(read: () => T): T {
    this.#isReading = true
    const result = read()
    this.#isReading = false
    if (this.#answers.length === 0) this.#send()
    return result
  }

  #stop(reason: number): void {
    if (this.#stopped === 0) this.#connection.pause()
    this.#stopped |= reason
  }

  #goOn(reason: number): void {
    if ((this.#stopped & reason) === 0 || this.#isClosed) return
    this.#stopped &= ~reason
    if (this.#stopped !== 0) return
    // What was read already comes first; serving it may stop the connection again.
    if (!this.#handOver(() => this.#reader.continue())) this.#endTurnLater()
    if (this.#stopped === 0) this.#connection.resume()
  }

  #endWhenDrained(): void {
    if ((this.#stopped & DRAINING) === 0 || this.#answers.length > 0 || this.#ready.length > 0) return
    this.#reader.close()
    this.#connection.end()
  }
}
