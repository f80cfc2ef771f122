import { type Disk, DiskError, type Logger, MalformedError } from '@samsa/base'
import { readWhole } from './checkpoint-file.ts'
import { Pending } from './pending.ts'
import type { ProducerEntry } from './producer-entry.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import { segmentPath } from './segment.ts'

/**
 * The files with snapshots of producers that one partition has, each named after the offset it was taken at.
 *
 * Invariant: what is not among `#offsets` is not on disk, but for a file that is being synced and goes afterwards.
 */
export class SnapshotFiles {
  readonly #disk: Disk
  readonly #directory: string
  readonly #logger: Logger
  /** Ascending. */
  #offsets: number[]
  /** Those of them that survive a power cut. */
  readonly #durable = new Pending<number>()
  /** The one that is being synced, unless it has been given up meanwhile. */
  #syncing: number | undefined

  constructor(disk: Disk, directory: string, offsets: readonly number[], logger: Logger) {
    this.#disk = disk
    this.#directory = directory
    this.#offsets = [...offsets].sort((a, b) => a - b)
    this.#logger = logger
  }

  /** The offset of the newest one. */
  get newest(): number | undefined {
    return this.#offsets.at(-1)
  }

  /** Whether there is one at `offset` that survives a power cut. */
  isDurable(offset: number): boolean {
    return this.#durable.has(offset)
  }

  /** What the one at `offset` says; undefined when there is none, or it is damaged. Throws `DiskError`. */
  read(offset: number): ProducerEntry[] | undefined {
    if (!this.#offsets.includes(offset)) return undefined
    const path = this.#path(offset)
    try {
      return decodeProducerSnapshot(readWhole(this.#disk, path))
    } catch (error) {
      const isMissing = error instanceof DiskError && error.code === 'NOT_FOUND'
      if (!isMissing && !(error instanceof MalformedError)) throw error
      this.#logger.warn(
        'A snapshot of producers is unusable; an older one and the records after it take its place.',
        { path, error },
      )
      return undefined
    }
  }

  /** Writes one, in the place of another if need be. Throws `DiskError`. */
  write(offset: number, entries: ReadonlyMap<number, ProducerEntry>): void {
    const bytes = encodeProducerSnapshot(entries)
    const file = this.#disk.open(this.#path(offset), { create: true })
    try {
      file.write([bytes], 0)
      file.truncate(bytes.length)
    } finally {
      file.close()
    }
    if (this.#offsets.includes(offset)) return
    this.#offsets.push(offset)
    this.#offsets.sort((a, b) => a - b)
  }

  /** Makes one durable; its name is the caller's to sync. Rejects with `DiskError`. */
  async sync(offset: number): Promise<void> {
    const file = this.#disk.open(this.#path(offset))
    this.#syncing = offset
    try {
      await file.sync()
      if (this.#syncing === offset) this.#durable.add(offset)
    } finally {
      this.#syncing = undefined
      file.close()
      if (!this.#offsets.includes(offset)) this.#remove(offset)
    }
  }

  /** Removes all others. */
  keep(isKept: (offset: number) => boolean): void {
    if (this.#offsets.every(isKept)) return
    for (const offset of this.#offsets) if (!isKept(offset)) this.#remove(offset)
    this.#offsets = this.#offsets.filter(isKept)
  }

  #remove(offset: number): void {
    this.#durable.delete(offset)
    if (offset === this.#syncing) {
      // Its file is open: it goes when the sync is over.
      this.#syncing = undefined
      return
    }
    try {
      this.#disk.remove(this.#path(offset))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.warn('A snapshot of producers that is no longer needed could not be removed.', { error })
    }
  }

  #path(offset: number): string {
    return segmentPath(this.#directory, offset, 'snapshot')
  }
}
