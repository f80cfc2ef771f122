import { type Clock, DiskError } from '@samsa/base'
import { type FilePool, WRITE_BUFFER_BYTES } from './file-pool.ts'
import type { Segment } from './segment.ts'

/**
 * Writes to the end of the segment that grows. Small appends are gathered and written together at the end of the turn;
 * large ones are written at once, together with what was gathered.
 *
 * Invariant: bytes [writtenSize, segment.size) of the segment are the first bytes of the buffer.
 */
export class LogTail {
  readonly #pool: FilePool
  readonly #clock: Clock
  readonly #onLateFailure: (error: DiskError) => void
  #segment: Segment
  #writtenSize: number
  #buffer: Uint8Array | undefined
  #isWriteDeferred = false

  /** @param onLateFailure told when gathered appends could not be written; their bytes are dropped by then */
  constructor(pool: FilePool, clock: Clock, segment: Segment, onLateFailure: (error: DiskError) => void) {
    this.#pool = pool
    this.#clock = clock
    this.#segment = segment
    this.#writtenSize = segment.size
    this.#onLateFailure = onLateFailure
  }

  get segment(): Segment {
    return this.#segment
  }

  get hasGathered(): boolean {
    return this.#segment.size > this.#writtenSize
  }

  /** Goes on with another segment. Everything gathered must have been written. */
  moveTo(segment: Segment): void {
    this.#segment = segment
    this.#writtenSize = segment.size
  }

  /** Drops what was gathered, for a segment that goes away. */
  forgetGathered(): void {
    this.#segment.size = this.#writtenSize
    this.#giveBack()
  }

  /** Drops what was gathered, which the disk does not take; the offset after the last batch that was written. */
  cutGathered(): number {
    this.#giveBack()
    return this.#segment.cutUnwritten(this.#writtenSize)
  }

  /**
   * Adds `records` to the segment; the array is the caller's again afterwards. Throws `DiskError`: then nothing was
   * added.
   */
  append(records: Uint8Array): void {
    const gathered = this.#segment.size - this.#writtenSize
    if (gathered + records.length < WRITE_BUFFER_BYTES) this.#gather(records, gathered)
    else this.#write(records, gathered)
    this.#segment.size += records.length
  }

  /** Writes what was gathered. Throws `DiskError`: then it is still there. */
  write(): void {
    const gathered = this.#segment.size - this.#writtenSize
    if (gathered === 0) return
    this.#writeParts([this.#buffer!.subarray(0, gathered)])
    this.#writtenSize = this.#segment.size
    this.#giveBack()
  }

  #gather(records: Uint8Array, gathered: number): void {
    this.#buffer ??= this.#pool.takeBuffer()
    this.#buffer.set(records, gathered)
    if (this.#isWriteDeferred) return
    this.#isWriteDeferred = true
    this.#clock.defer(() => {
      this.#isWriteDeferred = false
      this.#writeLate()
    })
  }

  #writeLate(): void {
    try {
      this.write()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#onLateFailure(error)
    }
  }

  #write(records: Uint8Array, gathered: number): void {
    const parts = gathered === 0 ? [records] : [this.#buffer!.subarray(0, gathered), records]
    this.#writeParts(parts)
    this.#writtenSize = this.#segment.size + records.length
    this.#giveBack()
  }

  #writeParts(parts: Uint8Array[]): void {
    const file = this.#segment.log.use()
    try {
      file.write(parts, this.#writtenSize)
    } catch (error) {
      // A part may have been written: take it away, so that a reader of the bare file sees whole batches only. Where
      // even that fails, the next write or recovery deals with it.
      try {
        file.truncate(this.#writtenSize)
      } catch {}
      throw error
    }
  }

  #giveBack(): void {
    if (this.#buffer === undefined) return
    this.#pool.giveBuffer(this.#buffer)
    this.#buffer = undefined
  }
}
