import type { BrokerAddress } from '../connection/broker-address.ts'
import { KafkaError } from '../errors.ts'

/** Reads `bootstrap.servers`. Throws `KafkaError` INVALID_CONFIG that quotes the entry and says what is wrong. */
export function bootstrapAddresses(servers: readonly string[]): BrokerAddress[] {
  if (servers.length === 0) {
    throw new KafkaError('INVALID_CONFIG', "bootstrap.servers is not set: give a broker's host:port.")
  }
  return servers.map((server, at) => {
    const { host, port } = parseAddress(server)
    return { nodeId: -1 - at, host, port, rack: null, origin: 'bootstrap.servers' }
  })
}

// A listener's name may stand before the address, as in the broker's settings: PLAINTEXT://host:9092.
const address = /^(?:[A-Za-z][\w+.-]*:\/\/)?(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]]+)):(\d{1,5})$/

function parseAddress(text: string): { host: string; port: number } {
  const match = address.exec(text)
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65_535) {
    const hint = text.includes(':') ? 'The port is a number from 1 to 65535.' : `Did you mean '${text}:9092'?`
    throw new KafkaError('INVALID_CONFIG', `bootstrap.servers: '${text}' is not host:port. ${hint}`)
  }
  return { host: match[1] ?? match[2]!, port }
}
