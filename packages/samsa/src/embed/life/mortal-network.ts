import {
  type Address,
  type ConnectOptions,
  type Connection,
  type Listener,
  type Network,
  NetworkError,
  type Receiver,
} from '@samsa/base'
import type { Life } from './life.ts'

/** A network whose listeners and connections end with a life. */
export class MortalNetwork implements Network {
  /** Absent where the network below has none. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
  readonly #network: Network
  readonly #life: Life
  readonly #connections = new Set<Connection>()

  constructor(network: Network, life: Life) {
    this.#network = network
    this.#life = life
    if (network.resolve !== undefined) this.resolve = host => network.resolve!(host)
  }

  async listen(address: Address, accept: (connection: Connection) => void): Promise<Listener> {
    const listener = await this.#network.listen(address, connection => {
      if (this.#life.isOver) connection.destroy()
      else accept(this.#held(connection))
    })
    const forget = this.#life.holds(() => void listener.close())
    return {
      address: listener.address,
      close() {
        forget()
        return listener.close()
      },
    }
  }

  async connect(address: Address, options?: ConnectOptions): Promise<Connection> {
    if (this.#life.isOver) throw new NetworkError('OTHER', 'this broker was killed')
    return this.#held(await this.#network.connect(address, options))
  }

  /** Breaks every connection there is; new ones are accepted. How many there were. */
  dropConnections(): number {
    const dropped = [...this.#connections]
    for (const connection of dropped) connection.destroy()
    return dropped.length
  }

  #held(connection: Connection): Connection {
    const forgetLife = this.#life.holds(() => connection.destroy())
    this.#connections.add(connection)
    return new MortalConnection(connection, this.#life, () => {
      forgetLife()
      this.#connections.delete(connection)
    })
  }
}

/** A connection that tells when it is gone, and tells its receiver nothing after its life. */
class MortalConnection implements Connection {
  readonly local: Address
  readonly remote: Address
  readonly #connection: Connection
  readonly #life: Life
  readonly #gone: () => void

  constructor(connection: Connection, life: Life, gone: () => void) {
    this.local = connection.local
    this.remote = connection.remote
    this.#connection = connection
    this.#life = life
    this.#gone = gone
  }

  get queuedBytes(): number {
    return this.#connection.queuedBytes
  }

  receive(receiver: Receiver): void {
    const life = this.#life
    this.#connection.receive({
      buffer: () => receiver.buffer(),
      received(byteCount) {
        if (!life.isOver) receiver.received(byteCount)
      },
      ended() {
        if (!life.isOver) receiver.ended()
      },
      closed: error => {
        this.#gone()
        if (!life.isOver) receiver.closed(error)
      },
    })
  }

  write(parts: readonly Uint8Array[], onWritten?: () => void): void {
    this.#connection.write(parts, onWritten)
  }

  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  end(): void {
    this.#connection.end()
  }

  destroy(): void {
    this.#connection.destroy()
  }
}
