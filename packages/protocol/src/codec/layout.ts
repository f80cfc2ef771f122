import { ZERO_UUID } from '@samsa/base'
import type { AnyField, FieldType, Fields } from '../schema/field.ts'

// What a version of a message looks like: which fields are on the wire, where, and how small they can be.

export type NamedField = readonly [name: string, field: AnyField]

/** The fields that stand in line in a version, in order. */
export function inlineFields(fields: Fields, version: number): NamedField[] {
  return Object.entries(fields).filter(([, field]) => field.tag < 0 && field.isIn(version))
}

/** The fields that stand in the tag section in a version, by tag. */
export function taggedFields(fields: Fields, version: number): NamedField[] {
  return Object.entries(fields)
    .filter(([, field]) => field.tag >= 0 && field.isIn(version))
    .sort(([, a], [, b]) => a.tag - b.tag)
}

/** The fields that a version lacks. */
export function absentFields(fields: Fields, version: number): NamedField[] {
  return Object.entries(fields).filter(([, field]) => !field.isIn(version))
}

/** Bytes of a type that always takes the same number of them; 0 for any other. */
export function fixedBytes(type: FieldType): number {
  switch (type.kind) {
    case 'boolean':
    case 'int8':
      return 1
    case 'int16':
    case 'uint16':
    case 'errorCode':
      return 2
    case 'int32':
    case 'uint32':
      return 4
    case 'int64':
    case 'bigInt64':
    case 'float64':
      return 8
    case 'uuid':
      return 16
    default:
      return 0
  }
}

/** The fewest bytes that a value of a type takes: an array cannot have more elements than fit by this measure. */
export function minimumBytes(type: FieldType, version: number, isFlexible: boolean): number {
  switch (type.kind) {
    case 'string':
      return isFlexible ? 1 : 2
    case 'bytes':
    case 'records':
    case 'array':
      return isFlexible ? 1 : 4
    case 'struct':
      return minimumStructBytes(type.fields, version, isFlexible)
    default:
      return fixedBytes(type)
  }
}

function minimumStructBytes(fields: Fields, version: number, isFlexible: boolean): number {
  let sum = isFlexible ? 1 : 0
  for (const [, field] of inlineFields(fields, version)) sum += minimumFieldBytes(field, version, isFlexible)
  return sum
}

function minimumFieldBytes(field: AnyField, version: number, isFlexible: boolean): number {
  // A nullable struct starts with a byte that says whether it is there.
  if (field.type.kind === 'struct' && field.isNullableIn(version)) return 1
  return minimumBytes(field.type, version, isFlexible)
}

/** The bytes one element of an array is bounded by: at least one, so that no count is free of charge. */
export function boundingBytes(element: FieldType, version: number, isFlexible: boolean): number {
  return Math.max(1, minimumBytes(element, version, isFlexible))
}

export const EMPTY_BYTES = new Uint8Array(0)

/** The value of a field that is not on the wire. */
export function defaultOf(field: AnyField): unknown {
  const { defaultValue, type } = field
  // Lists and structs default to empty ones, new each time: whoever gets one may change it.
  const isObject = defaultValue !== null && (type.kind === 'array' || type.kind === 'struct')
  return isObject || defaultValue === undefined ? zeroOf(type) : defaultValue
}

function zeroOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'boolean':
      return false
    case 'bigInt64':
      return 0n
    case 'string':
      return ''
    case 'bytes':
    case 'records':
      return EMPTY_BYTES
    case 'uuid':
      return ZERO_UUID
    case 'errorCode':
      return 'NONE'
    case 'array':
      return []
    case 'struct':
      return Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, defaultOf(field)]))
    default:
      return 0
  }
}

/** Whether a value, if it was given at all, is the field's default. */
export function isDefault(field: AnyField, value: unknown): boolean {
  if (value === undefined) return true
  if (value === null || field.defaultValue === null) return value === field.defaultValue
  const { type } = field
  switch (type.kind) {
    case 'array':
    case 'bytes':
    case 'records':
      return (value as ArrayLike<unknown>).length === 0
    case 'struct':
      return isAllDefault(type.fields, value as Record<string, unknown>)
    default:
      return value === defaultOf(field)
  }
}

function isAllDefault(fields: Fields, value: Record<string, unknown>): boolean {
  if (value['unknownTaggedFields'] !== undefined) return false
  return Object.entries(fields).every(([name, field]) => isDefault(field, value[name]))
}

/** Whether the encoder fills in the default of a field that is left out. */
export function isOmissible(field: AnyField): boolean {
  return field.defaultValue !== undefined || field.tag >= 0
}

/** Bytes above which `bytes` and `records` are passed on by reference: below, a copy is cheaper than a part. */
export const REFERENCE_BYTES = 1024
/** Kafka's bound on strings, in bytes, in both encodings. */
export const STRING_BYTES_MAX = 0x7fff
