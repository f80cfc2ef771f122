import { describe, expect, it } from 'vitest'
import { deserializerOf } from './deserializers.ts'
import { javaDouble, javaFloat } from './java-numbers.ts'

describe('numbers as Java writes them', () => {
  it('have a fraction, and an exponent when they are very large or small', () => {
    for (const [value, text] of [
      [0, '0.0'],
      [-0, '-0.0'],
      [1, '1.0'],
      [-12.5, '-12.5'],
      [0.001, '0.001'],
      [0.00012, '1.2E-4'],
      [1234567, '1234567.0'],
      [9999999.5, '9999999.5'],
      [1e7, '1.0E7'],
      [1.5e10, '1.5E10'],
      [1.7976931348623157e308, '1.7976931348623157E308'],
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ] as const)
      expect(javaDouble(value)).toBe(text)
    expect(javaFloat(Math.fround(0.1))).toBe('0.1')
    expect(javaFloat(Math.fround(3.4028235e38))).toBe('3.4028235E38')
  })
})

describe('a deserializer by the name of its class', () => {
  const bytes = (...given: number[]) => new Uint8Array(given)

  it('reads bytes into the text that Java prints', () => {
    const read = (name: string, given: Uint8Array) => deserializerOf(name)!(given)
    const whole = 'org.apache.kafka.common.serialization.IntegerDeserializer'
    expect(read(whole, bytes(0xff, 0xff, 0xff, 0xfe))).toBe('-2')
    expect(read('LongDeserializer', bytes(0x7f, 255, 255, 255, 255, 255, 255, 255))).toBe(
      '9223372036854775807',
    )
    expect(read('double', bytes(0x3f, 0xf0, 0, 0, 0, 0, 0, 0))).toBe('1.0')
    expect(read('bytes', bytes(0x41, 0x0a, 0x5c, 0xff))).toBe('A\\x0A\\x5C\\xFF')
    expect(read('boolean', bytes(1))).toBe('true')
    expect(() => read('short', bytes(1))).toThrow(
      'Size of data received by ShortDeserializer is not 2, but 1',
    )
  })

  it('is not there for other classes', () => {
    expect(deserializerOf('io.confluent.kafka.serializers.KafkaAvroDeserializer')).toBeUndefined()
    expect(deserializerOf('constructor')).toBeUndefined()
  })
})
