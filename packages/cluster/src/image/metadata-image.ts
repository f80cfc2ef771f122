import { hasCollisionCharacters, unifyCollisionCharacters } from '../topics/topic-name.ts'
import { type ALL_BROKERS, type ConfigResource, type ConfigResourceType, keys } from './keys.ts'
import { PersistentMap } from './persistent-map.ts'
import type { PartitionImage, TopicImage } from './topic-image.ts'
import type { BrokerValue, ConfigValue } from './values.ts'

export interface BrokerImage extends BrokerValue {
  readonly id: number
  /** Revision the broker registered at: grows with each start of the broker. */
  readonly epoch: number
}

export interface ConfigImage {
  /** Overrides by key, as text. */
  readonly entries: ConfigValue
  /** Revision for conditions; 0 when there are no overrides. */
  readonly modRevision: number
}

/** The maps an image is made of, by the key's part after its prefix. */
export interface ImageParts {
  readonly revision: number
  readonly clusterId: string | undefined
  readonly nextProducerId: { readonly id: number; readonly modRevision: number }
  readonly topics: PersistentMap<TopicImage>
  readonly topicNames: PersistentMap<string>
  /** Existing names by what they look like in metrics, for those that could collide. */
  readonly collisions: PersistentMap<readonly string[]>
  readonly configs: PersistentMap<ConfigImage>
  readonly brokers: PersistentMap<BrokerImage>
  readonly partitionCount: number
}

const NO_CONFIG: ConfigImage = { entries: {}, modRevision: 0 }

/**
 * The cluster's metadata as of one revision of the store. Immutable: whoever holds an image reads one consistent state
 * for as long as it likes, and a later image shares what did not change.
 */
export class MetadataImage {
  static readonly empty = new MetadataImage({
    revision: 0,
    clusterId: undefined,
    nextProducerId: { id: 0, modRevision: 0 },
    topics: PersistentMap.empty(),
    topicNames: PersistentMap.empty(),
    collisions: PersistentMap.empty(),
    configs: PersistentMap.empty(),
    brokers: PersistentMap.empty(),
    partitionCount: 0,
  })

  readonly parts: ImageParts
  #sortedNames: readonly string[] | undefined
  #brokers: readonly BrokerImage[] | undefined

  constructor(parts: ImageParts) {
    this.parts = parts
  }

  /** Revision of the store this image shows. */
  get revision(): number {
    return this.parts.revision
  }

  /** The cluster's id; undefined only before the first start finished. */
  get clusterId(): string | undefined {
    return this.parts.clusterId
  }

  // --- topics

  topic(name: string): TopicImage | undefined {
    return this.parts.topics.get(name)
  }

  topicById(topicId: string): TopicImage | undefined {
    const name = this.parts.topicNames.get(topicId)
    return name === undefined ? undefined : this.parts.topics.get(name)
  }

  partition(topicName: string, index: number): PartitionImage | undefined {
    return this.parts.topics.get(topicName)?.partitions[index]
  }

  /** All topics, in no particular order. */
  topics(): IterableIterator<TopicImage> {
    return this.parts.topics.values()
  }

  get topicCount(): number {
    return this.parts.topics.size
  }

  get partitionCount(): number {
    return this.parts.partitionCount
  }

  /** Names of all topics in order. Sorted once an image, when first asked for. */
  sortedTopicNames(): readonly string[] {
    this.#sortedNames ??= [...this.parts.topics.keys()].sort()
    return this.#sortedNames
  }

  /** Existing topics whose names differ from `name` in nothing but '.' for '_', the name itself included. */
  topicsLike(name: string): readonly string[] {
    if (!hasCollisionCharacters(name)) return []
    return this.parts.collisions.get(unifyCollisionCharacters(name)) ?? []
  }

  // --- configuration overrides

  /** The overrides of a resource; none when it has none. */
  config(resource: ConfigResource): ConfigImage {
    return this.parts.configs.get(keys.config(resource)) ?? NO_CONFIG
  }

  /** Names of the resources of that type that have overrides, in order. */
  configuredNames(type: ConfigResourceType): string[] {
    const prefix = keys.config({ type, name: '' })
    const names: string[] = []
    for (const key of this.parts.configs.keys())
      if (key.startsWith(prefix)) names.push(key.slice(prefix.length))
    return names.sort()
  }

  topicConfig(name: string): ConfigValue {
    return this.config({ type: 'topic', name }).entries
  }

  groupConfig(groupId: string): ConfigValue {
    return this.config({ type: 'group', name: groupId }).entries
  }

  /** Overrides of one broker, or of all brokers. */
  brokerConfig(broker: number | typeof ALL_BROKERS): ConfigValue {
    return this.config({ type: 'broker', name: String(broker) }).entries
  }

  // --- brokers

  broker(id: number): BrokerImage | undefined {
    return this.parts.brokers.get(String(id))
  }

  /** Registered brokers by ascending id. */
  brokers(): readonly BrokerImage[] {
    this.#brokers ??= [...this.parts.brokers.values()].sort((a, b) => a.id - b.id)
    return this.#brokers
  }

  /** The first producer id that was given to no broker yet. */
  get nextProducerId(): number {
    return this.parts.nextProducerId.id
  }
}
