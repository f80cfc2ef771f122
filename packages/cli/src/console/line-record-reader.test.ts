import { describe, expect, it } from 'vitest'
import { LineRecordReader } from './line-record-reader.ts'

function read(line: string, ...properties: string[]) {
  const entries = properties.map(one => one.split(/=(.*)/s).slice(0, 2))
  const { headers, ...rest } = new LineRecordReader(Object.fromEntries(entries)).read(line, 7)
  const texts = headers.map(({ key, value }) => [
    key,
    value === null ? null : new TextDecoder().decode(value),
  ])
  return { ...rest, headers: texts }
}

describe('a line read as a record', () => {
  it('is a value, unless keys or headers are asked for', () => {
    expect(read('a\tb')).toEqual({ key: null, value: 'a\tb', headers: [] })
    expect(read('a\tb', 'parse.key=true')).toEqual({ key: 'a', value: 'b', headers: [] })
    expect(read('a=b=c', 'parse.key=TRUE ', 'key.separator==')).toMatchObject({ key: 'a', value: 'b=c' })
    expect(read('x:1,y:2\ta\tb', 'parse.key=true', 'parse.headers=true')).toEqual({
      key: 'a',
      value: 'b',
      headers: [
        ['x', '1'],
        ['y', '2'],
      ],
    })
    expect(
      read(
        'x=1|y=2;v',
        'parse.headers=true',
        'headers.delimiter=;',
        'headers.separator=|',
        'headers.key.separator==',
      ),
    ).toMatchObject({
      value: 'v',
      headers: [
        ['x', '1'],
        ['y', '2'],
      ],
    })
  })

  it('has nulls where the marker stands', () => {
    const both = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL']
    expect(read('NULL\tNULL\tNULL', ...both)).toEqual({ key: null, value: null, headers: [] })
    expect(read('x:NULL\ta\tb', ...both).headers).toEqual([['x', null]])
    expect(() => read('NULL:1\ta\tb', ...both)).toThrow("the null marker 'NULL' as they can't be null")
  })

  it('says which line lacks what, or takes it all for the value', () => {
    expect(() => read('ab', 'parse.key=true')).toThrow("No key separator found on line number 7: 'ab'")
    expect(() => read('ab', 'parse.headers=true')).toThrow('No headers delimiter found on line number 7')
    expect(() => read('ab\tv', 'parse.headers=true')).toThrow("found in pair 'ab' on line number 7")
    expect(read('ab', 'parse.key=true', 'ignore.error=true')).toMatchObject({ key: null, value: 'ab' })
    expect(read('ab\tv', 'parse.headers=true', 'ignore.error=true').headers).toEqual([['ab', null]])
  })

  it('needs separators that can be told apart', () => {
    expect(() => read('a', 'headers.delimiter=,')).toThrow(
      'headers.delimiter and headers.separator may not be equal',
    )
    expect(() => read('a', 'null.marker=:')).toThrow('null.marker and headers.key.separator may not be equal')
  })
})
