import { type Disk, type Logger, type Random, randomUuid } from '@samsa/base'
import { type MetadataImage, isReservedTopic } from '@samsa/cluster'
import type { FoundPartition } from './found-topics.ts'

/** Where partitions lie on disk. */
export interface PartitionDirectories {
  found(): Iterable<FoundPartition>
  setAside(topic: string, partition: number, directory: string, uniqueId: string): void
}

/**
 * Sets partitions aside that the metadata does not know: what is left of a deleted topic when a crash came before its
 * files were removed. A new topic of the same name must not find them. As with Kafka their directories are renamed to
 * end in `-stray` and kept; so are those that do not say which topic they belong to. Resolves when the new names are
 * durable: otherwise a power cut could bring the old ones back below a new topic. Rejects with `DiskError`.
 */
export async function setStraysAside(
  directories: PartitionDirectories,
  image: MetadataImage,
  { disk, random, logger }: { readonly disk: Disk; readonly random: Random; readonly logger: Logger },
): Promise<void> {
  const strays = Array.from(directories.found()).filter(
    ({ topic, partition }) =>
      !isReservedTopic(topic) && partition >= (image.topic(topic)?.partitions.length ?? 0),
  )
  for (const { topic, partition, directory } of strays) {
    directories.setAside(topic, partition, directory, randomUuid(random))
    logger.warn(
      `${directory} is left over from a topic that was deleted. It was renamed to end in -stray: remove it if it is not missed.`,
    )
  }
  const parents = new Set(strays.map(({ directory }) => directory.slice(0, directory.lastIndexOf('/'))))
  await Promise.all(Array.from(parents, parent => disk.syncDirectory(parent)))
}
