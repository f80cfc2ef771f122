import { hostname } from 'node:os'
import type { Logger, Timer, World } from '@samsa/base'
import type { ImageDelta, MetadataImage } from '@samsa/cluster'
import { FilePool } from '@samsa/log'
import { type FrameLimits, type FrameListener, type FrameMemory, frameMemory, serveFrames } from '@samsa/net'
import { AdvertisedAddressHint } from './advertised-address-hint.ts'
import { clientConnection } from './client-connection.ts'
import { type ListenerConfig, listenersOf } from './config/listener-config.ts'
import { type ConfigTexts, LiveConfig } from './config/live-config.ts'
import { FetchMemory } from './fetch/fetch-memory.ts'
import { FetchSessions } from './fetch/fetch-sessions.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import { handlers } from './handlers/index.ts'
import { type ListenerEndpoint, Listeners } from './listeners.ts'
import { type Metadata, openMetadata } from './metadata/metadata.ts'
import { setStraysAside } from './metadata/stray-partitions.ts'
import { openDataDirectories } from './partitions/data-directories.ts'
import { LogDirectories } from './partitions/log-directories.ts'
import { Partitions } from './partitions/partitions.ts'
import { RequestRouter } from './request-router.ts'
import type { Services } from './services.ts'

/** What answers to Fetch may hold until they are sent, over all connections. */
const FETCH_MEMORY_BYTES = 128 * 1024 * 1024

export interface BrokerOptions {
  readonly world: World
  /** Configuration texts by key, already checked. */
  readonly config: ConfigTexts
  readonly logger: Logger
}

/** A running broker. */
export interface Broker {
  readonly nodeId: number
  readonly clusterId: string
  /** Where it answers. */
  readonly listeners: readonly ListenerEndpoint[]
  readonly dataDirectories: readonly string[]
  /**
   * Stops in order: takes no more connections, answers what is under way, makes everything durable, and marks the data
   * directories as cleanly closed. Calling it again waits for the same stop.
   */
  stop(): Promise<void>
}

/**
 * Starts a broker: it serves requests when the promise resolves.
 *
 * @throws DiskError when a data directory cannot be used, NetworkError when a listener cannot be bound
 */
export async function startBroker({ world, config: texts, logger }: BrokerOptions): Promise<Broker> {
  const stops: (() => Promise<void> | void)[] = []
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart()
  }
  try {
    return await start()
  } catch (error) {
    await stop()
    throw error
  }

  async function start(): Promise<Broker> {
    const config = new LiveConfig(texts)
    const nodeId = config.get('node.id')
    const data = openDataDirectories({ world, paths: dataPaths(config), nodeId })
    stops.push(() => data.close())
    const directories = await LogDirectories.open(world.disk, data.paths, logger)
    const files = new FilePool(world.disk)
    const metadata = await openMetadata({
      world,
      logger,
      nodeId,
      directory: data.paths[0] as string,
      clusterId: data.clusterId,
      found: directories.found(),
      files,
    })
    stops.push(() => metadata.close())
    setStraysAside(directories, metadata.image(), { ...world, logger })
    const clusterId = metadata.image().clusterId as string
    await data.adoptClusterId(clusterId)
    const partitions = new Partitions({ world, logger, config, directories, files })
    stops.push(() => partitions.close())
    follow(metadata, partitions, config, nodeId)

    const listeners = new Listeners()
    const fetchSessions = new FetchSessions({
      ...world,
      slots: () => config.get('max.incremental.fetch.session.cache.slots'),
    })
    const groups = new GroupCoordinator({ world, logger, config, metadata, partitions })
    const memory = frameMemory(budgetOf(config))
    const fetchMemory = new FetchMemory(memory.pool, FETCH_MEMORY_BYTES)
    const services: Services = {
      world,
      logger,
      config,
      listeners,
      metadata,
      partitions,
      groups,
      fetchSessions,
      fetchMemory,
    }

    const bound: FrameListener[] = []
    stops.push(async () => {
      // Whoever waits is answered first, so that closing the listeners waits for nobody.
      partitions.endWaiting()
      await groups.close()
      await Promise.all(bound.map(listener => listener.close()))
    })
    const router = new RequestRouter(services, handlers)
    for (const listener of listenersOf(config.values, hostname()).listeners) {
      bound.push(await listen(listener, router, memory, services))
    }
    await metadata.registerBroker(listeners.all.map(endpointOf), config.get('broker.rack'))
    stops.push(runPeriodically(services))
    let stopping: Promise<void> | undefined
    return {
      nodeId,
      clusterId,
      listeners: listeners.all,
      dataDirectories: data.paths,
      stop() {
        stopping ??= stop()
        return stopping
      },
    }
  }
}

