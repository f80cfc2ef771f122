import type { Logger } from '@samsa/base'
import { type ConfigValue, decideRaiseLeaderEpochs } from '@samsa/cluster'
import type { LiveConfig } from '../config/live-config.ts'
import type { Metadata } from './metadata.ts'

/** How the process before this one left the data directories. */
export interface LeftDirectories {
  /** Whether it stopped in order in all of them. */
  readonly wereClean: boolean
  /** Partitions that are there; `wasClean` tells of the data directory they are in. */
  found(): Iterable<{ readonly topic: string; readonly partition: number; readonly wasClean: boolean }>
}

/**
 * Raises the leader epochs of partitions that a crash may have taken records from that consumers had read: those of
 * topics with `write.caching`, which are shown records before they are durable. All other topics lose nothing that
 * anyone saw, so their epochs stay, and their clients need not ask for new metadata; Apache Kafka raises them at each
 * restart, by two.
 */
export async function raiseLeaderEpochs(
  metadata: Metadata,
  directories: LeftDirectories,
  config: LiveConfig,
  logger: Logger,
): Promise<void> {
  if (directories.wereClean) return
  const clean = new Set<string>()
  for (const { topic, partition, wasClean } of directories.found())
    if (wasClean) clean.add(`${topic}/${partition}`)
  // Not those that are found: a power cut may have taken a whole directory.
  const wanted = Array.from(metadata.image().topics())
    .filter(({ name }) => isWriteCached(metadata.image().topicConfig(name), config))
    .map(({ name: topic, partitions }) => ({
      topic,
      partitions: [...partitions.keys()].filter(index => !clean.has(`${topic}/${index}`)),
    }))
  if (wanted.length === 0) return
  const count = await metadata.submit(image => decideRaiseLeaderEpochs(image, wanted, metadata.controllerId))
  if (count > 0) {
    logger.info(
      `Raised the leader epochs of ${count} partition(s): a crash may have taken records that were read.`,
    )
  }
}

function isWriteCached(overrides: ConfigValue, config: LiveConfig): boolean {
  if (!Object.hasOwn(overrides, 'write.caching')) return config.topicDefaults['write.caching']
  return config.topicConfig(overrides)['write.caching']
}
