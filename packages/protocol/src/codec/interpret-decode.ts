import { type ByteReader, MalformedError } from '@samsa/base'
import { errorNameOf } from '../errors.ts'
import type { AnyField, FieldType, Fields, UnknownTaggedField } from '../schema/field.ts'
import type { AnyMessage } from '../schema/message.ts'
import { FREE_TEXT_BYTES, KNOWN_TAG_BYTES, UNKNOWN_TAG_BYTES, charge, elementBytes } from './budget.ts'
import { STRING_BYTES_MAX, boundingBytes, defaultOf, inlineFields, taggedFields } from './layout.ts'

// The reference decoder: one function per idea of the format, read off the schema field by field. The compiled decoder
// is tested to be equal to it, and asks it for the path when a frame is malformed.

/** How a version of a message is read. */
interface Format {
  readonly version: number
  readonly isFlexible: boolean
}

type Value = Record<string, unknown>

/** Decodes a message by walking its schema; throws `MalformedError` with the path of the field. */
export function interpretDecode(message: AnyMessage, version: number, reader: ByteReader): Value {
  return readFields(message.fields, { version, isFlexible: message.isFlexible(version) }, reader, '')
}

function readFields(fields: Fields, format: Format, reader: ByteReader, path: string): Value {
  const value: Value = {}
  for (const [name, field] of Object.entries(fields)) value[name] = defaultOf(field)
  for (const [name, field] of inlineFields(fields, format.version)) {
    value[name] = within(`${path}/${name}`, at => readField(field, format, reader, at))
  }
  if (format.isFlexible) within(path, at => readTags(fields, format, reader, at, value))
  return value
}

/** Adds the path to an error that has none yet. */
function within<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path)
  } catch (error) {
    if (error instanceof MalformedError && error.path === '') throw new MalformedError(error.message, path)
    throw error
  }
}

function readTags(fields: Fields, format: Format, reader: ByteReader, path: string, value: Value): void {
  const unknown: UnknownTaggedField[] = []
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    if (size > reader.remaining) throw new MalformedError(`tagged field ${tag} is longer than what is left`)
    const end = reader.position + size
    const known = taggedFields(fields, format.version).find(([, field]) => field.tag === tag)
    if (known === undefined) {
      charge(UNKNOWN_TAG_BYTES)
      unknown.push({ tag, bytes: reader.slice(size) })
    } else {
      charge(KNOWN_TAG_BYTES)
      const [name, field] = known
      value[name] = within(`${path}/${name}`, at => readTaggedField(field, format, reader, at))
      if (reader.position !== end) throw new MalformedError(`tagged field ${tag} does not fill its size`)
    }
  }
  if (unknown.length > 0) value['unknownTaggedFields'] = unknown
}

// In a tag section, unlike in line, a varint says whether a nullable struct is there.
function readTaggedField(field: AnyField, format: Format, reader: ByteReader, path: string): unknown {
  if (field.type.kind === 'struct' && field.isNullableIn(format.version)) {
    return reader.unsignedVarint() === 0 ? null : readValue(field.type, format, reader, path)
  }
  return readField(field, format, reader, path)
}

function readField(field: AnyField, format: Format, reader: ByteReader, path: string): unknown {
  const isNullable = field.isNullableIn(format.version)
  const { type } = field
  if (type.kind === 'struct' && isNullable) {
    return reader.int8() < 0 ? null : readValue(type, format, reader, path)
  }
  const value = readValue(type, format, reader, path)
  if (value === null && !isNullable) throw new MalformedError('null where a value must be')
  return value
}

function readValue(type: FieldType, format: Format, reader: ByteReader, path: string): unknown {
  switch (type.kind) {
    case 'boolean':
      return reader.int8() !== 0
    case 'errorCode':
      return errorNameOf(reader.int16())
    case 'string':
      return readString(format, reader)
    case 'bytes':
    case 'records':
      return readBytes(format, reader)
    case 'array':
      return readArray(type.element, format, reader, path)
    case 'struct':
      return readFields(type.fields, format, reader, path)
    default:
      return reader[type.kind]()
  }
}

/** A length, or -1 for null: flexible versions write one more than the length, and 0 for null. */
function readLength(format: Format, reader: ByteReader, read: 'int16' | 'int32'): number {
  const length = format.isFlexible ? reader.unsignedVarint() - 1 : reader[read]()
  return length < 0 ? -1 : length
}

function readString(format: Format, reader: ByteReader): string | null {
  const length = readLength(format, reader, 'int16')
  if (length > STRING_BYTES_MAX) throw new MalformedError(`a string of ${length} bytes is too long`)
  if (length > FREE_TEXT_BYTES) charge(length)
  return length < 0 ? null : reader.utf8(length)
}

function readBytes(format: Format, reader: ByteReader): Uint8Array | null {
  const length = readLength(format, reader, 'int32')
  return length < 0 ? null : reader.slice(length)
}

function readArray(element: FieldType, format: Format, reader: ByteReader, path: string): unknown[] | null {
  const count = readLength(format, reader, 'int32')
  if (count < 0) return null
  if (count * boundingBytes(element, format.version, format.isFlexible) > reader.remaining) {
    throw new MalformedError(`${count} elements do not fit into the ${reader.remaining} bytes left`)
  }
  charge(count * elementBytes(element))
  const values: unknown[] = []
  for (let i = 0; i < count; i++)
    values.push(within(`${path}/${i}`, at => readElement(element, format, reader, at)))
  return values
}

function readElement(element: FieldType, format: Format, reader: ByteReader, path: string): unknown {
  const value = readValue(element, format, reader, path)
  if (value === null) throw new MalformedError('null where a value must be')
  return value
}
