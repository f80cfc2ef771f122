import type { Admin, BrokerNode, ClusterDescription, KafkaError, TopicDescription } from '@samsa/client'

/** A broker and what it has to do. */
export interface BrokerFacts {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | undefined
  /** It may not lead partitions now. */
  readonly isFenced: boolean
  readonly isController: boolean
  /** How many partitions it leads, and how many replicas it has. */
  readonly leaders: number
  readonly replicas: number
  /** Of all its log directories; undefined where it does not tell. */
  readonly sizeBytes: number | undefined
  readonly usableBytes: number | undefined
}

/** A cluster at one glance. */
export interface ClusterFacts {
  readonly clusterId: string | undefined
  readonly brokers: readonly BrokerFacts[]
  readonly topics: number
  readonly partitions: number
  /** Partitions that miss replicas in sync, and that have no leader. */
  readonly underReplicated: number
  readonly leaderless: number
}

/** Looks at a cluster's brokers and partitions, internal topics included. */
export async function clusterFacts(admin: Admin): Promise<ClusterFacts> {
  const cluster = await describeWithFenced(admin)
  const names = (await admin.listTopics({ includeInternal: true })).map(({ name }) => name)
  const topics = names.length === 0 ? [] : await existing(admin, names)
  const partitions = topics.flatMap(topic => topic.partitions)
  const sizes = await sizesOf(admin, cluster.brokers)
  return {
    clusterId: cluster.clusterId,
    brokers: [...cluster.brokers]
      .sort((a, b) => a.id - b.id)
      .map(node => ({
        ...node,
        isController: cluster.controller?.id === node.id,
        leaders: partitions.filter(({ leader }) => leader === node.id).length,
        replicas: partitions.filter(({ replicas }) => replicas.includes(node.id)).length,
        sizeBytes: sizes.get(node.id)?.sizeBytes,
        usableBytes: sizes.get(node.id)?.usableBytes,
      })),
    topics: topics.length,
    partitions: partitions.length,
    underReplicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
    leaderless: partitions.filter(({ leader }) => leader === undefined).length,
  }
}

/** Brokers before KIP-1073 do not tell of fenced ones. */
async function describeWithFenced(admin: Admin): Promise<ClusterDescription> {
  try {
    return await admin.describeCluster({ includeFencedBrokers: true })
  } catch (error) {
    if ((error as KafkaError).code !== 'UNSUPPORTED') throw error
    return admin.describeCluster()
  }
}

/** Topics that are deleted meanwhile are left out. */
async function existing(admin: Admin, names: readonly string[]): Promise<TopicDescription[]> {
  const results = await admin.describeTopics(names).results()
  return [...results].flatMap(({ value, error }) => {
    if (error !== undefined && error.code !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    return value === undefined ? [] : [value]
  })
}

interface Sizes {
  readonly sizeBytes: number
  readonly usableBytes: number | undefined
}

/** What brokers have on their disks, of those that tell. */
async function sizesOf(admin: Admin, brokers: readonly BrokerNode[]): Promise<ReadonlyMap<number, Sizes>> {
  const alive = brokers.filter(({ isFenced }) => !isFenced).map(({ id }) => id)
  const sizes = new Map<number, Sizes>()
  for (const { item, value } of await admin.describeLogDirs(alive).results()) {
    if (value === undefined) continue
    const directories = [...value.values()]
    const usable = directories.map(({ usableBytes }) => usableBytes)
    sizes.set(item, {
      sizeBytes: sumOf(directories.flatMap(({ replicas }) => replicas.map(({ sizeBytes }) => sizeBytes))),
      usableBytes: usable.every(bytes => bytes !== undefined) ? sumOf(usable) : undefined,
    })
  }
  return sizes
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0)
}
