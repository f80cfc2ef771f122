import { ZERO_UUID, uuidFromBytes } from '@samsa/base'
import fc from 'fast-check'
import { type ErrorName, errors } from '../errors.ts'
import type { AnyField, FieldType, Fields } from '../schema/field.ts'
import { defaultOf, inlineFields, taggedFields } from './layout.ts'

// Values for tests, made from a schema: every field that a version has gets something, and the others their default.

type Value = Record<string, unknown>

const plain = { noNullPrototype: true } as const

/** Values that a version of a message can carry; `maxItems` bounds each array. */
export function arbitraryFields(
  fields: Fields,
  version: number,
  isFlexible: boolean,
  maxItems = 3,
): fc.Arbitrary<Value> {
  const present = [...inlineFields(fields, version), ...taggedFields(fields, version)]
  const parts = Object.fromEntries(
    present.map(([name, field]) => [name, arbitraryField(field, version, isFlexible, maxItems)]),
  )
  const absent = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, defaultOf(field)]))
  const unknown = isFlexible ? arbitraryUnknownTags() : fc.constant(undefined)
  return fc.record({ value: fc.record(parts, plain), unknown }).map(({ value, unknown }) => {
    const whole: Value = { ...absent, ...value }
    if (unknown !== undefined) whole['unknownTaggedFields'] = unknown
    return whole
  })
}

// Kafka reads tags as signed integers of 32 bits and keeps the largest for itself. Below 100 are those that some
// version knows.
function arbitraryUnknownTags(): fc.Arbitrary<unknown> {
  const tag = fc.oneof(fc.integer({ min: 100, max: 2 ** 31 - 2 }), fc.integer({ min: 100, max: 130 }))
  const field = fc.record({ tag, bytes: fc.uint8Array() }, plain)
  const list = fc
    .uniqueArray(field, { selector: item => item.tag, minLength: 1, maxLength: 3 })
    .map(items => items.toSorted((a, b) => a.tag - b.tag))
  return fc.option(list, { nil: undefined, freq: 6 })
}

function arbitraryField(
  field: AnyField,
  version: number,
  isFlexible: boolean,
  maxItems: number,
): fc.Arbitrary<unknown> {
  const value = arbitraryOf(field.type, version, isFlexible, maxItems)
  const choices: fc.Arbitrary<unknown>[] = [value, value]
  if (field.isNullableIn(version)) choices.push(fc.constant(null))
  const fallback = defaultOf(field)
  if (fallback !== null || field.isNullableIn(version)) choices.push(fc.constant(fallback))
  return fc.oneof(...choices)
}

function arbitraryOf(
  type: FieldType,
  version: number,
  isFlexible: boolean,
  maxItems: number,
): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean()
    case 'int8':
      return fc.integer({ min: -128, max: 127 })
    case 'int16':
      return fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })
    case 'uint16':
      return fc.nat(2 ** 16 - 1)
    case 'int32':
      return fc.integer()
    case 'uint32':
      return fc.nat(2 ** 32 - 1)
    case 'int64':
      return fc.maxSafeInteger()
    case 'bigInt64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double()
    case 'string':
      return fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(300)))
    case 'bytes':
    case 'records':
      return fc.oneof(
        fc.uint8Array(),
        fc.uint8Array({ maxLength: 200 }),
        fc.constant(new Uint8Array(2000).fill(7)),
      )
    case 'uuid':
      return fc.oneof(
        fc.constant(ZERO_UUID),
        fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => uuidFromBytes(bytes)),
      )
    case 'errorCode':
      return fc.constantFrom(...(Object.keys(errors) as ErrorName[]))
    case 'array':
      return fc.array(arbitraryOf(type.element, version, isFlexible, maxItems), { maxLength: maxItems })
    case 'struct':
      return arbitraryFields(type.fields, version, isFlexible, maxItems)
  }
}
