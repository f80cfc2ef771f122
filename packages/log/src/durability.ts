import { type Disk, DiskError, type DiskFile } from '@samsa/base'
import type { DirectorySyncs } from './directory-syncs.ts'
import { GroupCommit } from './group-commit.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { isPassing } from './log-error.ts'
import { Pending } from './pending.ts'
import type { Segment } from './segment.ts'
import { writeAgain } from './write-again.ts'

export interface DurabilityParts {
  readonly disk: Disk
  readonly directory: string
  readonly directories: DirectorySyncs
  readonly epochs: LeaderEpochs
  readonly durableOffset: number
  /** Writes what was gathered in memory, and tells where the log ends. Throws `DiskError`. */
  readonly writeGathered: () => number
  /** Told when the disk failed other than by being full; what it returns is what callers get. */
  readonly onFailure: (error: unknown) => unknown
}

/**
 * What of a log is not durable yet, and the commit that makes it so: data first, then the names of files.
 *
 * Invariant: `durableOffset` passes a record only after its segment, the names of the files, the leader epochs and the
 * aborted transactions up to it are on disk. A commit that failed is not tried again as if nothing had happened: what
 * the failed sync was to write may be lost although a second one succeeds.
 */
export class Durability {
  durableOffset: number
  readonly #parts: DurabilityParts
  readonly #commit = new GroupCommit(() => this.#run())
  readonly #checkpoints = new GroupCommit(() => this.#checkpoint())
  /** Where the running commit's promise ends; cut back when the log is truncated meanwhile. */
  #target = 0
  readonly #segments = new Pending<Segment>()
  readonly #files = new Pending<string>()
  readonly #directories = new Pending<string>()
  /** Segments whose indexes changed since they were last made durable. */
  readonly #indexes = new Pending<Segment>()
  #recoveryPoint: number
  /** How often names changed, and up to which change they are durable. */
  #nameChanges = 0
  #durableNameChanges = 0

  constructor(parts: DurabilityParts) {
    this.#parts = parts
    this.durableOffset = parts.durableOffset
    this.#recoveryPoint = parts.durableOffset
  }

  /** Everything below is durable with its indexes: recovery need not look at it. */
  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  changed(segment: Segment): void {
    this.#segments.add(segment)
    this.#indexes.add(segment)
  }

  changedFile(path: string): void {
    this.#files.add(path)
  }

  /** Whether a power cut leaves every file of the log its name. */
  get areNamesDurable(): boolean {
    return this.#durableNameChanges === this.#nameChanges
  }

  changedNames(directory: string): void {
    this.#nameChanges++
    this.#directories.add(directory)
    this.#parts.directories.changed(directory)
  }

  /** Nothing of this segment needs to become durable any more. */
  forget(segment: Segment): void {
    this.#segments.delete(segment)
    this.#indexes.delete(segment)
  }

  /** The log ends at `offset` now; what comes after is new. */
  cutTo(offset: number): void {
    this.durableOffset = Math.min(this.durableOffset, offset)
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset)
    this.#target = Math.min(this.#target, offset)
  }

  /** The log starts anew at `offset`, without any records. */
  startAt(offset: number): void {
    this.cutTo(offset)
    this.durableOffset = offset
    this.#recoveryPoint = offset
  }

  has(segment: Segment): boolean {
    return this.#segments.has(segment)
  }

  /** Makes everything appended before the call durable; shared by all who call while one is running. */
  sync(): Promise<void> {
    return this.#commit.request()
  }

  /** Like `sync`, with the indexes; moves the recovery point. */
  checkpoint(): Promise<void> {
    return this.#checkpoints.request()
  }

  async #checkpoint(): Promise<void> {
    await this.sync()
    const offset = this.durableOffset
    // Taken now and not before: a segment begun meanwhile holds records below `offset`, too.
    const segments = this.#indexes.take()
    try {
      await Promise.all(segments.map(segment => segment.syncIndexes()))
    } catch (error) {
      for (const segment of segments) this.#indexes.add(segment)
      throw this.#failed(error)
    }
    this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(offset, this.durableOffset))
  }

  /** Resolves when no commit is running, and no checkpoint: it goes on with the indexes after its commit. */
  async settled(): Promise<void> {
    await this.#checkpoints.settled()
    await this.#commit.settled()
  }

  async #run(): Promise<void> {
    this.#target = this.#parts.writeGathered()
    const segments = this.#segments.take()
    const files = this.#files.take()
    try {
      await this.#syncAll(segments, files)
    } catch (error) {
      for (const segment of segments) this.#segments.add(segment)
      for (const file of files) this.#files.add(file)
      this.#writeAgain(segments, files)
      throw this.#failed(error)
    }
    this.durableOffset = Math.max(this.durableOffset, this.#target)
  }

  async #syncAll(segments: Segment[], files: string[]): Promise<void> {
    const { epochs, disk, directory } = this.#parts
    // Asked first, as it may read a file: nothing may be under way when that throws.
    const { isUnsaved } = epochs
    const waits = segments.map(segment => segment.sync())
    for (const path of files) waits.push(syncFile(disk, path))
    if (isUnsaved) {
      waits.push(epochs.save().then(() => this.changedNames(directory)))
    }
    // All of them are waited for, also after one failed: nothing may still be running when the commit is over.
    for (const result of await Promise.allSettled(waits))
      if (result.status === 'rejected') throw result.reason
    const directories = this.#directories.take()
    const nameChanges = this.#nameChanges
    try {
      await Promise.all(directories.map(names => this.#parts.directories.sync(names)))
    } catch (error) {
      for (const names of directories) this.#directories.add(names)
      throw error
    }
    this.#durableNameChanges = nameChanges
  }

  /** Where that fails too, nothing is lost that anyone was promised. */
  #writeAgain(segments: readonly Segment[], files: readonly string[]): void {
    try {
      for (const segment of segments) segment.writeAgain(this.durableOffset)
      for (const path of files) {
        if (this.#parts.disk.exists(path)) useFile(this.#parts.disk, path, file => writeAgain(file, 0))
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }

  #failed(error: unknown): unknown {
    return isPassing(error) ? error : this.#parts.onFailure(error)
  }
}

function useFile(disk: Disk, path: string, use: (file: DiskFile) => void): void {
  const file = disk.open(path)
  try {
    use(file)
  } finally {
    file.close()
  }
}

async function syncFile(disk: Disk, path: string): Promise<void> {
  if (!disk.exists(path)) return
  const file = disk.open(path)
  try {
    await file.sync()
  } finally {
    file.close()
  }
}
