import type { ByteReader } from '@samsa/base'
import type { AnyField, FieldType, Fields } from '../schema/field.ts'
import type { AnyMessage } from '../schema/message.ts'
import { elementBytes } from './budget.ts'
import { decodeScope } from './decode-scope.ts'
import {
  type NamedField,
  boundingBytes,
  defaultOf,
  fixedBytes,
  inlineFields,
  taggedFields,
} from './layout.ts'
import { STEP_ITEMS, Source } from './source.ts'

/** Decodes one version of one message. */
export type Decode = (reader: ByteReader) => unknown
/** The same in steps: between two of them, other work may be done. */
export type DecodeInSteps = (reader: ByteReader) => Iterator<undefined, unknown>

// A decoder is one function without calls between structs: `b` are the bytes, `p` the position, `end` the end. Fields
// of fixed size that stand together are checked together. For `{ partition: int32, offset: int64 }` it reads like
//
//   if (end - p < 12) malformed()
//   const v1 = b[p] << 24 | b[p + 1] << 16 | b[p + 2] << 8 | b[p + 3]
//   const v2 = readInt64(b, p + 4)
//   p += 12
//   const v0 = { partition: v1, offset: v2 }

/** Generates and compiles the decoder of one version of a message. */
export function compileDecode(message: AnyMessage, version: number): Decode {
  return decoderSource(message, version).compile(decodeScope)
}

/** Generates and compiles the decoder that works in steps. */
export function compileDecodeInSteps(message: AnyMessage, version: number): DecodeInSteps {
  return decoderSource(message, version, true).compile(decodeScope)
}

/** The source of the decoder of one version of a message; `inSteps` that of a generator. */
export function decoderSource(message: AnyMessage, version: number, inSteps = false): Source {
  const source = new Source()
  source.line(`return function${inSteps ? '*' : ''} decode${message.name}V${version}(reader) {`)
  source.line('const b = reader.bytes, end = reader.end; let p = reader.position')
  if (inSteps) source.line(`let step = ${STEP_ITEMS}`)
  const generator = new DecoderGenerator(source, version, message.isFlexible(version), inSteps)
  const result = generator.struct(message.fields, false)
  source.line(`reader.position = p; return ${result} }`)
  return source
}

class DecoderGenerator {
  readonly #source: Source
  readonly #version: number
  readonly #isFlexible: boolean
  readonly #inSteps: boolean

  constructor(source: Source, version: number, isFlexible: boolean, inSteps: boolean) {
    this.#source = source
    this.#version = version
    this.#isFlexible = isFlexible
    this.#inSteps = inSteps
  }

  /** Counts an item of a list; ends a step after so many of them. */
  #item(): void {
    if (this.#inSteps) this.#source.line(`if (--step === 0) { step = ${STEP_ITEMS}; yield }`)
  }

  /** Reads a struct and returns the name of its object; `isChecked` when its bytes are known to be there. */
  struct(fields: Fields, isChecked: boolean): string {
    const values = new Map<string, string>()
    this.#inline(inlineFields(fields, this.#version), values, isChecked)
    const unknown = this.#isFlexible ? this.#tags(fields, values) : undefined
    const result = this.#source.name('v')
    const parts = Object.entries(fields).map(
      ([name, field]) => `${name}: ${values.get(name) ?? this.#default(field)}`,
    )
    this.#source.line(`const ${result} = { ${parts.join(', ')} }`)
    if (unknown !== undefined) {
      this.#source.line(`if (${unknown} !== undefined) ${result}.unknownTaggedFields = ${unknown}`)
    }
    return result
  }

  #inline(fields: NamedField[], values: Map<string, string>, isChecked: boolean): void {
    let run: NamedField[] = []
    for (const named of fields) {
      if (fixedBytes(named[1].type) > 0) run.push(named)
      else {
        this.#run(run, values, isChecked)
        run = []
        values.set(named[0], this.#variable(named[1]))
      }
    }
    this.#run(run, values, isChecked)
  }

