/**
 * How much of `buffer.memory` records take that were accepted and not yet settled.
 *
 * Records that find no room wait in order outside of it; `onRoom` is called when some was made.
 */
export class BufferMemory {
  readonly bytesMax: number
  #used = 0
  readonly #onRoom: () => void

  constructor(bytesMax: number, onRoom: () => void) {
    this.bytesMax = bytesMax
    this.#onRoom = onRoom
  }

  get used(): number {
    return this.#used
  }

  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.bytesMax
  }

  reserve(bytes: number): void {
    this.#used += bytes
  }

  free(bytes: number): void {
    this.#used -= bytes
    this.#onRoom()
  }
}
