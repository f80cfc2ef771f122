import { MAPPED_BYTES, allocateBytes, concatBytes } from './arrays.ts'
import { writeInt32, writeInt64 } from './integers.ts'
import { utf8Length, writeUtf8 } from './text.ts'
import { writeUuid } from './uuid.ts'

const MAX_CHUNK_BYTES = 64 * 1024
/** A message that has filled so many chunks goes on in memory that goes back to the system. */
const SMALL_CHUNKS_MAX = 32

// Writers take turns with a few chunks: what a finished one left is the next one's, so that most messages are written
// without allocating and without growing. There is one for each writer that starts while others are at work, as for a
// part of a message whose length has to come first.
const spares: { readonly chunk: Uint8Array; readonly at: number }[] = []
const SPARES_MAX = 4
const SPARE_BYTES_MIN = 512

/**
 * Writes big-endian values one after the other into memory that grows with them.
 *
 * The result is a list of parts: chunks written here, and between them the large arrays appended by `reference`,
 * which are not copied. Numbers that do not fit their type throw `RangeError`.
 */
export class ByteWriter {
  /**
   * The chunk being written and the next free place in it: code generated from schemas writes there itself, after
   * `reserve`.
   */
  chunk: Uint8Array
  at: number
  /** Finished parts, and how many bytes they hold. */
  #parts: Uint8Array[] = []
  #partsLength = 0
  /** Where in `chunk` the unfinished part starts. */
  #start = 0
  #filledChunks = 0

  /** Whether what is left of the chunk goes to the next writer. */
  #isShared: boolean

  /** With `initialBytes`, the writer starts with a small chunk of its own. */
  constructor(initialBytes?: number) {
    this.#isShared = initialBytes === undefined
    if (initialBytes !== undefined) {
      this.chunk = allocateBytes(initialBytes)
    } else {
      const spare = spares.pop()
      this.chunk = spare?.chunk ?? allocateBytes(MAX_CHUNK_BYTES)
      this.#start = spare?.at ?? 0
    }
    this.at = this.#start
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#partsLength + this.at - this.#start
  }

  /** Makes room for `count` more bytes in `chunk`, from `at`. */
  reserve(count: number): void {
    if (this.chunk.length - this.at < count) this.#grow(count)
  }

  // The chunk's content moves to one of twice the size; past a bound it becomes a part of its own and is not copied.
  #grow(count: number): void {
    const used = this.at - this.#start
    if (used > MAX_CHUNK_BYTES / 2) {
      this.#finishPart()
      const enough = ++this.#filledChunks < SMALL_CHUNKS_MAX ? MAX_CHUNK_BYTES : MAPPED_BYTES
      this.chunk = allocateBytes(Math.max(count, enough))
      this.#start = 0
      this.at = 0
      return
    }
    const enough = this.#isShared ? MAX_CHUNK_BYTES : Math.max(2 * this.chunk.length, 64)
    const next = allocateBytes(Math.max(enough, used + count))
    next.set(this.chunk.subarray(this.#start, this.at))
    this.chunk = next
    this.#start = 0
    this.at = used
  }

  #finishPart(): void {
    if (this.at === this.#start) return
    this.#append(this.chunk.subarray(this.#start, this.at))
    this.#start = this.at
  }

  #append(part: Uint8Array): void {
    this.#parts.push(part)
    this.#partsLength += part.length
  }

