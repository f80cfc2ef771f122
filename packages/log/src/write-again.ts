import { type DiskFile, allocateBytes } from '@samsa/base'

const CHUNK_BYTES = 1024 * 1024

/**
 * Writes what a file holds from `position` on, up to `end`, to the same place again. Throws `DiskError`.
 *
 * After a sync that failed the system takes what it could not write for written, while programs still read it: a later
 * sync, also one of the next process, succeeds and writes none of it. Written again it is due again.
 */
export function writeAgain(file: DiskFile, position: number, end = Number.MAX_SAFE_INTEGER): void {
  const size = Math.min(file.size(), end)
  const chunk = allocateBytes(Math.max(0, Math.min(CHUNK_BYTES, size - position)))
  for (let at = position; at < size; ) {
    const count = file.read(chunk.subarray(0, Math.min(chunk.length, size - at)), at)
    if (count === 0) return
    file.write([chunk.subarray(0, count)], at)
    at += count
  }
}
