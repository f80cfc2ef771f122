/**
 * The keys of the metadata store, and what stands behind each. SPEC.md shows the values.
 *
 * Topic names and topic ids contain no '/'; what may contain one (a group's name) comes last in its key.
 */
export const keys = {
  clusterId: 'cluster/id',
  producerIds: 'producer-ids/next',
  topic: (name: string) => `${prefixes.topics}${name}`,
  /** A partition whose leader, epoch or in-sync replicas differ from what its assignment implies. */
  partitionState: (topicId: string, partition: number) =>
    `${prefixes.partitionStates}${topicId}/${partition}`,
  partitionStatesOf: (topicId: string) => `${prefixes.partitionStates}${topicId}/`,
  config: (resource: ConfigResource) => `${prefixes.configs}${resource.type}/${resource.name}`,
  broker: (id: number) => `${prefixes.brokers}${id}`,
} as const

export const prefixes = {
  topics: 'topics/',
  partitionStates: 'partitions/',
  configs: 'configs/',
  brokers: 'brokers/',
} as const

/** What configuration overrides belong to. The cluster-wide broker defaults are the broker named 'default'. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  readonly name: string
}
export type ConfigResourceType = 'topic' | 'broker' | 'group' | 'client-metrics'

/** Name of the broker resource that holds the defaults of all brokers. */
export const ALL_BROKERS = 'default'

export type ParsedKey =
  | { readonly kind: 'clusterId' | 'producerIds' }
  | { readonly kind: 'topic'; readonly name: string }
  | { readonly kind: 'partitionState'; readonly topicId: string; readonly partition: number }
  | { readonly kind: 'config'; readonly resource: ConfigResource }
  | { readonly kind: 'broker'; readonly id: number }

/** What a key is about; undefined for keys that are none of the image's business. */
export function parseKey(key: string): ParsedKey | undefined {
  if (key === keys.clusterId) return { kind: 'clusterId' }
  if (key === keys.producerIds) return { kind: 'producerIds' }
  if (key.startsWith(prefixes.topics)) return { kind: 'topic', name: key.slice(prefixes.topics.length) }
  if (key.startsWith(prefixes.brokers)) {
    return { kind: 'broker', id: Number(key.slice(prefixes.brokers.length)) }
  }
  if (key.startsWith(prefixes.configs)) {
    const rest = key.slice(prefixes.configs.length)
    const slash = rest.indexOf('/')
    const resource = { type: rest.slice(0, slash) as ConfigResourceType, name: rest.slice(slash + 1) }
    return { kind: 'config', resource }
  }
  if (key.startsWith(prefixes.partitionStates)) {
    const [topicId, partition] = key.slice(prefixes.partitionStates.length).split('/')
    return { kind: 'partitionState', topicId: topicId!, partition: Number(partition) }
  }
  return undefined
}
