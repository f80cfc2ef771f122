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

interface FoundBefore {
  readonly directories: {
    readonly partition: number
    readonly directory: string
    readonly topicId: string | undefined
  }[]
}

/**
 * The topics of partitions on disk: a data directory of Apache Kafka holds them, or one that lost its metadata.
 *
 * @param idFor the id of a topic whose partitions do not say one: Kafka before 2.8 wrote none, and gave its topics ids at
 *   the upgrade (KIP-516). Undefined leaves them alone.
 */
export function findTopics(
  disk: Disk,
  logger: Logger,
  partitions: Iterable<FoundPartition>,
  idFor: (name: string) => string | undefined,
): FoundTopic[] {
  const byName = new Map<string, FoundBefore>()
  for (const { topic: name, partition, directory } of partitions) {
    if (isReservedTopic(name) || partition > PARTITION_INDEX_MAX) continue
    const found = byName.get(name) ?? { directories: [] }
    byName.set(name, found)
    found.directories.push({ partition, directory, topicId: readTopicId(disk, directory) })
  }
  return Array.from(byName, ([name, found]) => topicOf(disk, logger, name, found, idFor)).filter(
    topic => topic !== undefined,
  )
}

function topicOf(
  disk: Disk,
  logger: Logger,
  name: string,
  { directories }: FoundBefore,
  idFor: (name: string) => string | undefined,
): FoundTopic | undefined {
  const known = directories.find(({ topicId }) => topicId !== undefined)?.topicId
  const given = idFor(name)
  const topicId = known ?? given
  const leaderEpochs: number[] = []
  for (const one of directories) {
    const isOurs = one.topicId === undefined ? given !== undefined : one.topicId === topicId
    if (isOurs) leaderEpochs[one.partition] = latestEpoch(disk, one.directory) + 1
    else {
      logger.warn(
        `${one.directory} is left alone: it does not say which topic it belongs to, or another than its siblings.`,
      )
    }
  }
  if (topicId === undefined || leaderEpochs.length === 0) return undefined
  return { name, topicId, partitionCount: leaderEpochs.length, configs: {}, leaderEpochs }
}

/** The last leader epoch a partition had, -1 when it says none: the first number of the checkpoint's last line. */
function latestEpoch(disk: Disk, directory: string): number {
  const path = `${directory}/leader-epoch-checkpoint`
  if (!disk.exists(path)) return -1
  const [, , ...lines] = decodeUtf8(readFile(disk, path)).trimEnd().split('\n')
  const epoch = Number.parseInt(lines.at(-1) ?? '', 10)
  return Number.isSafeInteger(epoch) ? epoch : -1
}
