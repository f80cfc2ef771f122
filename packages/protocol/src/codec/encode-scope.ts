import { ByteWriter, utf8Length, writeInt64, writeUtf8, writeUuid } from '@samsa/base'
import { type ErrorName, errors } from '../errors.ts'
import type { AnyField, UnknownTaggedField } from '../schema/field.ts'
import { REFERENCE_BYTES, STRING_BYTES_MAX, isDefault } from './layout.ts'

// What generated encoders call. Functions with a writer leave its `chunk` and `at` where the next value goes.

/** Ends an encode. The words do not matter: the interpreter is asked what exactly is wrong, and where. */
function invalid(): never {
  throw new RangeError('the value cannot be encoded')
}

function int64(c: Uint8Array, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) invalid()
  writeInt64(c, at, value)
}

function bigInt64(c: Uint8Array, at: number, value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) invalid()
  new DataView(c.buffer, c.byteOffset + at, 8).setBigInt64(0, value)
}

function float64(c: Uint8Array, at: number, value: number): void {
  if (typeof value !== 'number') invalid()
  new DataView(c.buffer, c.byteOffset + at, 8).setFloat64(0, value)
}

function uuid(c: Uint8Array, at: number, value: string): void {
  writeUuid(value, c, at)
}

function errorNumber(name: ErrorName): number {
  return Object.hasOwn(errors, name) ? errors[name].code : invalid()
}

/** A number of elements in a flexible version: one more than it is, so that 0 can mean null. */
function compactCount(writer: ByteWriter, count: number): void {
  writer.unsignedVarint(count + 1)
}

function string(writer: ByteWriter, value: string): void {
  const length = lengthOf(value)
  writer.reserve(length + 2)
  const { chunk, at } = writer
  chunk[at] = length >> 8
  chunk[at + 1] = length
  writeUtf8(value, chunk, at + 2, length)
  writer.at = at + 2 + length
}

function nullableString(writer: ByteWriter, value: string | null): void {
  if (value === null) writer.int16(-1)
  else string(writer, value)
}

function compactString(writer: ByteWriter, value: string): void {
  const length = lengthOf(value)
  writer.reserve(length + 3)
  writer.unsignedVarint(length + 1)
  writeUtf8(value, writer.chunk, writer.at, length)
  writer.at += length
}

function compactNullableString(writer: ByteWriter, value: string | null): void {
  if (value === null) writer.uint8(0)
  else compactString(writer, value)
}

function lengthOf(value: string): number {
  if (typeof value !== 'string') invalid()
  const length = utf8Length(value)
  return length > STRING_BYTES_MAX ? invalid() : length
}

function bytes(writer: ByteWriter, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) invalid()
  writer.int32(value.length)
  content(writer, value)
}

function nullableBytes(writer: ByteWriter, value: Uint8Array | null): void {
  if (value === null) writer.int32(-1)
  else bytes(writer, value)
}

function compactBytes(writer: ByteWriter, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) invalid()
  writer.unsignedVarint(value.length + 1)
  content(writer, value)
}

function compactNullableBytes(writer: ByteWriter, value: Uint8Array | null): void {
  if (value === null) writer.uint8(0)
  else compactBytes(writer, value)
}

function content(writer: ByteWriter, value: Uint8Array): void {
  if (value.length > REFERENCE_BYTES) writer.reference(value)
  else writer.bytes(value)
}

/** A tagged field whose content `write` writes: the size comes first, so the content is written aside. */
function tagged<T>(
  writer: ByteWriter,
  tag: number,
  value: T,
  write: (value: T, writer: ByteWriter) => void,
): void {
  const aside = new ByteWriter(64)
  write(value, aside)
  writer.unsignedVarint(tag)
  writer.unsignedVarint(aside.length)
  for (const part of aside.finish()) content(writer, part)
}

/**
 * Those tagged fields of unknown meaning that come before `nextTag`, the next one known; returns where to go on. They
 * must be in order: a tag can be there once.
 */
function unknownTags(
  writer: ByteWriter,
  unknown: readonly UnknownTaggedField[] | undefined,
  from: number,
  nextTag: number,
): number {
  if (unknown === undefined) return 0
  let i = from
  for (; i < unknown.length && unknown[i]!.tag < nextTag; i++) {
    if (i > 0 && unknown[i]!.tag <= unknown[i - 1]!.tag) invalid()
    writer.unsignedVarint(unknown[i]!.tag)
    writer.unsignedVarint(unknown[i]!.bytes.length)
    content(writer, unknown[i]!.bytes)
  }
  if (i < unknown.length && unknown[i]!.tag === nextTag) invalid()
  return i
}

/** Whether a tagged field or one that the version lacks has anything to say. */
function isSet(field: AnyField, value: unknown): boolean {
  return !isDefault(field, value)
}

/** The names that the source of an encoder may use. */
export const encodeScope = {
  invalid,
  int64,
  bigInt64,
  float64,
  uuid,
  errorNumber,
  compactCount,
  string,
  nullableString,
  compactString,
  compactNullableString,
  bytes,
  nullableBytes,
  compactBytes,
  compactNullableBytes,
  tagged,
  unknownTags,
  isSet,
}
