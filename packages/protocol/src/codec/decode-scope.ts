import { MalformedError, decodeUtf8, readInt64 } from '@samsa/base'
import { errorNameOf } from '../errors.ts'
import { FREE_TEXT_BYTES, KNOWN_TAG_BYTES, UNKNOWN_TAG_BYTES, charge } from './budget.ts'
import { EMPTY_BYTES, STRING_BYTES_MAX } from './layout.ts'
import { cachedText } from './text-cache.ts'
import { cachedUuid } from './uuid-cache.ts'

// What generated decoders call. A function that reads something of variable size leaves where it ends in `cursor.at`.

const cursor = { at: 0 }

/** Ends a decode. The words do not matter: the interpreter is asked what exactly is wrong, and where. */
function malformed(): never {
  throw new MalformedError('the message is malformed')
}

function varint(b: Uint8Array, at: number, end: number): number {
  let p = at
  let value = 0
  for (let shift = 0; shift <= 28; shift += 7) {
    if (p >= end) malformed()
    const byte = b[p++]!
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      cursor.at = p
      return value >>> 0
    }
  }
  return malformed()
}

function bigInt64(b: Uint8Array, at: number): bigint {
  return new DataView(b.buffer, b.byteOffset + at, 8).getBigInt64(0)
}

function float64(b: Uint8Array, at: number): number {
  return new DataView(b.buffer, b.byteOffset + at, 8).getFloat64(0)
}

function text(b: Uint8Array, at: number, length: number, end: number): string {
  if (length > end - at || length > STRING_BYTES_MAX) malformed()
  if (length > FREE_TEXT_BYTES) charge(length)
  cursor.at = at + length
  return cachedText(b, at, length) ?? decodeUtf8(b, at, at + length)
}

function view(b: Uint8Array, at: number, length: number, end: number): Uint8Array {
  if (length > end - at) malformed()
  cursor.at = at + length
  return new Uint8Array(b.buffer, b.byteOffset + at, length)
}

function length16(b: Uint8Array, at: number, end: number): number {
  if (end - at < 2) malformed()
  return ((b[at]! << 24) >> 16) | b[at + 1]!
}

function length32(b: Uint8Array, at: number, end: number): number {
  if (end - at < 4) malformed()
  return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!
}

// The eight ways in which a string or bytes can stand on the wire.

function string(b: Uint8Array, at: number, end: number): string {
  const length = length16(b, at, end)
  return length < 0 ? malformed() : text(b, at + 2, length, end)
}

function nullableString(b: Uint8Array, at: number, end: number): string | null {
  const length = length16(b, at, end)
  if (length >= 0) return text(b, at + 2, length, end)
  cursor.at = at + 2
  return null
}

function compactString(b: Uint8Array, at: number, end: number): string {
  const length = varint(b, at, end) - 1
  return length < 0 ? malformed() : text(b, cursor.at, length, end)
}

function compactNullableString(b: Uint8Array, at: number, end: number): string | null {
  const length = varint(b, at, end) - 1
  return length < 0 ? null : text(b, cursor.at, length, end)
}

function bytes(b: Uint8Array, at: number, end: number): Uint8Array {
  const length = length32(b, at, end)
  return length < 0 ? malformed() : view(b, at + 4, length, end)
}

function nullableBytes(b: Uint8Array, at: number, end: number): Uint8Array | null {
  const length = length32(b, at, end)
  if (length >= 0) return view(b, at + 4, length, end)
  cursor.at = at + 4
  return null
}

function compactBytes(b: Uint8Array, at: number, end: number): Uint8Array {
  const length = varint(b, at, end) - 1
  return length < 0 ? malformed() : view(b, cursor.at, length, end)
}

function compactNullableBytes(b: Uint8Array, at: number, end: number): Uint8Array | null {
  const length = varint(b, at, end) - 1
  return length < 0 ? null : view(b, cursor.at, length, end)
}

/** The names that the source of a decoder may use. */
export const decodeScope = {
  cursor,
  malformed,
  varint,
  view,
  readInt64,
  bigInt64,
  float64,
  cachedUuid,
  errorNameOf,
  string,
  nullableString,
  compactString,
  compactNullableString,
  bytes,
  nullableBytes,
  compactBytes,
  compactNullableBytes,
  charge,
  KNOWN_TAG_BYTES,
  UNKNOWN_TAG_BYTES,
  EMPTY_BYTES,
}
