import type { ErrorName } from '../errors.ts'

/**
 * What a field is on the wire. Fixed-size numbers are big-endian; lengths of `string`, `bytes`, `records` and `array`
 * are fixed-size in older versions of a message and variable-length ones in its flexible versions (KIP-482).
 */
export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'array'; readonly element: FieldType }
  | { readonly kind: 'struct'; readonly fields: Fields }

export type ScalarKind =
  | 'boolean'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'bigInt64'
  | 'float64'
  | 'string'
  | 'bytes'
  | 'records'
  | 'uuid'
  | 'errorCode'

/** Fields by name, in the order in which they stand on the wire. */
export type Fields = Readonly<Record<string, AnyField>>

/** A field of any type. */
export type AnyField = Field<unknown, unknown, boolean>

/** The last version of a field that was not removed. */
export const NEWEST = 0x7fff

/**
 * One field of a message: its type and the versions it is in. Immutable; each modifier gives a new field. Thousands are
 * made whenever a program starts: properties are declared, not initialised, and no method is private, which would be work
 * for each.
 *
 * `Complete` is the value's type as decoded, `Draft` what the encoder takes (in nested structs, fields with a default may
 * be left out), and `Omissible` says whether the field itself may be left out.
 */
export class Field<Complete, Draft = Complete, Omissible extends boolean = false> {
  declare readonly Complete: Complete
  declare readonly Draft: Draft
  declare readonly Omissible: Omissible

  declare readonly type: FieldType
  declare readonly firstVersion: number
  declare readonly lastVersion: number
  /** Versions in which the value may be null; none when the first is above the last. */
  declare readonly firstNullable: number
  declare readonly lastNullable: number
  /** `undefined` means the zero of the type: 0, false, '', empty, or for a struct the defaults of its fields. */
  declare readonly defaultValue: unknown
  /** Whether a value is dropped silently in a version without the field. Otherwise encoding it there is an error. */
  declare readonly isIgnorable: boolean
  /** The number of an optional field in the tag section of flexible versions; -1 for one that stands in line. */
  declare readonly tag: number

  /** @param like the field it is like but for its type */
  constructor(type: FieldType, like: Modifiers = unmodified) {
    this.type = type
    this.firstVersion = like.firstVersion
    this.lastVersion = like.lastVersion
    this.firstNullable = like.firstNullable
    this.lastNullable = like.lastNullable
    this.defaultValue = like.defaultValue
    this.isIgnorable = like.isIgnorable
    this.tag = like.tag
  }

  /** The first version of the message with this field. */
  since(version: number): Field<Complete, Draft, Omissible> {
    const field = copyOf<Complete, Draft, Omissible>(this)
    field.firstVersion = version
    return field
  }

  /** The last version of the message with this field. */
  until(version: number): Field<Complete, Draft, Omissible> {
    const field = copyOf<Complete, Draft, Omissible>(this)
    field.lastVersion = version
    return field
  }

  /** The value may be null, in the versions from `since` to `until`. */
  nullable(since = 0, until = NEWEST): Field<Complete | null, Draft | null, Omissible> {
    const field = copyOf<Complete | null, Draft | null, Omissible>(this)
    field.firstNullable = since
    field.lastNullable = until
    return field
  }

  /** The value where the version lacks the field or the sender left it out. */
  default(value: Draft): Field<Complete, Draft, true> {
    const field = copyOf<Complete, Draft, true>(this)
    field.defaultValue = value
    return field
  }

  /** A value is dropped silently in versions without the field. */
  ignorable(): Field<Complete, Draft, Omissible> {
    const field = copyOf<Complete, Draft, Omissible>(this)
    field.isIgnorable = true
    return field
  }

  /** From version `since` on the field is optional, under `tag` in the tag section; older versions lack it. */
  tagged(tag: number, since: number): Field<Complete, Draft, true> {
    const field = copyOf<Complete, Draft, true>(this)
    field.tag = tag
    field.firstVersion = since
    return field
  }

  /** Whether a version of the message has this field, in line or tagged. */
  isIn(version: number): boolean {
    return version >= this.firstVersion && version <= this.lastVersion
  }

  /** Whether the value may be null in a version. */
  isNullableIn(version: number): boolean {
    return version >= this.firstNullable && version <= this.lastNullable
  }
}

interface Modifiers {
  firstVersion: number
  lastVersion: number
  firstNullable: number
  lastNullable: number
  defaultValue: unknown
  isIgnorable: boolean
  tag: number
}

/** A field of all versions that is never null. */
const unmodified: Modifiers = {
  firstVersion: 0,
  lastVersion: NEWEST,
  firstNullable: NEWEST + 1,
  lastNullable: NEWEST,
  defaultValue: undefined,
  isIgnorable: false,
  tag: -1,
}

/** For the one modifier that makes a copy to set what it changes. */
function copyOf<C, D, O extends boolean>(field: AnyField): Field<C, D, O> & Modifiers {
  return new Field<C, D, O>(field.type, field) as Field<C, D, O> & Modifiers
}

function scalar<T>(kind: ScalarKind): Field<T> {
  return new Field<T>({ kind })
}

export const boolean = scalar<boolean>('boolean')
export const int8 = scalar<number>('int8')
export const int16 = scalar<number>('int16')
export const uint16 = scalar<number>('uint16')
export const int32 = scalar<number>('int32')
export const uint32 = scalar<number>('uint32')
/** Saturates at the safe integers when read; must be one to be written (decision D9). */
export const int64 = scalar<number>('int64')
export const bigInt64 = scalar<bigint>('bigInt64')
export const float64 = scalar<number>('float64')
export const string = scalar<string>('string')
/** Decoded as a view of the frame: copy it to keep it. */
export const bytes = scalar<Uint8Array>('bytes')
/** Record batches or message sets as they stand on the wire (decision D2): a view of the frame. */
export const records = scalar<Uint8Array>('records')
/** In Kafka's text form, see `ZERO_UUID`. */
export const uuid = scalar<string>('uuid')
/** An error by name; a number this release does not know reads as UNKNOWN_SERVER_ERROR, as in Kafka. */
export const errorCode = scalar<ErrorName>('errorCode')

/** A list of elements of one type. The versions and nullability of `element` itself have no meaning. */
export function array<C, D>(element: Field<C, D, boolean>): Field<readonly C[], readonly D[]> {
  return new Field<readonly C[], readonly D[]>({ kind: 'array', element: element.type })
}

/** A group of fields, followed by a tag section of its own in flexible versions. */
export function struct<const F extends Fields>(fields: F): Field<CompleteOf<F>, DraftOf<F>> {
  return new Field<CompleteOf<F>, DraftOf<F>>({ kind: 'struct', fields })
}

/** The object that decoding gives: every field has a value, whatever the version. */
export type CompleteOf<F extends Fields> = { -readonly [K in keyof F]: F[K]['Complete'] } & WithUnknownTags

/** The object that encoding takes: what has a default may be left out. */
export type DraftOf<F extends Fields> = {
  -readonly [K in RequiredNames<F>]: F[K]['Draft']
} & { -readonly [K in Exclude<keyof F, RequiredNames<F>>]?: F[K]['Draft'] } & WithUnknownTags

type RequiredNames<F extends Fields> = {
  [K in keyof F]: F[K]['Omissible'] extends true ? never : K
}[keyof F]

/** Tagged fields that this release does not know survive decoding and encoding, as in Kafka. */
export interface WithUnknownTags {
  unknownTaggedFields?: readonly UnknownTaggedField[]
}

export interface UnknownTaggedField {
  readonly tag: number
  /** A view of the frame. */
  readonly bytes: Uint8Array
}
