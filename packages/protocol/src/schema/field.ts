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
 * One field of a message: its type and the versions it is in. Immutable; each modifier gives a new field.
 *
 * `Complete` is the value's type as decoded, `Draft` what the encoder takes (in nested structs, fields with a default may
 * be left out), and `Omissible` says whether the field itself may be left out.
 */
export class Field<Complete, Draft = Complete, Omissible extends boolean = false> {
  declare readonly Complete: Complete
  declare readonly Draft: Draft
  declare readonly Omissible: Omissible

  readonly type: FieldType
  readonly firstVersion: number
  readonly lastVersion: number
  /** Versions in which the value may be null; none when the first is above the last. */
  readonly firstNullable: number
  readonly lastNullable: number
  /** `undefined` means the zero of the type: 0, false, '', empty, or for a struct the defaults of its fields. */
  readonly defaultValue: unknown
  /** Whether a value is dropped silently in a version without the field. Otherwise encoding it there is an error. */
  readonly isIgnorable: boolean
  /** The number of an optional field in the tag section of flexible versions; -1 for one that stands in line. */
  readonly tag: number

  constructor(type: FieldType, of?: AnyField, change: Partial<Modifiers> = {}) {
    this.type = type
    this.firstVersion = change.firstVersion ?? of?.firstVersion ?? 0
    this.lastVersion = change.lastVersion ?? of?.lastVersion ?? NEWEST
    this.firstNullable = change.firstNullable ?? of?.firstNullable ?? NEWEST + 1
    this.lastNullable = change.lastNullable ?? of?.lastNullable ?? NEWEST
    this.defaultValue = 'defaultValue' in change ? change.defaultValue : of?.defaultValue
    this.isIgnorable = change.isIgnorable ?? of?.isIgnorable ?? false
    this.tag = change.tag ?? of?.tag ?? -1
  }

  /** The first version of the message with this field. */
  since(version: number): Field<Complete, Draft, Omissible> {
    return changed(this, { firstVersion: version })
  }

  /** The last version of the message with this field. */
  until(version: number): Field<Complete, Draft, Omissible> {
    return changed(this, { lastVersion: version })
  }

  /** The value may be null, in the versions from `since` to `until`. */
  nullable(since = 0, until = NEWEST): Field<Complete | null, Draft | null, Omissible> {
    return changed(this, { firstNullable: since, lastNullable: until })
  }

  /** The value where the version lacks the field or the sender left it out. */
  default(value: Draft): Field<Complete, Draft, true> {
    return changed(this, { defaultValue: value })
  }

  /** A value is dropped silently in versions without the field. */
  ignorable(): Field<Complete, Draft, Omissible> {
    return changed(this, { isIgnorable: true })
  }

  /** From version `since` on the field is optional, under `tag` in the tag section; older versions lack it. */
  tagged(tag: number, since: number): Field<Complete, Draft, true> {
    return changed(this, { tag, firstVersion: since })
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

/** No private method: each of the thousands of fields would have to be marked as having it, whenever a program starts. */
function changed<C, D, O extends boolean>(field: AnyField, change: Partial<Modifiers>): Field<C, D, O> {
  return new Field<C, D, O>(field.type, field, change)
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
