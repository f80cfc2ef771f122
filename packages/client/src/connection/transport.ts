import { type Clock, type Connection, type Network, NetworkError, type TlsOptions } from '@samsa/base'
import type { ClientConfig } from '../config/client-config.ts'
import { KafkaError } from '../errors.ts'
import type { BrokerAddress } from './broker-address.ts'
import { AllFailed, firstOf } from './staggered.ts'
import { tlsOptions } from './tls.ts'

/** How long one address of a name is tried alone. */
const STAGGER_MS = 300

/** Opens connections as the configuration wants them: with or without TLS, to which of a name's addresses. */
export class Transport {
  readonly #network: Network
  readonly #clock: Clock
  readonly #tls: Omit<TlsOptions, 'serverName'> | undefined
  /** Bootstrap servers are connected to by the canonical names behind theirs, one for each broker behind a shared name. */
  readonly #isCanonical: boolean
  /** The address of each name that answered last: it is tried first. */
  readonly #good = new Map<string, string>()

  /** Reads key and trust stores. Throws `KafkaError` INVALID_CONFIG. */
  constructor(clock: Clock, network: Network, config: ClientConfig) {
    this.#network = network
    this.#clock = clock
    this.#tls = tlsOptions(config)
    this.#isCanonical = config['client.dns.lookup'] === 'resolve_canonical_bootstrap_servers_only'
  }

  /** Connects, TLS included. Throws `NetworkError`, or `KafkaError` AUTHENTICATION when TLS is what fails. */
  async connect({ nodeId, host, port }: BrokerAddress, timeoutMs: number): Promise<Connection> {
    const places =
      this.#isCanonical && nodeId < 0 ? await this.#canonicalPlaces(host) : await this.#places(host)
    const attempt = (place: Place) => this.#connectTo(place, port, timeoutMs)
    const discard = (late: Connection) => drop(late)
    try {
      return await firstOf(places, attempt, { clock: this.#clock, staggerMs: STAGGER_MS, discard })
    } catch (error) {
      throw failureOf(error, this.#tls !== undefined)
    }
  }

  async #connectTo({ name, address }: Place, port: number, timeoutMs: number): Promise<Connection> {
    const tls = this.#tls === undefined ? {} : { tls: { ...this.#tls, serverName: name } }
    const connection = await this.#network.connect({ host: address, port }, { timeoutMs, ...tls })
    this.#good.set(name, address)
    return connection
  }

  async #places(name: string): Promise<readonly Place[]> {
    if (this.#network.resolve === undefined) return [{ name, address: name }]
    const found = [...new Set(await this.#network.resolve(name))]
    const good = this.#good.get(name)
    const ordered =
      good !== undefined && found.includes(good) ? [good, ...found.filter(one => one !== good)] : found
    return ordered.map(address => ({ name, address }))
  }

  async #canonicalPlaces(host: string): Promise<readonly Place[]> {
    const places = await this.#places(host)
    return Promise.all(
      places.map(async ({ name, address }) => ({
        name: (await this.#network.canonicalName?.(address)) ?? name,
        address,
      })),
    )
  }
}

/** An address to connect to, and the name its certificate has to be made out to. */
interface Place {
  readonly name: string
  readonly address: string
}

function drop(connection: Connection): void {
  connection.receive({ buffer: () => new Uint8Array(1), received() {}, ended() {}, closed() {} })
  connection.destroy()
}

function failureOf(error: unknown, isTls: boolean): unknown {
  if (!(error instanceof AllFailed)) return error
  const tls = error.failures.find(failure => failure instanceof NetworkError && failure.code === 'TLS')
  if (tls !== undefined) return tlsFailure(tls as NetworkError)
  const [first] = error.failures
  if (isTls && first instanceof NetworkError && first.code === 'RESET') {
    const hint = 'it may be that this port does not speak TLS (security.protocol)'
    return new NetworkError('RESET', `${first.message}; ${hint}`, { cause: first })
  }
  if (error.failures.length < 2 || !(first instanceof NetworkError)) return first
  const messages = [...new Set(error.failures.map(failure => (failure as Error).message))]
  return new NetworkError(first.code, messages.join('; '), { cause: first })
}

/** Waiting does not mend a certificate: what TLS finds wrong is not retriable, as in Kafka's own client. */
export function tlsFailure(error: NetworkError): KafkaError {
  return new KafkaError('AUTHENTICATION', `${error.message}. See the ssl.* keys.`, { cause: error })
}
