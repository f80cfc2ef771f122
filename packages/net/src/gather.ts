import { allocateBytes, writeInt32 } from '@samsa/base'

/** Parts up to this size are copied together, which takes no longer than to send them apart; larger ones stay where they are. */
const COPIED_BYTES_MAX = 8 * 1024
/** Pieces of copied parts are not made larger than this. */
const PIECE_BYTES_MAX = 64 * 1024
const NO_BYTES = new Uint8Array(0)

export type FrameParts = readonly Uint8Array[]

export function lengthOf(parts: FrameParts): number {
  let length = 0
  for (let i = 0; i < parts.length; i++) length += parts[i]!.length
  return length
}

/**
 * Turns frames into the pieces to be written: each frame gets its length in front, small parts of neighbouring frames
 * are copied into one piece, large parts stay where they are.
 */
export function gatherFrames(frames: readonly FrameParts[]): Uint8Array[] {
  let copied = 0
  for (const parts of frames) copied += 4 + copiedLengthOf(parts)
  const gatherer = new Gatherer(copied)
  for (const parts of frames) {
    gatherer.addLength(lengthOf(parts))
    for (const part of parts) gatherer.add(part)
  }
  return gatherer.finish()
}

function copiedLengthOf(parts: FrameParts): number {
  let length = 0
  for (const part of parts) if (part.length <= COPIED_BYTES_MAX) length += part.length
  return length
}

class Gatherer {
  readonly #pieces: Uint8Array[] = []
  /** Where small parts are copied to: the piece being made lies between `#start` and `#at`. */
  #memory: Uint8Array = NO_BYTES
  #start = 0
  #at = 0
  /** What is still to be copied. */
  #left: number

  constructor(copiedBytes: number) {
    this.#left = copiedBytes
  }

  addLength(length: number): void {
    this.#reserve(4)
    writeInt32(this.#memory, this.#at - 4, length)
  }

  add(part: Uint8Array): void {
    if (part.length > COPIED_BYTES_MAX) {
      this.#endPiece()
      this.#pieces.push(part)
      return
    }
    this.#reserve(part.length)
    this.#memory.set(part, this.#at - part.length)
  }

  finish(): Uint8Array[] {
    this.#endPiece()
    return this.#pieces
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > this.#memory.length) {
      this.#endPiece()
      this.#memory = allocateBytes(Math.min(this.#left, PIECE_BYTES_MAX))
      this.#start = 0
      this.#at = 0
    }
    this.#at += bytes
    this.#left -= bytes
  }

  #endPiece(): void {
    const isWhole = this.#start === 0 && this.#at === this.#memory.length
    if (this.#at > this.#start)
      this.#pieces.push(isWhole ? this.#memory : this.#memory.subarray(this.#start, this.#at))
    this.#start = this.#at
  }
}
