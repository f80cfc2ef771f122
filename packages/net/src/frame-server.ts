import type { Address, Clock, Connection, Listener, Logger, Network, Timer } from '@samsa/base'
import { type FrameMemory, frameMemory } from './frame-memory.ts'
import { explainInvalidLength } from './invalid-length.ts'
import { type FrameLimits, defaultLimits } from './limits.ts'
import { LogThrottle } from './log-throttle.ts'
import {
  type FrameConnection,
  type FrameHandler,
  ServedConnection,
  type Surroundings,
  type TrafficCounters,
} from './served-connection.ts'
import { TurnBudget } from './turn-budget.ts'

export interface ServeFramesOptions {
  network: Network
  clock: Clock
  logger: Logger
  /** Where to listen; port 0 picks a free one. */
  address: Address
  /** Name of the listener, for messages and for handlers. Default 'default'. */
  listenerName?: string
  /** May be changed while serving. What is left out has its default. */
  limits?: Partial<FrameLimits>
  /** Memory shared with other listeners. Default: memory of its own. */
  memory?: FrameMemory
  /** Called for each connection; what it returns serves the connection's frames. */
  accept(connection: FrameConnection): FrameHandler
}

export interface FrameListener {
  /** Where it listens, with the port it was given. */
  readonly address: Address
  readonly connectionCount: number
  readonly connections: Iterable<FrameConnection>
  /** How many connections there are from an IP address. */
  connectionsFrom(ip: string): number
  readonly counters: Readonly<TrafficCounters>
  readonly limits: FrameLimits
  readonly memory: FrameMemory
  /**
   * Stops accepting and reading, answers the frames being served, closes the connections; after `timeoutMs` (default
   * 5,000) cuts those that are left. Resolves when all are closed.
   */
  close(options?: { timeoutMs?: number }): Promise<void>
}

/**
 * Serves length-prefixed frames. Every queue is bounded: frames in service and unsent answers per connection, memory of
 * frames over all connections; where a bound is reached, the connections concerned are not read until it eases, so their
 * peers wait and nobody else does. Throws `NetworkError` when it cannot listen.
 */
export async function serveFrames(options: ServeFramesOptions): Promise<FrameListener> {
  const server = new FrameServer(options)
  await server.listen(options.network, options.address)
  return server
}

const CHECK_EVERY_MS_MAX = 5_000
const CLOSE_TIMEOUT_MS = 5_000

class FrameServer implements FrameListener, Surroundings {
  readonly clock: Clock
  readonly limits: FrameLimits
  readonly memory: FrameMemory
  readonly listenerName: string
  readonly counters: TrafficCounters = { bytesReceived: 0, bytesSent: 0, framesReceived: 0, answersSent: 0 }
  readonly turns: TurnBudget
  readonly #logger: Logger
  readonly #throttle: LogThrottle
  readonly #accept: (connection: FrameConnection) => FrameHandler
  readonly #connections = new Set<ServedConnection>()
  readonly #perIp = new Map<string, number>()
  #listener!: Listener
  #checking: Timer | undefined
  #hog: { connection: ServedConnection; sinceMs: number } | undefined
  #lastId = 0
  #isClosing = false
  #allGone: (() => void) | undefined

  constructor(options: ServeFramesOptions) {
    this.clock = options.clock
    this.limits = withDefaults(options.limits)
    this.memory = options.memory ?? frameMemory()
    this.listenerName = options.listenerName ?? 'default'
    this.turns = new TurnBudget(options.clock)
    this.#logger = options.logger
    this.#throttle = new LogThrottle(options.clock)
    this.#accept = options.accept
  }

