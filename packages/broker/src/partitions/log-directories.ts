import type { Disk, Logger } from '@samsa/base'
import {
  CONTENTS_FILE,
  type DirectoryContents,
  type KnownContents,
  type PartitionLog,
  type PartitionOffset,
  leaveCleanShutdownMark,
  listPartitions,
  offsetCheckpoints,
  partitionDirectoryName,
  readOffsetCheckpoint,
  takeCleanShutdownMark,
  takeContents,
  writeContents,
  writeOffsetCheckpoint,
} from '@samsa/log'
import { Turns } from './turns.ts'

/** Where a partition's log is, and what is known of it before it is opened. */
export interface LogPlace {
  readonly directory: string
  /** The broker stopped in order: what the checkpoints say is all there is to know. */
  readonly wasClean: boolean
  readonly recoveryPoint: number
  readonly startOffset: number
  /** Below it the log may have gaps; undefined when unknown. */
  readonly cleanedOffset: number | undefined
  /** What lies in the directory; undefined when it must be looked up. */
  readonly contents: DirectoryContents | undefined
}

type CheckpointName = 'recoveryPoint' | 'logStart' | 'replication'
type Offsets = ReadonlyMap<string, number>

/** One of the directories of `log.dirs`. */
interface LogDirectory {
  readonly path: string
  readonly wasClean: boolean
  /** What lay in its partitions' directories when the broker stopped; nothing when that was not in order. */
  readonly contents: KnownContents | undefined
  /** What its checkpoint files say, by directory name; undefined for one that was not read. */
  readonly checkpoints: Record<CheckpointName, Offsets | undefined>
  /** Partitions here, by directory name. */
  readonly partitions: Map<string, PartitionName>
  /** Deleted topics that the checkpoint files still tell of. */
  readonly staleTopics: Set<string>
  /** What the cleaner's checkpoint said at the start; undefined when it cannot be read. */
  readonly cleaned: Offsets | undefined
  /** What is being written to a checkpoint file. */
  writing: Offsets | undefined
}

interface PartitionName {
  readonly topic: string
  readonly partition: number
}

interface Listed {
  readonly name: string
  readonly place: PartitionName
  readonly log: PartitionLog | undefined
}

/**
 * The directories of `log.dirs`: which partition is where, and the checkpoint files that spare a restart most of the
 * reading. File names and formats are Apache Kafka's.
 */
export class LogDirectories {
  readonly #disk: Disk
  readonly #directories: readonly LogDirectory[]
  /** The files are replaced by way of temporary ones: never two at a time. */
  readonly #writes = new Turns(1)
  /** Where logs are about to start, by directory. */
  readonly #comingStarts = new Map<string, number>()

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

  /** Whether the last process stopped in order in all of them. */
  get wereClean(): boolean {
    return this.#directories.every(({ wasClean }) => wasClean)
  }

  /** Partitions found on disk: they belong to a topic of the metadata, or are to be adopted. */
  *found(): Iterable<{ topic: string; partition: number; directory: string; wasClean: boolean }> {
    for (const { path, partitions, wasClean } of this.#directories) {
      for (const [name, parsed] of partitions) yield { ...parsed, directory: `${path}/${name}`, wasClean }
    }
  }

  /** Where a partition is, or is to be: a new one goes where the fewest are. */
  placeOf(topic: string, partition: number): LogPlace {
    const name = partitionDirectoryName(topic, partition)
    const holder = this.#directories.find(({ partitions }) => partitions.has(name))
    const place = holder ?? this.#emptiest()
    const isNew = !place.partitions.has(name)
    place.partitions.set(name, { topic, partition })
    const recoveryPoint = isNew ? 0 : (place.checkpoints.recoveryPoint?.get(name) ?? 0)
    return {
      directory: `${place.path}/${name}`,
      wasClean: place.wasClean || isNew,
      recoveryPoint,
      contents: isNew ? undefined : place.contents?.take(name, recoveryPoint),
      startOffset: isNew ? 0 : (place.checkpoints.logStart?.get(name) ?? 0),
      cleanedOffset: place.cleaned === undefined ? undefined : (place.cleaned.get(name) ?? 0),
    }
  }

