import { type Disk, type Logger, type Random, randomUuid } from '@samsa/base'
import { type MetadataImage, isReservedTopic } from '@samsa/cluster'
import { readTopicId } from '@samsa/log'
import type { FoundPartition } from './found-topics.ts'

/** Where partitions lie on disk. */
export interface PartitionDirectories {
  found(): Iterable<FoundPartition>
  setAside(topic: string, partition: number, directory: string, uniqueId: string): void
}

/**
 * Sets partitions aside that the metadata does not know: what is left of a deleted topic when a crash came before its
 * files were removed. A new topic of the same name must not find them. As with Kafka their directories are renamed to
 * end in `-stray` and kept. What does not say which topic it belongs to is left alone.
 */
export function setStraysAside(
  directories: PartitionDirectories,
  image: MetadataImage,
  { disk, random, logger }: { readonly disk: Disk; readonly random: Random; readonly logger: Logger },
): void {
  const strays = Array.from(directories.found()).filter(
    ({ topic, partition, directory }) =>
      !isReservedTopic(topic) &&
      partition >= (image.topic(topic)?.partitions.length ?? 0) &&
      readTopicId(disk, directory) !== undefined,
  )
  for (const { topic, partition, directory } of strays) {
    directories.setAside(topic, partition, directory, randomUuid(random))
    logger.warn(
      `${directory} is left over from a topic that was deleted. It was renamed to end in -stray: remove it if it is not missed.`,
    )
  }
}
