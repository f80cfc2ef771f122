import type { ConsumerRecord } from '@samsa/client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteOutput } from '../console/byte-output.ts'
import { JsonLine } from './json-line.ts'
import { readJsonRecord } from './json-source.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function lineOf(record: Partial<ConsumerRecord>): string {
  const output = new ByteOutput()
  const whole = {
    topic: 't',
    partition: 0,
    offset: 1,
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
    ...record,
  }
  new JsonLine('auto', 'auto').write(whole as unknown as ConsumerRecord, output)
  return new TextDecoder().decode(output.take())
}

const shownValue = (text: string) => /"value":(.*)\}\n$/s.exec(lineOf({ value: bytes(text) }))![1]

describe('a record as a line of JSON', () => {
  it('has its value as it is written when that is JSON, and as a text otherwise', () => {
    expect(shownValue('{"a":1.50,"b":12345678901234567890}')).toBe('{"a":1.50,"b":12345678901234567890}')
    expect(shownValue('{\n  "a": "x\\ny"\n}\n')).toBe('{   "a": "x\\ny" }')
    expect(shownValue('17')).toBe('17')
    expect(shownValue('007')).toBe('"007"')
    expect(shownValue('{broken}')).toBe('"{broken}"')
    expect(shownValue('null')).toBe('"null"')
    expect(shownValue('"quoted"')).toBe('"\\"quoted\\""')
  })

  it('is one line, and reads back as what it was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.json(),
      fc.constantFrom('null', '1', '{}', '"', ' {}'),
    )
    const headers = fc.array(
      fc.record({ key: fc.string(), value: fc.option(fc.uint8Array({ maxLength: 3 })) }),
      {
        maxLength: 3,
      },
    )
    fc.assert(
      fc.property(fc.option(fc.uint8Array()), fc.option(text), headers, (key, value, headers) => {
        const line = lineOf({ key, value: value === null ? null : bytes(value), headers })
        expect(line.indexOf('\n')).toBe(line.length - 1)
        const read = readJsonRecord(line)!
        expect(asBytes(read.key)).toEqual(key === null ? null : [...key])
        expect(asBytes(read.value)).toEqual(value === null ? null : [...bytes(value)])
        expect(read.headers!.map(one => [one.key, asBytes(one.value)])).toEqual(
          headers.map(one => [one.key, one.value === null ? null : [...one.value]]),
        )
      }),
    )
  })
})

function asBytes(given: string | Uint8Array | null | undefined): number[] | null {
  if (given === null || given === undefined) return null
  return [...(typeof given === 'string' ? bytes(given) : given)]
}
