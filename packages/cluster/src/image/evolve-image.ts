import type { Change, Entry, StoreEvent } from '../store/metadata-store.ts'
import { hasCollisionCharacters, unifyCollisionCharacters } from '../topics/topic-name.ts'
import { type ConfigResource, type ParsedKey, keys, parseKey } from './keys.ts'
import { type BrokerImage, type ConfigImage, MetadataImage } from './metadata-image.ts'
import { type StoredState, type TopicImage, topicImage, withStates } from './topic-image.ts'
import {
  parseBroker,
  parseConfig,
  parsePartitionState,
  parseProducerIds,
  parseText,
  parseTopic,
} from './values.ts'

/** What differs between two images, by kind; what came and went in between is not told. */
export interface ImageDelta {
  /** Topics created, deleted or changed: a new id under an old name is a deletion and a creation. */
  readonly topics: readonly TopicDelta[]
  readonly configs: readonly ConfigResource[]
  readonly brokers: readonly number[]
}

export interface TopicDelta {
  readonly name: string
  readonly before: TopicImage | undefined
  readonly after: TopicImage | undefined
}

/** Changes gathered from a run of store events, newest value per key. */
interface Gathered {
  readonly topics: Map<string, Entry | undefined>
  readonly states: Map<string, Map<number, Entry | undefined>>
  readonly configs: Map<string, { resource: ConfigResource; entry: Entry | undefined }>
  readonly brokers: Map<number, Entry | undefined>
  clusterId: Entry | undefined
  producerIds: Entry | undefined
}

/**
 * The image after a run of changes, in the order of their revisions, and what they changed. The only way an image
 * comes about: from the entries of a store at start, and from its events afterwards.
 *
 * @throws MalformedError naming the key whose value is none
 */
export function evolveImage(
  image: MetadataImage,
  changes: readonly Change[],
): { image: MetadataImage; delta: ImageDelta } {
  const revision = changes.at(-1)?.revision ?? image.revision
  const gathered = gather(changes.flatMap(({ events }) => events))
  const { parts } = image
  const topicDeltas = topicDeltasOf(image, gathered)
  const configs = [...gathered.configs.values()]
  const brokers = [...gathered.brokers]
  const after = new MetadataImage({
    revision,
    clusterId: gathered.clusterId === undefined ? parts.clusterId : parseText(gathered.clusterId),
    nextProducerId: nextProducerIdOf(gathered.producerIds) ?? parts.nextProducerId,
    topics: parts.topics.with(topicDeltas.map(({ name, after }) => [name, after])),
    topicNames: parts.topicNames.with(nameChanges(topicDeltas)),
    collisions: parts.collisions.with(collisionChanges(image, topicDeltas)),
    configs: parts.configs.with(
      configs.map(({ resource, entry }) => [keys.config(resource), configImage(entry)]),
    ),
    brokers: parts.brokers.with(brokers.map(([id, entry]) => [String(id), brokerImage(id, entry)])),
    partitionCount: topicDeltas.reduce(
      (count, { before, after }) =>
        count + (after?.partitions.length ?? 0) - (before?.partitions.length ?? 0),
      parts.partitionCount,
    ),
  })
  const delta = {
    topics: topicDeltas,
    configs: configs.map(({ resource }) => resource),
    brokers: brokers.map(([id]) => id),
  }
  return { image: after, delta }
}

/** The image of a store's entries. */
export function imageOf(entries: readonly Entry[], revision: number): MetadataImage {
  const events = entries.map(entry => ({ type: 'put' as const, entry }))
  return evolveImage(MetadataImage.empty, [{ revision, events }]).image
}

function gather(events: readonly StoreEvent[]): Gathered {
  const gathered: Gathered = {
    topics: new Map(),
    states: new Map(),
    configs: new Map(),
    brokers: new Map(),
    clusterId: undefined,
    producerIds: undefined,
  }
  for (const event of events) {
    const key = parseKey(event.type === 'put' ? event.entry.key : event.key)
    if (key !== undefined) add(gathered, key, event.type === 'put' ? event.entry : undefined)
  }
  return gathered
}

function add(gathered: Gathered, key: ParsedKey, entry: Entry | undefined): void {
  switch (key.kind) {
    case 'topic':
      gathered.topics.set(key.name, entry)
      break
    case 'partitionState': {
      const states = gathered.states.get(key.topicId) ?? new Map<number, Entry | undefined>()
      gathered.states.set(key.topicId, states.set(key.partition, entry))
      break
    }
    case 'config':
      gathered.configs.set(keys.config(key.resource), { resource: key.resource, entry })
      break
    case 'broker':
      gathered.brokers.set(key.id, entry)
      break
    default:
      gathered[key.kind] = entry
  }
}

// Topics first, then states: a snapshot's range lists states before the topics they belong to.
function topicDeltasOf(image: MetadataImage, gathered: Gathered): TopicDelta[] {
  const touched = new Map<string, TopicImage | undefined>()
  const namesById = new Map<string, string>()
  for (const [name, entry] of gathered.topics) {
    const topic = entry && topicImage(name, parseTopic(entry), entry.modRevision, image.topic(name))
    touched.set(name, topic)
    if (topic !== undefined) namesById.set(topic.topicId, name)
  }
  for (const [topicId, entries] of gathered.states) {
    const name = namesById.get(topicId) ?? image.topicById(topicId)?.name
    const topic = name === undefined ? undefined : touched.has(name) ? touched.get(name) : image.topic(name)
    if (topic === undefined || topic.topicId !== topicId) continue
    touched.set(topic.name, withStates(topic, [...entries].map(storedState)))
  }
  return Array.from(touched, ([name, after]) => ({ name, before: image.topic(name), after }))
}

function storedState([partition, entry]: readonly [number, Entry | undefined]): readonly [
  number,
  StoredState | undefined,
] {
  return [partition, entry && { ...parsePartitionState(entry), modRevision: entry.modRevision }]
}

function nameChanges(deltas: readonly TopicDelta[]): [string, string | undefined][] {
  const gone = deltas.flatMap(({ before }) => (before === undefined ? [] : [before.topicId]))
  const there = deltas.flatMap(({ after }) => (after === undefined ? [] : [after]))
  return [
    ...gone.map((id): [string, undefined] => [id, undefined]),
    ...there.map(({ topicId, name }): [string, string] => [topicId, name]),
  ]
}

function collisionChanges(
  image: MetadataImage,
  deltas: readonly TopicDelta[],
): Map<string, readonly string[] | undefined> {
  const changed = new Map<string, readonly string[] | undefined>()
  for (const { name, after } of deltas) {
    if (!hasCollisionCharacters(name)) continue
    const unified = unifyCollisionCharacters(name)
    const names = changed.has(unified) ? changed.get(unified) : image.parts.collisions.get(unified)
    const others = (names ?? []).filter(other => other !== name)
    const now = after === undefined ? others : [...others, name]
    changed.set(unified, now.length === 0 ? undefined : now)
  }
  return changed
}

function configImage(entry: Entry | undefined): ConfigImage | undefined {
  return entry && { entries: parseConfig(entry), modRevision: entry.modRevision }
}

function brokerImage(id: number, entry: Entry | undefined): BrokerImage | undefined {
  return entry && { id, epoch: entry.createRevision, ...parseBroker(entry) }
}

function nextProducerIdOf(entry: Entry | undefined): { id: number; modRevision: number } | undefined {
  return entry && { id: parseProducerIds(entry), modRevision: entry.modRevision }
}
