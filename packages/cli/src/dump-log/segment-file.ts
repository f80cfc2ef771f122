import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { STATED_LENGTH_BYTES, statedBatchLength } from '@samsa/protocol'
import { FailedError } from '../command/command.ts'

/** Batches of so many bytes are read with what lies around them. */
const WINDOW_BYTES = 1 << 20

/** A batch in a file. */
export interface BatchPlace {
  /** Where in `bytes` it starts; `bytes` are valid until the next batch is read. */
  readonly bytes: Uint8Array
  readonly at: number
  readonly length: number
  /** Where in the file it starts. */
  readonly position: number
}

/** A file of batches, one after the other: a segment of a log, or a snapshot of the metadata log. */
export class SegmentFile implements Disposable {
  readonly path: string
  readonly sizeBytes: number
  readonly #descriptor: number
  #window = new Uint8Array(0)
  #windowAt = 0

  /** Throws `FailedError` when the file cannot be read. */
  constructor(path: string) {
    this.path = path
    this.#descriptor = attempt(path, () => openSync(path, 'r'))
    this.sizeBytes = attempt(path, () => fstatSync(this.#descriptor).size)
  }

  /** The whole batches from `position` on, up to `end` bytes into the file. */
  *batches(position = 0, end = this.sizeBytes): Generator<BatchPlace> {
    const limit = Math.min(end, this.sizeBytes)
    let next = position
    while (limit - next >= STATED_LENGTH_BYTES) {
      const length = statedBatchLength(this.#bytesAt(next, STATED_LENGTH_BYTES), 0)
      if (length < 0 || next + length > limit) return
      const bytes = this.#bytesAt(next, length)
      yield { bytes, at: 0, length, position: next }
      next += length
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
  }

  #bytesAt(position: number, length: number): Uint8Array {
    if (position < this.#windowAt || position + length > this.#windowAt + this.#window.length) {
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.sizeBytes - position)
      this.#window = new Uint8Array(wanted)
      this.#windowAt = position
      readAll(this.path, this.#descriptor, this.#window, position)
    }
    const at = position - this.#windowAt
    return this.#window.subarray(at, at + length)
  }
}

/** All bytes of a file that is small: an index or a snapshot of producers. */
export function readSmallFile(path: string): Uint8Array {
  const descriptor = attempt(path, () => openSync(path, 'r'))
  try {
    const bytes = new Uint8Array(attempt(path, () => fstatSync(descriptor).size))
    readAll(path, descriptor, bytes, 0)
    return bytes
  } finally {
    closeSync(descriptor)
  }
}

function readAll(path: string, descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = attempt(path, () => readSync(descriptor, bytes, done, bytes.length - done, position + done))
    if (count === 0) throw new FailedError(`${path} became shorter while it was read.`)
    done += count
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new FailedError(`${path} cannot be read: ${(error as Error).message}.`)
  }
}
