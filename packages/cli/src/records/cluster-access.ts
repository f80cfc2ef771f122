import type { ConfigTable } from '@samsa/base'
import type { Admin, Consumer, Producer } from '@samsa/client'
import type { Io } from '../command/command.ts'
import { clientEntries, readProperties } from '../connect.ts'
import { keyValuesOf } from '../console/key-values.ts'
import { checkHosts } from '../known-hosts.ts'
import type { AccessGiven } from './access-options.ts'

type Entries = Readonly<Record<string, string>>
type Client = typeof import('@samsa/client')

/** Opens clients of a cluster: each gets those of the given entries that it knows. */
export class ClusterAccess {
  readonly #client: Client
  readonly #server: string | undefined
  readonly #given: Entries
  readonly #io: Io

  private constructor(client: Client, server: string | undefined, given: Entries, io: Io) {
    this.#client = client
    this.#server = server
    this.#given = given
    this.#io = io
  }

  /** Says which entries no client knows. Throws `FailedError` when the file cannot be read or hosts do not exist. */
  static async of(given: AccessGiven, io: Io): Promise<ClusterAccess> {
    const file = given['command-config']
    const entries = {
      ...(file === undefined ? {} : readProperties(file, io)),
      ...keyValuesOf(given.property),
    }
    const client = await import('@samsa/client')
    const tables: ConfigTable[] = [client.consumerConfig, client.producerConfig, client.adminConfig]
    for (const key of Object.keys(entries)) {
      if (tables.every(table => table[key] === undefined))
        io.printError(`${key} is not a configuration key of clients: it is ignored.\n`)
    }
    const access = new ClusterAccess(client, given['bootstrap-server'], entries, io)
    await checkHosts(access.#entries(client.adminConfig, {}), io)
    return access
  }

  admin(): Admin {
    const { Admin, adminConfig } = this.#client
    return new Admin(this.#entries(adminConfig, {}), this.#io.outside)
  }

  /** @param byDefault what counts unless the entries say otherwise */
  consumer(byDefault: Entries): Consumer {
    const { Consumer, consumerConfig } = this.#client
    return new Consumer(this.#entries(consumerConfig, byDefault), this.#io.outside)
  }

  producer(byDefault: Entries): Producer {
    const { Producer, producerConfig } = this.#client
    return new Producer(this.#entries(producerConfig, byDefault), this.#io.outside)
  }

  #entries(table: ConfigTable, byDefault: Entries): Record<string, string> {
    const known = Object.entries(this.#given).filter(([key]) => table[key] !== undefined)
    const properties = { ...byDefault, ...Object.fromEntries(known) }
    return clientEntries({ bootstrapServer: this.#server, properties }, this.#io)
  }
}
