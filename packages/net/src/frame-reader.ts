// Cuts a stream of bytes into frames: a length of 4 bytes (big endian, signed), then that many bytes.
//
// Where bytes are read to, in the life of a frame:
//
//   length   unknown ─► shared memory; small frames, and starts of large ones, are copied out of it
//   length   known   ─► the rest is read straight into the frame's own memory, so large frames are never copied
//
// A length promises nothing: the memory of a frame starts with what has arrived and grows fourfold as bytes come, unless
// the connection has completed frames of that size before.

import { allocateBytes, readInt32 } from '@samsa/base'
import { SMALLEST_POOLED_BYTES } from './buffer-pool.ts'
import type { FrameMemory } from './frame-memory.ts'
import type { BudgetOwner } from './memory-budget.ts'

const FIRST_BYTES = 64 * 1024
const TRUSTED_BYTES_MAX = 8 * 1024 * 1024
/** Frames that fit into the shared memory. */
const SMALL_FRAME_BYTES = 16 * 1024
/** For connections of large frames: the less of them goes through the shared memory, the less is copied. */
const READ_BYTES_BEFORE_LARGE = 2 * 1024

/** A received frame. Its memory goes back to the pool with `release`. */
export interface Frame {
  readonly bytes: Uint8Array
  release(): void
}

export interface FrameSink {
  /** Whether another frame may begin now; if not, `continue` is called when it may. */
  mayBegin(): boolean
  frame(frame: Frame): void
  /** The length is no valid one; nothing more is read. */
  invalid(length: number): void
  /** Reading must stop, or go on, because of the memory budget. */
  starved(isStarved: boolean): void
  maxFrameBytes(): number
}

const noRelease = () => {}

export class FrameReader implements BudgetOwner {
  readonly #memory: FrameMemory
  readonly #sink: FrameSink
  #isClosed = false
  /** The memory handed out last. */
  #target: Uint8Array | undefined
  /** Bytes read while no further frame could begin. */
  #kept: Uint8Array | undefined
  readonly #header = new Uint8Array(4)
  #headerCount = 0
  /** Length of the frame being received; -1 while unknown. */
  #length = -1
  #body: Uint8Array | undefined
  /** Bodies that were too small, one of them perhaps still what is read into. */
  #outgrown: Uint8Array[] = []
  #filled = 0
  /** What the budget has granted for `#body`. */
  #reserved = 0
  #wanted = 0
  /** Length of the largest frame completed lately. */
  #trustedBytes = 0

  constructor(memory: FrameMemory, sink: FrameSink) {
    this.#memory = memory
    this.#sink = sink
  }

  /** Whether a frame has begun and is not complete. */
  get isInsideFrame(): boolean {
    return this.#length >= 0 || this.#headerCount > 0
  }

