import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvSplitter } from './csv.ts'

function rowsOf(pieces: readonly string[], separator = ','): string[][] {
  const splitter = new CsvSplitter(separator)
  return [...pieces.flatMap(piece => splitter.split(piece)), ...splitter.end()]
}

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`

describe('CSV', () => {
  it('has rows of fields, quoted where they have to be', () => {
    expect(rowsOf(['a,b\n1,"x, ""y""\nz"\r\n,\n\n3,4'])).toEqual([
      ['a', 'b'],
      ['1', 'x, "y"\nz'],
      ['', ''],
      ['3', '4'],
    ])
    expect(rowsOf(['a;"";c'], ';')).toEqual([['a', '', 'c']])
    expect(() => rowsOf(['a,"b'])).toThrow('The CSV ends inside of quotes.')
  })

  it('is what was written, wherever it is cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') })
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 4 })
    const ends = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(rows, ends, fc.array(fc.nat(60)), (given, end, cuts) => {
        const text = given.map(row => row.map(quoted).join(',') + end).join('')
        const at = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length]
        const pieces = at.slice(1).map((to, index) => text.slice(at[index], to))
        expect(rowsOf(pieces)).toEqual(given)
      }),
    )
  })
})
