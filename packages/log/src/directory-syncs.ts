import type { Disk } from '@samsa/base'
import { GroupCommit } from './group-commit.ts'
import { isPassing } from './log-error.ts'

interface Directory {
  /** How often its names changed, and up to which change they are durable. */
  changes: number
  durable: number
  /** Why a sync failed. What it was to make durable may be lost although a second one succeeds: none is tried. */
  failure: unknown
  readonly commit: GroupCommit
}

/** Makes names in directories durable, once for all logs that changed some: ten thousand partitions share a parent. */
export class DirectorySyncs {
  readonly #disk: Disk
  readonly #directories = new Map<string, Directory>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Notes that names in the directory changed. */
  changed(path: string): void {
    let directory = this.#directories.get(path)
    if (directory === undefined) {
      directory = {
        changes: 0,
        durable: 0,
        failure: undefined,
        commit: new GroupCommit(() => this.#run(path)),
      }
      this.#directories.set(path, directory)
    }
    directory.changes++
  }

  /** Resolves when all names that changed before are durable. Rejects with `DiskError`. */
  sync(path: string): Promise<void> {
    const directory = this.#directories.get(path)
    if (directory === undefined) return Promise.resolve()
    return directory.commit.request()
  }

  async #run(path: string): Promise<void> {
    const directory = this.#directories.get(path)
    if (directory === undefined) return
    if (directory.failure !== undefined) throw directory.failure
    const { changes } = directory
    if (changes > directory.durable) {
      try {
        await this.#disk.syncDirectory(path)
      } catch (error) {
        if (!isPassing(error)) directory.failure = error
        throw error
      }
    }
    directory.durable = Math.max(directory.durable, changes)
    if (directory.durable === directory.changes) this.#directories.delete(path)
  }
}