  /** Renames a partition's directory, so that it is in nobody's way and nothing of it is lost. Throws `DiskError`. */
  setAside(topic: string, partition: number, directory: string, uniqueId: string): void {
    this.#disk.rename(directory, `${directory}.${uniqueId}-stray`)
    this.forget(topic, partition)
  }

  /** Removes the directory of a partition whose log is not open. Rejects with `DiskError`. */
  async remove(topic: string, partition: number): Promise<void> {
    const name = partitionDirectoryName(topic, partition)
    for (const { path, partitions } of this.#directories) {
      if (partitions.has(name)) await this.#disk.discard(`${path}/${name}`)
    }
  }

  /** The partition's directory was removed; returns the data directory it was in. */
  forget(topic: string, partition: number): string {
    const name = partitionDirectoryName(topic, partition)
    const holder =
      this.#directories.find(({ partitions }) => partitions.delete(name)) ??
      (this.#directories[0] as LogDirectory)
    const { recoveryPoint, logStart } = holder.checkpoints
    const told = [recoveryPoint, logStart, holder.writing]
    if (told.some(offsets => offsets?.get(name))) holder.staleTopics.add(topic)
    return holder.path
  }

  /** Whether checkpoint files may still tell of a deleted topic of that name: before it is used anew, write them. */
  isStale(topic: string): boolean {
    return this.#directories.some(({ staleTopics }) => staleTopics.has(topic))
  }

  /** Writes how far each log is durable, where it starts, and its high watermark, where that changed. */
  writeCheckpoints(logs: Iterable<PartitionLog>): Promise<void> {
    return this.#writes.run(async () => {
      const open = byDirectory(logs)
      for (const directory of this.#directories) await this.#writeInto(directory, open)
    })
  }

  /**
   * Writes down where logs are to start, so that they still do after a power cut, and only then lets them: no one is
   * shown a start that may go back. Rejects with `DiskError`, and the logs start where they did.
   *
   * @param logs all that are open
   * @param move lets one of the logs start there
   */
  moveStarts(
    logs: () => Iterable<PartitionLog>,
    starts: ReadonlyMap<PartitionLog, number>,
    move: (log: PartitionLog, offset: number) => void,
  ): Promise<void> {
    for (const [{ directory }, offset] of starts) {
      this.#comingStarts.set(directory, Math.max(offset, this.#comingStarts.get(directory) ?? 0))
    }
    return this.#writes.run(async () => {
      try {
        const open = byDirectory(logs())
        for (const directory of this.#directories)
          await this.#writeStarts(directory, this.#list(directory, open))
        for (const [log, offset] of starts) move(log, offset)
      } finally {
        for (const [{ directory }, offset] of starts) {
          if (this.#comingStarts.get(directory) === offset) this.#comingStarts.delete(directory)
        }
      }
    })
  }

  /**
   * The last thing of an orderly stop: every log is durable and closed. A directory that was not left in order and
   * where some log has not been opened since is still not in order.
   *
   * @param failed logs that could not be closed: their directories are not in order either
   */
  async closeCleanly(logs: readonly PartitionLog[], failed: readonly PartitionLog[] = []): Promise<void> {
    await this.writeCheckpoints(logs)
    for (const { path, wasClean, partitions } of this.#directories) {
      const paths = new Set(Array.from(partitions.keys(), name => `${path}/${name}`))
      const isTorn = failed.some(({ directory }) => paths.has(directory))
      const closed = logs.filter(({ directory }) => paths.has(directory))
      if (isTorn || (!wasClean && closed.length < paths.size)) continue
      await writeContents(this.#disk, path, closed)
      await leaveCleanShutdownMark(this.#disk, path)
    }
  }

  async #writeInto(directory: LogDirectory, open: ReadonlyMap<string, PartitionLog>): Promise<void> {
    const { staleTopics } = directory
    const stale = [...staleTopics]
    const listed = this.#list(directory, open)
    // Not how far it is durable: what is derived from the records may not be so yet.
    await this.#write(directory, listed, 'recoveryPoint', log => log.recoveryPoint)
    await this.#writeStarts(directory, listed)
    await this.#write(directory, listed, 'replication', log => log.highWatermark)
    for (const topic of stale) staleTopics.delete(topic)
  }

  #list({ path, partitions }: LogDirectory, open: ReadonlyMap<string, PartitionLog>): Listed[] {
    return Array.from(partitions, ([name, place]) => ({ name, place, log: open.get(`${path}/${name}`) }))
  }

