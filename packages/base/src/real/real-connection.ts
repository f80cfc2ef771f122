import type { Socket } from 'node:net'
import { assert } from '../assert.ts'
import { clearTimeout, setImmediate, setTimeout } from '../process-time.ts'
import { type Address, type Connection, NetworkError, type Receiver } from '../world.ts'
import { type ReadingSocket, type Sink, readInto } from './direct-socket.ts'
import { networkFailure } from './network-failure.ts'

// After `end` the peer gets this long to close its side before the connection is cut.
const LINGER_MS = 2000

/** Where bytes go that nobody wants any more. */
const discarded = new Uint8Array(16 * 1024)

/** One TCP connection. */
export class RealConnection implements Connection {
  readonly local: Address
  readonly remote: Address
  readonly #mayReadDirectly: boolean
  #socket: Socket
  #reading: ReadingSocket | undefined
  #receiver: Receiver | undefined
  #queuedBytes = 0
  #isPaused = false
  #isEnding = false
  #isDestroyed = false
  #failure: NetworkError | undefined

  /** `socket` is connected and paused; nothing was read from it. */
  constructor(socket: Socket, mayReadDirectly: boolean) {
    this.#socket = socket
    this.#mayReadDirectly = mayReadDirectly
    this.local = { host: plainAddress(socket.localAddress), port: socket.localPort ?? 0 }
    this.remote = { host: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 }
    socket.on('error', this.#failed)
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  receive(receiver: Receiver): void {
    assert(this.#receiver === undefined, 'a connection has one receiver')
    this.#receiver = receiver
    if (this.#isDestroyed || this.#socket.destroyed) {
      this.#tellClosedSoon(receiver)
      return
    }
    this.#reading = readInto(this.#sink(receiver), this.#socket, this.#isPaused, this.#mayReadDirectly)
    const { socket } = this.#reading
    if (socket !== this.#socket) socket.on('error', this.#failed)
    this.#socket = socket
    socket.on('end', this.#ended)
    socket.on('close', this.#closed)
  }

  write(parts: readonly Uint8Array[], onWritten?: () => void): void {
    if (this.#isDestroyed || this.#isEnding) return
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    this.#queuedBytes += bytes
    const written = (error?: Error | null) => {
      this.#queuedBytes -= bytes
      if (!error && !this.#isDestroyed) onWritten?.()
    }
    if (parts.length === 1) this.#socket.write(parts[0]!, written)
    else this.#writeTogether(parts, written)
  }

  pause(): void {
    this.#isPaused = true
    if (!this.#isEnding) this.#reading?.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isDestroyed) this.#reading?.resume()
  }

  end(): void {
    if (this.#isEnding || this.#isDestroyed) return
    this.#isEnding = true
    // What still arrives is read and dropped: unread bytes would make the system reset the connection, and the
    // peer could lose the answers it has not read yet.
    this.#reading?.resume()
    this.#socket.end(() => {
      const timeout = setTimeout(() => this.destroy(), LINGER_MS)
      timeout.unref()
      this.#socket.once('close', () => clearTimeout(timeout))
    })
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.#socket.destroy()
  }

  #sink(receiver: Receiver): Sink {
    return {
      buffer: () => (this.#isDiscarding() ? discarded : receiver.buffer()),
      received: byteCount => {
        if (!this.#isDiscarding()) receiver.received(byteCount)
      },
    }
  }

  #isDiscarding(): boolean {
    return this.#isEnding || this.#isDestroyed
  }

  #writeTogether(parts: readonly Uint8Array[], written: (error?: Error | null) => void): void {
    this.#socket.cork()
    const last = parts.length - 1
    for (let i = 0; i < last; i++) this.#socket.write(parts[i]!)
    this.#socket.write(last < 0 ? '' : parts[last]!, written)
    this.#socket.uncork()
  }

  #ended = (): void => {
    if (!this.#isDiscarding()) this.#receiver!.ended()
  }

  #failed = (error: Error): void => {
    this.#failure ??= networkFailure(`talk to ${this.remote.host}:${this.remote.port}`, error)
  }

  #closed = (): void => {
    this.#isDestroyed = true
    this.#receiver!.closed(this.#failure)
  }

  #tellClosedSoon(receiver: Receiver): void {
    const failure = this.#failure ?? new NetworkError('RESET', 'the connection was closed before it was used')
    setImmediate(() => receiver.closed(failure))
  }
}

/** IPv4 connections accepted on an IPv6 socket carry a prefix nobody wants to read. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
