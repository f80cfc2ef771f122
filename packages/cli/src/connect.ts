import { resolve } from 'node:path'
import { PropertiesError, parseProperties } from '@samsa/base'
import type { Admin } from '@samsa/client'
import { FailedError, type Io } from './command/command.ts'

/** How a command was told to reach its cluster. */
export interface ConnectionInput {
  /** Brokers to ask first. */
  readonly bootstrapServer?: string | undefined
  /** Controllers to ask instead of brokers. */
  readonly bootstrapController?: string | undefined
  /** A properties file with more of the client's configuration. */
  readonly configFile?: string | undefined
  /** The file is a server's, with much that no client knows. */
  readonly isServersFile?: boolean
  /** Where an old command line says that ZooKeeper is. */
  readonly zookeeper?: string | undefined
  /** Further entries, which win over the file's. */
  readonly properties?: Readonly<Record<string, string>>
}

const DEFAULT_SERVER = '127.0.0.1:9092'

/**
 * The client's configuration by Kafka's keys: what the file says, then the given properties, then the address. There is no
 * ZooKeeper: its place is taken by SAMSA_BOOTSTRAP_SERVER or port 9092 of the same host, and a line says so.
 */
export function clientEntries(input: ConnectionInput, io: Io): Record<string, string> {
  const file = input.configFile === undefined ? {} : readProperties(input.configFile, io)
  if (input.bootstrapController !== undefined) {
    const { 'bootstrap.servers': _, ...rest } = { ...file, ...input.properties }
    return { ...rest, 'bootstrap.controllers': input.bootstrapController }
  }
  const stated = input.properties?.['bootstrap.servers'] ?? file['bootstrap.servers']
  const server = input.bootstrapServer ?? stated ?? serverInsteadOf(input.zookeeper, io)
  return { ...file, ...input.properties, 'bootstrap.servers': server }
}

/**
 * An Admin that the command closes: `await using admin = await openAdmin(…)`. What only producers or consumers know in a
 * file for all kinds of clients is left out, with a line that says so. Throws `FailedError` for hosts that do not exist.
 */
export async function openAdmin(input: ConnectionInput, io: Io): Promise<Admin> {
  const given = clientEntries(input, io)
  const entries = Object.entries(given)
  const [{ Admin, adminConfig }, { checkHosts }] = await Promise.all([
    import('@samsa/client'),
    import('./known-hosts.ts'),
  ])
  await checkHosts(given, io)
  const unknown = entries.map(([key]) => key).filter(key => !Object.hasOwn(adminConfig, key))
  if (unknown.length > 0 && input.isServersFile !== true)
    io.printError(`${input.configFile ?? 'configuration'}: of no use here: ${unknown.join(', ')}.\n`)
  return new Admin(Object.fromEntries(entries.filter(([key]) => !unknown.includes(key))), io.outside)
}

/** The entries of a properties file. Throws `FailedError` when it cannot be read. */
export function readProperties(path: string, io: Io): Record<string, string> {
  try {
    const entries = parseProperties(io.readFile(resolve(io.directory, path)), path)
    return Object.fromEntries(entries.map(({ key, text }) => [key, text]))
  } catch (error) {
    if (error instanceof PropertiesError) throw new FailedError(error.message)
    throw new FailedError(`The properties file ${path} cannot be read: ${(error as Error).message}.`)
  }
}

function serverInsteadOf(zookeeper: string | undefined, io: Io): string {
  const fromEnvironment = io.environment.SAMSA_BOOTSTRAP_SERVER
  if (zookeeper === undefined) return fromEnvironment ?? DEFAULT_SERVER
  const hosts = zookeeper.replace(/\/.*$/, '').split(',')
  const server = fromEnvironment ?? hosts.map(host => `${host.replace(/:\d+$/, '')}:9092`).join(',')
  io.printError(`--zookeeper: there is no ZooKeeper any more; asking the brokers at ${server} instead.\n`)
  return server
}
