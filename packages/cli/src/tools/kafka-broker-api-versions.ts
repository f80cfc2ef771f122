import type { ApiVersionRange } from '@samsa/client'
import { exitCodes } from '../command/command.ts'
import { messageOf } from '../command/java-name.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'

/** `kafka-broker-api-versions`: the versions of every API that each broker speaks. */
export const kafkaBrokerApiVersions = kafkaTool({
  name: 'kafka-broker-api-versions',
  about: 'Show which versions of which APIs the brokers speak.',
  style: 'plain',
  options: connectionOptions,
  examples: [['kafka-broker-api-versions --bootstrap-server localhost:9092', 'Of all its brokers.']],
  async run(given, io) {
    const { apis } = await import('@samsa/protocol')
    const ours = new Map(apis.map(api => [api.key as number, api]))
    await using admin = await openAdmin(connectionOf(given), io)
    const { brokers } = await admin.describeCluster()
    const versions = await admin.describeApiVersions(brokers.map(({ id }) => id)).results()
    for (const { id, host, port, rack } of brokers) {
      const node = `${host}:${port} (id: ${id} rack: ${rack ?? 'null'} isFenced: false)`
      const error = versions.errorOf(id)
      const told = error === undefined ? versionsText(versions.get(id), ours) : `ERROR: ${messageOf(error)}`
      io.print(`${node} -> ${told}\n`)
    }
    return exitCodes.ok
  },
})

interface OwnApi {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

function versionsText(ranges: readonly ApiVersionRange[], ours: ReadonlyMap<number, OwnApi>): string {
  const told = new Map(ranges.map(range => [range.key, range]))
  const ofClients = [...ours.keys()].filter(key => !amongServers.has(key))
  const keys = [...new Set([...told.keys(), ...ofClients])].sort((a, b) => a - b)
  const lines = keys.map(key => `\t${lineOf(key, told.get(key), ours.get(key))}`)
  return `(\n${lines.join(',\n')}\n)`
}

function lineOf(key: number, told: ApiVersionRange | undefined, own: OwnApi | undefined): string {
  const name = `${own?.name ?? 'UNKNOWN'}(${key})`
  if (told === undefined) return `${name}: UNSUPPORTED`
  const { minVersion: min, maxVersion: max } = told
  const range = min === max ? `${min}` : `${min} to ${max}`
  if (own === undefined) return `${name}: ${range}`
  if (own.maxVersion < min) return `${name}: ${range} [unusable: node too new]`
  if (max < own.minVersion) return `${name}: ${range} [unusable: node too old]`
  return `${name}: ${range} [usable: ${Math.min(own.maxVersion, max)}]`
}

/** APIs that servers only use among themselves: that a broker lacks one is not told. */
const amongServers = new Set([4, 5, 6, 7, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82])
