import type * as Dns from 'node:dns/promises'
import type { AddressInfo, Server, Socket } from 'node:net'
import type * as Net from 'node:net'
import { builtin } from '../builtin.ts'
import { clearTimeout, setImmediate, setTimeout } from '../process-time.ts'
import {
  type Address,
  type ConnectOptions,
  type Connection,
  type Listener,
  type Network,
  NetworkError,
  type TlsOptions,
} from '../world.ts'
import { networkFailure } from './network-failure.ts'
import { RealConnection } from './real-connection.ts'
import { openTls } from './tls-socket.ts'

const net = builtin<typeof Net>('node:net')
const dns = builtin<typeof Dns>('node:dns/promises')

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
    const server = net().createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    server.on('connection', socket => accept(new RealConnection(socket, this.#mayReadDirectly)))
    await started(server, address)
    // An error while accepting concerns a connection that does not exist; the listener goes on.
    server.on('error', () => {})
    return new RealListener(server, address)
  }

  async connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    const { tls, timeoutMs = CONNECT_TIMEOUT_MS } = options
    const socket = await connected(address, tls, timeoutMs)
    // Nothing may be read before there is a receiver.
    socket.pause()
    // Below TLS the handle's bytes are still encrypted.
    return new RealConnection(socket, this.#mayReadDirectly && tls === undefined)
  }

  async resolve(host: string): Promise<readonly string[]> {
    try {
      const found = await dns().lookup(host, { all: true })
      return found.map(({ address }) => address)
    } catch (error) {
      throw networkFailure(`look up ${host}`, error)
    }
  }

  async canonicalName(address: string): Promise<string> {
    try {
      return (await dns().lookupService(address, 0)).hostname
    } catch {
      return address
    }
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

function connected(address: Address, tls: TlsOptions | undefined, timeoutMs: number): Promise<Socket> {
  const action = `connect to ${address.host}:${address.port}`
  return new Promise((resolve, reject) => {
    const socket = new (net().Socket)({ allowHalfOpen: true })
    let current = socket
    const finish = (settle: () => void) => {
      clearTimeout(timeout)
      current.off('error', failed)
      settle()
    }
    const failed = (error: Error) => {
      current.destroy()
      finish(() => reject(networkFailure(action, error)))
    }
    const timeout = setTimeout(() => {
      const what = `cannot ${action}: no answer within ${Math.round(timeoutMs)} ms`
      failed(new NetworkError('TIMED_OUT', what))
    }, timeoutMs)
    socket.once('error', failed)
    socket.connect({ ...address, noDelay: true }, () => {
      if (tls === undefined) return finish(() => resolve(socket))
      current = openTls(socket, tls, failed, secured => finish(() => resolve(secured)))
    })
  })
}
