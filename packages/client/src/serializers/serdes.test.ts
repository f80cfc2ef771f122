import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KafkaError } from '../errors.ts'
import { serdes } from './serdes.ts'
import type { Serde } from './serializer.ts'

function roundTrip<T>(serde: Serde<T>, data: T): unknown {
  return serde.deserialize('t', serde.serialize('t', data, []) as Uint8Array, [])
}

function hex(bytes: unknown): string {
  return Buffer.from(bytes as Uint8Array).toString('hex')
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as KafkaError).code
  }
  return 'nothing was thrown'
}

describe('serdes', () => {
  it('read back what they wrote', () => {
    const cases: [Serde<never>, fc.Arbitrary<unknown>][] = [
      [serdes.string as Serde<never>, fc.string({ unit: 'grapheme' })],
      [serdes.json() as Serde<never>, fc.json().map(text => JSON.parse(JSON.stringify(JSON.parse(text))))],
      [
        serdes.msgpack() as Serde<never>,
        fc.json().map(text => JSON.parse(JSON.stringify(JSON.parse(text.replaceAll('__proto__', 'p'))))),
      ],
      [serdes.int16 as Serde<never>, fc.integer({ min: -32768, max: 32767 })],
      [serdes.int32 as Serde<never>, fc.integer()],
      [serdes.int64 as Serde<never>, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
      [serdes.safeInt64 as Serde<never>, fc.maxSafeInteger()],
      [serdes.float64 as Serde<never>, fc.double()],
      [serdes.boolean as Serde<never>, fc.boolean()],
      [serdes.uuid as Serde<never>, fc.uuid()],
    ]
    for (const [serde, arbitrary] of cases) {
      fc.assert(
        fc.property(arbitrary, data => {
          expect(roundTrip(serde, data as never)).toEqual(data)
        }),
        { numRuns: 50 },
      )
    }
  })

  it('write numbers as Java does: big-endian, of fixed size', () => {
    expect(hex(serdes.int32.serialize('t', 258, []))).toBe('00000102')
    expect(hex(serdes.int64.serialize('t', -2n, []))).toBe('fffffffffffffffe')
    expect(hex(serdes.float64.serialize('t', 1, []))).toBe('3ff0000000000000')
    expect(hex(serdes.boolean.serialize('t', true, []))).toBe('01')
    expect(hex(serdes.uuid.serialize('t', '123E4567-e89b-12d3-a456-426614174000', []))).toBe(
      Buffer.from('123e4567-e89b-12d3-a456-426614174000').toString('hex'),
    )
  })

  it('say what does not fit, by code', () => {
    expect(codeOf(() => serdes.int32.serialize('t', 2 ** 31, []))).toBe('SERIALIZATION')
    expect(codeOf(() => serdes.string.serialize('t', 5 as never, []))).toBe('SERIALIZATION')
    expect(codeOf(() => serdes.json().serialize('t', undefined, []))).toBe('SERIALIZATION')
    expect(codeOf(() => serdes.int64.deserialize('t', new Uint8Array(4), []))).toBe('DESERIALIZATION')
    expect(codeOf(() => serdes.json().deserialize('t', new Uint8Array([123]), []))).toBe('DESERIALIZATION')
    expect(codeOf(() => serdes.msgpack().deserialize('t', new Uint8Array([0xc1]), []))).toBe(
      'DESERIALIZATION',
    )
    const big = serdes.int64.serialize('t', 2n ** 60n, []) as Uint8Array
    expect(codeOf(() => serdes.safeInt64.deserialize('t', big, []))).toBe('DESERIALIZATION')
  })
})
