import { joinInt64, readInt32 } from './integers.ts'
import { MalformedError } from './malformed-error.ts'
import { decodeUtf8 } from './text.ts'
import { uuidFromBytes } from './uuid.ts'

/**
 * Reads big-endian values one after the other from a range of an array. Reading past the end throws `MalformedError`.
 */
export class ByteReader {
  readonly bytes: Uint8Array
  /** Where the next value starts, an index into `bytes`. */
  position: number
  /** Where reading ends, exclusive. */
  readonly end: number

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw new RangeError(`range ${start}..${end} does not lie within ${bytes.length} bytes`)
    }
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.position
  }

  /** Moves over `count` bytes and returns where they start. */
  skip(count: number): number {
    const start = this.position
    if (!(count >= 0 && count <= this.end - start)) throw tooShort(count, this.end - start)
    this.position = start + count
    return start
  }

  int8(): number {
    return (this.bytes[this.skip(1)]! << 24) >> 24
  }

  uint8(): number {
    return this.bytes[this.skip(1)]!
  }

  int16(): number {
    return (this.uint16() << 16) >> 16
  }

  uint16(): number {
    const at = this.skip(2)
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  int32(): number {
    return readInt32(this.bytes, this.skip(4))
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  /** Saturates at ±`Number.MAX_SAFE_INTEGER`, so that the result is always a safe integer (decision D9). */
  int64(): number {
    const at = this.skip(8)
    return joinInt64(readInt32(this.bytes, at), readInt32(this.bytes, at + 4) >>> 0)
  }

  bigInt64(): bigint {
    const high = BigInt(this.int32())
    return (high << 32n) | BigInt(this.uint32())
  }

  float64(): number {
    const at = this.skip(8)
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0)
  }

  /** Sixteen bytes as a UUID in Kafka's text form. */
  uuid(): string {
    return uuidFromBytes(this.bytes, this.skip(16))
  }

  /** An unsigned integer of up to 32 bits, seven bits a byte, lowest first. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.uint8()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new MalformedError('a variable-length integer is longer than 5 bytes')
  }

  /** A zigzag-encoded signed integer of up to 32 bits. */
  varint(): number {
    const raw = this.unsignedVarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** A zigzag-encoded signed integer of up to 64 bits, saturating like `int64`. */
  varlong(): number {
    let raw = 0
    let scale = 1
    for (let i = 0; i < 7; i++) {
      const byte = this.uint8()
      raw += (byte & 0x7f) * scale
      if (byte < 0x80) return unzigzag(raw)
      scale *= 128
    }
    return this.#restOfVarlong(raw)
  }

  // 49 bits were read; a number holds no more than 53.
  #restOfVarlong(low: number): number {
    let raw = BigInt(low)
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.uint8()
      raw |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return unzigzagBig(BigInt.asUintN(64, raw))
    }
    throw new MalformedError('a variable-length integer is longer than 10 bytes')
  }

  /** The next `count` bytes as a view: it shares the memory of `bytes`. */
  slice(count: number): Uint8Array {
    const at = this.skip(count)
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, count)
  }

  /** The next `count` bytes as text; bytes that are not UTF-8 become U+FFFD. */
  utf8(count: number): string {
    const at = this.skip(count)
    return decodeUtf8(this.bytes, at, at + count)
  }
}

function unzigzag(raw: number): number {
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
}

function unzigzagBig(raw: bigint): number {
  const value = (raw >> 1n) ^ -(raw & 1n)
  return joinInt64(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)))
}

function tooShort(wanted: number, remaining: number): MalformedError {
  return new MalformedError(`${wanted} bytes expected where ${remaining} are left`)
}
