import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PropertiesError, parseProperties } from './properties.ts'

function read(text: string): Record<string, string> {
  return Object.fromEntries(parseProperties(text, 'f').map(({ key, text }) => [key, text]))
}

describe('a properties file', () => {
  it('separates key and value with =, : or a blank', () => {
    expect(read('a=1\nb = 2\nc:3\nd : 4\ne 5\nf\t6\ng==7\nh =: 8\ni=\nj\n')).toEqual({
      a: '1',
      b: '2',
      c: '3',
      d: '4',
      e: '5',
      f: '6',
      g: '=7',
      h: ': 8',
      i: '',
      j: '',
    })
  })

  it('has comments and empty lines, which a backslash does not continue', () => {
    expect(read('# a=1\n   ! b=2 \\\n\n \t\nc=3 # not a comment\n')).toEqual({ c: '3 # not a comment' })
  })

  it('continues a line that ends with a backslash, without the blanks that follow', () => {
    expect(read('a=1,\\\n    2,\\\r\n\t3\nb=4\\\\\nc=5\\')).toEqual({ a: '1,2,3', b: '4\\', c: '5' })
    expect(read('a=1\\\n# part of it\nb=2')).toEqual({ a: '1# part of it', b: '2' })
  })

  it('undoes escapes in keys and values', () => {
    expect(read('a\\ b\\=c\\:d=\\tx\\n\\u00e9\\z\\\\')).toEqual({ 'a b=c:d': '\tx\néz\\' })
  })

  it('keeps blanks at the end of a value, and separators within it', () => {
    expect(read('a=b = c \nlisteners=A://:1,B://:2')).toEqual({ a: 'b = c ', listeners: 'A://:1,B://:2' })
  })

  it('reads every kind of line end, and skips a byte order mark', () => {
    expect(read('\uFEFFa=1\rb=2\r\nc=3\nd=4')).toEqual({ a: '1', b: '2', c: '3', d: '4' })
  })

  it('says on which line an entry began', () => {
    const origins = parseProperties('# x\na=1,\\\n2\n\nb=3', 'server.properties').map(({ origin }) => origin)
    expect(origins).toEqual(['server.properties:2', 'server.properties:5'])
  })

  it('refuses a Unicode escape without its digits, and says where', () => {
    expect(() => parseProperties('a=1\nb=\\u12x4', 'server.properties')).toThrow(PropertiesError)
    expect(() => parseProperties('a=1\nb=\\u12x4', 'server.properties')).toThrow(
      'server.properties:2: \\u is not followed by four hexadecimal digits.',
    )
  })

  it('gives back what was escaped, whatever it was', () => {
    const escaped = (text: string) =>
      text.replace(/[\\=: \t\f#!\n\r]/g, character => {
        const name = { '\t': 't', '\n': 'n', '\r': 'r', '\f': 'f' }[character]
        return `\\${name ?? character}`
      })
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (key, value) => {
        const [entry] = parseProperties(`${escaped(key)}=${escaped(value)}\n`, 'f')
        expect([entry?.key, entry?.text]).toEqual([key, value])
      }),
    )
  })
})
