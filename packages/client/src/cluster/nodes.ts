import type { Clock, Logger, Random } from '@samsa/base'
import type { ClientConfig } from '../config/client-config.ts'
import { type BrokerAddress, brokerName } from '../connection/broker-address.ts'
import { BrokerConnection } from '../connection/broker-connection.ts'
import type { Login } from '../connection/login.ts'
import type { Transport } from '../connection/transport.ts'
import { KafkaError } from '../errors.ts'
import type { RequestMeasurement } from '../telemetry/telemetry.ts'
import { backOffMs } from './back-off.ts'

/** What a connection is for: what may wait long at the broker must not hold up the rest. */
export type Purpose = 'data' | 'coordinator' | 'fetch'

export interface NodesOptions {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly config: ClientConfig
  readonly transport: Transport
  readonly login: Login | undefined
  readonly onRequest: (measurement: RequestMeasurement) => void
  readonly onReady: () => void
  readonly onClosed: (error: KafkaError, wasReady: boolean) => void
}

/** Requests under way on one connection. Who needs fewer, as a producer does, sends fewer. */
const MAX_IN_FLIGHT = 100

interface Node {
  address: BrokerAddress
  readonly connections: Map<Purpose, BrokerConnection>
  /** Failed attempts to connect, in a row. */
  failures: number
  retryAtMs: number
}

/** The brokers a client talks to, their connections, and how often connecting failed lately. */
export class Nodes {
  readonly #options: NodesOptions
  #nodes = new Map<number, Node>()
  /** All that are open, those of nodes that are gone included. */
  readonly #connections = new Set<BrokerConnection>()
  #generation = 0
  #isClosed = false

  constructor(options: NodesOptions) {
    this.#options = options
  }

  /**
   * The nodes known from now on. Those gone are disconnected once their requests are answered, one that moved is
   * connected to anew, and a bootstrap server that turns out to be one of them keeps its connections.
   */
  replace(addresses: readonly BrokerAddress[]): void {
    const before = this.#nodes
    this.#nodes = new Map()
    const left = new Set(before.values())
    for (const address of addresses) {
      const known = before.get(address.nodeId)
      const node = isNodeAt(known, address) ? known! : bootstrapNodeAt(left, address)
      if (node !== undefined) left.delete(node)
      this.#nodes.set(address.nodeId, node === undefined ? newNode(address) : renamed(node, address))
    }
    if (left.size > 0) this.#generation++
    for (const node of left) retire(node)
  }

  /** Changes when nodes go. */
  get generation(): number {
    return this.#generation
  }

  /** Whether these are brokers by their ids, and not the bootstrap servers. */
  get knowsCluster(): boolean {
    for (const nodeId of this.#nodes.keys()) if (nodeId >= 0) return true
    return false
  }

  /** Adds a node that somebody named, or moves it. */
  add(address: BrokerAddress): void {
    const known = this.#nodes.get(address.nodeId)
    if (isNodeAt(known, address)) return
    if (known !== undefined) retire(known)
    this.#nodes.set(address.nodeId, newNode(address))
  }

  has(nodeId: number): boolean {
    return this.#nodes.has(nodeId)
  }

  address(nodeId: number): BrokerAddress | undefined {
    return this.#nodes.get(nodeId)?.address
  }

  /** The connection to a node for a purpose, opened when it is not. Throws `KafkaError` CLOSED or for an unknown node. */
  connection(nodeId: number, purpose: Purpose): BrokerConnection {
    if (this.#isClosed) throw new KafkaError('CLOSED')
    const node = this.#nodes.get(nodeId)
    if (node === undefined) {
      throw new KafkaError('BROKER_NOT_AVAILABLE', `no broker has the id ${nodeId} now`, { retry: 'refresh' })
    }
    const open = node.connections.get(purpose)
    return open ?? this.#open(node, purpose)
  }

  /** Node ids, those first that will probably answer soonest. */
  byPreference(): number[] {
    const now = this.#options.clock.monotonicMs()
    const ranked = [...this.#nodes.values()].map(node => ({
      id: node.address.nodeId,
      rank: rankOf(node, now),
      load: node.connections.get('data')?.load ?? 0,
      chance: this.#options.random.integer(1 << 20),
    }))
    ranked.sort((a, b) => a.rank - b.rank || a.load - b.load || a.chance - b.chance)
    return ranked.map(({ id }) => id)
  }

