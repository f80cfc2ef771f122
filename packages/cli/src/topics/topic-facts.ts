import type {
  Admin,
  ListedOffset,
  PartitionDescription,
  Results,
  TopicDescription,
  TopicPartition,
} from '@samsa/client'
import { missingTopic, topicNames } from './described-topic.ts'

/** A partition: where it is and what is in it. What the cluster does not tell just now is undefined. */
export interface PartitionFacts extends PartitionDescription {
  /** The first offset there is. */
  readonly startOffset: number | undefined
  /** The offset that the next record gets. */
  readonly endOffset: number | undefined
  /** On its leader's disk. */
  readonly sizeBytes: number | undefined
}

/** A topic and what is in it. */
export interface TopicFacts {
  readonly topic: string
  readonly topicId: string | undefined
  readonly isInternal: boolean
  readonly replicationFactor: number
  /** Offsets in use: fewer records where the log was compacted. */
  readonly records: number | undefined
  /** On the leaders' disks. */
  readonly sizeBytes: number | undefined
  readonly partitions: readonly PartitionFacts[]
}

/**
 * Looks topics up. Those that are not there, or were deleted meanwhile, are left out; with `mustExist` the first of them
 * is a `FailedError` with the nearest name.
 */
export async function topicFacts(
  admin: Admin,
  names: readonly string[],
  { mustExist = false } = {},
): Promise<TopicFacts[]> {
  const described = await admin.describeTopics(names).results()
  if (mustExist) await throwIfMissing(admin, described)
  const topics = [...described].flatMap(({ value }) => (value === undefined ? [] : [value]))
  const all = topics.flatMap(({ name, partitions }) =>
    partitions.map(partition => ({ topic: name, ...partition })),
  )
  const [starts, ends, sizes] = await Promise.all([
    offsets(admin, all, 'earliest'),
    offsets(admin, all, 'latest'),
    leaderSizes(admin, all),
  ])
  return topics.map(({ name, topicId, isInternal, partitions }) => {
    const facts = partitions.map((one): PartitionFacts => {
      const at = { topic: name, partition: one.partition }
      return { ...one, startOffset: starts(at), endOffset: ends(at), sizeBytes: sizes.get(keyOf(at)) }
    })
    return {
      topic: name,
      topicId,
      isInternal,
      replicationFactor: partitions[0]?.replicas.length ?? 0,
      records: sum(facts.map(recordsOf)),
      sizeBytes: sum(facts.map(one => one.sizeBytes)),
      partitions: facts,
    }
  })
}

async function throwIfMissing(admin: Admin, described: Results<string, TopicDescription>): Promise<void> {
  for (const { item, error } of described.failures()) {
    if (error.code === 'UNKNOWN_TOPIC_OR_PARTITION') throw missingTopic(item, await topicNames(admin))
    throw error
  }
}

/** How many offsets of a partition are in use. */
export function recordsOf({ startOffset, endOffset }: PartitionFacts): number | undefined {
  return startOffset === undefined || endOffset === undefined ? undefined : endOffset - startOffset
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  )
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`

/** Partitions without a leader have no offset that one could ask for. */
async function offsets(
  admin: Admin,
  partitions: readonly (TopicPartition & PartitionDescription)[],
  at: 'earliest' | 'latest',
): Promise<(of: TopicPartition) => number | undefined> {
  const led = partitions.filter(({ leader }) => leader !== undefined)
  const queries = led.map(({ topic, partition }) => ({ topic, partition, at }))
  const found: Results<TopicPartition, ListedOffset> = await admin.listOffsets(queries).results()
  return of => (found.has(of) && found.errorOf(of) === undefined ? found.get(of).offset : undefined)
}

/** The sizes of partitions on their leaders; nothing where the user may not see directories. */
async function leaderSizes(
  admin: Admin,
  partitions: readonly (TopicPartition & PartitionDescription)[],
): Promise<Map<string, number>> {
  const leaderOf = new Map(partitions.map(one => [keyOf(one), one.leader]))
  const brokers = [...new Set(leaderOf.values())].filter(broker => broker !== undefined)
  const sizes = new Map<string, number>()
  for (const { item, value } of await admin.describeLogDirs(brokers).results()) {
    for (const directory of value?.values() ?? []) {
      for (const replica of directory.replicas) {
        const isLeader = leaderOf.get(keyOf(replica)) === item && !replica.isFuture
        if (isLeader) sizes.set(keyOf(replica), replica.sizeBytes)
      }
    }
  }
  return sizes
}
