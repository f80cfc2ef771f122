import type { Address, Logger } from '@samsa/base'
import type { ListenerEndpoint } from './listeners.ts'

/** Most hints given by one process: a scan of a whole network fills no log. */
const HINTS_MAX = 20

/**
 * Notices the commonest Kafka mistake: a client reaches the broker by one address, is told another one in Metadata, and
 * goes there, where it finds nobody.
 */
export class AdvertisedAddressHint {
  readonly #logger: Logger
  readonly #hinted = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** @param reached the broker's address that the client connected to */
  check(listener: ListenerEndpoint, reached: Address): void {
    const { advertised } = listener
    if (!isAddressLiteral(advertised.host) || isSameHost(advertised.host, reached.host)) return
    const key = `${listener.name} ${reached.host}`
    if (this.#hinted.has(key) || this.#hinted.size >= HINTS_MAX) return
    this.#hinted.add(key)
    this.#logger.warn(
      `A client came to ${reached.host}:${reached.port} but is told to go on at ${advertised.host}:${advertised.port}. ` +
        `If it cannot connect there, set advertised.listeners=${listener.name}://${reached.host}:${reached.port}.`,
    )
  }
}

/** Names may stand for any address: nothing can be said about them here. */
function isAddressLiteral(host: string): boolean {
  return host === 'localhost' || host.includes(':') || /^[\d.]+$/.test(host)
}

function isSameHost(a: string, b: string): boolean {
  return plain(a) === plain(b) || (isLoopback(a) && isLoopback(b))
}

/** Without the prefix of an IPv4 address in an IPv6 socket, and without brackets. */
function plain(host: string): string {
  return host
    .replace(/^::ffff:/i, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
}

function isLoopback(host: string): boolean {
  const address = plain(host)
  return address === 'localhost' || address === '::1' || address.startsWith('127.')
}
