import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, equalBytes } from './arrays.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { MalformedError } from './malformed-error.ts'
import { decodeUtf8, encodeUtf8, utf8Length } from './text.ts'
import { ZERO_UUID, isUuid, randomUuid, uuidFromBytes, uuidToBytes } from './uuid.ts'
import { unsignedVarintLength, varintLength, varlongLength } from './varints.ts'

const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 127, 128, -(2 ** 31), 2 ** 31 - 1))
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const safeInteger = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(2 ** 48, -(2 ** 49), 2 ** 34))
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const bytes = fc.uint8Array({ maxLength: 100 })

const values = {
  int8: fc.integer({ min: -128, max: 127 }),
  uint8: fc.integer({ min: 0, max: 255 }),
  int16: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  uint16: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
  int32,
  uint32,
  int64: safeInteger,
  bigInt64: int64,
  float64: fc.double(),
  varint: int32,
  varlong: safeInteger,
  unsignedVarint: uint32,
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(b => uuidFromBytes(b)),
} as const
type Verb = keyof typeof values

function write(writer: ByteWriter, verb: Verb, value: unknown): void {
  ;(writer[verb] as (value: unknown) => void).call(writer, value)
}

function viaDataView(write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  write(view)
  return new Uint8Array(view.buffer)
}

describe('reading and writing values', () => {
  const items = fc.oneof(
    ...(Object.keys(values) as Verb[]).map(verb =>
      (values[verb] as fc.Arbitrary<unknown>).map(value => ({ verb, value })),
    ),
  )

  test('what was written is read back, whatever the values and wherever chunks end', () => {
    fc.assert(
      fc.property(fc.array(items), fc.option(fc.nat(20), { nil: undefined }), (list, initial) => {
        const writer = new ByteWriter(initial)
        for (const { verb, value } of list) write(writer, verb, value)
        const length = writer.length
        const reader = new ByteReader(writer.toBytes())
        for (const { verb, value } of list) expect(reader[verb]()).toStrictEqual(value)
        expect(reader.remaining).toBe(0)
        expect(reader.position).toBe(length)
      }),
    )
  })

  test('fixed-size values are big-endian as a DataView writes them', () => {
    fc.assert(
      fc.property(int64, fc.double(), (integer, double) => {
        const writer = new ByteWriter()
        writer.bigInt64(integer)
        writer.float64(double)
        const expected = [
          viaDataView(view => view.setBigInt64(0, integer)),
          viaDataView(view => view.setFloat64(0, double)),
        ]
        expect(writer.toBytes()).toEqual(concatBytes(expected))
      }),
    )
  })

  test('a 64-bit integer beyond the safe ones saturates, in both encodings', () => {
    fc.assert(
      fc.property(int64, value => {
        const limit = BigInt(Number.MAX_SAFE_INTEGER)
        const expected = Number(value > limit ? limit : value < -limit ? -limit : value)
        const writer = new ByteWriter()
        writer.bigInt64(value)
        expect(new ByteReader(writer.toBytes()).int64()).toBe(expected)
        expect(new ByteReader(zigzag(value)).varlong()).toBe(expected)
      }),
    )
  })

  test('the length of a variable-length integer is known before it is written', () => {
    fc.assert(
      fc.property(uint32, int32, safeInteger, (unsigned, small, large) => {
        expect(unsignedVarintLength(unsigned)).toBe(written(w => w.unsignedVarint(unsigned)))
        expect(varintLength(small)).toBe(written(w => w.varint(small)))
        expect(varlongLength(large)).toBe(written(w => w.varlong(large)))
      }),
    )
  })

  test('a number that does not fit its type is refused', () => {
    const writer = new ByteWriter()
    expect(() => writer.int8(128)).toThrow('128 is not an int8')
    expect(() => writer.uint8(-1)).toThrow(RangeError)
    expect(() => writer.int16(2 ** 15)).toThrow(RangeError)
    expect(() => writer.int32(2 ** 31)).toThrow(RangeError)
    expect(() => writer.uint32(-1)).toThrow(RangeError)
    expect(() => writer.int64(2 ** 53)).toThrow(RangeError)
    expect(() => writer.int64(0.5)).toThrow(RangeError)
    expect(() => writer.bigInt64(2n ** 63n)).toThrow(RangeError)
    expect(() => writer.uuid('none')).toThrow(RangeError)
    expect(writer.toBytes().length).toBeLessThanOrEqual(16)
  })

  test('an integer of too many bytes is malformed', () => {
    const ones = new Uint8Array(20).fill(0xff)
    expect(() => new ByteReader(ones).unsignedVarint()).toThrow(MalformedError)
    expect(() => new ByteReader(ones).varlong()).toThrow(MalformedError)
  })

  test('reading past the end is malformed and moves nothing', () => {
    const reader = new ByteReader(new Uint8Array(10), 2, 5)
    expect(() => reader.int32()).toThrow('4 bytes expected where 3 are left')
    expect(() => reader.slice(4)).toThrow(MalformedError)
    expect(() => reader.skip(-1)).toThrow(MalformedError)
    expect(reader.position).toBe(2)
    expect(reader.slice(3)).toHaveLength(3)
    expect(() => reader.int8()).toThrow(MalformedError)
  })

  test('a slice shares memory and is a plain Uint8Array even over a Buffer', () => {
    const source = Buffer.from([1, 2, 3, 4])
    const slice = new ByteReader(source, 1).slice(2)
    source[1] = 9
    expect(slice).toStrictEqual(new Uint8Array([9, 3]))
  })
})

