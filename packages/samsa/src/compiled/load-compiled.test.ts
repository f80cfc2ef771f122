import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samsa-compiled-'))
  const source = readFileSync(new URL('load-compiled.ts', import.meta.url), 'utf8')
  writeFileSync(join(folder, 'load.mjs'), transformSync(source, { loader: 'ts' }).code)
  writeFileSync(
    join(folder, 'program.cjs'),
    '(function (exports, require, module, url) { Object.assign(exports, { url, list: [], join: require("path").join }) })',
  )
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { createRequire } from 'node:module'
     import { fileURLToPath } from 'node:url'
     import { loadCompiled } from './load.mjs'
     const path = fileURLToPath(new URL('program.cjs', import.meta.url))
     const { url, list, join } = loadCompiled(path, createRequire(path))
     console.log(JSON.stringify([url, list instanceof Array, join('a', 'b')]))`,
  )
})

afterEach(() => rmSync(folder, { recursive: true }))

function run(environment = {}): unknown {
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '', ...environment }
  return JSON.parse(execFileSync(process.execPath, [join(folder, 'main.mjs')], { env, encoding: 'utf8' }))
}

const caches = () => readdirSync(folder).filter(name => name.endsWith('.cache'))

describe('a program that is kept compiled', () => {
  const expected = () => [pathToFileURL(join(folder, 'program.cjs')).href, true, join('a', 'b')]

  it('does the same the first time and from what was kept', () => {
    expect(run()).toEqual(expected())
    expect(caches()).toEqual([`program-${process.version}-${process.arch}.cache`])
    expect(run()).toEqual(expected())
    expect(caches()).toHaveLength(1)
  })

  it('is compiled anew, and kept anew, when what was kept is of no use', () => {
    run()
    const [cache] = caches()
    writeFileSync(join(folder, cache!), 'damaged')
    expect(run()).toEqual(expected())
    expect(readFileSync(join(folder, cache!)).length).toBeGreaterThan(100)
  })

  it('keeps nothing when told so', () => {
    expect(run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(expected())
    expect(caches()).toEqual([])
  })
})
