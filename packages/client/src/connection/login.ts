import type { BrokerVersions } from './api-versions.ts'
import type { BrokerAddress } from './broker-address.ts'
import type { RawChannel } from './handshake.ts'

/**
 * Logs in at a broker. Returns after how many milliseconds to do it again; infinity for never. Throws `KafkaError`
 * AUTHENTICATION.
 */
export type Login = (channel: RawChannel, versions: BrokerVersions, address: BrokerAddress) => Promise<number>
