import {
  type Address,
  type Clock,
  type ConnectOptions,
  type Connection,
  type Listener,
  type Network,
  NetworkError,
} from '../world.ts'
import { MemoryConnection } from './memory-connection.ts'

/**
 * A network inside the process: the same frames as over a socket, without one. Every host name is this process; ports
 * are free until something listens.
 */
export class MemoryNetwork implements Network {
  readonly #clock: Clock
  readonly #listening = new Map<number, (connection: Connection) => void>()
  readonly #connections = new Set<MemoryConnection>()
  #nextPort = 40_000

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async listen(address: Address, accept: (connection: Connection) => void): Promise<Listener> {
    const port = address.port === 0 ? this.#freePort() : address.port
    if (this.#listening.has(port)) {
      throw new NetworkError('ADDRESS_IN_USE', `something in this process listens on port ${port} already`)
    }
    this.#listening.set(port, accept)
    return {
      address: { host: address.host, port },
      close: async () => {
        if (this.#listening.get(port) === accept) this.#listening.delete(port)
      },
    }
  }

  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    const what = `cannot connect to ${address.host}:${address.port}`
    if (options.tls !== undefined) throw new NetworkError('TLS', `${what}: no TLS inside a process`)
    const accept = this.#listening.get(address.port)
    if (accept === undefined) {
      throw new NetworkError('REFUSED', `${what}: nothing in this process listens there`)
    }
    const here = { host: address.host, port: this.#freePort() }
    const near = new MemoryConnection(this.#clock, here, address)
    const far = new MemoryConnection(this.#clock, address, here)
    MemoryConnection.join(near, far)
    for (const end of [near, far]) {
      this.#connections.add(end)
      end.onGone = () => this.#connections.delete(end)
    }
    accept(far)
    return near
  }

  /** Breaks every connection, as a pulled cable does once it is noticed. */
  dropConnections(): void {
    for (const connection of [...this.#connections]) connection.breakDown()
  }

  /** Host and port of this process that nothing uses. */
  #freePort(): number {
    return this.#nextPort++
  }
}