  #writeStarts(directory: LogDirectory, listed: readonly Listed[]): Promise<void> {
    const startOf = ({ directory, startOffset }: PartitionLog) =>
      Math.max(startOffset, this.#comingStarts.get(directory) ?? 0)
    return this.#write(directory, listed, 'logStart', startOf)
  }

  /** Partitions whose log is not open keep what the last checkpoint said of them. */
  async #write(
    directory: LogDirectory,
    listed: readonly Listed[],
    checkpoint: CheckpointName,
    offsetOf: (log: PartitionLog) => number,
  ): Promise<void> {
    const { path, checkpoints } = directory
    const before = checkpoints[checkpoint]
    const known = before ?? checkpoints.recoveryPoint
    const offsetFor = (one: Listed) => (one.log === undefined ? known?.get(one.name) : offsetOf(one.log))
    // Looked at before anything is gathered: mostly nothing changed in ten thousand partitions.
    if (before !== undefined && areEqual(before, listed, offsetFor)) return
    const offsets = new Map<string, number>()
    const entries: PartitionOffset[] = []
    for (const one of listed) {
      const offset = offsetFor(one)
      if (offset === undefined) continue
      offsets.set(one.name, offset)
      entries.push({ ...one.place, offset })
    }
    directory.writing = offsets
    try {
      await writeOffsetCheckpoint(this.#disk, `${path}/${offsetCheckpoints[checkpoint]}`, entries)
      checkpoints[checkpoint] = offsets
    } finally {
      directory.writing = undefined
    }
  }

  #emptiest(): LogDirectory {
    return this.#directories.reduce((best, directory) =>
      directory.partitions.size < best.partitions.size ? directory : best,
    )
  }
}

async function openDirectory(disk: Disk, path: string, logger: Logger): Promise<LogDirectory> {
  const wasClean = await takeCleanShutdownMark(disk, path)
  const contents = unlessDamaged(`${path}/${CONTENTS_FILE}`, logger, () => takeContents(disk, path))
  const live = new Map<string, PartitionName>()
  for (const { state, directory, topic, partition } of listPartitions(disk, path)) {
    if (state === 'live') live.set(partitionDirectoryName(topic, partition), { topic, partition })
    // A deletion that a stop cut short.
    else if (state === 'deleted') disk.remove(directory)
  }
  const read = (checkpoint: keyof typeof offsetCheckpoints) =>
    readOffsets(disk, `${path}/${offsetCheckpoints[checkpoint]}`, logger)
  const checkpoints = {
    recoveryPoint: read('recoveryPoint') ?? NOTHING_KNOWN,
    logStart: read('logStart') ?? NOTHING_KNOWN,
    replication: undefined,
  }
  const cleaned = read('cleaner')
  const staleTopics = new Set<string>()
  return {
    path,
    wasClean,
    contents: wasClean ? contents : undefined,
    checkpoints,
    partitions: live,
    staleTopics,
    cleaned,
    writing: undefined,
  }
}

function byDirectory(logs: Iterable<PartitionLog>): Map<string, PartitionLog> {
  const open = new Map<string, PartitionLog>()
  for (const log of logs) open.set(log.directory, log)
  return open
}

function areEqual(
  before: Offsets,
  listed: readonly Listed[],
  offsetOf: (one: Listed) => number | undefined,
): boolean {
  let count = 0
  for (const one of listed) {
    const offset = offsetOf(one)
    if (offset !== before.get(one.name)) return false
    if (offset !== undefined) count++
  }
  return count === before.size
}

/** A damaged checkpoint only costs time: the logs are then read from their beginning. */
function readOffsets(disk: Disk, path: string, logger: Logger): Offsets | undefined {
  return unlessDamaged(path, logger, () => {
    return new Map(readOffsetCheckpoint(disk, path).map(entry => [nameOf(entry), entry.offset]))
  })
}

function unlessDamaged<T>(path: string, logger: Logger, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    logger.warn(`${path} cannot be read and is ignored: opening the logs takes longer this time.`, { error })
    return undefined
  }
}

const NOTHING_KNOWN: Offsets = new Map()

const nameOf = ({ topic, partition }: PartitionOffset) => partitionDirectoryName(topic, partition)
