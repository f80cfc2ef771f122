import {
  type Address,
  type ConnectOptions,
  type Connection,
  type Listener,
  type Network,
  NetworkError,
} from '../world.ts'
import type { Host } from './host.ts'
import type { NetworkFabric } from './network-fabric.ts'
import { SimulatedConnection } from './simulated-connection.ts'

const CONNECT_TIMEOUT_MS = 30_000
const RETRY_MS = 500
const ownNames = ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::', '']

/** The network as one simulated machine sees it. */
export class SimulatedNetwork implements Network {
  readonly #host: Host
  readonly #fabric: NetworkFabric

  constructor(host: Host, fabric: NetworkFabric) {
    this.#host = host
    this.#fabric = fabric
    fabric.hosts.add(host.name)
  }

  async listen(address: Address, accept: (connection: Connection) => void): Promise<Listener> {
    if (this.#resolve(address.host) !== this.#host.name) {
      throw new NetworkError(
        'ADDRESS_NOT_AVAILABLE',
        `cannot listen on ${address.host}: no such address here`,
      )
    }
    const port = address.port === 0 ? this.#fabric.freePort() : address.port
    const key = `${this.#host.name}:${port}`
    const { life } = this.#host
    if (this.#fabric.listening.get(key)?.life.isOver === false) {
      throw new NetworkError(
        'ADDRESS_IN_USE',
        `cannot listen on ${key}: another program listens there already`,
      )
    }
    const listening = { host: this.#host, life, accept }
    this.#fabric.listening.set(key, listening)
    const forget = async () => {
      if (this.#fabric.listening.get(key) === listening) this.#fabric.listening.delete(key)
    }
    return { address: { host: address.host, port }, close: forget }
  }

  connect(address: Address, options: ConnectOptions = {}): Promise<Connection> {
    if (options.tls !== undefined) {
      const message = `cannot connect to ${address.host}:${address.port}: no TLS in a simulation`
      return Promise.reject(new NetworkError('TLS', message))
    }
    const deadlineMs = this.#fabric.scheduler.nowMs + (options.timeoutMs ?? CONNECT_TIMEOUT_MS)
    return new Promise((resolve, reject) => {
      this.#later(this.#fabric.latency(), () => this.#attempt(address, deadlineMs, resolve, reject))
    })
  }

  #attempt(
    address: Address,
    deadlineMs: number,
    resolve: (connection: Connection) => void,
    reject: (error: NetworkError) => void,
  ): void {
    const what = `cannot connect to ${address.host}:${address.port}`
    const target = this.#resolve(address.host)
    if (target === undefined) {
      reject(new NetworkError('HOST_NOT_FOUND', `${what}: no such host (simulated)`))
    } else if (this.#fabric.scheduler.nowMs >= deadlineMs) {
      reject(new NetworkError('TIMED_OUT', `${what}: no answer in time (simulated)`))
    } else if (this.#fabric.isCut(this.#host.name, target)) {
      const waitMs = Math.min(RETRY_MS, deadlineMs - this.#fabric.scheduler.nowMs)
      this.#later(waitMs, () => this.#attempt(address, deadlineMs, resolve, reject))
    } else {
      this.#open(target, address, what, resolve, reject)
    }
  }

  #open(
    target: string,
    address: Address,
    what: string,
    resolve: (connection: Connection) => void,
    reject: (error: NetworkError) => void,
  ): void {
    const listening = this.#fabric.listening.get(`${target}:${address.port}`)
    if (listening === undefined || listening.life.isOver) {
      this.#later(this.#fabric.latency(), () =>
        reject(new NetworkError('REFUSED', `${what}: nothing listens there (simulated)`)),
      )
      return
    }
    const here = { host: this.#host.name, port: this.#fabric.freePort() }
    const there = { host: target, port: address.port }
    const near = new SimulatedConnection(this.#fabric, this.#host, here, there)
    const far = new SimulatedConnection(this.#fabric, listening.host, there, here)
    SimulatedConnection.join(near, far)
    this.#fabric.record('connect', `${here.host}:${here.port} ${there.host}:${there.port}`)
    this.#fabric.scheduler.schedule(0, listening.life, () => listening.accept(far))
    this.#later(this.#fabric.latency(), () => resolve(near))
  }

  #later(delayMs: number, run: () => void): void {
    this.#fabric.scheduler.schedule(delayMs, this.#host.life, run)
  }

  #resolve(name: string): string | undefined {
    if (ownNames.includes(name)) return this.#host.name
    return this.#fabric.hosts.has(name) ? name : undefined
  }
}
