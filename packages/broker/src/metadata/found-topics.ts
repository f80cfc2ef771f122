import type { Disk, Logger } from '@samsa/base'
import { type FoundTopic, type MetadataImage, isReservedTopic } from '@samsa/cluster'
import { readTopicId } from '@samsa/log'

/** A live partition directory below one of `log.dirs`. */
export interface FoundPartition {
  readonly topic: string
  readonly partition: number
  readonly directory: string
}

/** More partitions than this in one topic are a stray file name, not a topic. */
const PARTITION_INDEX_MAX = 1_000_000

/**
 * Topics that are on disk and not, or not whole, in the metadata: a data directory of Apache Kafka holds them, or one
 * that lost its metadata. Partitions without a `partition.metadata` cannot be told apart from strays and are left alone.
 */
export function findTopics(
  disk: Disk,
  logger: Logger,
  partitions: Iterable<FoundPartition>,
  image: MetadataImage,
): FoundTopic[] {
  const topics = new Map<string, FoundTopic>()
  for (const { topic: name, partition, directory } of partitions) {
    if (isReservedTopic(name) || partition > PARTITION_INDEX_MAX) continue
    // The metadata is believed for what it knows: restarts with ten thousand partitions do not read as many files.
    if (partition < (image.topic(name)?.partitions.length ?? 0)) continue
    const topicId = readTopicId(disk, directory)
    const before = topics.get(name)
    if (topicId === undefined || (before !== undefined && before.topicId !== topicId)) {
      logger.warn(
        `${directory} is left alone: it does not say which topic it belongs to, or another than its siblings.`,
      )
      continue
    }
    const partitionCount = Math.max(before?.partitionCount ?? 0, partition + 1)
    topics.set(name, { name, topicId, partitionCount, configs: {} })
  }
  return [...topics.values()]
}