  close(): void {
    this.#isClosed = true
    for (const connection of [...this.#connections]) connection.close(new KafkaError('CLOSED'))
    this.#nodes.clear()
  }

  /** Open connections, for metrics. */
  get connectionCount(): number {
    return this.#connections.size
  }

  #open(node: Node, purpose: Purpose): BrokerConnection {
    const { clock, logger, config, transport, login, onRequest } = this.#options
    const { address } = node
    const connection = new BrokerConnection({
      clock,
      logger,
      address,
      clientId: config['client.id'],
      requestTimeoutMs: config['request.timeout.ms'],
      idleMs: config['connections.max.idle.ms'],
      maxInFlight: MAX_IN_FLIGHT,
      delayMs: Math.max(0, node.retryAtMs - clock.monotonicMs()),
      connect: () => transport.connect(address, this.#setupTimeoutMs(node)),
      login,
      onReady: () => {
        node.failures = 0
        node.retryAtMs = 0
        this.#options.onReady()
      },
      onClosed: (error, wasReady) => {
        this.#connections.delete(connection)
        if (node.connections.get(purpose) === connection) node.connections.delete(purpose)
        this.#noteEnd(node, error, wasReady)
        this.#options.onClosed(error, wasReady)
      },
      onRequest,
    })
    node.connections.set(purpose, connection)
    this.#connections.add(connection)
    return connection
  }

  #noteEnd(node: Node, error: KafkaError, wasReady: boolean): void {
    if (error.code === 'CLOSED') return
    const { clock, config, random, logger } = this.#options
    const pause = { initialMs: config['reconnect.backoff.ms'], maxMs: config['reconnect.backoff.max.ms'] }
    node.failures = wasReady ? 1 : node.failures + 1
    node.retryAtMs = clock.monotonicMs() + backOffMs(pause, node.failures, random)
    if (!wasReady) logger.warn(error.message, { broker: brokerName(node.address) })
    else logger.debug(error.message, { broker: brokerName(node.address) })
  }

  /** KIP-601: the time to wait for a connection grows with failures in a row. */
  #setupTimeoutMs(node: Node): number {
    const { config, random } = this.#options
    const initialMs = config['socket.connection.setup.timeout.ms']
    const maxMs = config['socket.connection.setup.timeout.max.ms']
    return backOffMs({ initialMs, maxMs }, node.failures + 1, random)
  }
}

function newNode(address: BrokerAddress): Node {
  return { address, connections: new Map(), failures: 0, retryAtMs: 0 }
}

function renamed(node: Node, address: BrokerAddress): Node {
  node.address = address
  for (const connection of node.connections.values()) connection.rename(address)
  return node
}

function isNodeAt(node: Node | undefined, { host, port }: BrokerAddress): boolean {
  return node?.address.host === host && node.address.port === port
}

/** Only a bootstrap server may be somebody else: another id at the same place is a broker that was replaced. */
function bootstrapNodeAt(nodes: Iterable<Node>, address: BrokerAddress): Node | undefined {
  for (const node of nodes) {
    if (node.address.nodeId < 0 && isNodeAt(node, address)) return node
  }
  return undefined
}

function retire({ address, connections }: Node): void {
  const message = `broker ${brokerName(address)} is no longer part of the cluster, or moved`
  for (const connection of [...connections.values()])
    connection.retire(new KafkaError('DISCONNECTED', message))
}

function rankOf(node: Node, now: number): number {
  const connection = node.connections.get('data')
  if (connection?.isReady) return 0
  if (node.retryAtMs > now) return 3
  return connection === undefined ? 2 : 1
}
