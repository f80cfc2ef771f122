import type { Disk, Logger } from '@samsa/base'
import { isReservedTopic } from '@samsa/cluster'
import {
  type PartitionLog,
  type PartitionOffset,
  leaveCleanShutdownMark,
  listPartitions,
  offsetCheckpoints,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  readOffsetCheckpoint,
  takeCleanShutdownMark,
  writeOffsetCheckpoint,
} from '@samsa/log'

/** Where a partition's log is, and what is known of it before it is opened. */
export interface LogPlace {
  readonly directory: string
  /** The broker stopped in order: what the checkpoints say is all there is to know. */
  readonly wasClean: boolean
  readonly recoveryPoint: number
  readonly startOffset: number
}

/** One of the directories of `log.dirs`. */
interface LogDirectory {
  readonly path: string
  readonly wasClean: boolean
  readonly recoveryPoints: ReadonlyMap<string, number>
  readonly startOffsets: ReadonlyMap<string, number>
  /** Partitions here, by directory name. */
  readonly partitions: Set<string>
}

/**
 * The directories of `log.dirs`: which partition is where, and the checkpoint files that spare a restart most of the
 * reading. File names and formats are Apache Kafka's.
 */
export class LogDirectories {
  readonly #disk: Disk
  readonly #directories: readonly LogDirectory[]

  private constructor(disk: Disk, directories: readonly LogDirectory[]) {
    this.#disk = disk
    this.#directories = directories
  }

  /**
   * Takes stock of the directories, and from then on counts as running: a stop that is not orderly shows.
   *
   * @param paths directories that exist and are locked by this process
   */
  static async open(disk: Disk, paths: readonly string[], logger: Logger): Promise<LogDirectories> {
    const directories: LogDirectory[] = []
    for (const path of paths) directories.push(await openDirectory(disk, path, logger))
    return new LogDirectories(disk, directories)
  }

  get paths(): readonly string[] {
    return this.#directories.map(({ path }) => path)
  }

  /** Partitions found on disk: they belong to a topic of the metadata, or are to be adopted. */
  *found(): Iterable<{ topic: string; partition: number; directory: string }> {
    for (const { path, partitions } of this.#directories) {
      for (const name of partitions) {
        const parsed = parsePartitionDirectoryName(name)
        if (parsed !== undefined) yield { ...parsed, directory: `${path}/${name}` }
      }
    }
  }

  /** Where a partition is, or is to be: a new one goes where the fewest are. */
  placeOf(topic: string, partition: number): LogPlace {
    const name = partitionDirectoryName(topic, partition)
    const holder = this.#directories.find(({ partitions }) => partitions.has(name))
    const place = holder ?? this.#emptiest()
    const isNew = !place.partitions.has(name)
    place.partitions.add(name)
    return {
      directory: `${place.path}/${name}`,
      wasClean: place.wasClean || isNew,
      recoveryPoint: isNew ? 0 : (place.recoveryPoints.get(name) ?? 0),
      startOffset: isNew ? 0 : (place.startOffsets.get(name) ?? 0),
    }
  }

  /** Renames a partition's directory, so that it is in nobody's way and nothing of it is lost. Throws `DiskError`. */
  setAside(topic: string, partition: number, directory: string, uniqueId: string): void {
    this.#disk.rename(directory, `${directory}.${uniqueId}-stray`)
    this.forget(topic, partition)
  }

  /** Removes the directory of a partition whose log is not open. */
  remove(topic: string, partition: number): void {
    const name = partitionDirectoryName(topic, partition)
    for (const { path, partitions } of this.#directories) {
      if (partitions.has(name)) this.#disk.remove(`${path}/${name}`)
    }
  }

  /** The partition's directory was removed; returns the data directory it was in. */
  forget(topic: string, partition: number): string {
    const name = partitionDirectoryName(topic, partition)
    const holder = this.#directories.find(({ partitions }) => partitions.delete(name))
    return (holder ?? (this.#directories[0] as LogDirectory)).path
  }

  /** Writes how far each log is durable, where it starts, and its high watermark. */
  async writeCheckpoints(logs: Iterable<PartitionLog>): Promise<void> {
    const open = new Map([...logs].map(log => [log.directory, log]))
    for (const directory of this.#directories) {
      const { recoveryPoints, startOffsets } = directory
      await this.#write(
        directory,
        open,
        offsetCheckpoints.recoveryPoint,
        recoveryPoints,
        log => log.durableOffset,
      )
      await this.#write(directory, open, offsetCheckpoints.logStart, startOffsets, log => log.startOffset)
      await this.#write(
        directory,
        open,
        offsetCheckpoints.replication,
        recoveryPoints,
        log => log.highWatermark,
      )
    }
  }

  /**
   * The last thing of an orderly stop: every log is durable and closed. A directory that was not left in order and
   * where some log has not been opened since is still not in order.
   */
  async closeCleanly(logs: readonly PartitionLog[]): Promise<void> {
    await this.writeCheckpoints(logs)
    const closed = new Set(logs.map(log => log.directory))
    for (const { path, wasClean, partitions } of this.#directories) {
      if (!wasClean && [...partitions].some(name => !closed.has(`${path}/${name}`))) continue
      await leaveCleanShutdownMark(this.#disk, path)
    }
  }

  /** Partitions whose log is not open keep what the last checkpoint said of them. */
  #write(
    { path, partitions }: LogDirectory,
    open: ReadonlyMap<string, PartitionLog>,
    file: string,
    before: ReadonlyMap<string, number>,
    offsetOf: (log: PartitionLog) => number,
  ): Promise<void> {
    const entries: PartitionOffset[] = []
    for (const name of partitions) {
      const log = open.get(`${path}/${name}`)
      const offset = log === undefined ? before.get(name) : offsetOf(log)
      const parsed = parsePartitionDirectoryName(name)
      if (offset !== undefined && parsed !== undefined) entries.push({ ...parsed, offset })
    }
    return writeOffsetCheckpoint(this.#disk, `${path}/${file}`, entries)
  }

  #emptiest(): LogDirectory {
    return this.#directories.reduce((best, directory) =>
      directory.partitions.size < best.partitions.size ? directory : best,
    )
  }
}

async function openDirectory(disk: Disk, path: string, logger: Logger): Promise<LogDirectory> {
  const wasClean = await takeCleanShutdownMark(disk, path)
  const live = new Set<string>()
  for (const { state, directory, topic, partition } of listPartitions(disk, path)) {
    // A metadata log is nobody's partition: it is not hosted here, and so never closed here either.
    if (isReservedTopic(topic)) continue
    if (state === 'live') live.add(partitionDirectoryName(topic, partition))
    // A deletion that a stop cut short.
    else if (state === 'deleted') disk.remove(directory)
  }
  return {
    path,
    wasClean,
    recoveryPoints: readOffsets(disk, `${path}/${offsetCheckpoints.recoveryPoint}`, logger),
    startOffsets: readOffsets(disk, `${path}/${offsetCheckpoints.logStart}`, logger),
    partitions: live,
  }
}

/** A damaged checkpoint only costs time: the logs are then read from their beginning. */
function readOffsets(disk: Disk, path: string, logger: Logger): ReadonlyMap<string, number> {
  try {
    return new Map(readOffsetCheckpoint(disk, path).map(entry => [nameOf(entry), entry.offset]))
  } catch (error) {
    logger.warn(`${path} cannot be read and is ignored: opening the logs takes longer this time.`, { error })
    return new Map()
  }
}

const nameOf = ({ topic, partition }: PartitionOffset) => partitionDirectoryName(topic, partition)
