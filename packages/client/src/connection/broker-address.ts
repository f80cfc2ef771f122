import type { Address } from '@samsa/base'

/** Where a broker is, and who said so. */
export interface BrokerAddress extends Address {
  /** Negative for an address of `bootstrap.servers`, whose broker is not known yet. */
  readonly nodeId: number
  readonly rack: string | null
  /** 'bootstrap.servers', or the address of the broker that advertised this one. */
  readonly origin: string
}

/** `2 (kafka-2:9092)`, for messages. */
export function brokerName({ nodeId, host, port }: BrokerAddress): string {
  return nodeId < 0 ? `${host}:${port}` : `${nodeId} (${host}:${port})`
}