const endpointOf = ({ name, advertised }: ListenerEndpoint) => ({ listener: name, ...advertised })

function dataPaths(config: LiveConfig): readonly string[] {
  return config.get('log.dirs') ?? config.get('log.dir')
}

/** Keeps what is hosted, and the configuration, as the metadata says. */
function follow(metadata: Metadata, partitions: Partitions, config: LiveConfig, nodeId: number): void {
  const changeConfig = (image: MetadataImage) =>
    config.change({ perBroker: image.brokerConfig(nodeId), clusterWide: image.brokerConfig('default') })
  const host = (image: MetadataImage, name: string) => {
    const topic = image.topic(name)
    if (topic === undefined) return
    const leaderEpochs = topic.partitions.map(({ leaderEpoch }) => leaderEpoch)
    partitions.host({ name, topicId: topic.topicId, leaderEpochs, overrides: image.topicConfig(name) })
  }
  const image = metadata.image()
  changeConfig(image)
  for (const topic of image.topics()) host(image, topic.name)

  metadata.onChange((image: MetadataImage, delta: ImageDelta) => {
    if (delta.configs.some(({ type }) => type === 'broker')) changeConfig(image)
    for (const { name, before, after } of delta.topics) {
      if (before !== undefined && before.topicId !== after?.topicId) partitions.drop(name)
      if (after !== undefined) host(image, name)
    }
    for (const { type, name } of delta.configs) if (type === 'topic') host(image, name)
  })
}

/** `queued.max.request.bytes` bounds what requests hold in memory together; -1 leaves it to the default. */
function budgetOf(config: LiveConfig): { budgetBytes?: number } {
  const bytes = config.get('queued.max.request.bytes')
  return bytes > 0 ? { budgetBytes: bytes } : {}
}

function frameLimits(config: LiveConfig): Partial<FrameLimits> {
  return {
    maxFrameBytes: config.get('socket.request.max.bytes'),
    maxConnections: config.get('max.connections'),
    maxConnectionsPerIp: config.get('max.connections.per.ip'),
    idleMs: config.get('connections.max.idle.ms'),
  }
}

/** Binds one listener and makes it known. */
async function listen(
  listener: ListenerConfig,
  router: RequestRouter,
  memory: FrameMemory,
  services: Services,
): Promise<FrameListener> {
  const { world, logger, config, listeners } = services
  const hint = new AdvertisedAddressHint(logger)
  const bound = await serveFrames({
    network: world.network,
    clock: world.clock,
    logger,
    listenerName: listener.name,
    address: listener.address,
    memory,
    limits: frameLimits(config),
    accept(connection) {
      if (!listener.isAdvertisedAsReached) hint.check(endpoint, connection.local)
      return router.connection(clientConnection(connection, listener.name))
    },
  })
  const { host } = listener.advertised
  const endpoint: ListenerEndpoint = {
    name: listener.name,
    securityProtocol: listener.securityProtocol,
    bound: bound.address,
    advertised: {
      host,
      port: listener.advertised.port === 0 ? bound.address.port : listener.advertised.port,
    },
    isAdvertisedAsReached: listener.isAdvertisedAsReached,
  }
  listeners.add(endpoint)
  return bound
}

/** What is done again and again beside the traffic. Returns how to stop it. */
function runPeriodically({ world, config, partitions, logger }: Services): () => void {
  const timers = new Set<Timer>()
  let isStopped = false
  const every = (delayMs: () => number, work: () => Promise<void>) => {
    const timer = world.clock.timer(delayMs(), () => {
      timers.delete(timer)
      void work()
        .catch(error => logger.error('Work in the background failed and is tried again later.', { error }))
        .finally(() => {
          if (!isStopped) every(delayMs, work)
        })
    })
    timers.add(timer)
  }
  every(
    () => config.get('log.flush.offset.checkpoint.interval.ms'),
    () => partitions.checkpoint(),
  )
  every(
    () => config.get('log.retention.check.interval.ms'),
    () => partitions.applyRetention(),
  )
  return () => {
    isStopped = true
    for (const timer of timers) timer.cancel()
  }
}
