import { describe, expect, it } from 'vitest'
import { blankLiterals, importsOf } from './code.ts'

describe('imports', () => {
  it('are found in every form, with their lines', () => {
    const text = `import { a,
  b } from './one.ts'
export * from './two.ts'
import './three.ts'
export type { T } from './four.ts'
const five = await import('./five.ts')`
    expect(importsOf(text)).toEqual([
      { specifier: './one.ts', line: 2 },
      { specifier: './two.ts', line: 3 },
      { specifier: './three.ts', line: 4 },
      { specifier: './four.ts', line: 5 },
      { specifier: './five.ts', line: 6 },
    ])
  })

  it('are not found in comments', () => {
    expect(importsOf("// import './a.ts'\n/* import './b.ts' */")).toEqual([])
  })
})

describe('blanking', () => {
  it('keeps every place and line', () => {
    const text = "const a = 'x{y' // {\nconst b = `{${f({ c: '}' })}}` /* {\n */ + 1"
    const blank = blankLiterals(text)
    expect(blank.length).toBe(text.length)
    expect(blank.split('\n').length).toBe(text.split('\n').length)
    expect(blank).not.toMatch(/[{}]/)
  })

  it('tells a regular expression from a division', () => {
    expect(blankLiterals('x = a / b / c; y = /{/.test(z)')).toBe('x = a / b / c; y = / /.test(z)')
  })
})
