import { expect, it } from 'vitest'
import { functionsOf, longestFiles } from './lengths.ts'

const text = `function plain(a: number): { x: number } | undefined {
  if (a > 1) {
    return { x: '}'.length }
  }
}
class Log {
  append(records: Uint8Array): void {
    for (const one of records) {
      use(one)
    }
  }
}
const arrow = (a: number) => {
  return a
}
items.map(item => {
  return item
})
const table = {
  rows: [],
}
`

it('functions are found by their braces, and blocks and objects are not', () => {
  expect(functionsOf({ path: 'a.ts', text })).toEqual([
    { where: 'a.ts:1 plain', lines: 5 },
    { where: 'a.ts:7 append', lines: 5 },
    { where: 'a.ts:13 arrow', lines: 3 },
    { where: 'a.ts:16 in map()', lines: 3 },
  ])
})

it('a class behind a function is none', () => {
  const code = 'function make(): Log {\n  return new Log()\n}\nclass Log {\n  #at = 0\n}\n'
  expect(functionsOf({ path: 'a.ts', text: code })).toEqual([{ where: 'a.ts:1 make', lines: 3 }])
})

it('files are ordered by their lines', () => {
  const files = [
    { path: 'short.ts', text: 'a\n' },
    { path: 'long.ts', text: 'a\nb\n' },
  ]
  expect(longestFiles(files)).toEqual([
    { where: 'long.ts', lines: 2 },
    { where: 'short.ts', lines: 1 },
  ])
})
