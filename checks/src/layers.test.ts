import { describe, expect, it } from 'vitest'
import { checkLayers } from './layers.ts'
import type { Package, Repository } from './repository.ts'

function packageOf(name: string, imports: Record<string, string>, more: Partial<Package> = {}): Package {
  const folder = `packages/${name.replace('@samsa/', '')}`
  const sources = Object.entries(imports).map(([path, text]) => ({ path: `${folder}/src/${path}`, text }))
  const manifest = { name, dependencies: {}, devDependencies: {} }
  return { folder, manifest, references: [], isThinking: true, sources, ...more }
}

function complaints(...packages: Package[]): string[] {
  const root = { name: 'house', dependencies: {}, devDependencies: { vitest: '4' } }
  const repository: Repository = { root, packages, files: [] }
  return checkLayers(repository).map(({ where, what }) => `${where}: ${what}`)
}

const dependsOn = (name: string, ...others: string[]) => ({
  manifest: { name, dependencies: Object.fromEntries(others.map(one => [one, '*'])), devDependencies: {} },
  references: others.filter(one => one.startsWith('@samsa/')),
})

describe('layers', () => {
  it('accept an import from below that manifest and references declare', () => {
    const log = packageOf(
      '@samsa/log',
      { 'a.ts': "import { crc32c } from '@samsa/base'" },
      dependsOn('@samsa/log', '@samsa/base'),
    )
    expect(complaints(log)).toEqual([])
  })

  it('refuse an import sideways or upwards', () => {
    const log = packageOf(
      '@samsa/log',
      { 'a.ts': "import type { Image } from '@samsa/cluster'" },
      dependsOn('@samsa/log', '@samsa/cluster'),
    )
    expect(complaints(log)).toEqual([
      'packages/log/src/a.ts:1: @samsa/log (layer 2) imports @samsa/cluster (layer 2): only lower layers may be imported',
    ])
  })

  it('refuse a deep import, a relative path out of the package and an undeclared package', () => {
    const text = "import '@samsa/base/src/x.ts'\nimport '../../base/src/x.ts'\nimport { x } from 'left-pad'"
    const found = complaints(
      packageOf('@samsa/log', { 'a.ts': text }, dependsOn('@samsa/log', '@samsa/base')),
    )
    expect(found).toEqual([
      expect.stringContaining('a.ts:1: deep import of @samsa/base/src/x.ts'),
      expect.stringContaining('a.ts:2: ../../base/src/x.ts leaves the package'),
      expect.stringContaining(
        'a.ts:3: left-pad is imported but not a dependency in packages/log/package.json',
      ),
    ])
  })

  it('refuse what is declared and never imported, and a reference that is missing', () => {
    const unused = packageOf('@samsa/log', {}, dependsOn('@samsa/log', '@samsa/base', 'snappy'))
    expect(complaints(unused)).toEqual([
      expect.stringContaining('@samsa/base is a dependency but never imported'),
      expect.stringContaining('snappy is a dependency but never imported'),
    ])
    const { manifest } = dependsOn('@samsa/log', '@samsa/base')
    const unreferenced = packageOf('@samsa/log', { 'a.ts': "import '@samsa/base'" }, { manifest })
    expect(complaints(unreferenced)).toEqual([expect.stringContaining('missing from "references"')])
  })

  it('let tests import the test dependencies of the root', () => {
    const text = "import { it } from 'vitest'"
    expect(complaints(packageOf('@samsa/log', { 'a.test.ts': text, 'testing/b.ts': text }))).toEqual([])
    expect(complaints(packageOf('@samsa/log', { 'a.ts': text }))).toHaveLength(1)
  })

  it('ask for a layer for each new package', () => {
    expect(complaints(packageOf('@samsa/novel', {}))[0]).toContain('has no layer')
  })

  it('hold the published manifest to what its bundle leaves outside', () => {
    const base = packageOf('@samsa/base', { 'a.ts': "import 'pino'" }, dependsOn('@samsa/base', 'pino'))
    const samsa = packageOf(
      'samsa',
      { 'main.ts': "import '@samsa/base'" },
      dependsOn('samsa', '@samsa/base', 'left-pad'),
    )
    expect(complaints(base, samsa)).toEqual([
      expect.stringContaining('must depend on pino *'),
      expect.stringContaining('left-pad is needed by no bundled package'),
    ])
  })
})
