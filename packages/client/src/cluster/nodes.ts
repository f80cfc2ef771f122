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
}

/** Requests under way on one connection. Who needs fewer, as a producer does, sends fewer. */
const MAX_IN_FLIGHT = 100

interface Node {
  readonly address: BrokerAddress
  readonly connections: Map<Purpose, BrokerConnection>
  /** Failed attempts to connect, in a row. */
  failures: number
  retryAtMs: number
}

/** The brokers a client talks to, their connections, and how often connecting failed lately. */
export class Nodes {
  readonly #options: NodesOptions
  #nodes = new Map<number, Node>()
  #isClosed = false

  constructor(options: NodesOptions) {
    this.#options = options
  }

  /** The nodes known from now on. Those gone are disconnected; one with a new address is connected to anew. */
  replace(addresses: readonly BrokerAddress[]): void {
    const nodes = new Map<number, Node>()
    for (const address of addresses) {
      const known = this.#nodes.get(address.nodeId)
      nodes.set(address.nodeId, known === undefined ? newNode(address) : renewed(known, address))
    }
    for (const [id, node] of this.#nodes) {
      const kept = nodes.get(id)
      if (kept === undefined || !isSamePlace(kept.address, node.address)) retire(node)
    }
    this.#nodes = nodes
  }

  /** Adds a node that somebody named, or moves it. */
  add(address: BrokerAddress): void {
    const known = this.#nodes.get(address.nodeId)
    if (known !== undefined && isSamePlace(known.address, address)) return
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
    for (const node of this.#nodes.values()) retire(node, new KafkaError('CLOSED'))
    this.#nodes.clear()
  }

  /** Open connections, for metrics. */
  get connectionCount(): number {
    let count = 0
    for (const { connections } of this.#nodes.values()) count += connections.size
    return count
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
      },
      onClosed: (error, wasReady) => {
        if (node.connections.get(purpose) === connection) node.connections.delete(purpose)
        this.#noteEnd(node, error, wasReady)
      },
      onRequest,
    })
    node.connections.set(purpose, connection)
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

function renewed(known: Node, address: BrokerAddress): Node {
  return isSamePlace(known.address, address) ? known : newNode(address)
}

function isSamePlace(a: BrokerAddress, b: BrokerAddress): boolean {
  return a.host === b.host && a.port === b.port
}

function retire(node: Node, error?: KafkaError): void {
  const reason =
    error ??
    new KafkaError(
      'DISCONNECTED',
      `broker ${brokerName(node.address)} is no longer part of the cluster, or moved`,
    )
  for (const connection of [...node.connections.values()]) connection.close(reason)
}

function rankOf(node: Node, now: number): number {
  const connection = node.connections.get('data')
  if (connection?.isReady) return 0
  if (node.retryAtMs > now) return 3
  return connection === undefined ? 2 : 1
}
