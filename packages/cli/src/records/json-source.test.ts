import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memberText, readJsonRecord } from './json-source.ts'

const text = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array)

describe('a line of JSON', () => {
  it('is a record with what it says', () => {
    const record = readJsonRecord(
      '{"topic":"a","offset":7,"partition":2,"timestamp":"2026-01-02T00:00:00Z","key":"k","headers":{"a":"1","b":null},"value":"v"}',
    )!
    expect(record).toMatchObject({
      partition: 2,
      timestamp: Date.parse('2026-01-02T00:00:00Z'),
      key: 'k',
      value: 'v',
    })
    expect(record.headers!.map(({ key, value }) => [key, value === null ? null : text(value)])).toEqual([
      ['a', '1'],
      ['b', null],
    ])
    expect(readJsonRecord('  ')).toBeUndefined()
    expect(readJsonRecord('{"value":null}')).toEqual({ key: null, value: null, headers: [] })
  })

  it('keeps values that are no texts as they are written', () => {
    expect(readJsonRecord('{"value": {"big": 12345678901234567890, "x":[1.50]} }')!.value).toBe(
      '{"big": 12345678901234567890, "x":[1.50]}',
    )
    expect(readJsonRecord('{"key":{"value":1},"value":1.0}')).toMatchObject({
      key: '{"value":1}',
      value: '1.0',
    })
  })

  it('may have bytes, and headers in order', () => {
    const record = readJsonRecord(
      '{"keyBase64":"/w==","valueBase64":"AAE=","headers":[["a","1"],["a",{"base64":"/w=="}]]}',
    )!
    expect([...(record.key as Uint8Array)]).toEqual([255])
    expect([...(record.value as Uint8Array)]).toEqual([0, 1])
    expect(record.headers!.map(({ key, value }) => [key, [...value!]])).toEqual([
      ['a', [49]],
      ['a', [255]],
    ])
  })

  it('is refused with what is wrong', () => {
    for (const [line, message] of [
      ['{"value"', 'JSON'],
      ['[1]', 'this is no object'],
      ['{"a":1}', 'there is no "value"'],
      ['{"value":1,"partition":-1}', '-1 is no partition'],
      ['{"value":1,"timestamp":"soon"}', '"soon" is no timestamp'],
      ['{"value":1,"headers":3}', '"headers" is no object'],
    ] as const)
      expect(() => readJsonRecord(line), line).toThrow(message)
  })

  it('has members whose texts are found whatever stands around them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'value', '"', ':{'), fc.jsonValue()), object => {
        const text = memberText(JSON.stringify(object, null, 1), 'value')
        if (!Object.hasOwn(object, 'value')) expect(text).toBeUndefined()
        else expect(JSON.parse(text!)).toEqual(JSON.parse(JSON.stringify(object['value'])))
      }),
    )
  })
})
