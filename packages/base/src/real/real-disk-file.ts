import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  readSync,
  readv,
  writeSync,
  writevSync,
} from 'node:fs'
import { assert } from '../assert.ts'
import { DiskError, type DiskFile } from '../world.ts'
import { diskFailure } from './disk-failure.ts'

/** What is read ahead goes here and is never looked at: all files may write to it at a time, and it stays in the processor's cache. */
const discarded = new Uint8Array(64 * 1024)
/** Systems take 1,024 parts in one call. */
const DISCARDS_MAX = 1024

/** A file opened for reading and writing at explicit positions. */
export class RealDiskFile implements DiskFile {
  readonly path: string
  readonly #descriptor: number
  #isClosed = false
  /** Syncs and reads that other threads are busy with. */
  #underWay = 0

  constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  size(): number {
    return this.#attempt('look at', () => fstatSync(this.#descriptor).size)
  }

  read(target: Uint8Array, position: number): number {
    return this.#attempt('read', () => {
      let filled = 0
      while (filled < target.length) {
        const count = readSync(this.#descriptor, target, filled, target.length - filled, position + filled)
        if (count === 0) break
        filled += count
      }
      return filled
    })
  }

  async readAhead(position: number, byteCount: number): Promise<void> {
    this.#assertOpen('read')
    this.#underWay++
    try {
      const end = position + byteCount
      let at = position
      while (at < end) {
        const count = await this.#readAheadSome(at, end - at)
        if (count === 0) break
        at += count
      }
    } finally {
      this.#underWay--
      this.#closeWhenUnused()
    }
  }

  #readAheadSome(position: number, byteCount: number): Promise<number> {
    const count = Math.min(DISCARDS_MAX, Math.ceil(byteCount / discarded.length))
    const targets: Uint8Array[] = new Array(count).fill(discarded)
    targets[count - 1] = discarded.subarray(
      0,
      Math.min(byteCount - (count - 1) * discarded.length, discarded.length),
    )
    return new Promise((resolve, reject) => {
      readv(this.#descriptor, targets, position, (error, count) => {
        if (error === null || error === undefined) resolve(count)
        else reject(diskFailure('read', this.path, error))
      })
    })
  }

  write(parts: readonly Uint8Array[], position: number): void {
    this.#attempt('write', () => {
      if (parts.length === 1) this.#writeOne(parts[0]!, position)
      else if (parts.length > 1) this.#writeAll(parts, position)
    })
  }

  truncate(sizeBytes: number): void {
    this.#attempt('truncate', () => ftruncateSync(this.#descriptor, sizeBytes))
  }

  sync(): Promise<void> {
    this.#assertOpen('sync')
    this.#underWay++
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, error => {
        this.#underWay--
        this.#closeWhenUnused()
        if (error === null || error === undefined) resolve()
        else reject(diskFailure('sync', this.path, error))
      })
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#closeWhenUnused()
  }

  // While another thread is busy with it the descriptor must stay taken: the system would give its number to another file.
  #closeWhenUnused(): void {
    if (!this.#isClosed || this.#underWay > 0) return
    try {
      closeSync(this.#descriptor)
    } catch (cause) {
      throw diskFailure('close', this.path, cause)
    }
  }

  #writeOne(bytes: Uint8Array, position: number): void {
    let written = 0
    while (written < bytes.length) {
      const count = writeSync(this.#descriptor, bytes, written, bytes.length - written, position + written)
      this.#assertProgress(count)
      written += count
    }
  }

  #writeAll(parts: readonly Uint8Array[], position: number): void {
    let rest = parts
    let at = position
    while (rest.length > 0) {
      const count = writevSync(this.#descriptor, rest as Uint8Array[], at)
      at += count
      rest = unwritten(rest, count)
      if (rest.length > 0) this.#assertProgress(count)
    }
  }

  #assertProgress(count: number): void {
    if (count > 0) return
    throw new DiskError('NO_SPACE', this.path, `cannot write ${this.path}: the system takes no more bytes`)
  }

  #attempt<T>(action: string, operation: () => T): T {
    this.#assertOpen(action)
    try {
      return operation()
    } catch (cause) {
      throw diskFailure(action, this.path, cause)
    }
  }

  #assertOpen(action: string): void {
    assert(!this.#isClosed, `cannot ${action} ${this.path}: it is closed`)
  }
}

/** What is left of `parts` after the first `count` bytes. */
function unwritten(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (skip < part.length) return skip === 0 ? parts.slice(i) : [part.subarray(skip), ...parts.slice(i + 1)]
    skip -= part.length
  }
  return []
}
