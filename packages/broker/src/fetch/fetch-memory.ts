import { allocateBytes } from '@samsa/base'
import { type BufferPool, SMALLEST_POOLED_BYTES } from '@samsa/net'

/** Memory for the records of one answer. */
export interface FetchLease {
  /** At least so many bytes, until `release`. */
  allocate(byteCount: number): Uint8Array
  /** Gives everything back; nobody may look at it any more. */
  release(): void
}

/** However little is left, an answer may have this much: a consumer always gets on. */
const SMALLEST_ANSWER_BYTES = 64 * 1024

/**
 * Memory that answers to Fetch hold until they are sent: used again and again, because a page of fresh memory costs as
 * much as copying into it, and bounded over all connections, because slow readers hold theirs for long. Where the bound
 * is near, answers become smaller.
 */
export class FetchMemory {
  readonly #pool: BufferPool
  readonly #limitBytes: number
  #heldBytes = 0

  constructor(pool: BufferPool, limitBytes: number) {
    this.#pool = pool
    this.#limitBytes = limitBytes
  }

  /** Bytes that are held by answers not yet sent. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** The most bytes of records that an answer should have now. */
  get answerBytesMax(): number {
    return Math.max(SMALLEST_ANSWER_BYTES, this.#limitBytes - this.#heldBytes)
  }

  lease(): FetchLease {
    let buffers: Uint8Array[] = []
    return {
      allocate: byteCount => {
        if (byteCount < SMALLEST_POOLED_BYTES) return allocateBytes(byteCount)
        const buffer = this.#pool.take(byteCount)
        buffers.push(buffer)
        this.#heldBytes += buffer.length
        return buffer
      },
      release: () => {
        for (const buffer of buffers) {
          this.#heldBytes -= buffer.length
          this.#pool.give(buffer)
        }
        buffers = []
      },
    }
  }
}
