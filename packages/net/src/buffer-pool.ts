import { MAPPED_BYTES, allocateBytes } from '@samsa/base'

const SMALLEST_CLASS_BITS = 13 // 8 KB
const LARGEST_CLASS_BITS = 24 // 16 MB
const MAPPED_CLASS_BITS = 21 // 2 MB
const CLASSES = LARGEST_CLASS_BITS - SMALLEST_CLASS_BITS + 1

/** Below this size fresh memory costs less than keeping books. */
export const SMALLEST_POOLED_BYTES = 4096

/**
 * Memory of common sizes, used again and again: a page of fresh memory costs as much as copying into it. What lay
 * unused between two calls of `trim` is given back, so a burst is not remembered for ever.
 */
export class BufferPool {
  readonly #free: Uint8Array[][] = Array.from({ length: CLASSES }, () => [])
  readonly #lowest: number[] = new Array(CLASSES).fill(0)
  readonly #maxIdleBytes: number
  #idleBytes = 0

  constructor(maxIdleBytes: number) {
    this.#maxIdleBytes = maxIdleBytes
  }

  get idleBytes(): number {
    return this.#idleBytes
  }

  /** Memory of at least that size; its content is whatever was there before. */
  take(bytes: number): Uint8Array {
    const index = classOf(bytes)
    // What the pool could not keep is of the right size: a class's is held, with all it takes, by whoever holds a part of it.
    if (index === undefined || classBytes(index) > this.#maxIdleBytes) return allocateBytes(bytes)
    const buffer = this.#free[index]!.pop()
    if (buffer === undefined) return allocateClass(index)
    this.#idleBytes -= buffer.length
    this.#lowest[index] = Math.min(this.#lowest[index]!, this.#free[index]!.length)
    return buffer
  }

  /** Gives memory back that `take` handed out and nobody looks at any more. */
  give(buffer: Uint8Array): void {
    const index = classOf(buffer.length)
    if (index === undefined || classBytes(index) !== buffer.length) return
    if (this.#idleBytes + buffer.length > this.#maxIdleBytes) return
    this.#idleBytes += buffer.length
    this.#free[index]!.push(buffer)
  }

  /** Frees what was not needed since the last call. */
  trim(): void {
    for (let index = 0; index < CLASSES; index++) {
      const buffers = this.#free[index]!
      this.#idleBytes -= this.#lowest[index]! * classBytes(index)
      buffers.splice(0, this.#lowest[index]!)
      this.#lowest[index] = buffers.length
    }
  }
}

/** Large memory is the front of much more: what is not used of that costs nothing, and all goes back when it is freed. */
function allocateClass(index: number): Uint8Array {
  const bytes = classBytes(index)
  return bytes < 1 << MAPPED_CLASS_BITS
    ? allocateBytes(bytes)
    : allocateBytes(MAPPED_BYTES).subarray(0, bytes)
}

function classBytes(index: number): number {
  return 1 << (index + SMALLEST_CLASS_BITS)
}

function classOf(bytes: number): number | undefined {
  if (bytes > 1 << LARGEST_CLASS_BITS) return undefined
  return Math.max(0, 32 - Math.clz32(bytes - 1) - SMALLEST_CLASS_BITS)
}
