import { allocateBytes, writeInt32 } from '@samsa/base'

/** Parts up to this size are copied together; larger ones are sent from where they are. */
const COPIED_BYTES_MAX = 2048
/** Pieces of copied parts are not made larger than this. */
const PIECE_BYTES_MAX = 64 * 1024

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
  const pieces: Uint8Array[] = []
  const gatherer = new Gatherer(pieces)
  for (const parts of frames) {
    gatherer.addLength(lengthOf(parts))
    for (const part of parts) gatherer.add(part)
  }
  gatherer.finish()
  return pieces
}

class Gatherer {
  readonly #pieces: Uint8Array[]
  readonly #small: Uint8Array[] = []
  #smallBytes = 0

  constructor(pieces: Uint8Array[]) {
    this.#pieces = pieces
  }

  addLength(length: number): void {
    const bytes = allocateBytes(4)
    writeInt32(bytes, 0, length)
    this.#addSmall(bytes)
  }

  add(part: Uint8Array): void {
    if (part.length === 0) return
    if (part.length <= COPIED_BYTES_MAX) {
      this.#addSmall(part)
    } else {
      this.finish()
      this.#pieces.push(part)
    }
  }

  finish(): void {
    if (this.#smallBytes === 0) return
    const piece = allocateBytes(this.#smallBytes)
    let at = 0
    for (const part of this.#small) {
      piece.set(part, at)
      at += part.length
    }
    this.#pieces.push(piece)
    this.#small.length = 0
    this.#smallBytes = 0
  }

  #addSmall(part: Uint8Array): void {
    if (this.#smallBytes + part.length > PIECE_BYTES_MAX) this.finish()
    this.#small.push(part)
    this.#smallBytes += part.length
  }
}
