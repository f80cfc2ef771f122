import type { ConfigTable } from '@samsa/base'
import type { Io } from '../command/command.ts'
import { readProperties } from '../connect.ts'

/** A client's configuration as Kafka's tools are given it. */
export interface ClientInput {
  /** A properties file. */
  readonly configFile: string | undefined
  /** `key=value`, which win over the file's. */
  readonly properties: Readonly<Record<string, string>>
}

/** What the file and the properties say, without keys that the client has not: files are shared by many programs. */
export function givenEntries(
  { configFile, properties }: ClientInput,
  table: ConfigTable,
  io: Io,
): Record<string, string> {
  const all = { ...(configFile === undefined ? {} : readProperties(configFile, io)), ...properties }
  const known: Record<string, string> = {}
  for (const [key, value] of Object.entries(all)) {
    if (table[key] !== undefined) known[key] = value
    else io.printError(`${key} is not a configuration key of this client: it is ignored.\n`)
  }
  return known
}
