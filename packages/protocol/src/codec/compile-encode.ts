import type { ByteWriter } from '@samsa/base'
import type { AnyField, FieldType, Fields } from '../schema/field.ts'
import type { AnyMessage } from '../schema/message.ts'
import { encodeScope } from './encode-scope.ts'
import {
  type NamedField,
  absentFields,
  defaultOf,
  fixedBytes,
  inlineFields,
  isOmissible,
  taggedFields,
} from './layout.ts'
import { STEP_ITEMS, Source } from './source.ts'

/** Encodes one version of one message. */
export type Encode = (value: unknown, writer: ByteWriter) => void
/** The same in steps: between two of them, other work may be done, with other writers. */
export type EncodeInSteps = (value: unknown, writer: ByteWriter) => Iterator<undefined, void>

// An encoder is one function that writes into the writer's chunk `c` from `p`; room for neighbours of fixed size is made
// at once. Before a function is called that moves on the writer, `p` is put back, and `c` and `p` are fetched after it.

/** Generates and compiles the encoder of one version of a message. */
export function compileEncode(message: AnyMessage, version: number): Encode {
  return encoderSource(message, version).compile(encodeScope)
}

/** Generates and compiles the encoder that works in steps. */
export function compileEncodeInSteps(message: AnyMessage, version: number): EncodeInSteps {
  return encoderSource(message, version, true).compile(encodeScope)
}

/** The source of the encoder of one version of a message; `inSteps` that of a generator. */
export function encoderSource(message: AnyMessage, version: number, inSteps = false): Source {
  const source = new Source()
  source.line(`return function${inSteps ? '*' : ''} encode${message.name}V${version}(value, w) {`)
  source.line('let c = w.chunk, p = w.at')
  if (inSteps) source.line(`let step = ${STEP_ITEMS}`)
  const generator = new EncoderGenerator(source, version, message.isFlexible(version), inSteps)
  generator.struct('value', message.fields)
  source.line('w.at = p }')
  return source
}

class EncoderGenerator {
  readonly #source: Source
  readonly #version: number
  readonly #isFlexible: boolean
  #inSteps: boolean

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

  /** Writes the fields of the object that `value` names. */
  struct(value: string, fields: Fields): void {
    this.#absent(value, absentFields(fields, this.#version))
    let run: [string, FieldType][] = []
    for (const named of inlineFields(fields, this.#version)) {
      const given = this.#given(value, named)
      if (fixedBytes(named[1].type) > 0) run.push([given, named[1].type])
      else {
        this.#run(run)
        run = []
        this.#variable(given, named[1])
      }
    }
    this.#run(run)
    if (this.#isFlexible) this.#tags(value, taggedFields(fields, this.#version))
  }

  /** What is not in the version must be at its default, unless it may be ignored. */
  #absent(value: string, fields: NamedField[]): void {
    for (const [name, field] of fields) {
      if (!field.isIgnorable) this.#source.line(`if (${this.#isSet(`${value}.${name}`, field)}) invalid()`)
    }
  }

  #isSet(given: string, field: AnyField): string {
    if (field.defaultValue === null) return `${given} !== undefined && ${given} !== null`
    switch (field.type.kind) {
      case 'array':
      case 'bytes':
      case 'records':
      case 'struct':
        return `isSet(${this.#source.constant(field)}, ${given})`
      default:
        return `${given} !== undefined && ${given} !== ${literal(defaultOf(field))}`
    }
  }

