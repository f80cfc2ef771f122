import type * as Os from 'node:os'
import { type Logger, type World, builtin } from '@samsa/base'
import type { CreatedTopic, NewTopic } from '@samsa/cluster'
import { FilePool } from '@samsa/log'
import { type FrameListener, type FrameMemory, frameMemory } from '@samsa/net'
import type { Api } from '@samsa/protocol'
import { listenersOf } from './config/listener-config.ts'
import { type ConfigTexts, LiveConfig } from './config/live-config.ts'
import { ConnectionLimits } from './connection-limits.ts'
import { FetchMemory } from './fetch/fetch-memory.ts'
import { FetchSessions } from './fetch/fetch-sessions.ts'
import { followMetadata, takeConfig } from './follow-metadata.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import type { Handler } from './handler.ts'
import { handlers } from './handlers/index.ts'
import { listen } from './listen.ts'
import { type ListenerEndpoint, Listeners } from './listeners.ts'
import { type Metadata, openMetadata } from './metadata/metadata.ts'
import { raiseLeaderEpochs } from './metadata/raise-leader-epochs.ts'
import { setStraysAside } from './metadata/stray-partitions.ts'
import { type DataDirectories, openDataDirectories } from './partitions/data-directories.ts'
import { LogDirectories } from './partitions/log-directories.ts'
import { Partitions } from './partitions/partitions.ts'
import { startPeriodicWork } from './periodic-work.ts'
import { RequestRouter } from './request-router.ts'
import type { Services } from './services.ts'
import { createTopics } from './topics/create-topics.ts'

const os = builtin<typeof Os>('node:os')

/** What answers to Fetch may hold until they are sent, over all connections. */
const FETCH_MEMORY_BYTES = 128 * 1024 * 1024

export interface BrokerOptions {
  readonly world: World
  /** Configuration texts by key, already checked. */
  readonly config: ConfigTexts
  readonly logger: Logger
  /** Puts something in front of each handler: faults, in a broker that is embedded in a test. */
  readonly wrapHandler?: (handler: Handler<Api>) => Handler<Api>
}

/** A running broker. */
export interface Broker {
  readonly nodeId: number
  readonly clusterId: string
  /** Where it answers. */
  readonly listeners: readonly ListenerEndpoint[]
  readonly dataDirectories: readonly string[]
  /** Creates topics as CreateTopics does, for who runs the broker; what is refused is said in the answer, one a name. */
  createTopics(topics: readonly NewTopic[]): Promise<CreatedTopic[]>
  /** Removes now what the topics' settings no longer keep, which is otherwise looked for every few minutes. */
  applyRetention(): Promise<void>
  /** Compacts every compacted topic now, however little of it is new; how many logs were compacted. */
  compact(): Promise<number>
  /**
   * Stops in order: takes no more connections, answers what is under way, makes everything durable, and marks the data
   * directories as cleanly closed. Calling it again waits for the same stop.
   */
  stop(): Promise<void>
}

/**
 * Starts a broker: it serves requests when the promise resolves.
 *
 * @throws DataDirectoryError or DiskError when a data directory cannot be used, NetworkError when a listener cannot be
 *   bound
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const shutdown = new Shutdown()
  try {
    return await compose(options, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

/** What has to be closed, in the reverse of the order it was opened. */
class Shutdown {
  readonly #steps: (() => Promise<void> | void)[] = []
  #running: Promise<void> | undefined

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step)
  }

  /** Closes everything; calling it again waits for the same end. */
  run(): Promise<void> {
    this.#running ??= this.#runSteps()
    return this.#running
  }

  async #runSteps(): Promise<void> {
    for (const step of this.#steps.reverse()) await step()
  }
}