  buffer(): Uint8Array {
    this.#target = this.#bodyRest() ?? this.#readMemory()
    if (this.#outgrown.length > 0) this.#giveOutgrown()
    return this.#target
  }

  received(byteCount: number): void {
    const target = this.#target!
    // The target may have been handed out before its frame moved to larger memory: then it is input like any other.
    if (this.#body !== undefined && target.buffer === this.#body.buffer) {
      this.#filled += byteCount
      this.#advanceBody()
    } else {
      this.#process(target, byteCount)
    }
  }

  /** Goes on after `mayBegin` has changed to true. Returns whether everything read so far is used. */
  continue(): boolean {
    const kept = this.#kept
    if (kept === undefined) return true
    this.#kept = undefined
    this.#process(kept, kept.length)
    return this.#kept === undefined
  }

  /** The connection is gone or ends: the frame in the making is dropped. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#kept = undefined
    // Its memory does not go to the pool: a last read may still be on its way into it.
    this.#body = undefined
    this.#outgrown = []
    this.#memory.budget.finished(this)
    if (this.#reserved > 0) this.#memory.budget.release(this.#reserved)
    this.#reserved = 0
  }

  granted(): void {
    this.#reserved += this.#wanted
    this.#wanted = 0
    this.#grow(this.#reserved)
    this.#sink.starved(false)
  }

  #readMemory(): Uint8Array {
    const { shared } = this.#memory
    return this.#trustedBytes > SMALL_FRAME_BYTES ? shared.subarray(0, READ_BYTES_BEFORE_LARGE) : shared
  }

  #bodyRest(): Uint8Array | undefined {
    if (this.#body === undefined) return undefined
    const end = Math.min(this.#body.length, this.#length)
    return end > this.#filled ? this.#body.subarray(this.#filled, end) : undefined
  }

  /** Takes the first `end` bytes of a chunk. */
  #process(chunk: Uint8Array, end: number): void {
    let at = 0
    while (at < end && !this.#isClosed) {
      if (this.#length >= 0) {
        at += this.#takeBody(chunk, at, end)
      } else if (this.#headerCount === 0 && !this.#sink.mayBegin()) {
        this.#kept = chunk.slice(at, end)
        return
      } else {
        at += this.#takeHeader(chunk, at, end)
      }
    }
    if (this.#body !== undefined) this.#advanceBody()
  }

  #takeHeader(chunk: Uint8Array, at: number, end: number): number {
    const count = Math.min(4 - this.#headerCount, end - at)
    for (let i = 0; i < count; i++) this.#header[this.#headerCount + i] = chunk[at + i]!
    this.#headerCount += count
    if (this.#headerCount === 4) this.#beginFrame(readInt32(this.#header, 0))
    return count
  }

  #beginFrame(length: number): void {
    this.#headerCount = 0
    if (length < 0 || length > this.#sink.maxFrameBytes()) {
      this.close()
      this.#sink.invalid(length)
      return
    }
    this.#length = length
    if (length === 0) this.#complete(new Uint8Array(0), noRelease)
    else if (length <= this.#trustedBytes && length > SMALL_FRAME_BYTES) this.#beginBody(0)
  }

  #takeBody(chunk: Uint8Array, at: number, end: number): number {
    const available = end - at
    if (this.#body === undefined) {
      if (available >= this.#length) return this.#takeWhole(chunk, at)
      this.#beginBody(available)
    }
    const count = Math.min(this.#length - this.#filled, available)
    this.#makeRoom(this.#filled + count)
    this.#body!.set(chunk.subarray(at, at + count), this.#filled)
    this.#filled += count
    if (this.#filled === this.#length) this.#completeBody()
    return count
  }

  /** The whole frame is in the chunk, which will be overwritten soon. */
  #takeWhole(chunk: Uint8Array, at: number): number {
    const length = this.#length
    if (length > SMALLEST_POOLED_BYTES) {
      this.#beginBody(length)
      this.#body!.set(chunk.subarray(at, at + length), 0)
      this.#completeBody()
    } else {
      const bytes = allocateBytes(length)
      bytes.set(chunk.subarray(at, at + length), 0)
      this.#complete(bytes, noRelease)
    }
    return length
  }

  /** Gives the frame memory: for what has arrived in any case, for what is to be expected if there is enough. */
  #beginBody(arrived: number): void {
    const expected = Math.min(this.#length, Math.max(FIRST_BYTES, 2 * this.#trustedBytes))
    const hasRoom = this.#memory.budget.tryTake(this, expected)
    const bytes = hasRoom ? expected : Math.max(1, arrived)
    if (!hasRoom) this.#memory.budget.takeAnyway(bytes)
    this.#reserved = bytes
    this.#filled = 0
    this.#body = this.#memory.pool.take(bytes)
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#body!.length) return
    this.#memory.budget.takeAnyway(bytes - this.#reserved)
    this.#reserved = bytes
    this.#grow(bytes)
  }

  #advanceBody(): void {
    if (this.#filled === this.#length) this.#completeBody()
    else if (this.#filled >= this.#body!.length && this.#wanted === 0) this.#askForMore()
  }

  #askForMore(): void {
    const target = Math.min(this.#length, 4 * this.#body!.length)
    this.#wanted = target - this.#reserved
    if (this.#memory.budget.tryTake(this, this.#wanted)) {
      this.#wanted = 0
      this.#reserved = target
      this.#grow(target)
    } else {
      this.#sink.starved(true)
      this.#memory.budget.wait(this, this.#wanted)
    }
  }

  #grow(bytes: number): void {
    const previous = this.#body!
    if (bytes <= previous.length) return
    this.#body = this.#memory.pool.take(bytes)
    this.#body.set(previous.subarray(0, this.#filled), 0)
    // It may still be the target of a read, until another one is handed out.
    this.#outgrown.push(previous)
  }

  #giveOutgrown(): void {
    for (const body of this.#outgrown) this.#memory.pool.give(body)
    this.#outgrown = []
  }

  #completeBody(): void {
    const { pool, budget } = this.#memory
    const body = this.#body!
    const reserved = this.#reserved
    const length = this.#length
    const wasStarved = this.#wanted > 0
    this.#body = undefined
    this.#reserved = 0
    this.#wanted = 0
    budget.finished(this)
    if (wasStarved) this.#sink.starved(false)
    this.#complete(body.subarray(0, length), () => {
      pool.give(body)
      budget.release(reserved)
    })
  }

  #complete(bytes: Uint8Array, release: () => void): void {
    this.#length = -1
    // Large frames seldom come alone; a connection that sends only small ones for a while loses the trust again.
    this.#trustedBytes = Math.min(TRUSTED_BYTES_MAX, Math.max(bytes.length, this.#trustedBytes >> 1))
    this.#sink.frame({ bytes, release })
  }
}
