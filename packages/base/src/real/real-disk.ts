import {
  constants,
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  renameSync,
  statSync,
  statfsSync,
} from 'node:fs'
import type { DirectoryEntry, Disk, DiskFile, DiskLock } from '../world.ts'
import { diskFailure } from './disk-failure.ts'
import { lockFile } from './lock-file.ts'
import { RealDiskFile } from './real-disk-file.ts'
import { discardTree, removeTree } from './remove-tree.ts'
import { Sequence } from './sequence.ts'

const renames = new Sequence()

/** The operating system's file system. */
export class RealDisk implements Disk {
  open(path: string, options: { create?: boolean } = {}): DiskFile {
    const flags = constants.O_RDWR | (options.create === true ? constants.O_CREAT : 0)
    return attempt('open', path, () => new RealDiskFile(path, openSync(path, flags, 0o644)))
  }

  exists(path: string): boolean {
    return existsSync(path)
  }

  list(path: string): DirectoryEntry[] {
    return attempt('list', path, () => {
      const entries = readdirSync(path, { withFileTypes: true }).map(entry => ({
        name: entry.name,
        kind: (entry.isSymbolicLink() ? leadsToDirectory(path, entry.name) : entry.isDirectory())
          ? ('directory' as const)
          : ('file' as const),
      }))
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    })
  }

  size(path: string): number {
    return attempt('look at', path, () => statSync(path).size)
  }

  modifiedMs(directory: string): number {
    return attempt('look at', directory, () => statSync(directory).mtimeMs)
  }

  makeDirectory(path: string): void {
    attempt('make the directory', path, () => mkdirSync(path, { recursive: true }))
  }

  rename(from: string, to: string): void {
    attempt(`rename to ${to} the file`, from, () => renameSync(from, to))
  }

  async renameAtLeisure(from: string, to: string): Promise<void> {
    try {
      await renames.run(() => promises.rename(from, to))
    } catch (cause) {
      throw diskFailure(`rename to ${to} the file`, from, cause)
    }
  }

  remove(path: string): void {
    attempt('remove', path, () => removeTree(path))
  }

  async discard(path: string): Promise<void> {
    try {
      await discardTree(path)
    } catch (cause) {
      throw diskFailure('remove', path, cause)
    }
  }

  async syncDirectory(path: string): Promise<void> {
    // Windows cannot open a directory, and NTFS journals names by itself.
    if (process.platform === 'win32') return
    const descriptor = attempt('open', path, () => openSync(path, constants.O_RDONLY))
    try {
      await new Promise<void>((resolve, reject) => {
        fsync(descriptor, error => (error ? reject(diskFailure('sync', path, error)) : resolve()))
      })
    } finally {
      closeSync(descriptor)
    }
  }

  lock(path: string): DiskLock | undefined {
    return attempt('lock', path, () => lockFile(path))
  }

  space(path: string): { freeBytes: number; totalBytes: number } {
    return attempt('look at the space of', path, () => {
      const { bavail, blocks, bsize } = statfsSync(path)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    })
  }
}

function attempt<T>(action: string, path: string, operation: () => T): T {
  try {
    return operation()
  } catch (cause) {
    throw diskFailure(action, path, cause)
  }
}

function leadsToDirectory(path: string, name: string): boolean {
  return statSync(`${path}/${name}`, { throwIfNoEntry: false })?.isDirectory() === true
}
