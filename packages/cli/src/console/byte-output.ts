const INITIAL_BYTES = 1 << 16

/** Gathers bytes and texts, to be written in one piece. */
export class ByteOutput {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES)
  #length = 0

  /** How many bytes have been gathered since the last `take`. */
  get length(): number {
    return this.#length
  }

  bytes(given: Uint8Array): void {
    this.#reserve(given.length)
    this.#bytes.set(given, this.#length)
    this.#length += given.length
  }

  text(given: string): void {
    // No character of JavaScript has more than three bytes in UTF-8.
    this.#reserve(given.length * 3)
    this.#length += this.#bytes.write(given, this.#length)
  }

  /** Takes back what was gathered after `length`. */
  truncate(length: number): void {
    this.#length = length
  }

  /** What was gathered, which is the caller's now. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = Buffer.allocUnsafe(Math.max(INITIAL_BYTES, this.#length))
    this.#length = 0
    return taken
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
