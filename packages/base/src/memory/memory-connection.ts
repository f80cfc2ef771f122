import { assert } from '../assert.ts'
import { type Address, type Clock, type Connection, NetworkError, type Receiver } from '../world.ts'

const LINGER_MS = 2000
/** What one turn hands over, so that the other work of the process is not held up. */
const TURN_BYTES = 1024 * 1024

interface QueuedWrite {
  parts: Uint8Array[]
  readonly onWritten: (() => void) | undefined
}

/** One end of a connection inside the process. What it writes waits here until the other end takes it. */
export class MemoryConnection implements Connection {
  readonly local: Address
  readonly remote: Address
  /** Told once the connection is over. */
  onGone: () => void = () => {}
  readonly #clock: Clock
  #peer!: MemoryConnection
  #receiver: Receiver | undefined
  /** Where the receiver wants the next bytes. */
  #target: Uint8Array | undefined
  #queue: QueuedWrite[] = []
  #queuedBytes = 0
  #isPaused = false
  #isPumpDue = false
  #isEnding = false
  #hasSentEnd = false
  #hasReceivedEnd = false
  #hasToldEnd = false
  #isGone = false

  constructor(clock: Clock, local: Address, remote: Address) {
    this.#clock = clock
    this.local = local
    this.remote = remote
  }

  /** Makes two ends one connection. */
  static join(one: MemoryConnection, other: MemoryConnection): void {
    one.#peer = other
    other.#peer = one
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  receive(receiver: Receiver): void {
    assert(this.#receiver === undefined, 'a connection has one receiver')
    this.#receiver = receiver
    if (this.#isGone) {
      this.#clock.defer(() => receiver.closed(reset()))
      return
    }
    this.#target = receiver.buffer()
    this.#peer.#pumpSoon()
    this.#clock.defer(() => this.#tellEnd())
  }

  write(parts: readonly Uint8Array[], onWritten?: () => void): void {
    if (this.#isGone || this.#isEnding) return
    this.#queue.push({ parts: parts.filter(part => part.length > 0), onWritten })
    for (const part of parts) this.#queuedBytes += part.length
    this.#pumpSoon()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#peer.#pumpSoon()
    this.#clock.defer(() => this.#tellEnd())
  }

  end(): void {
    if (this.#isEnding || this.#isGone) return
    this.#isEnding = true
    // What the other end still sends is taken and dropped.
    this.#peer.#pumpSoon()
    this.#pumpSoon()
  }

  destroy(): void {
    if (this.#isGone) return
    this.#leave()
    this.#clock.defer(() => this.#peer.#receiveEnd())
  }

  /** Both ends learn that the connection broke. */
  breakDown(): void {
    const peer = this.#peer
    this.#leave(reset())
    peer.#leave(reset())
  }

  #pumpSoon(): void {
    if (this.#isPumpDue || this.#isGone) return
    this.#isPumpDue = true
    this.#clock.defer(() => {
      this.#isPumpDue = false
      this.#pump()
    })
  }

  /** Hands what is queued to the other end, as far as it takes it, and the end after it. */
  #pump(): void {
    let leftBytes = TURN_BYTES
    while (this.#queue.length > 0 && leftBytes > 0 && this.#peer.#takes) {
      leftBytes -= this.#handOver(this.#queue[0]!)
    }
    if (this.#queue.length === 0) this.#sendEnd()
    else if (this.#peer.#isGone) this.#leave(reset())
    else if (leftBytes <= 0) this.#pumpSoon()
  }

  #sendEnd(): void {
    if (this.#isGone || !this.#isEnding || this.#hasSentEnd) return
    this.#hasSentEnd = true
    this.#peer.#receiveEnd()
    if (this.#hasReceivedEnd || this.#peer.#isGone) this.#leave()
    else this.#clock.timer(LINGER_MS, () => this.#leave())
  }

  /** One piece of a write; how many bytes it was. */
  #handOver(write: QueuedWrite): number {
    const part = write.parts[0]
    let count = 0
    if (part !== undefined) {
      count = this.#peer.#take(part)
      this.#queuedBytes -= count
      if (count < part.length) write.parts[0] = part.subarray(count)
      else write.parts.shift()
    }
    if (write.parts.length > 0 || this.#isGone) return count
    this.#queue.shift()
    write.onWritten?.()
    return count
  }

  get #takes(): boolean {
    return !this.#isGone && (this.#isEnding || (this.#receiver !== undefined && !this.#isPaused))
  }

  /** Takes from the start of `part` what fits; how many bytes that is. */
  #take(part: Uint8Array): number {
    if (this.#isEnding) return part.length
    const target = this.#target!
    const count = Math.min(part.length, target.length)
    target.set(count === part.length ? part : part.subarray(0, count))
    this.#receiver!.received(count)
    if (!this.#isGone && !this.#isEnding) this.#target = this.#receiver!.buffer()
    return count
  }

  #receiveEnd(): void {
    if (this.#isGone) return
    this.#hasReceivedEnd = true
    if (this.#hasSentEnd) this.#leave()
    else this.#tellEnd()
  }

  #tellEnd(): void {
    if (!this.#hasReceivedEnd || this.#hasToldEnd || this.#isGone) return
    if (this.#receiver === undefined || this.#isPaused || this.#isEnding) return
    this.#hasToldEnd = true
    this.#receiver.ended()
  }

  #leave(error?: NetworkError): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#queue = []
    this.#queuedBytes = 0
    this.onGone()
    this.#clock.defer(() => this.#receiver?.closed(error))
  }
}

function reset(): NetworkError {
  return new NetworkError('RESET', 'the connection inside this process broke')
}
