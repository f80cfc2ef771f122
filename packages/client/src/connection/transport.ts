import type { Connection, Network } from '@samsa/base'
import type { ClientConfig } from '../config/client-config.ts'
import type { BrokerAddress } from './broker-address.ts'

/** Opens connections as the configuration wants them: with or without TLS, to which of a name's addresses. */
export class Transport {
  readonly #network: Network

  constructor(network: Network, _config: ClientConfig) {
    this.#network = network
  }

  connect(address: BrokerAddress, options: { timeoutMs: number }): Promise<Connection> {
    return this.#network.connect({ host: address.host, port: address.port }, { timeoutMs: options.timeoutMs })
  }
}
