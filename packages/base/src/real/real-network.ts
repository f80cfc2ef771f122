import { type AddressInfo, type Server, Socket, createServer } from 'node:net'
import { type Address, type Connection, type Listener, type Network, NetworkError } from '../world.ts'
import { networkFailure } from './network-failure.ts'
import { RealConnection } from './real-connection.ts'

const BACKLOG = 1024
const CONNECT_TIMEOUT_MS = 30_000

/** TCP of the operating system. */
export class RealNetwork implements Network {
  readonly #mayReadDirectly: boolean

  /** `mayReadDirectly: false` takes the documented but slower way of reading; for tests. */
  constructor(options: { mayReadDirectly?: boolean } = {}) {
    this.#mayReadDirectly = options.mayReadDirectly ?? true
  }

  async listen(address: Address, accept: (connection: Connection) => void): Promise<Listener> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    server.on('connection', socket => accept(new RealConnection(socket, this.#mayReadDirectly)))
    await started(server, address)
    // An error while accepting concerns a connection that does not exist; the listener goes on.
    server.on('error', () => {})
    return new RealListener(server, address)
  }

  async connect(address: Address, options: { timeoutMs?: number } = {}): Promise<Connection> {
    const socket = new Socket({ allowHalfOpen: true })
    await connected(socket, address, options.timeoutMs ?? CONNECT_TIMEOUT_MS)
    return new RealConnection(socket, this.#mayReadDirectly)
  }
}

class RealListener implements Listener {
  readonly address: Address
  readonly #server: Server

  constructor(server: Server, asked: Address) {
    this.#server = server
    this.address = { host: asked.host, port: (server.address() as AddressInfo).port }
  }

  close(): Promise<void> {
    // The server's own 'close' waits for connections too; the port is free one turn after this call.
    if (this.#server.listening) this.#server.close()
    return new Promise(resolve => setImmediate(resolve))
  }
}

function started(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(networkFailure(`listen on ${host}:${port}`, error))
    server.once('error', failed)
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

function connected(socket: Socket, { host, port }: Address, timeoutMs: number): Promise<void> {
  const action = `connect to ${host}:${port}`
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      socket.destroy()
      reject(new NetworkError('TIMED_OUT', `cannot ${action}: no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    const failed = (error: Error) => {
      clearTimeout(timeout)
      reject(networkFailure(action, error))
    }
    socket.once('error', failed)
    socket.connect({ host, port, noDelay: true }, () => {
      clearTimeout(timeout)
      socket.off('error', failed)
      // Nothing may be read before there is a receiver.
      socket.pause()
      resolve()
    })
  })
}
