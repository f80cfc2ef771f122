import { type Clock, type Disk, DiskError, type Logger, type Random } from '@samsa/base'
import { type DirectoryContents, lookInto } from './directory-contents.ts'
import { parentOf, parseSegmentFileName } from './file-names.ts'
import { FilePool } from './file-pool.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { ForeignLogError } from './log-error.ts'
import { PartitionLog } from './partition-log.ts'
import { PARTITION_METADATA_FILE, writeTopicId } from './partition-metadata.ts'
import { ProducerStore } from './producer-store.ts'
import { recover } from './recovery.ts'
import { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import { finishSwaps } from './swap.ts'
import type { LogConfig } from './topic-config.ts'

const DAY_MS = 24 * 60 * 60 * 1000

export interface OpenLogOptions {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The partition's own directory; made when missing. */
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId?: string
  readonly config: LogConfig
  /** Whether the broker stopped in good order: then `recoveryPoint` is the end, and nothing is verified. */
  readonly wasClean: boolean
  /** From the checkpoint: everything below it is on disk and intact. 0 when unknown. */
  readonly recoveryPoint: number
  /** From the checkpoint: where the log starts at least. 0 when unknown. */
  readonly startOffset: number
  /**
   * From the checkpoint: everything below was compacted, so that there may be gaps between segments. Undefined when
   * unknown: then there may be gaps anywhere in the log of a compacted topic.
   */
  readonly cleanedOffset?: number | undefined
  /** What lies in the directory, when that is known without looking: `wasClean`, and nobody touched it since. */
  readonly contents?: DirectoryContents | undefined
  /** Shared by all logs of a broker; one of its own when missing. */
  readonly files?: FilePool
  /** `producer.id.expiration.ms` of the broker; a day when missing. */
  readonly producerIdExpirationMs?: number
  /**
   * Told whenever what checkpoints or retention go by may have changed: where the log starts or ends, its high watermark,
   * or its settings. A log that did not move since it was looked at has nothing new for either before `nextExpiryMs`.
   */
  readonly onMoved?: (log: PartitionLog) => void
}

/** What was found in the directory of a partition. */
export interface FoundFiles {
  readonly segments: SegmentList
  readonly snapshots: number[]
  readonly hasEpochs: boolean
  readonly hasMetadata: boolean
  readonly topicId: string | undefined
  readonly isNew: boolean
  /** Whether no file of any segment was found. */
  readonly isBare: boolean
}

/**
 * Opens a partition's log, or makes an empty one. After a clean stop it lists the directory and believes it; otherwise
 * it verifies what lies above the recovery point and cuts off what is damaged. Throws `DiskError`, or `ForeignLogError`
 * when the directory belongs to another topic.
 */
export function openLog(options: OpenLogOptions): PartitionLog {
  const { disk, directory, logger } = options
  const files = options.files ?? new FilePool(disk)
  const found = findFiles(options, files)
  checkTopicId(options, found.topicId)
  const epochs = new LeaderEpochs(disk, directory, found.hasEpochs)
  const producers = new ProducerStore(disk, directory, found.snapshots, logger)
  const unsyncedFiles: string[] = []
  const unsyncedDirectories = found.isNew ? [directory, parentOf(directory)] : unsyncedAfterCrash(options)
  if (options.topicId !== undefined && mayLackTopicId(options, found)) {
    unsyncedFiles.push(writeTopicId(disk, directory, options.topicId))
    unsyncedDirectories.push(directory)
  }
  const offsets = recover(options, found, epochs, producers, files)
  return new PartitionLog({
    disk,
    clock: options.clock,
    random: options.random,
    logger,
    files,
    directory,
    topic: options.topic,
    partition: options.partition,
    topicId: options.topicId,
    config: options.config,
    segments: found.segments,
    epochs,
    producers,
    ...offsets,
    unsyncedDirectories: [...unsyncedDirectories, ...(offsets.changedFiles ? [directory] : [])],
    unsyncedFiles,
    producerIdExpirationMs: options.producerIdExpirationMs ?? DAY_MS,
    onMoved: options.onMoved,
  })
}

/**
 * A process that was killed may have left names that no one has made durable. What it checkpointed tells that it had
 * come so far; the names of segments may be newer.
 */
function unsyncedAfterCrash({ directory, wasClean, recoveryPoint }: OpenLogOptions): string[] {
  if (wasClean) return []
  return recoveryPoint > 0 ? [directory] : [directory, parentOf(directory)]
}

/** A topic that was deleted and made again must not serve, nor append to, what the one before has left. */
function checkTopicId(
  { directory, topic, partition, topicId }: OpenLogOptions,
  found: string | undefined,
): void {
  if (topicId !== undefined && found !== undefined && found !== topicId)
    throw new ForeignLogError(directory, `${topic}-${partition}`, topicId, found)
}

/** Whether the file that tells the topic's id is missing, or may be one that a killed process did not make durable. */
function mayLackTopicId({ wasClean, recoveryPoint }: OpenLogOptions, found: FoundFiles): boolean {
  return !found.hasMetadata || (!wasClean && recoveryPoint === 0)
}

function findFiles(options: OpenLogOptions, files: FilePool): FoundFiles {
  const { disk, directory } = options
  let contents = options.contents ?? lookIntoOrMake(disk, directory)
  const isNew = contents.names.length === 0
  if (contents.names.some(name => /\.(swap|cleaned|deleted)$/.test(name))) {
    finishSwaps(disk, directory, contents.names, files, options.logger)
    contents = lookInto(disk, directory)
  }
  const { names, logBytes, topicId } = contents
  const segments = new SegmentList()
  const snapshots: number[] = []
  const logs: { readonly baseOffset: number; readonly size: number }[] = []
  const withTransactions = new Set<number>()
  for (const name of names) {
    const file = parseSegmentFileName(name)
    if (file === undefined || file.suffix !== '') continue
    if (file.kind === 'log') logs.push({ baseOffset: file.baseOffset, size: logBytes.get(name)! })
    else if (file.kind === 'snapshot') snapshots.push(file.baseOffset)
    else if (file.kind === 'txnindex') withTransactions.add(file.baseOffset)
  }
  const createdAtMs = options.clock.now()
  for (const { baseOffset, size } of logs) {
    const hasTransactionFile = withTransactions.has(baseOffset)
    segments.add(new Segment({ pool: files, directory, baseOffset, size, createdAtMs, hasTransactionFile }))
  }
  return {
    segments,
    snapshots,
    hasEpochs: names.includes('leader-epoch-checkpoint'),
    hasMetadata: names.includes(PARTITION_METADATA_FILE),
    topicId,
    isNew,
    isBare: !names.some(name => parseSegmentFileName(name) !== undefined),
  }
}

function lookIntoOrMake(disk: Disk, directory: string): DirectoryContents {
  try {
    return lookInto(disk, directory)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'NOT_FOUND') throw error
    disk.makeDirectory(directory)
    return { names: [], logBytes: new Map(), topicId: undefined }
  }
}
