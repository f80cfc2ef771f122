import { assert } from '../assert.ts'
import { type Address, type Connection, NetworkError, type Receiver } from '../world.ts'
import type { Host } from './host.ts'
import type { NetworkFabric } from './network-fabric.ts'
import type { Life } from './scheduler.ts'

const LINGER_MS = 2000
/** When an end that hears nothing finds out that the other one is gone. */
const KEEP_ALIVE_MS = 30_000

type Message = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'fin' } | { kind: 'reset' }

interface QueuedWrite {
  parts: Uint8Array[]
  onWritten: (() => void) | undefined
}

/** One end of a simulated connection. */
export class SimulatedConnection implements Connection {
  readonly local: Address
  readonly remote: Address
  readonly host: Host
  isOpener = false
  readonly #fabric: NetworkFabric
  readonly #life: Life
  #peer!: SimulatedConnection
  #receiver: Receiver | undefined
  #target: Uint8Array | undefined
  #isPaused = false
  #isEnding = false
  #hasSentFin = false
  #hasReceivedFin = false
  #hasToldEnd = false
  #isGone = false
  /** Bytes the program wrote that the kernel has not taken. */
  #queue: QueuedWrite[] = []
  #queuedBytes = 0
  /** Bytes the kernel has taken that the peer's program has not. */
  #bytesUnderWay = 0
  #lastArrivalMs = 0
  #heldBack: Message[] = []
  /** Bytes that arrived and wait for the program. */
  #arrived: Uint8Array[] = []

  constructor(fabric: NetworkFabric, host: Host, local: Address, remote: Address) {
    this.#fabric = fabric
    this.host = host
    this.#life = host.life
    this.local = local
    this.remote = remote
    fabric.connections.add(this)
  }

