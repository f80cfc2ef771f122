import { statfsSync } from 'node:fs'

const PATH = '/dev/shm'
/** What Linux says of a file system in memory (`TMPFS_MAGIC`). */
const TMPFS = 0x01021994

/** A directory whose files are kept in memory alone, with room for so many bytes; undefined where there is none. */
export function memoryDirectory(bytes: number): string | undefined {
  try {
    const { type, bavail, bsize } = statfsSync(PATH)
    return type === TMPFS && Math.min(bavail * bsize, process.availableMemory()) >= bytes ? PATH : undefined
  } catch {
    return undefined
  }
}