  /** The name of a field's value, its default filled in. */
  #given(value: string, [name, field]: NamedField): string {
    const given = this.#source.name('v')
    if (!isOmissible(field)) this.#source.line(`const ${given} = ${value}.${name}`)
    else {
      this.#source.line(`let ${given} = ${value}.${name}`)
      const filled = isLiteral(field) ? literal(defaultOf(field)) : this.#source.constant(defaultOf(field))
      this.#source.line(`if (${given} === undefined) ${given} = ${filled}`)
    }
    return given
  }

  /** Writes neighbours of fixed size. */
  #run(run: readonly (readonly [given: string, type: FieldType])[]): void {
    if (run.length === 0) return
    const size = run.reduce((sum, [, type]) => sum + fixedBytes(type), 0)
    this.#room(size)
    let offset = 0
    for (const [given, type] of run) {
      this.#source.line(fixedValue(given, type, offset))
      offset += fixedBytes(type)
    }
    this.#source.line(`p += ${size}`)
  }

  #room(size: number): void {
    this.#source.line(`if (c.length - p < ${size}) { w.at = p; w.reserve(${size}); c = w.chunk; p = w.at }`)
  }

  /** Has a function write with the writer. */
  #call(call: string): void {
    this.#source.line(`w.at = p; ${call}; c = w.chunk; p = w.at`)
  }

  /** Writes a field of variable size. */
  #variable(given: string, field: AnyField): void {
    const isNullable = field.isNullableIn(this.#version)
    switch (field.type.kind) {
      case 'array':
        this.#array(given, field.type.element, isNullable)
        break
      case 'struct':
        if (isNullable) this.#nullableStruct(given, field.type.fields, 255)
        else this.struct(given, field.type.fields)
        break
      default:
        this.#lengthPrefixed(given, field.type, isNullable)
    }
  }

  #lengthPrefixed(given: string, type: FieldType, isNullable: boolean): void {
    const kind = type.kind === 'string' ? 'String' : 'Bytes'
    const name = `${this.#isFlexible ? 'compact' : ''}${isNullable ? 'Nullable' : ''}${kind}`
    this.#call(`${name.charAt(0).toLowerCase()}${name.slice(1)}(w, ${given})`)
  }

  // In line a null struct is an int8 below zero; in a tag section it is a varint of zero.
  #nullableStruct(given: string, fields: Fields, nullByte: number): void {
    this.#room(1)
    this.#source.line(`if (${given} === null) c[p++] = ${nullByte}; else { c[p++] = 1`)
    this.struct(given, fields)
    this.#source.line('}')
  }

  #array(given: string, element: FieldType, isNullable: boolean): void {
    const source = this.#source
    if (isNullable) {
      source.line(`if (${given} === null) {`)
      this.#nullCount()
      source.line('} else {')
    } else source.line('{')
    const [count, i] = [source.name('n'), source.name('i')]
    source.line(`if (!Array.isArray(${given})) invalid()`)
    source.line(`const ${count} = ${given}.length`)
    this.#count(count)
    source.line(`for (let ${i} = 0; ${i} < ${count}; ${i}++) {`)
    this.#item()
    this.#element(`${given}[${i}]`, element)
    source.line('} }')
  }

  #nullCount(): void {
    this.#room(4)
    if (this.#isFlexible) this.#source.line('c[p++] = 0')
    else this.#source.line('c[p] = c[p + 1] = c[p + 2] = c[p + 3] = 255; p += 4')
  }

  #count(count: string): void {
    if (!this.#isFlexible) {
      this.#run([[count, { kind: 'int32' }]])
      return
    }
    this.#room(1)
    this.#source.line(`if (${count} < 127) c[p++] = ${count} + 1; else {`)
    this.#call(`compactCount(w, ${count})`)
    this.#source.line('}')
  }

  #element(expression: string, type: FieldType): void {
    const given = this.#source.name('v')
    this.#source.line(`const ${given} = ${expression}`)
    switch (type.kind) {
      case 'struct':
        this.struct(given, type.fields)
        break
      case 'array':
        this.#array(given, type.element, false)
        break
      case 'string':
      case 'bytes':
      case 'records':
        this.#lengthPrefixed(given, type, false)
        break
      default:
        this.#run([[given, type]])
    }
  }

  #tags(value: string, fields: NamedField[]): void {
    const source = this.#source
    const [unknown, count, from] = [source.name('u'), source.name('n'), source.name('f')]
    source.line(`const ${unknown} = ${value}.unknownTaggedFields`)
    source.line(`let ${count} = ${unknown} === undefined ? 0 : ${unknown}.length`)
    const isSet = fields.map(([name, field]) => {
      const condition = source.name('b')
      source.line(
        `const ${condition} = ${this.#isSet(`${value}.${name}`, field)}; if (${condition}) ${count}++`,
      )
      return condition
    })
    // Nearly always there are none: one zero byte.
    this.#room(1)
    source.line(`if (${count} === 0) c[p++] = 0; else {`)
    source.line(`w.at = p; w.unsignedVarint(${count}); let ${from} = 0`)
    fields.forEach(([name, field], i) => {
      source.line(`if (${isSet[i]}) {`)
      source.line(`${from} = unknownTags(w, ${unknown}, ${from}, ${field.tag})`)
      this.#taggedField(`${value}.${name}`, field)
      source.line('}')
    })
    source.line(`unknownTags(w, ${unknown}, ${from}, 4294967296)`)
    source.line('c = w.chunk; p = w.at }')
  }

  // Inside the function the names `w`, `c` and `p` are those of the writer that it is given.
  #taggedField(expression: string, field: AnyField): void {
    const given = this.#source.name('v')
    this.#source.line(
      `tagged(w, ${field.tag}, ${expression}, function (${given}, w) { let c = w.chunk, p = w.at`,
    )
    const { type } = field
    // What a tagged field holds is small; its function cannot end a step of the one around it.
    const inSteps = this.#inSteps
    this.#inSteps = false
    if (fixedBytes(type) > 0) this.#run([[given, type]])
    else if (type.kind === 'struct' && field.isNullableIn(this.#version))
      this.#nullableStruct(given, type.fields, 0)
    else this.#variable(given, field)
    this.#inSteps = inSteps
    this.#source.line('w.at = p })')
  }
}

function isLiteral(field: AnyField): boolean {
  return field.defaultValue === null || !['array', 'bytes', 'records', 'struct'].includes(field.type.kind)
}

function literal(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
}

function at(offset: number): string {
  return offset === 0 ? 'p' : `p + ${offset}`
}

function fixedValue(given: string, type: FieldType, offset: number): string {
  const byte = (i: number) => `c[${at(offset + i)}]`
  const int16 = `${byte(0)} = ${given} >> 8; ${byte(1)} = ${given}`
  const int32 = `${byte(0)} = ${given} >> 24; ${byte(1)} = ${given} >> 16; ${byte(2)} = ${given} >> 8; ${byte(3)} = ${given}`
  switch (type.kind) {
    case 'boolean':
      return `${byte(0)} = ${given} === true ? 1 : ${given} === false ? 0 : invalid()`
    case 'int8':
      return `if (${given} << 24 >> 24 !== ${given}) invalid(); ${byte(0)} = ${given}`
    case 'int16':
      return `if (${given} << 16 >> 16 !== ${given}) invalid(); ${int16}`
    case 'uint16':
      return `if ((${given} & 65535) !== ${given}) invalid(); ${int16}`
    case 'errorCode': {
      const code = `e${given}`
      const put = int16.replaceAll(given, code)
      return `if (${given} === 'NONE') { ${byte(0)} = 0; ${byte(1)} = 0 } else { const ${code} = errorNumber(${given}); ${put} }`
    }
    case 'int32':
      return `if ((${given} | 0) !== ${given}) invalid(); ${int32}`
    case 'uint32':
      return `if (${given} >>> 0 !== ${given}) invalid(); ${int32}`
    default:
      return `${type.kind}(c, ${at(offset)}, ${given})`
  }
}
