import { type Logger, type World, defaultsOf, randomUuid } from '@samsa/base'
import {
  type AdoptedTopic,
  type BrokerEndpoint,
  type ConfigResource,
  type Decision,
  EmbeddedMetadataStore,
  type FoundTopic,
  ImageFollower,
  type ImageListener,
  METADATA_TOPIC,
  type MetadataImage,
  type MetadataStore,
  type Outcome,
  StoreError,
  decideAdoptTopics,
  decideClusterId,
  decideImportConfigs,
  decideRegisterBroker,
  decideReserveProducerIds,
  isInternalTopic,
} from '@samsa/cluster'
import { type FilePool, type LogConfig, openLog, partitionDirectoryName, topicConfig } from '@samsa/log'
import { type FoundPartition, findTopics } from './found-topics.ts'
import { type KafkaMetadata, readKafkaMetadata } from './kafka-metadata.ts'
import { LogJournal } from './log-journal.ts'
import { ProducerIds } from './producer-ids.ts'

/** Where Apache Kafka keeps its own metadata. */
const KAFKA_METADATA_DIRECTORY = '__cluster_metadata-0'

export interface MetadataOptions {
  readonly world: World
  readonly logger: Logger
  /** The data directory that holds the journal, in a directory of its own. */
  readonly directory: string
  readonly nodeId: number
  /** The cluster the data directories belong to, when they say so. */
  readonly clusterId?: string | undefined
  /** Partitions on disk, to be adopted at the first start. */
  readonly found?: Iterable<FoundPartition>
  readonly files?: FilePool
  /** How far the journal grows before it is rewritten; the store's default unless a test asks for less. */
  readonly rewriteAfterBytes?: number
}

/** What the broker knows of the cluster, and the only way to change it. */
export class Metadata {
  readonly store: MetadataStore
  readonly producerIds: ProducerIds
  readonly #follower: ImageFollower
  readonly #nodeId: number
  readonly #logger: Logger
  #lease: string | undefined

  constructor(store: MetadataStore, follower: ImageFollower, nodeId: number, logger: Logger) {
    this.store = store
    this.producerIds = new ProducerIds(follower, nodeId)
    this.#follower = follower
    this.#nodeId = nodeId
    this.#logger = logger
  }

  /** The newest image. It never changes: hold it to read one consistent state. */
  image(): MetadataImage {
    return this.#follower.image
  }

  /** The broker that decides about metadata: with the embedded store this one. */
  get controllerId(): number {
    return this.#nodeId
  }

  /** Calls `listener` after each change. Returns how to stop. */
  onChange(listener: ImageListener): () => void {
    return this.#follower.onChange(listener)
  }

  /**
   * Makes a decision and its changes; resolves with its answer once they are durable and the image shows them.
   * `decide` may be called again with a newer image, so it must depend on nothing else.
   *
   * @throws StoreError when the store fails
   */
  submit<Response>(decide: (image: MetadataImage) => Decision<Response>): Promise<Response> {
    return this.#follower.submit(decide)
  }

  /**
   * `submit` for the items of a request: when the store fails, every item is answered with what `refuse` makes of it.
   */
  async submitItems<Item>(
    decide: (image: MetadataImage) => Decision<Item[]>,
    refuse: (outcome: Outcome) => Item[],
  ): Promise<Item[]> {
    try {
      return await this.submit(decide)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#logger.error('A change of the metadata was refused.', { error })
      return refuse({ error: 'KAFKA_STORAGE_ERROR', message: error.message })
    }
  }

