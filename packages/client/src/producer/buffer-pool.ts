import { allocateBytes } from '@samsa/base'
import type { BatchMemory } from '@samsa/protocol'

/** Arrays are made in sizes of a power of two from this one on. */
const SMALLEST_BITS = 10

/**
 * Memory for batches, used again and again: fresh memory costs a page fault for every 4 KB.
 *
 * Arrays come in powers of two. At most `idleBytesMax` are kept for later; what is given beyond that is dropped.
 */
export class BufferPool implements BatchMemory {
  readonly #idleBytesMax: number
  #idleBytes = 0
  /** Idle arrays of 2^(SMALLEST_BITS + index) bytes. */
  readonly #idle: Uint8Array[][] = []

  constructor(idleBytesMax: number) {
    this.#idleBytesMax = idleBytesMax
  }

  get idleBytes(): number {
    return this.#idleBytes
  }

  take(bytesMin: number): Uint8Array {
    const size = sizeClassOf(bytesMin)
    const found = this.#idle[size]?.pop()
    if (found === undefined) return allocateBytes(2 ** (size + SMALLEST_BITS))
    this.#idleBytes -= found.length
    return found
  }

  give(bytes: Uint8Array): void {
    if (this.#idleBytes + bytes.length > this.#idleBytesMax) return
    const size = sizeClassOf(bytes.length)
    for (let next = this.#idle.length; next <= size; next++) this.#idle.push([])
    this.#idle[size]!.push(bytes)
    this.#idleBytes += bytes.length
  }
}

function sizeClassOf(bytes: number): number {
  return Math.max(0, 32 - Math.clz32(bytes - 1) - SMALLEST_BITS)
}
