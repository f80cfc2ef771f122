import { describe, expect, it } from 'vitest'
import { testIo } from '../command/test-io.ts'
import { jsonLine } from './json-line.ts'
import { paintFor } from './paint.ts'
import { countText, counted, sizeText } from './size.ts'
import { type Column, table } from './table.ts'

describe('output for people and programs', () => {
  it('stands in columns, numbers to the right, colours taking no room', () => {
    const columns: Column<{ name: string; count: number }>[] = [
      { heading: 'NAME', text: ({ name }) => name },
      {
        heading: 'N',
        isNumber: true,
        text: ({ count }) => `${count}`,
        paint: ({ count }, text, paint) => (count > 9 ? paint('red', text) : text),
      },
      { heading: 'END', text: () => 'x' },
    ]
    const rows = [
      { name: 'orders', count: 5 },
      { name: 'a', count: 123 },
    ]
    const plain = table(columns, rows, paintFor(testIo()))
    expect(plain).toBe('NAME      N  END\norders    5  x\na       123  x\n')
    const coloured = table(columns, rows, paintFor(testIo({ isTerminal: true })))
    expect(coloured).toContain('\u001b[31m123\u001b[0m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain)
    const environment = { NO_COLOR: '1' }
    expect(table(columns, rows, paintFor(testIo({ isTerminal: true, environment })))).toBe(plain)
  })

  it('has headings where there are no rows', () => {
    expect(table([{ heading: 'NAME', text: () => '' }], [], paintFor(testIo()))).toBe('NAME\n')
  })

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [10_240, '10 KiB'],
    [1_048_575, '1.0 MiB'],
    [5 * 2 ** 40, '5.0 TiB'],
  ])('tells %d bytes as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text)
  })

  it('groups the digits of counts', () => {
    expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567'])
    expect([0, 1, 2000].map(count => counted(count, 'record'))).toEqual([
      '0 records',
      '1 record',
      '2,000 records',
    ])
  })

  it('is JSON, whatever it is made of', () => {
    const value = { big: 12n, map: new Map([['a', 1]]), bytes: new Uint8Array([1]), error: new Error('no') }
    expect(jsonLine(value)).toBe('{"big":"12","map":{"a":1},"bytes":"AQ==","error":"no"}\n')
  })
})
