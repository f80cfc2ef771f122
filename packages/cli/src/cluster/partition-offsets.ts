import type { Admin, KafkaError, ListedOffset, OffsetSpec, TopicPartition } from '@samsa/client'
import type { PartitionMatcher } from '../tools/partition-pattern.ts'

/** Where a partition is. */
export interface PartitionOffset extends TopicPartition {
  /** Undefined when there is none: no record is as late as that. */
  readonly offset: number | undefined
  /** Of the record at the offset; undefined where the offset is not that of a record. */
  readonly timestamp: number | undefined
  readonly error: KafkaError | undefined
}

/** The partitions that are meant, by topic and number. */
export async function meantPartitions(
  admin: Admin,
  isMeant: PartitionMatcher,
  options: { readonly includeInternal: boolean },
): Promise<TopicPartition[]> {
  const names = (await admin.listTopics(options)).map(({ name }) => name).filter(isMeant.topic)
  if (names.length === 0) return []
  return (await admin.describeTopics(names.sort()))
    .values()
    .flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))
    .filter(({ topic, partition }) => isMeant.partition(topic, partition))
}

/** Where partitions begin, end, or are at a time; what cannot be told of one is told with it. */
export async function partitionOffsets(
  admin: Admin,
  partitions: readonly TopicPartition[],
  at: OffsetSpec,
): Promise<PartitionOffset[]> {
  if (partitions.length === 0) return []
  const results = await admin.listOffsets(partitions.map(one => ({ ...one, at }))).results()
  return partitions.map(one => {
    const error = results.errorOf(one)
    if (error !== undefined) return { ...one, offset: undefined, timestamp: undefined, error }
    return { ...one, ...known(results.get(one)), error }
  })
}

function known({ offset, timestamp }: ListedOffset): Pick<PartitionOffset, 'offset' | 'timestamp'> {
  return { offset: offset < 0 ? undefined : offset, timestamp: timestamp < 0 ? undefined : timestamp }
}
