import { MalformedError } from '@samsa/base'

/**
 * Walks the records of a batch (magic 2, not compressed, or inflated before) without taking them apart.
 *
 *   length:varint  attributes:1  timestamp delta:varlong  offset delta:varint
 *   key length:varint key  value length:varint value  header count:varint headers …
 */
export class RecordCursor {
  readonly bytes: Uint8Array
  readonly #end: number
  #next: number
  /** Where the record starts, with its length, and where it ends. */
  start = 0
  end = 0
  /** Where what follows the timestamp starts: offset delta, key, value, headers. */
  offsetDeltaAt = 0
  timestampDelta = 0
  offsetDelta = 0
  /** -1 when there is no key. */
  keyLength = -1
  keyAt = 0
  /** -1 when there is no value. */
  valueLength = -1
  #at = 0

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.#next = start
    this.#end = end
  }

  /** Whether all bytes were walked. */
  get isAtEnd(): boolean {
    return this.#next === this.#end
  }

  /** Goes to the next record; false at the end. Throws `MalformedError`. */
  next(): boolean {
    if (this.#next >= this.#end) return false
    this.start = this.#next
    this.#at = this.#next
    this.end = this.#end
    const length = this.#varint()
    if (length < 1 || length > this.#end - this.#at) throw new MalformedError(`record of ${length} bytes`)
    this.end = this.#at + length
    this.#next = this.end
    this.#at++
    this.timestampDelta = this.#varlong()
    this.offsetDeltaAt = this.#at
    this.offsetDelta = this.#varint()
    this.keyLength = this.#varint()
    this.keyAt = this.#at
    if (this.keyLength > 0) this.#at += this.keyLength
    this.valueLength = this.#varint()
    if (this.valueLength > this.end - this.#at) throw new MalformedError(`value of ${this.valueLength} bytes`)
    return true
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw new MalformedError('a varint of more than 5 bytes')
  }

  #varlong(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 128
    }
    throw new MalformedError('a varlong of more than 10 bytes')
  }

  #byte(): number {
    if (this.#at >= this.end) throw new MalformedError('a record ends within a field')
    return this.bytes[this.#at++]!
  }
}

/**
 * Whether `count` records lie from `start` to `end` exactly, with offset deltas 0, 1, 2 …. The hot path's check: it
 * reads four fields a record and nothing else.
 */
export function areRecordsInOrder(bytes: Uint8Array, start: number, end: number, count: number): boolean {
  let at = start
  for (let index = 0; index < count; index++) {
    let length = 0
    let shift = 0
    for (;;) {
      if (at >= end || shift > 28) return false
      const byte = bytes[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
      shift += 7
    }
    length = (length >>> 1) ^ -(length & 1)
    const next = at + length
    if (length < 6 || next > end) return false
    let field = at + 1
    while (field < next && bytes[field]! >= 0x80) field++
    field++
    let delta = 0
    for (shift = 0; ; shift += 7) {
      if (field >= next || shift > 28) return false
      const byte = bytes[field++]!
      delta |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (((delta >>> 1) ^ -(delta & 1)) !== index) return false
    at = next
  }
  return at === end
}
