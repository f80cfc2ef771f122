import { allocateBytes } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  STATED_LENGTH_BYTES,
  batchLength,
  batchMagic,
  checkBatch,
  statedBatchLength,
} from '@samsa/protocol'
import { lastOffsetOf } from './batch-view.ts'
import type { PooledFile } from './pooled-file.ts'

/** Enough for the headers of many small batches, and little to read in vain when batches are large. */
const HEADERS_CHUNK_BYTES = 16 * 1024
const WHOLE_CHUNK_BYTES = 256 * 1024

/**
 * Walks the batches of a file in order, a chunk at a time.
 *
 * After `next()` returned true the batch starts at `at` in `bytes` (and at `position` in the file). With `whole` all of
 * it is there, without only its header. After false, `position` is where no batch follows: the end, or damage.
 */
export class BatchScanner {
  readonly #file: PooledFile
  readonly #end: number
  readonly #isWhole: boolean
  #bytes: Uint8Array
  /** Where `bytes` starts in the file, and how many bytes of it are filled. */
  #chunkStart: number
  #filled = 0
  #length = 0
  position: number
  at = 0

  /**
   * @param options.end where to stop, exclusive: a batch that goes beyond is not visited
   * @param options.buffer memory to use instead of its own, for short walks
   */
  constructor(
    file: PooledFile,
    options: { start: number; end: number; whole: boolean; buffer?: Uint8Array },
  ) {
    this.#file = file
    this.#end = options.end
    this.#isWhole = options.whole
    this.position = options.start
    this.#chunkStart = options.start
    const chunk = options.whole ? WHOLE_CHUNK_BYTES : HEADERS_CHUNK_BYTES
    this.#bytes = options.buffer ?? allocateBytes(Math.max(0, Math.min(chunk, options.end - options.start)))
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Bytes of the batch found last. */
  get length(): number {
    return this.#length
  }

  /** The last offset of the batch found last. */
  get lastOffset(): number {
    return lastOffsetOf(this.#bytes, this.at)
  }

  /** Goes to the first or next batch. Does not look at checksums: `isIntact` does. Throws `DiskError`. */
  next(): boolean {
    this.position += this.#length
    this.#length = 0
    if (!this.#load(STATED_LENGTH_BYTES)) return false
    const length = statedBatchLength(this.#bytes, this.at)
    if (length < 0 || length > this.#end - this.position) return false
    const header = batchMagic(this.#bytes, this.at) === 2 ? BATCH_HEADER_BYTES : length
    if (!this.#load(this.#isWhole ? length : Math.min(header, length))) return false
    this.#length = length
    return true
  }

  /** Brings all of the batch found last into memory; false when the file ends before. */
  loadWhole(): boolean {
    return this.#load(this.#length)
  }

  /** Whether the checksum of the batch found last is right; needs all of it in memory. */
  isIntact(): boolean {
    return checkBatch(this.#bytes, this.at, this.at + batchLength(this.#bytes, this.at)) === 'NONE'
  }

  /** Makes sure that `count` bytes from `position` on are in memory. */
  #load(count: number): boolean {
    if (count > this.#end - this.position) return false
    this.at = this.position - this.#chunkStart
    if (this.at + count <= this.#filled) return true
    if (count > this.#bytes.length) this.#bytes = allocateBytes(count)
    const wanted = Math.min(this.#bytes.length, this.#end - this.position)
    this.#chunkStart = this.position
    this.#filled = this.#file.use().read(this.#bytes.subarray(0, wanted), this.position)
    this.at = 0
    return count <= this.#filled
  }
}
