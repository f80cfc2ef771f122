import { type Api, DescribeCluster } from '@samsa/protocol'
import { type Broker, Cluster, type RetryOptions, type SendOptions, type Target } from '../cluster/index.ts'
import type { ClientConfig } from '../config/client-config.ts'
import type { RequestInput } from '../connection/broker-connection.ts'
import { KafkaError, throwIfError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import type { AdminCluster } from './context.ts'

/**
 * The controllers of a cluster, without its brokers (KIP-919). Controllers know no topics and give no Metadata: they are
 * asked about each other by DescribeCluster, and whatever is not meant for a certain node goes to the active one.
 */
export class ControllerCluster implements AdminCluster {
  readonly #config: ClientConfig
  readonly #outside: Outside
  /** Reaches any of the addresses that were given. */
  readonly #entry: Cluster
  /** One for each controller that was talked to, by its address. */
  readonly #clusters = new Map<string, Cluster>()
  #controllers: readonly Broker[] = []
  #activeId: number | undefined
  #isClosed = false

  constructor(config: ClientConfig, controllers: readonly string[], outside: Outside) {
    this.#config = config
    this.#outside = outside
    this.#entry = this.#clusterAt(controllers)
  }

  get clock() {
    return this.#entry.clock
  }

  readonly metadata = {
    brokers: () => this.#controllers,
    refresh: () => this.#refresh(),
  }

  async send<A extends Api>(api: A, target: Target, request: RequestInput<A>, options: SendOptions = {}) {
    if (this.#activeId === undefined) await this.#refresh()
    const cluster = this.#clusterOf(typeof target === 'number' ? target : this.#activeId)
    if ((await cluster.versionsOf('any', api)) === undefined) {
      const message = `Controllers do not answer ${api.name}: ask brokers (bootstrap.servers).`
      throw new KafkaError('UNSUPPORTED_ENDPOINT_TYPE', message)
    }
    return cluster.send(api, 'any', request, options)
  }

  async retry<T>(
    what: string,
    deadlineMs: number,
    work: (attempt: number) => Promise<T>,
    options: RetryOptions = {},
  ): Promise<T> {
    const attempt = async (count: number) => {
      // What failed may have failed because another controller is the active one now.
      if (count > 1) this.#activeId = undefined
      return work(count).catch(error => {
        throw error instanceof KafkaError && error.retry === 'refresh' ? again(error) : error
      })
    }
    return this.#entry.retry(what, deadlineMs, attempt, options)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([this.#entry, ...this.#clusters.values()].map(cluster => cluster.close()))
  }

  async #refresh(): Promise<void> {
    const request = { includeClusterAuthorizedOperations: false, endpointType: 2 }
    const answer = await this.#entry.send(DescribeCluster, 'any', request, { minVersion: 1 })
    throwIfError(answer.errorCode, answer.errorMessage)
    this.#controllers = answer.brokers.map(({ brokerId, host, port, rack }) => {
      return { nodeId: brokerId, host, port, rack }
    })
    this.#activeId = answer.controllerId < 0 ? undefined : answer.controllerId
  }

  #clusterOf(id: number | undefined): Cluster {
    if (this.#isClosed) throw new KafkaError('CLOSED')
    const controller = this.#controllers.find(({ nodeId }) => nodeId === id)
    if (controller === undefined) {
      const message = id === undefined ? 'No controller is active now.' : `There is no controller ${id} now.`
      throw new KafkaError('BROKER_NOT_AVAILABLE', message, { retry: 'refresh' })
    }
    const address = `${controller.host}:${controller.port}`
    const known = this.#clusters.get(address)
    if (known !== undefined) return known
    const cluster = this.#clusterAt([address])
    this.#clusters.set(address, cluster)
    return cluster
  }

  #clusterAt(addresses: readonly string[]): Cluster {
    const config = { ...this.#config, 'bootstrap.servers': addresses }
    return new Cluster(config, this.#outside, { role: 'admin-client' })
  }
}

/** Without asking for metadata first, which controllers do not have. */
function again(error: KafkaError): KafkaError {
  const message = error.message.replace(/^[A-Z_]+: /, '')
  const { broker } = error
  return new KafkaError(error.code, message, { retry: 'again', cause: error, ...(broker && { broker }) })
}
