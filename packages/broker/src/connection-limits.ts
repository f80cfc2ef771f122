import type { Clock, Logger } from '@samsa/base'
import type { FrameLimits, FrameListener } from '@samsa/net'
import type { LiveConfig } from './config/live-config.ts'
import { ConnectionRate } from './connection-rate.ts'

/** Finds the addresses of a host; none when it is not known. */
export type ResolveHost = (host: string) => Promise<readonly string[]>

/**
 * How many connections there may be: over all listeners (`max.connections`), of one listener (the same key for it
 * alone), and from one address over all listeners (`max.connections.per.ip` with its overrides); and how many may come
 * in a second, over all listeners and to one (`max.connection.creation.rate`). Follows the configuration.
 */
export class ConnectionLimits {
  readonly #config: LiveConfig
  readonly #resolve: ResolveHost
  readonly #logger: Logger
  readonly #clock: Clock
  /** Of all listeners. */
  readonly #rate: ConnectionRate
  readonly #listeners: FrameListener[] = []
  #overridesText = ''
  /** By address. */
  #overrides: ReadonlyMap<string, number> = new Map()

  /** @param resolve asked for the addresses of hosts in `max.connections.per.ip.overrides` */
  constructor(options: { config: LiveConfig; resolve: ResolveHost; logger: Logger; clock: Clock }) {
    this.#config = options.config
    this.#resolve = options.resolve
    this.#logger = options.logger
    this.#clock = options.clock
    this.#rate = this.#newRate()
    options.config.onChange(() => void this.refresh())
  }

  /** The limits of a listener that is about to be bound. They are read at each use. */
  limitsOf(listener: string): Partial<FrameLimits> {
    return {
      maxConnections: this.#config.ofListener(listener)['max.connections'],
      maxConnectionsPerIp: ip => this.#perIp(ip),
      connectionDelayMs: this.#delayOf(listener),
    }
  }

  /** The longer of the waits that the rate of the listener and that of the broker ask for. */
  #delayOf(listener: string): () => number {
    const key = 'max.connection.creation.rate'
    const rate = this.#newRate()
    let own = this.#config.ofListener(listener)[key]
    this.#config.onChange(() => {
      own = this.#config.ofListener(listener)[key]
    })
    return () => Math.max(this.#rate.delayMs(this.#config.get(key)), rate.delayMs(own))
  }

  #newRate(): ConnectionRate {
    const windowMs =
      this.#config.get('quota.window.num') * this.#config.get('quota.window.size.seconds') * 1000
    return new ConnectionRate(this.#clock, windowMs)
  }

  /** Counts the connections of this listener, too. */
  add(name: string, bound: FrameListener): void {
    this.#listeners.push(bound)
    let own = this.#config.ofListener(name)['max.connections']
    this.#config.onChange(() => {
      own = this.#config.ofListener(name)['max.connections']
    })
    Object.defineProperty(bound.limits, 'maxConnections', { get: () => Math.min(own, this.#leftFor(bound)) })
    bound.limits.maxConnectionsPerIp = ip =>
      this.#perIp(ip) - this.#elsewhere(bound, it => it.connectionsFrom(ip))
  }

  #perIp(ip: string): number {
    return this.#overrides.get(ip) ?? this.#config.get('max.connections.per.ip')
  }

  /** How many connections one listener may have beside those of the others. */
  #leftFor(bound: FrameListener): number {
    return this.#config.get('max.connections') - this.#elsewhere(bound, it => it.connectionCount)
  }

  #elsewhere(bound: FrameListener, count: (listener: FrameListener) => number): number {
    let sum = 0
    for (const other of this.#listeners) if (other !== bound) sum += count(other)
    return sum
  }

  /** Takes over what the overrides say now. Resolves when the hosts among them were looked up. */
  async refresh(): Promise<void> {
    const text = this.#config.get('max.connections.per.ip.overrides')
    if (text === this.#overridesText) return
    this.#overridesText = text
    const entries = parseOverrides(text)
    this.#overrides = new Map(
      entries.filter(({ host }) => isAddress(host)).map(({ host, count }) => [host, count]),
    )
    const overrides = new Map<string, number>()
    for (const { host, count } of entries) {
      for (const address of await this.#addressesOf(host)) overrides.set(address, count)
    }
    if (this.#overridesText === text) this.#overrides = overrides
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    if (isAddress(host)) return [host]
    const addresses = await this.#resolve(host).catch(() => [])
    if (addresses.length === 0) {
      this.#logger.warn(
        `max.connections.per.ip.overrides: the host ${host} has no address, and its limit does not count. Name one that this machine can resolve, or its address.`,
      )
    }
    return addresses
  }
}

function parseOverrides(text: string): { host: string; count: number }[] {
  return text.split(',').flatMap(entry => {
    const at = entry.lastIndexOf(':')
    if (at <= 0) return []
    const host = entry
      .slice(0, at)
      .trim()
      .replace(/^\[(.*)\]$/, '$1')
    return [{ host, count: Number(entry.slice(at + 1)) }]
  })
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
}
