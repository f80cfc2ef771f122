import { expect, it } from 'vitest'
import { checkBaseDeclarations, checkPurity } from './purity.ts'

function complaints(text: string, path = 'packages/log/src/a.ts', isThinking = true): string[] {
  const manifest = { name: '@samsa/log', dependencies: {}, devDependencies: {} }
  const log = { folder: 'packages/log', manifest, references: [], isThinking, sources: [{ path, text }] }
  return checkPurity({ root: manifest, packages: [log], files: [] }).map(
    ({ where, what }) => `${where}: ${what}`,
  )
}

it.each([
  'setTimeout(f, 1)',
  'console.log(1)',
  'Buffer.from(x)',
  'const t = Date.now()',
  'Math.random()',
  'new Date()',
])('a thinking package may not say %s', text =>
  expect(complaints(text)).toEqual([expect.stringContaining('packages/log/src/a.ts:1')]),
)

it('a thinking package may not import from Node', () => {
  expect(complaints("import { readFileSync } from 'node:fs'")).toHaveLength(1)
})

it.each([
  'const console = logger',
  '// setTimeout(f, 1)',
  "'Buffer.from'",
  'this.fetch(x)',
  'fetch(request: Request): Answer {',
])('a thinking package may say %s', text => expect(complaints(text)).toEqual([]))

it('its tests may do as they like', () => {
  expect(complaints('console.log(1)', 'packages/log/src/a.test.ts')).toEqual([])
})

it("it is compiled without Node's types", () => {
  expect(complaints('', undefined, false)).toEqual([
    expect.stringContaining('"types" of @samsa/log must be empty'),
  ])
})

it("base's declarations name no type of Node's", () => {
  const declarations = [{ path: 'a.d.ts', text: '/** Not a Buffer. */\nexport declare const a: Buffer' }]
  expect(checkBaseDeclarations(declarations).map(({ where }) => where)).toEqual(['a.d.ts:2'])
})