  get address(): Address {
    return this.#listener.address
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  get connections(): Iterable<FrameConnection> {
    return this.#connections
  }

  connectionsFrom(ip: string): number {
    return this.#perIp.get(ip) ?? 0
  }

  async listen(network: Network, address: Address): Promise<void> {
    this.#listener = await network.listen(address, connection => this.#admit(connection))
    this.#checkLater()
  }

  async close(options: { timeoutMs?: number } = {}): Promise<void> {
    this.#isClosing = true
    this.#checking?.cancel()
    await this.#listener.close()
    if (this.#connections.size === 0) return
    const gone = new Promise<void>(resolve => {
      this.#allGone = resolve
    })
    const cut = this.clock.timer(options.timeoutMs ?? CLOSE_TIMEOUT_MS, () => {
      for (const connection of this.#connections) connection.destroy()
    })
    for (const connection of [...this.#connections]) connection.close()
    await gone
    cut.cancel()
  }

  // Surroundings: what connections tell.

  invalidLength(connection: ServedConnection, length: number): void {
    const reason = explainInvalidLength(length, this.limits.maxFrameBytes)
    this.#throttle.log('invalid length', suppressed => {
      this.#logger.warn(`Closed the connection from ${nameOf(connection)}: ${reason}.`, {
        listener: this.listenerName,
        ...suppressed,
      })
    })
  }

  handlerFailed(connection: ServedConnection, error: unknown): void {
    this.#throttle.log('handler failed', suppressed => {
      const message = `Closed the connection from ${nameOf(connection)}: its request could not be served.`
      this.#logger.error(message, { listener: this.listenerName, error, ...suppressed })
    })
  }

  gone(connection: ServedConnection): void {
    this.#connections.delete(connection)
    const ip = connection.remote.host
    const left = this.#perIp.get(ip)! - 1
    if (left > 0) this.#perIp.set(ip, left)
    else this.#perIp.delete(ip)
    if (this.#connections.size === 0) this.#allGone?.()
  }

  #admit(connection: Connection): void {
    const ip = connection.remote.host
    const refusal = this.#refusal(ip)
    if (refusal !== undefined) {
      if (refusal !== '') this.#logRefusal(ip, refusal)
      connection.destroy()
      return
    }
    const delayMs = this.limits.connectionDelayMs()
    if (delayMs === Number.POSITIVE_INFINITY) {
      this.#logRefusal(ip, 'more come than max.connection.creation.rate allows')
      connection.destroy()
      return
    }
    const served = new ServedConnection(++this.#lastId, connection, this)
    this.#connections.add(served)
    this.#perIp.set(ip, this.connectionsFrom(ip) + 1)
    served.start(this.#accept)
    if (delayMs > 0) this.#delay(served, delayMs)
  }

  /** It counts from now on and is read later; what it sends meanwhile waits on its way. */
  #delay(served: ServedConnection, delayMs: number): void {
    served.throttle(delayMs)
    this.#throttle.log('delayed', suppressed => {
      const message = `The connection from ${nameOf(served)} waits for ${Math.ceil(delayMs)} ms: more come than max.connection.creation.rate allows.`
      this.#logger.warn(message, { listener: this.listenerName, ...suppressed })
    })
  }

  /** Why no connection from there is accepted; undefined when one is. */
  #refusal(ip: string): string | undefined {
    if (this.#isClosing) return ''
    const { maxConnections, maxConnectionsPerIp } = this.limits
    if (this.#connections.size >= maxConnections) {
      return `there are ${maxConnections} connections, as many as max.connections allows`
    }
    const perIp = typeof maxConnectionsPerIp === 'number' ? maxConnectionsPerIp : maxConnectionsPerIp(ip)
    if (this.connectionsFrom(ip) < perIp) return undefined
    return 'there are as many connections from there as max.connections.per.ip allows'
  }

  #logRefusal(ip: string, refusal: string): void {
    this.#throttle.log('refused', suppressed => {
      this.#logger.warn(`Refused a connection from ${ip}: ${refusal}.`, {
        listener: this.listenerName,
        ...suppressed,
      })
    })
  }

  #checkLater(): void {
    if (this.#isClosing) return
    this.#checking = this.clock.timer(this.#checkEveryMs(), () => {
      const everyMs = this.#checkEveryMs()
      this.memory.pool.trim()
      this.#closeIdle(everyMs)
      this.#closeMemoryHog()
      this.#checkLater()
    })
  }

  #checkEveryMs(): number {
    const { idleMs } = this.limits
    return idleMs < 0 ? CHECK_EVERY_MS_MAX : Math.max(10, Math.min(CHECK_EVERY_MS_MAX, idleMs / 4))
  }

  #closeIdle(everyMs: number): void {
    const { idleMs } = this.limits
    for (const connection of this.#connections) {
      connection.idleChecks++
      // A frame being served is no idleness: the peer waits for us.
      if (idleMs < 0 || connection.inService > 0 || (connection.idleChecks - 1) * everyMs < idleMs) continue
      this.#logger.debug(`Closed the connection from ${nameOf(connection)}: idle for ${idleMs} ms.`)
      connection.destroy()
    }
  }

  /** A sender that holds the last memory and dawdles would hold up all others whose frames need memory. */
  #closeMemoryHog(): void {
    const hog = [...this.#connections].find(connection => connection.isHoggingMemory)
    const nowMs = this.clock.monotonicMs()
    if (hog === undefined) this.#hog = undefined
    else if (this.#hog?.connection !== hog) this.#hog = { connection: hog, sinceMs: nowMs }
    else if (nowMs - this.#hog.sinceMs >= this.limits.memoryHogMs) {
      const seconds = Math.round(this.limits.memoryHogMs / 1000)
      this.#logger.warn(
        `Closed the connection from ${nameOf(hog)}: its request did not arrive within ${seconds} s, while other ` +
          'requests wait for memory.',
        { listener: this.listenerName },
      )
      hog.destroy()
    }
  }
}

function nameOf(connection: ServedConnection): string {
  return `${connection.remote.host}:${connection.remote.port}`
}

/** The caller's object itself when it is complete, so that later changes of it count. */
function withDefaults(limits: Partial<FrameLimits> = {}): FrameLimits {
  for (const [name, value] of Object.entries(defaultLimits)) {
    if (!(name in limits)) Object.assign(limits, { [name]: value })
  }
  return limits as FrameLimits
}