  // May replace the chunk: look at `this.chunk` only after it.
  #take(count: number): number {
    if (this.chunk.length - this.at < count) this.#grow(count)
    const at = this.at
    this.at = at + count
    return at
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) throw outOfRange(value, 'an int8')
    const at = this.#take(1)
    this.chunk[at] = value
  }

  uint8(value: number): void {
    if ((value & 0xff) !== value) throw outOfRange(value, 'a uint8')
    const at = this.#take(1)
    this.chunk[at] = value
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) throw outOfRange(value, 'an int16')
    this.#put16(value)
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) throw outOfRange(value, 'a uint16')
    this.#put16(value)
  }

  #put16(value: number): void {
    const at = this.#take(2)
    this.chunk[at] = value >> 8
    this.chunk[at + 1] = value
  }

  int32(value: number): void {
    if ((value | 0) !== value) throw outOfRange(value, 'an int32')
    const at = this.#take(4)
    writeInt32(this.chunk, at, value)
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) throw outOfRange(value, 'a uint32')
    const at = this.#take(4)
    writeInt32(this.chunk, at, value | 0)
  }

  /** A safe integer as a signed 64-bit one. */
  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw outOfRange(value, 'a safe integer')
    const at = this.#take(8)
    writeInt64(this.chunk, at, value)
  }

  bigInt64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw outOfRange(value, 'an int64')
    const at = this.#take(8)
    writeInt32(this.chunk, at, Number(BigInt.asIntN(32, value >> 32n)))
    writeInt32(this.chunk, at + 4, Number(BigInt.asIntN(32, value)))
  }

  float64(value: number): void {
    if (typeof value !== 'number') throw outOfRange(value, 'a number')
    const at = this.#take(8)
    new DataView(this.chunk.buffer, this.chunk.byteOffset + at, 8).setFloat64(0, value)
  }

  /** A UUID in Kafka's text form, as sixteen bytes. */
  uuid(value: string): void {
    const at = this.#take(16)
    writeUuid(value, this.chunk, at)
  }

  /** An integer in [0, 2^32), seven bits a byte, lowest first. */
  unsignedVarint(value: number): void {
    if (value >>> 0 !== value) throw outOfRange(value, 'a uint32')
    this.reserve(5)
    let at = this.at
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.chunk[at++] = rest | 0x80
    this.chunk[at++] = rest
    this.at = at
  }

  /** An int32, zigzag-encoded. */
  varint(value: number): void {
    if ((value | 0) !== value) throw outOfRange(value, 'an int32')
    this.unsignedVarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** A safe integer, zigzag-encoded. */
  varlong(value: number): void {
    if (!Number.isSafeInteger(value)) throw outOfRange(value, 'a safe integer')
    if ((value << 1) >> 1 === value) this.varint(value)
    else this.#bigVarlong(BigInt(value))
  }

  #bigVarlong(value: bigint): void {
    this.reserve(10)
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.chunk[this.at++] = Number(rest & 0x7fn) | 0x80
    this.chunk[this.at++] = Number(rest)
  }

  /** The bytes of `text`, without a length; returns how many. */
  utf8(text: string): number {
    const length = utf8Length(text)
    const at = this.#take(length)
    writeUtf8(text, this.chunk, at, length)
    return length
  }

  /** A copy of `bytes`. */
  bytes(bytes: Uint8Array): void {
    const at = this.#take(bytes.length)
    this.chunk.set(bytes, at)
  }

  /** `bytes` themselves, as a part of the result: they must not change until the result was used. */
  reference(bytes: Uint8Array): void {
    this.#finishPart()
    if (bytes.length > 0) this.#append(bytes)
  }

  /** Overwrites the int32 at `offset` bytes from the start of what was written (never one inside a reference). */
  patchInt32(offset: number, value: number): void {
    if (offset < 0 || offset + 4 > this.length) throw new RangeError(`offset ${offset} was not written yet`)
    let from = this.#partsLength
    if (offset >= from) {
      writeInt32(this.chunk, this.#start + offset - from, value)
      return
    }
    let part = this.#parts.length
    do from -= this.#parts[--part]!.length
    while (offset < from)
    writeInt32(this.#parts[part]!, offset - from, value)
  }

  /** All parts in order. Nothing may be written afterwards. */
  finish(): Uint8Array[] {
    this.#finishPart()
    this.#leaveRest()
    return this.#parts
  }

  #leaveRest(): void {
    if (!this.#isShared) return
    this.#isShared = false
    if (this.chunk.length > MAX_CHUNK_BYTES) return
    if (this.chunk.length - this.at < SPARE_BYTES_MIN || spares.length === SPARES_MAX) return
    spares.push({ chunk: this.chunk, at: this.at })
  }

  /** Everything written, in one array with memory of its own. Nothing may be written afterwards. */
  toBytes(): Uint8Array {
    const parts = this.finish()
    return parts.length === 1 ? parts[0]!.slice() : concatBytes(parts)
  }
}

function outOfRange(value: unknown, type: string): RangeError {
  return new RangeError(`${String(value)} is not ${type}`)
}
