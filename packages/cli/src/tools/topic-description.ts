import type {
  Admin,
  KafkaError,
  PartitionDescription,
  PartitionReassignment,
  TopicDescription,
} from '@samsa/client'
import type { Io } from '../command/command.ts'

/** What of topics is to be shown; all when nothing is set. */
export interface Selection {
  readonly 'topics-with-overrides': boolean
  readonly 'under-replicated-partitions': boolean
  readonly 'unavailable-partitions': boolean
  readonly 'under-min-isr-partitions': boolean
  readonly 'at-min-isr-partitions': boolean
}

/** Prints topics, or only what the given options select of them. */
export async function printDescriptions(
  admin: Admin,
  topics: readonly TopicDescription[],
  given: Selection,
  io: Io,
): Promise<void> {
  if (topics.length === 0) return
  const configs = await admin.describeConfigs(topics.map(({ name }) => ({ type: 'TOPIC', name })))
  const live = new Set((await admin.describeCluster()).brokers.map(({ id }) => id))
  const moving = await reassignmentsOf(admin, topics)
  const filters = partitionFilters.filter(([name]) => given[name])
  for (const topic of topics) {
    const entries = [...configs.get({ type: 'TOPIC', name: topic.name }).values()]
    const minIsr = Number(entries.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
    const overrides = entries.filter(({ source }) => source !== 'DEFAULT_CONFIG')
    if (filters.length === 0 && (!given['topics-with-overrides'] || overrides.length > 0)) {
      io.print(topicLine(topic, moving, overrides))
    }
    if (given['topics-with-overrides']) continue
    for (const partition of topic.partitions) {
      const state = { partition, minIsr, live, replicas: settledReplicas(topic, partition, moving) }
      if (filters.length === 0 || filters.some(([, is]) => is(state)))
        io.print(partitionLine(topic, partition, moving))
    }
  }
}

type Reassignments = ReadonlyMap<string, PartitionReassignment>

/** What is being moved, where the broker tells. */
async function reassignmentsOf(admin: Admin, topics: readonly TopicDescription[]): Promise<Reassignments> {
  const partitions = topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partition }) => ({ topic: name, partition })),
  )
  try {
    const moving = await admin.listPartitionReassignments(partitions)
    return new Map(moving.map(one => [`${one.topic}-${one.partition}`, one]))
  } catch (error) {
    const { code } = error as KafkaError
    if (code === 'UNSUPPORTED' || code === 'UNSUPPORTED_VERSION' || code === 'CLUSTER_AUTHORIZATION_FAILED')
      return new Map()
    throw error
  }
}

/** How many replicas a partition has when those that are only being added are left out. */
function settledReplicas(
  topic: TopicDescription,
  { partition, replicas }: PartitionDescription,
  moving: Reassignments,
): number {
  const move = moving.get(`${topic.name}-${partition}`)
  if (move === undefined) return replicas.length
  const isUnderWay = replicas.some(
    id => move.addingReplicas.includes(id) || move.removingReplicas.includes(id),
  )
  return isUnderWay ? move.replicas.length - move.addingReplicas.length : replicas.length
}

interface PartitionState {
  readonly partition: PartitionDescription
  readonly replicas: number
  readonly minIsr: number
  readonly live: ReadonlySet<number>
}

const partitionFilters: readonly (readonly [keyof Selection, (state: PartitionState) => boolean])[] = [
  ['under-replicated-partitions', ({ partition, replicas }) => partition.isr.length < replicas],
  ['unavailable-partitions', ({ partition: { leader }, live }) => leader === undefined || !live.has(leader)],
  [
    'under-min-isr-partitions',
    ({ partition, minIsr }) => partition.leader === undefined || partition.isr.length < minIsr,
  ],
  ['at-min-isr-partitions', ({ partition, minIsr }) => partition.isr.length === minIsr],
]

function topicLine(
  topic: TopicDescription,
  moving: Reassignments,
  overrides: readonly { name: string; value: string | null }[],
): string {
  const first = topic.partitions[0]
  const fields = [
    `Topic: ${topic.name}`,
    ...(topic.topicId === undefined ? [] : [`TopicId: ${topic.topicId}`]),
    `PartitionCount: ${topic.partitions.length}`,
    `ReplicationFactor: ${first === undefined ? 0 : settledReplicas(topic, first, moving)}`,
    `Configs: ${overrides.map(({ name, value }) => `${name}=${value}`).join(',')}`,
  ]
  return `${fields.join('\t')}\n`
}

function partitionLine(
  topic: TopicDescription,
  partition: PartitionDescription,
  moving: Reassignments,
): string {
  const move = moving.get(`${topic.name}-${partition.partition}`)
  const fields = [
    `Topic: ${topic.name}`,
    `Partition: ${partition.partition}`,
    `Leader: ${partition.leader ?? 'none'}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    ...(move === undefined
      ? []
      : [
          `Adding Replicas: ${move.addingReplicas.join(',')}`,
          `Removing Replicas: ${move.removingReplicas.join(',')}`,
        ]),
    `Elr: ${partition.eligibleLeaderReplicas?.join(',') ?? 'N/A'}`,
    `LastKnownElr: ${partition.lastKnownEligibleLeaderReplicas?.join(',') ?? 'N/A'}`,
  ]
  return `\t${fields.join('\t')}\n`
}