async function compose(options: BrokerOptions, shutdown: Shutdown): Promise<Broker> {
  const { world, config: texts, logger } = options
  const config = new LiveConfig(texts)
  const nodeId = config.get('node.id')
  const data = openDataDirectories({ world, paths: dataPaths(config), nodeId })
  shutdown.add(() => data.close())
  const { metadata, partitions } = await openStorage({ world, logger }, config, data, shutdown)
  const groups = new GroupCoordinator({ world, logger, config, metadata, partitions })
  const memory = frameMemory(budgetOf(config))
  const services: Services = {
    world,
    logger,
    config,
    listeners: new Listeners(),
    metadata,
    partitions,
    groups,
    fetchSessions: new FetchSessions({
      ...world,
      slots: () => config.get('max.incremental.fetch.session.cache.slots'),
    }),
    fetchMemory: new FetchMemory(memory.pool, FETCH_MEMORY_BYTES),
  }
  await openListeners(services, handlersOf(options), memory, shutdown)
  shutdown.add(startPeriodicWork(services))
  return {
    nodeId,
    clusterId: metadata.image().clusterId as string,
    listeners: services.listeners.all,
    dataDirectories: data.paths,
    createTopics: topics => createTopics(topics, services),
    applyRetention: () => partitions.applyRetention(),
    compact: () => partitions.compact(),
    stop: () => shutdown.run(),
  }
}

function handlersOf({ wrapHandler }: BrokerOptions): readonly Handler<Api>[] {
  return wrapHandler === undefined ? handlers : handlers.map(wrapHandler)
}

function dataPaths(config: LiveConfig): readonly string[] {
  return config.get('log.dirs') ?? config.get('log.dir')
}

/** Opens what the broker remembers: the metadata first, then the logs it tells of. */
async function openStorage(
  { world, logger }: Pick<BrokerOptions, 'world' | 'logger'>,
  config: LiveConfig,
  data: DataDirectories,
  shutdown: Shutdown,
): Promise<{ metadata: Metadata; partitions: Partitions }> {
  const nodeId = config.get('node.id')
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
  shutdown.add(() => metadata.close())
  await setStraysAside(directories, metadata.image(), { ...world, logger })
  await data.adoptClusterId(metadata.image().clusterId as string)
  takeConfig(metadata.image(), config, nodeId)
  await raiseLeaderEpochs(metadata, directories, config, logger)
  const partitions = new Partitions({ world, logger, config, directories, files })
  shutdown.add(() => partitions.close())
  followMetadata(metadata, partitions, config, nodeId)
  return { metadata, partitions }
}

/** Binds every listener, and makes the broker known by them. */
async function openListeners(
  services: Services,
  handlers: readonly Handler<Api>[],
  memory: FrameMemory,
  shutdown: Shutdown,
): Promise<void> {
  const { config, groups, listeners, metadata, partitions } = services
  const bound: FrameListener[] = []
  shutdown.add(async () => {
    // Whoever waits is answered first, so that closing the listeners waits for nobody.
    partitions.endWaiting()
    await groups.close()
    await Promise.all(bound.map(listener => listener.close()))
  })
  const router = new RequestRouter(services, handlers)
  const { network } = services.world
  const resolve = async (host: string) => (await network.resolve?.(host)) ?? [host]
  const limits = new ConnectionLimits({
    config,
    resolve,
    logger: services.logger,
    clock: services.world.clock,
  })
  await limits.refresh()
  for (const listener of listenersOf(config.values, () => os().hostname()).listeners) {
    bound.push(await listen(listener, router, memory, limits, services))
  }
  const endpoints = listeners.all.map(({ name, advertised }) => ({ listener: name, ...advertised }))
  try {
    await metadata.registerBroker(endpoints, config.get('broker.rack'))
  } catch (error) {
    router.refuse(new Error('the broker could not make itself known', { cause: error }))
    throw error
  }
  // Not before: a client that was quick would be told that there is no broker.
  router.open()
}

/** `queued.max.request.bytes` bounds what requests hold in memory together; -1 leaves it to the default. */
function budgetOf(config: LiveConfig): { budgetBytes?: number } {
  const bytes = config.get('queued.max.request.bytes')
  return bytes > 0 ? { budgetBytes: bytes } : {}
}