  /** Makes this broker known, with what clients of each listener are to connect to. */
  async registerBroker(endpoints: readonly BrokerEndpoint[], rack: string | null): Promise<void> {
    await this.unregisterBroker()
    // The embedded store lives and dies with this process, and its leases with it: none has to run out.
    this.#lease = await this.store.grantLease(Number.MAX_SAFE_INTEGER)
    const lease = this.#lease
    const broker = { endpoints, rack, fenced: false }
    await this.submit(image => decideRegisterBroker(image, this.#nodeId, broker, lease))
  }

  async unregisterBroker(): Promise<void> {
    if (this.#lease === undefined) return
    const lease = this.#lease
    this.#lease = undefined
    await this.store.revokeLease(lease)
  }

  /** Closes the store; calls that wait are refused. */
  async close(): Promise<void> {
    this.#follower.close()
    await this.store.close()
  }
}

/**
 * Opens the embedded metadata store on its journal. At the first start it gives the cluster an id and adopts the topics
 * found on disk.
 *
 * @throws DiskError when the journal cannot be read or written, MalformedError when it holds something else
 */
export async function openMetadata(options: MetadataOptions): Promise<Metadata> {
  const { world, logger, nodeId } = options
  const journal = openJournal(options)
  const store = new EmbeddedMetadataStore({
    journal,
    clock: world.clock,
    ...(options.rewriteAfterBytes !== undefined && { rewriteAfterBytes: options.rewriteAfterBytes }),
  })
  const failed = (error: Error) =>
    logger.error(
      'The metadata stops: topics and configurations cannot change until the broker is restarted.',
      { error },
    )
  const follower = await ImageFollower.open({ store, failed })
  const metadata = new Metadata(store, follower, nodeId, logger)
  const isFirstStart = metadata.image().clusterId === undefined
  if (isFirstStart) await adopt(metadata, options)
  await metadata.submit(image => decideClusterId(image, options.clusterId, world.random))
  return metadata
}

function openJournal({ world, logger, directory, files }: MetadataOptions): LogJournal {
  const { disk, clock, random } = world
  const log = openLog({
    disk,
    clock,
    random,
    logger,
    directory: `${directory}/${partitionDirectoryName(METADATA_TOPIC, 0)}`,
    topic: METADATA_TOPIC,
    partition: 0,
    config: journalConfig,
    // It is read whole at every start anyway: so it is also checked whole, and needs no checkpoint.
    wasClean: false,
    recoveryPoint: 0,
    startOffset: 0,
    ...(files !== undefined && { files }),
  })
  return new LogJournal(log, clock)
}

/** The journal is cut by its owner only, and holds batches of any size. */
const journalConfig: LogConfig = {
  ...defaultsOf(topicConfig),
  'cleanup.policy': ['delete'],
  'retention.ms': -1,
  'retention.bytes': -1,
  'max.message.bytes': 2_147_483_647,
  'file.delete.delay.ms': 0,
}

/**
 * At the first start in a data directory that has topics already, takes them in. If Apache Kafka left it, its metadata is
 * read too: the topics' configurations, those of brokers and groups, and how far producer ids were used.
 *
 * Never later: what is then on disk and unknown here is left over from a deleted topic, which must not come back.
 */
async function adopt(metadata: Metadata, options: MetadataOptions): Promise<void> {
  const { world, logger, nodeId, directory } = options
  const kafkaDirectory = `${directory}/${KAFKA_METADATA_DIRECTORY}`
  const kafka = world.disk.exists(kafkaDirectory) ? readKafkaMetadata(world.disk, kafkaDirectory) : undefined
  const topics = findTopics(world.disk, logger, options.found ?? [], idsOf(kafka, options))
  const found = kafka === undefined ? topics.map(withoutLosses) : topics
  if (found.length > 0) tell(logger, await metadata.submit(image => decideAdoptTopics(image, found, nodeId)))
  if (kafka === undefined) {
    if (found.length > 0) logger.warn(CONFIGURATIONS_ARE_GONE)
    return
  }
  const configs = kafka.configs.filter(({ resource }) => isConfigured(resource, kafka, metadata.image()))
  await metadata.submit(image => decideImportConfigs(image, configs))
  await metadata.submit(image => decideReserveProducerIds(image, kafka.nextProducerId))
  logger.info(`Took over the configurations and producer ids that Apache Kafka left in ${kafkaDirectory}.`)
}

/**
 * Ids for topics whose partitions do not say theirs: what Kafka's metadata says, or where Kafka kept none beside its
 * data, as before KRaft, new ones.
 */
function idsOf(kafka: KafkaMetadata | undefined, { world, clusterId }: MetadataOptions) {
  if (kafka === undefined) return () => (clusterId === undefined ? undefined : randomUuid(world.random))
  const byName = new Map(Array.from(kafka.topics, ([topicId, name]) => [name, topicId]))
  return (name: string) => byName.get(name)
}

const CONFIGURATIONS_ARE_GONE =
  'The configurations of the adopted topics are not in the data directories (ZooKeeper had them): what is there is kept, whatever its age, until kafka-configs says otherwise. Set cleanup.policy where a topic is compacted; then delete the overrides retention.ms and retention.bytes.'

/**
 * A topic whose configuration is not known may be one that keeps the last record of each key for ever: the retention of
 * other topics must not delete its records before somebody says what it is.
 */
function withoutLosses(topic: FoundTopic): FoundTopic {
  const configs: Readonly<Record<string, string>> = isInternalTopic(topic.name)
    ? { 'cleanup.policy': 'compact' }
    : { 'retention.ms': '-1', 'retention.bytes': '-1' }
  return { ...topic, configs }
}

/** A topic's configuration is taken over with the topic itself, not with another one of its name. */
function isConfigured(resource: ConfigResource, kafka: KafkaMetadata, image: MetadataImage): boolean {
  if (resource.type !== 'topic') return true
  const topic = image.topic(resource.name)
  return topic !== undefined && kafka.topics.get(topic.topicId) === resource.name
}

function tell(logger: Logger, topics: readonly AdoptedTopic[]): void {
  const count = topics.filter(({ outcome }) => outcome === 'adopted' || outcome === 'extended').length
  if (count > 0) logger.info(`Adopted ${count} topic(s) found in the data directories.`)
  for (const { name, topicId, outcome } of topics) {
    if (outcome !== 'stray') continue
    logger.warn(
      `Partitions of a topic ${name} (id ${topicId}) on disk are left alone: the name or the id belongs to another topic.`,
    )
  }
}