describe('parts', () => {
  test('references, copies and patches give the same bytes as a plain concatenation', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('copy' as const), bytes }),
      fc.record({ kind: fc.constant('reference' as const), bytes }),
      fc.record({ kind: fc.constant('patched' as const), bytes }),
      fc.record({ kind: fc.constant('copy' as const), bytes: fc.constant(new Uint8Array(40_000).fill(7)) }),
    )
    fc.assert(
      fc.property(fc.array(step), fc.option(fc.nat(64), { nil: undefined }), (steps, initial) => {
        const writer = new ByteWriter(initial)
        const expected: Uint8Array[] = []
        const patches: number[] = []
        for (const { kind, bytes } of steps) {
          if (kind === 'patched') {
            patches.push(writer.length)
            writer.int32(0)
            expected.push(new Uint8Array([1, 2, 3, 4]))
          }
          if (kind === 'reference') writer.reference(bytes)
          else writer.bytes(bytes)
          expected.push(bytes)
        }
        for (const at of patches) writer.patchInt32(at, 0x01020304)
        const parts = writer.finish()
        expect(equalBytes(concatBytes(parts), concatBytes(expected))).toBe(true)
        for (const { kind, bytes } of steps) {
          if (kind === 'reference' && bytes.length > 0) expect(parts).toContain(bytes)
        }
      }),
    )
  })

  test('a writer within another takes no chunk of its own each time', () => {
    const within = () => {
      const [outer, inner] = [new ByteWriter(), new ByteWriter()]
      for (const writer of [inner, outer]) writer.int16(1)
      return [inner.finish()[0]!.buffer, outer.finish()[0]!.buffer]
    }
    within()
    expect(new Set([within(), within(), within()].flat()).size).toBeLessThanOrEqual(3)
  })

  test('a very long message has few parts, and what is left of its memory goes to no other', () => {
    const writer = new ByteWriter()
    const piece = new Uint8Array(50_000).fill(7)
    for (let i = 0; i < 200; i++) writer.bytes(piece)
    const parts = writer.finish()
    expect(equalBytes(concatBytes(parts), new Uint8Array(10_000_000).fill(7))).toBe(true)
    expect(parts.length).toBeLessThan(40)
    expect(new ByteWriter().chunk.length).toBe(64 * 1024)
  })

  test('writers that take turns or write at once never write over each other', () => {
    const content = fc.record({ bytes, isOpen: fc.boolean(), isLarge: fc.boolean() })
    fc.assert(
      fc.property(fc.array(content), contents => {
        const results = contents.map(({ bytes, isOpen, isLarge }, i) => {
          const writer = new ByteWriter()
          const expected = isLarge ? new Uint8Array(70_000).fill(i) : bytes
          writer.bytes(expected)
          // One that stays open is finished only after all others have written.
          return { expected, writer, parts: isOpen ? undefined : writer.finish() }
        })
        for (const { expected, writer, parts } of results) {
          expect(equalBytes(concatBytes(parts ?? writer.finish()), expected)).toBe(true)
        }
      }),
    )
  })
})

describe('text', () => {
  test('UTF-8 is what TextEncoder makes of it, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), value => {
        const expected = new TextEncoder().encode(value)
        expect(equalBytes(encodeUtf8(value), expected)).toBe(true)
        expect(utf8Length(value)).toBe(expected.length)
        expect(decodeUtf8(expected)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(expected))
      }),
    )
  })

  test('bytes that are not UTF-8 become replacement characters', () => {
    expect(decodeUtf8(new Uint8Array([0x61, 0xff, 0x62]))).toBe('a\ufffdb')
  })
})

describe('UUIDs', () => {
  test('text and bytes are two forms of the same UUID', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), value => {
        const uuid = uuidFromBytes(value)
        expect(uuid).toBe(Buffer.from(value).toString('base64url'))
        expect(isUuid(uuid)).toBe(true)
        expect(uuidToBytes(uuid)).toEqual(value)
      }),
    )
    expect(uuidToBytes(ZERO_UUID)).toEqual(new Uint8Array(16))
    for (const text of [
      'not a UUID, not at all',
      'too-short',
      'AAAAAAAAAAAAAAAAAAAAA=',
      'AAAAAAAAAAAAAAAAAAAAAé',
      '\u2044'.repeat(22),
    ])
      expect(() => uuidToBytes(text)).toThrow(`'${text}' is not a UUID`)
  })

  test('a random UUID never starts with a dash, whatever the dice say', () => {
    const rolls = [new Uint8Array(16).fill(0xf8), new Uint8Array(16).fill(0xfb), new Uint8Array(16).fill(3)]
    const random = { integer: () => 0, bytes: () => rolls.shift()! }
    expect(randomUuid(random)).toMatch(/^AwMD/)
  })
})

function written(write: (writer: ByteWriter) => void): number {
  const writer = new ByteWriter()
  write(writer)
  return writer.length
}

// The definition of zigzag varints, in big integers.
function zigzag(value: bigint): Uint8Array {
  const out: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  return new Uint8Array([...out, Number(rest)])
}
