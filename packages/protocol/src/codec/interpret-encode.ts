import { ByteWriter, utf8Length } from '@samsa/base'
import { type ErrorName, errorCodeOf, errors } from '../errors.ts'
import type { AnyField, FieldType, Fields, UnknownTaggedField } from '../schema/field.ts'
import type { AnyMessage } from '../schema/message.ts'
import { EncodeError } from './encode-error.ts'
import {
  REFERENCE_BYTES,
  STRING_BYTES_MAX,
  absentFields,
  defaultOf,
  inlineFields,
  isDefault,
  isOmissible,
  taggedFields,
} from './layout.ts'

// The reference encoder. The compiled encoder is tested to be equal to it, and asks it for the path when a value
// cannot be encoded.

interface Format {
  readonly name: string
  readonly version: number
  readonly isFlexible: boolean
}

type Value = Record<string, unknown>

/** Encodes a message by walking its schema; throws `EncodeError` with the path of the field. */
export function interpretEncode(
  message: AnyMessage,
  version: number,
  value: unknown,
  writer: ByteWriter,
): void {
  const format = { name: message.name, version, isFlexible: message.isFlexible(version) }
  writeFields(message.fields, format, value as Value, writer, '')
}

function writeFields(fields: Fields, format: Format, value: Value, writer: ByteWriter, path: string): void {
  if (typeof value !== 'object' || value === null)
    throw new EncodeError(`${String(value)} is not an object`, path)
  for (const [name, field] of absentFields(fields, format.version)) {
    if (!field.isIgnorable && !isDefault(field, value[name])) {
      const problem = `version ${format.version} of ${format.name} has no '${name}', which has a value to send`
      throw new EncodeError(problem, `${path}/${name}`)
    }
  }
  for (const [name, field] of inlineFields(fields, format.version)) {
    writeField(field, format, value[name], writer, `${path}/${name}`)
  }
  if (format.isFlexible) writeTags(fields, format, value, writer, path)
}

interface TaggedBytes {
  readonly tag: number
  readonly parts: readonly Uint8Array[]
}

// Known and unknown fields stand together, in the order of their tags.
function writeTags(fields: Fields, format: Format, value: Value, writer: ByteWriter, path: string): void {
  const tagged = [...encodeTagged(fields, format, value, path), ...unknownTags(value)]
  tagged.sort((a, b) => a.tag - b.tag)
  writer.unsignedVarint(tagged.length)
  let previous = -1
  for (const { tag, parts } of tagged) {
    if (tag === previous) throw new EncodeError(`two tagged fields have the tag ${tag}`, path)
    previous = tag
    writer.unsignedVarint(tag)
    writer.unsignedVarint(parts.reduce((sum, part) => sum + part.length, 0))
    for (const part of parts) writer.bytes(part)
  }
}

function encodeTagged(fields: Fields, format: Format, value: Value, path: string): TaggedBytes[] {
  return taggedFields(fields, format.version)
    .filter(([name, field]) => !isDefault(field, value[name]))
    .map(([name, field]) => {
      const content = new ByteWriter()
      writeTaggedField(field, format, value[name], content, `${path}/${name}`)
      return { tag: field.tag, parts: content.finish() }
    })
}

function unknownTags(value: Value): TaggedBytes[] {
  const unknown = (value['unknownTaggedFields'] ?? []) as readonly UnknownTaggedField[]
  return unknown.map(({ tag, bytes }) => ({ tag, parts: [bytes] }))
}

// In a tag section, unlike in line, a varint says whether a nullable struct is there.
function writeTaggedField(
  field: AnyField,
  format: Format,
  value: unknown,
  writer: ByteWriter,
  path: string,
): void {
  const { type } = field
  if (type.kind !== 'struct' || !field.isNullableIn(format.version))
    writeField(field, format, value, writer, path)
  else {
    writer.unsignedVarint(value === null ? 0 : 1)
    if (value !== null) writeFields(type.fields, format, value as Value, writer, path)
  }
}

function writeField(field: AnyField, format: Format, given: unknown, writer: ByteWriter, path: string): void {
  const value = given === undefined && isOmissible(field) ? defaultOf(field) : given
  const isNullable = field.isNullableIn(format.version)
  if (value === null && !isNullable)
    throw new EncodeError(`version ${format.version} takes no null here`, path)
  if (field.type.kind !== 'struct') writeValue(field.type, format, value, writer, path)
  else {
    if (isNullable) writer.int8(value === null ? -1 : 1)
    if (value !== null) writeFields(field.type.fields, format, value as Value, writer, path)
  }
}

function writeValue(type: FieldType, format: Format, value: unknown, writer: ByteWriter, path: string): void {
  switch (type.kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw new EncodeError(`${String(value)} is not a boolean`, path)
      writer.int8(value ? 1 : 0)
      break
    case 'errorCode':
      if (!Object.hasOwn(errors, String(value)))
        throw new EncodeError(`'${String(value)}' is not an error`, path)
      writer.int16(errorCodeOf(value as ErrorName))
      break
    case 'string':
      writeString(format, value, writer, path)
      break
    case 'bytes':
    case 'records':
      writeBytes(format, value, writer, path)
      break
    case 'array':
      writeArray(type.element, format, value, writer, path)
      break
    case 'struct':
      writeFields(type.fields, format, value as Value, writer, path)
      break
    default:
      writeNumber(type.kind, value, writer, path)
  }
}

type Verb = 'int8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'bigInt64' | 'float64' | 'uuid'

function writeNumber(verb: Verb, value: unknown, writer: ByteWriter, path: string): void {
  try {
    ;(writer[verb] as (value: unknown) => void).call(writer, value)
  } catch (error) {
    throw new EncodeError((error as Error).message, path)
  }
}

/** A length, -1 for null: flexible versions write one more than the length, and 0 for null. */
function writeLength(format: Format, length: number, writer: ByteWriter, verb: 'int16' | 'int32'): void {
  if (format.isFlexible) writer.unsignedVarint(length + 1)
  else writer[verb](length)
}

function writeString(format: Format, value: unknown, writer: ByteWriter, path: string): void {
  if (value === null) {
    writeLength(format, -1, writer, 'int16')
    return
  }
  if (typeof value !== 'string') throw new EncodeError(`${String(value)} is not a string`, path)
  const length = utf8Length(value)
  if (length > STRING_BYTES_MAX) throw new EncodeError(`a string of ${length} bytes is too long`, path)
  writeLength(format, length, writer, 'int16')
  writer.utf8(value)
}

function writeBytes(format: Format, value: unknown, writer: ByteWriter, path: string): void {
  if (value === null) {
    writeLength(format, -1, writer, 'int32')
    return
  }
  if (!(value instanceof Uint8Array)) throw new EncodeError(`${String(value)} are not bytes`, path)
  writeLength(format, value.length, writer, 'int32')
  if (value.length > REFERENCE_BYTES) writer.reference(value)
  else writer.bytes(value)
}

function writeArray(
  element: FieldType,
  format: Format,
  value: unknown,
  writer: ByteWriter,
  path: string,
): void {
  if (value === null) {
    writeLength(format, -1, writer, 'int32')
    return
  }
  if (!Array.isArray(value)) throw new EncodeError(`${String(value)} is not an array`, path)
  writeLength(format, value.length, writer, 'int32')
  value.forEach((item, i) => {
    if (item === null) throw new EncodeError('an element is null', `${path}/${i}`)
    writeValue(element, format, item, writer, `${path}/${i}`)
  })
}