  /** Reads neighbours of fixed size. */
  #run(run: NamedField[], values: Map<string, string>, isChecked: boolean): void {
    if (run.length === 0) return
    const size = run.reduce((sum, [, field]) => sum + fixedBytes(field.type), 0)
    if (!isChecked) this.#source.line(`if (end - p < ${size}) malformed()`)
    let offset = 0
    for (const [name, { type }] of run) {
      const variable = this.#source.name('v')
      this.#source.line(`const ${variable} = ${fixedValue(type, offset)}`)
      values.set(name, variable)
      offset += fixedBytes(type)
    }
    this.#source.line(`p += ${size}`)
  }

  /** Reads a field of variable size and returns the name of its value. */
  #variable(field: AnyField): string {
    const isNullable = field.isNullableIn(this.#version)
    switch (field.type.kind) {
      case 'array':
        return this.#array(field.type.element, isNullable)
      case 'struct':
        return isNullable ? this.#nullableStruct(field.type.fields) : this.struct(field.type.fields, false)
      default:
        return this.#lengthPrefixed(field.type, isNullable)
    }
  }

  #lengthPrefixed(type: FieldType, isNullable: boolean): string {
    const kind = type.kind === 'string' ? 'String' : 'Bytes'
    const reader = `${this.#isFlexible ? 'compact' : ''}${isNullable ? 'Nullable' : ''}${kind}`
    const variable = this.#source.name('v')
    const name = reader.charAt(0).toLowerCase() + reader.slice(1)
    this.#source.line(`const ${variable} = ${name}(b, p, end); p = cursor.at`)
    return variable
  }

  #nullableStruct(fields: Fields): string {
    const result = this.#source.name('v')
    this.#source.line('if (p >= end) malformed()')
    this.#source.line(`let ${result} = null; if (b[p++] < 0x80) {`)
    this.#source.line(`${result} = ${this.struct(fields, false)} }`)
    return result
  }

  // In a tag section, unlike in line, a varint says whether the struct is there.
  #taggedNullableStruct(fields: Fields): string {
    const [isThere, result] = [this.#source.name('n'), this.#source.name('v')]
    this.#source.line(`const ${isThere} = varint(b, p, end); p = cursor.at`)
    this.#source.line(`let ${result} = null; if (${isThere} > 0) {`)
    this.#source.line(`${result} = ${this.struct(fields, false)} }`)
    return result
  }

  #array(element: FieldType, isNullable: boolean): string {
    const source = this.#source
    const count = source.name('n')
    const result = source.name('v')
    const i = source.name('i')
    this.#count(count)
    source.line(`let ${result} = null`)
    source.line(`if (${count} < 0) { ${isNullable ? '' : 'malformed()'} } else {`)
    const bound = boundingBytes(element, this.#version, this.#isFlexible)
    source.line(`if (${count} * ${bound} > end - p) malformed()`)
    source.line(`charge(${count} * ${elementBytes(element)})`)
    // As large as it will be: one that grows has room for 17 values from the first on, which in a hundred thousand small
    // lists is most of their memory. For the single value of most of them a literal takes less time.
    source.line(`${result} = ${count} > 1 ? new Array(${count}) : []`)
    source.line(`for (let ${i} = 0; ${i} < ${count}; ${i}++) {`)
    this.#item()
    const value = this.#element(element)
    source.line(`if (${count} === 1) ${result} = [${value}]; else ${result}[${i}] = ${value} } }`)
    return result
  }

  #count(count: string): void {
    if (!this.#isFlexible) {
      this.#source.line('if (end - p < 4) malformed()')
      this.#source.line(`const ${count} = ${int32(0)}; p += 4`)
      return
    }
    this.#source.line('if (p >= end) malformed()')
    this.#source.line(`let ${count} = b[p++]`)
    this.#source.line(`if (${count} > 127) { ${count} = varint(b, p - 1, end); p = cursor.at } ${count}--`)
  }

  /** Reads an element and returns an expression for it. */
  #element(type: FieldType): string {
    switch (type.kind) {
      case 'struct':
        return this.struct(type.fields, this.#isFixed(type))
      case 'array':
        return this.#array(type.element, false)
      case 'string':
      case 'bytes':
      case 'records':
        return this.#lengthPrefixed(type, false)
      default: {
        const value = this.#source.name('v')
        this.#source.line(`const ${value} = ${fixedValue(type, 0)}; p += ${fixedBytes(type)}`)
        return value
      }
    }
  }

  /** Whether all values of a struct have the same size: the check of the count was enough then. */
  #isFixed(type: FieldType & { kind: 'struct' }): boolean {
    if (this.#isFlexible) return false
    const fields = inlineFields(type.fields, this.#version)
    return fields.length > 0 && fields.every(([, field]) => fixedBytes(field.type) > 0)
  }

  /** Reads a tag section; returns the name of the list of unknown fields, undefined when there are none. */
  #tags(fields: Fields, values: Map<string, string>): string {
    const source = this.#source
    const known = taggedFields(fields, this.#version)
    for (const [name, field] of known) {
      const variable = source.name('v')
      source.line(`let ${variable} = ${this.#default(field)}`)
      values.set(name, variable)
    }
    const unknown = source.name('u')
    const [left, tag, size, next] = [source.name('l'), source.name('t'), source.name('s'), source.name('e')]
    source.line(`let ${unknown}; if (p >= end) malformed()`)
    // Nearly always the section is one zero byte.
    source.line('if (b[p] === 0) p++; else {')
    source.line(`let ${left} = varint(b, p, end); p = cursor.at`)
    source.line(`for (; ${left} > 0; ${left}--) {`)
    this.#item()
    source.line(`const ${tag} = varint(b, p, end), ${size} = varint(b, cursor.at, end); p = cursor.at`)
    source.line(`if (${size} > end - p) malformed()`)
    source.line(`const ${next} = p + ${size}`)
    source.line(`switch (${tag}) {`)
    for (const [name, field] of known) {
      source.line(`case ${field.tag}: { charge(KNOWN_TAG_BYTES)`)
      source.line(`${values.get(name)} = ${this.#field(field)}; break }`)
    }
    source.line(`default: charge(UNKNOWN_TAG_BYTES); (${unknown} ??= []).push(`)
    source.line(`{ tag: ${tag}, bytes: view(b, p, ${size}, end) }); p = ${next} }`)
    source.line(`if (p !== ${next}) malformed() } }`)
    return unknown
  }

  /** Reads a tagged field and returns an expression for it. */
  #field(field: AnyField): string {
    const { type } = field
    if (type.kind === 'struct' && field.isNullableIn(this.#version))
      return this.#taggedNullableStruct(type.fields)
    const size = fixedBytes(type)
    if (size === 0) return this.#variable(field)
    const value = this.#source.name('v')
    this.#source.line(`if (end - p < ${size}) malformed()`)
    this.#source.line(`const ${value} = ${fixedValue(field.type, 0)}; p += ${size}`)
    return value
  }

  /** An expression for the value of a field that is not on the wire. Objects are new each time. */
  #default(field: AnyField): string {
    const { type } = field
    if (field.defaultValue === null) return 'null'
    if (type.kind === 'array') return '[]'
    if (type.kind === 'bytes' || type.kind === 'records') return 'EMPTY_BYTES'
    if (type.kind === 'struct') {
      const parts = Object.entries(type.fields).map(([name, part]) => `${name}: ${this.#default(part)}`)
      return `{ ${parts.join(', ')} }`
    }
    const value = defaultOf(field)
    return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
  }
}

function byte(offset: number): string {
  return offset === 0 ? 'b[p]' : `b[p + ${offset}]`
}

function int16(offset: number): string {
  return `(${byte(offset)} << 24 >> 16 | ${byte(offset + 1)})`
}

function int32(offset: number): string {
  const [a, b, c, d] = [0, 1, 2, 3].map(i => byte(offset + i))
  return `(${a} << 24 | ${b} << 16 | ${c} << 8 | ${d})`
}

function fixedValue(type: FieldType, offset: number): string {
  switch (type.kind) {
    case 'boolean':
      return `${byte(offset)} !== 0`
    case 'int8':
      return `${byte(offset)} << 24 >> 24`
    case 'int16':
      return int16(offset)
    case 'uint16':
      return `${byte(offset)} << 8 | ${byte(offset + 1)}`
    case 'errorCode':
      return `errorNameOf(${int16(offset)})`
    case 'int32':
      return int32(offset)
    case 'uint32':
      return `${int32(offset)} >>> 0`
    case 'int64':
      return `readInt64(b, p + ${offset})`
    case 'uuid':
      return `cachedUuid(b, p + ${offset})`
    default:
      return `${type.kind}(b, p + ${offset})`
  }
}
