import { type Disk, type Logger, decodeUtf8 } from '@samsa/base'
import { type FoundTopic, isReservedTopic } from '@samsa/cluster'
import { readTopicId } from '@samsa/log'
import { readFile } from './read-file.ts'

/** A live partition directory below one of `log.dirs`. */
export interface FoundPartition {
  readonly topic: string
  readonly partition: number
  readonly directory: string
}

/** More partitions than this in one topic are a stray file name, not a topic. */
const PARTITION_INDEX_MAX = 1_000_000

/**
 * The topics of partitions on disk: a data directory of Apache Kafka holds them, or one that lost its metadata.
 * Partitions without a `partition.metadata` cannot be told apart from strays and are left alone.
 */
export function findTopics(disk: Disk, logger: Logger, partitions: Iterable<FoundPartition>): FoundTopic[] {
  const topics = new Map<string, { topicId: string; leaderEpochs: number[] }>()
  for (const { topic: name, partition, directory } of partitions) {
    if (isReservedTopic(name) || partition > PARTITION_INDEX_MAX) continue
    const topicId = readTopicId(disk, directory)
    const found = topics.get(name) ?? { topicId, leaderEpochs: [] }
    if (topicId === undefined || found.topicId !== topicId) {
      logger.warn(
        `${directory} is left alone: it does not say which topic it belongs to, or another than its siblings.`,
      )
      continue
    }
    found.leaderEpochs[partition] = latestEpoch(disk, directory) + 1
    topics.set(name, { topicId, leaderEpochs: found.leaderEpochs })
  }
  return Array.from(topics, ([name, { topicId, leaderEpochs }]) => ({
    name,
    topicId,
    partitionCount: leaderEpochs.length,
    configs: {},
    leaderEpochs,
  }))
}

/** The last leader epoch a partition had, -1 when it says none: the first number of the checkpoint's last line. */
function latestEpoch(disk: Disk, directory: string): number {
  const path = `${directory}/leader-epoch-checkpoint`
  if (!disk.exists(path)) return -1
  const [, , ...lines] = decodeUtf8(readFile(disk, path)).trimEnd().split('\n')
  const epoch = Number.parseInt(lines.at(-1) ?? '', 10)
  return Number.isSafeInteger(epoch) ? epoch : -1
}
