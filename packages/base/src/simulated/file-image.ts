/** Bytes of a file in memory; grows by doubling, holes are zeros. */
export class FileImage {
  #bytes = new Uint8Array(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  read(target: Uint8Array, position: number): number {
    const end = Math.min(this.#length, position + target.length)
    if (end <= position) return 0
    target.set(this.#bytes.subarray(position, end))
    return end - position
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    this.extend(position + bytes.length)
    this.#bytes.set(bytes, position)
  }

  /** Makes the file at least that long. */
  extend(length: number): void {
    if (length <= this.#length) return
    this.#reserve(length)
    this.#length = length
  }

  truncate(length: number): void {
    if (length > this.#length) this.extend(length)
    // What a later extension uncovers has to read as zeros.
    this.#bytes.fill(0, length, this.#length)
    this.#length = length
  }

  copy(): FileImage {
    const copy = new FileImage()
    copy.write(this.#bytes.subarray(0, this.#length), 0)
    return copy
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
  }
}