  /** Makes two ends one connection; the first one opened it. */
  static join(opener: SimulatedConnection, accepter: SimulatedConnection): void {
    opener.isOpener = true
    opener.#peer = accepter
    accepter.#peer = opener
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get peerHostName(): string {
    return this.#peer.host.name
  }

  receive(receiver: Receiver): void {
    assert(this.#receiver === undefined, 'a connection has one receiver')
    this.#receiver = receiver
    if (this.#isGone) this.#soon(() => receiver.closed(reset()))
    else this.#target = receiver.buffer()
    this.#soon(() => this.#deliver())
  }

  write(parts: readonly Uint8Array[], onWritten?: () => void): void {
    if (this.#isGone || this.#isEnding) return
    this.#queuedBytes += parts.reduce((sum, part) => sum + part.length, 0)
    this.#queue.push({ parts: parts.filter(part => part.length > 0), onWritten })
    this.#soon(() => this.#pump())
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#soon(() => this.#deliver())
  }

  end(): void {
    if (this.#isEnding || this.#isGone) return
    this.#isEnding = true
    this.#soon(() => {
      this.#deliver()
      this.#pump()
    })
  }

  destroy(): void {
    if (this.#isGone) return
    // Closing with unread bytes resets a connection; otherwise the peer sees an orderly end.
    this.#send({ kind: this.#arrived.length > 0 ? 'reset' : 'fin' })
    this.#leave()
    this.#soon(() => this.#receiver?.closed())
  }

  /** The connection breaks; each end is told at its own time, or only when it writes. */
  breakDown(): void {
    this.#fabric.record('break', this.#label())
    const { chance } = this.#fabric
    const [first, second] = chance.chance(0.5) ? [this, this.#peer] : [this.#peer, this]
    first.#fail()
    second.#failLater(chance.chance(0.75) ? chance.between(0, 100) : KEEP_ALIVE_MS)
  }

  /** The process or machine of this end is gone; nobody here is left to be told. */
  loseLife(peerLearnsAtOnce: boolean): void {
    if (this.#isGone) return
    this.#leave()
    this.#peer.#failLater(peerLearnsAtOnce ? this.#fabric.latency() : KEEP_ALIVE_MS)
  }

  deliverHeldBack(): void {
    const messages = this.#heldBack
    this.#heldBack = []
    for (const message of messages) this.#peer.#send(message)
  }

  #failLater(delayMs: number): void {
    this.#fabric.scheduler.schedule(delayMs, this.#life, () => this.#fail())
  }

  #fail(): void {
    if (this.#isGone) return
    this.#leave()
    this.#soon(() => this.#receiver?.closed(reset()))
  }

  #leave(): void {
    this.#isGone = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#arrived = []
    this.#fabric.connections.delete(this)
  }

  #soon(run: () => void): void {
    this.#fabric.scheduler.schedule(0, this.#life, run)
  }

  /** The kernel takes from the queue what fits into the window, in pieces of the seed's choice. */
  #pump(): void {
    while (!this.#isGone && this.#queue.length > 0) {
      const [write] = this.#queue
      const room = this.#fabric.windowBytes - this.#bytesUnderWay
      // A little room is not used: pieces would get ever smaller.
      if (write!.parts.length > 0 && room < this.#fabric.windowBytes / 4) return
      if (write!.parts.length > 0) this.#sendPiece(write!.parts, room)
      if (write!.parts.length > 0) continue
      this.#queue.shift()
      const { onWritten } = write!
      if (onWritten !== undefined) this.#soon(onWritten)
    }
    if (!this.#isGone && this.#isEnding && !this.#hasSentFin) this.#sendFin()
  }

  #sendPiece(parts: Uint8Array[], room: number): void {
    const part = parts[0]!
    const limit = Math.min(room, part.length)
    const chance = this.#fabric.chance
    const count = chance.chance(0.5) ? limit : 1 + chance.integer(limit)
    this.#queuedBytes -= count
    this.#bytesUnderWay += count
    this.#send({ kind: 'bytes', bytes: part.slice(0, count) })
    if (count === part.length) parts.shift()
    else parts[0] = part.subarray(count)
  }

  #sendFin(): void {
    this.#hasSentFin = true
    this.#send({ kind: 'fin' })
    if (this.#hasReceivedFin) this.#finish()
    else this.#fabric.scheduler.schedule(LINGER_MS, this.#life, () => this.#finish())
  }

  #finish(): void {
    if (this.#isGone) return
    this.#leave()
    this.#soon(() => this.#receiver?.closed())
  }

  /** Sends a message to the peer; messages arrive in order. */
  #send(message: Message): void {
    const { scheduler } = this.#fabric
    const peer = this.#peer
    peer.#lastArrivalMs = Math.max(peer.#lastArrivalMs, scheduler.nowMs + this.#fabric.latency())
    scheduler.scheduleAt(peer.#lastArrivalMs, peer.#life, () => peer.#arrive(message))
  }

  #arrive(message: Message): void {
    if (this.#fabric.isCut(this.host.name, this.peerHostName) || this.#heldBack.length > 0) {
      this.#heldBack.push(message)
    } else if (this.#isGone) {
      // Nobody is here: the sender is told, as its kernel would be.
      if (message.kind === 'bytes') this.#send({ kind: 'reset' })
    } else {
      this.#take(message)
    }
  }

  #take(message: Message): void {
    const { kind } = message
    this.#fabric.record(kind, this.#label(), 0, kind === 'bytes' ? message.bytes : undefined)
    if (kind === 'bytes') this.#arrived.push(message.bytes)
    else if (kind === 'fin') this.#hasReceivedFin = true
    else if (kind === 'reset') this.#fail()
    this.#deliver()
    this.#pump()
  }

  #deliver(): void {
    while (this.#arrived.length > 0 && !this.#isGone && this.#mayDeliver()) this.#deliverPiece()
    if (!this.#hasReceivedFin || this.#isGone || this.#arrived.length > 0) return
    if (this.#hasSentFin) this.#finish()
    else if (!this.#isEnding) this.#tellEnd()
  }

  #mayDeliver(): boolean {
    return this.#isEnding || (this.#receiver !== undefined && !this.#isPaused)
  }

  #deliverPiece(): void {
    const piece = this.#arrived[0]!
    const count = this.#isEnding ? piece.length : Math.min(piece.length, this.#target!.length)
    if (count === piece.length) this.#arrived.shift()
    else this.#arrived[0] = piece.subarray(count)
    this.#peer.#taken(count)
    if (this.#isEnding) return
    this.#target!.set(piece.subarray(0, count))
    this.#receiver!.received(count)
    if (this.#isGone || this.#isEnding) return
    this.#target = this.#receiver!.buffer()
    assert(this.#target.length > 0, 'a receiver gave an empty buffer')
  }

  #tellEnd(): void {
    if (this.#hasToldEnd || this.#receiver === undefined || this.#isPaused) return
    this.#hasToldEnd = true
    this.#receiver.ended()
  }

  /** The peer's program has taken bytes: there is room for more, as soon as the news has travelled. */
  #taken(count: number): void {
    const { scheduler } = this.#fabric
    scheduler.schedule(this.#fabric.latency(), this.#life, () => {
      this.#bytesUnderWay -= count
      this.#pump()
    })
  }

  #label(): string {
    return `${this.host.name}:${this.local.port} ${this.remote.host}:${this.remote.port}`
  }
}

function reset(): NetworkError {
  return new NetworkError('RESET', 'the connection broke (simulated)')
}
