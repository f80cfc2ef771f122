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
  /** The address of each name that answered last: it is tried first. */
  readonly #good = new Map<string, string>()

  /** Reads key and trust stores. Throws `KafkaError` INVALID_CONFIG. */
  constructor(clock: Clock, network: Network, config: ClientConfig) {
    this.#network = network
    this.#clock = clock
    this.#tls = tlsOptions(config)
  }

  /** Connects, TLS included. Throws `NetworkError`, or `KafkaError` AUTHENTICATION when TLS is what fails. */
  async connect({ host, port }: BrokerAddress, timeoutMs: number): Promise<Connection> {
    const tls = this.#tls === undefined ? {} : { tls: { ...this.#tls, serverName: host } }
    const addresses = await this.#addressesOf(host)
    try {
      return await firstOf(
        addresses,
        address => this.#connectTo(host, address, port, { timeoutMs, ...tls }),
        { clock: this.#clock, staggerMs: STAGGER_MS, discard: late => drop(late) },
      )
    } catch (error) {
      throw failureOf(error, this.#tls !== undefined)
    }
  }

  async #connectTo(
    name: string,
    host: string,
    port: number,
    options: { timeoutMs: number; tls?: TlsOptions },
  ): Promise<Connection> {
    const connection = await this.#network.connect({ host, port }, options)
    this.#good.set(name, host)
    return connection
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    if (this.#network.resolve === undefined) return [host]
    const found = [...new Set(await this.#network.resolve(host))]
    const good = this.#good.get(host)
    return good !== undefined && found.includes(good) ? [good, ...found.filter(one => one !== good)] : found
  }
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
