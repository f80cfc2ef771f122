import { importsOf } from './code.ts'
import type { Problem } from './problem.ts'
import { type Package, type Repository, isTest } from './repository.ts'

/**
 * Who may stand on whom: a package imports only packages of a lower layer. Packages of one layer never import each
 * other (broker and client, one pure machine and another).
 */
export const layers: Readonly<Record<string, number>> = {
  '@samsa/base': 0,
  '@samsa/protocol': 1,
  '@samsa/log': 2,
  '@samsa/cluster': 2,
  '@samsa/coordinators': 2,
  '@samsa/schemas': 2,
  '@samsa/security': 3,
  '@samsa/net': 3,
  '@samsa/broker': 4,
  '@samsa/client': 4,
  '@samsa/streams': 5,
  '@samsa/schema-registry': 5,
  '@samsa/rest-proxy': 5,
  '@samsa/connect': 5,
  '@samsa/console': 5,
  '@samsa/sql': 6,
  '@samsa/cli': 6,
  samsa: 7,
  // For tests only: any test may import it, no program may.
  '@samsa/testkit': 8,
}

/** Layers hold, and manifests, TypeScript references and import statements say the same. */
export function checkLayers(repository: Repository): Problem[] {
  return [
    ...repository.packages.flatMap(one => [
      ...checkImports(one, repository),
      ...checkManifest(one),
      ...checkReferences(one),
    ]),
    ...checkPublished(repository),
    ...checkOutside(repository),
  ]
}

const isOurs = (name: string) => name === 'samsa' || name.startsWith('@samsa/')

/** `@samsa/log` of `@samsa/log/src/x.ts`, `snappy` of `snappy/index.js`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function checkImports({ manifest, folder, sources }: Package, { root }: Repository): Problem[] {
  const own = layers[manifest.name]
  if (own === undefined) {
    const what = `${manifest.name} has no layer: add it to the table in checks/src/layers.ts and to ARCHITECTURE.md`
    return [{ where: `${folder}/package.json`, what }]
  }
  const declared = { ...manifest.dependencies, ...manifest.devDependencies }
  return sources.flatMap(({ path, text }) =>
    importsOf(text).flatMap(({ specifier, line }) => {
      const what = complaint(specifier, path, manifest.name, own, declared, root.devDependencies)
      return what === undefined ? [] : [{ where: `${path}:${line}`, what }]
    }),
  )
}

function complaint(
  specifier: string,
  path: string,
  from: string,
  own: number,
  declared: Readonly<Record<string, string>>,
  testDependencies: Readonly<Record<string, string>>,
): string | undefined {
  if (specifier.startsWith('.')) return leavesItsPackage(specifier, path)
  if (specifier.startsWith('node:')) return undefined
  const name = packageNameOf(specifier)
  if (isOurs(name)) {
    if (specifier !== name)
      return `deep import of ${specifier}: export what you need from ${name}'s src/index.ts`
    if (name === '@samsa/testkit' && isTest(path)) return undefined
    const layer = layers[name]
    if (layer === undefined) return `${name} is not in the layer table`
    if (layer >= own) {
      return `${from} (layer ${own}) imports ${name} (layer ${layer}): only lower layers may be imported`
    }
  }
  if (name in declared || (isTest(path) && name in testDependencies)) return undefined
  return `${name} is imported but not a dependency in ${path.split('/src/')[0]}/package.json`
}

function leavesItsPackage(specifier: string, path: string): string | undefined {
  const depth = path.split('/src/')[1]!.split('/').length - 1
  const ups = specifier.split('/').filter(part => part === '..').length
  return ups > depth ? `${specifier} leaves the package: import it by its name` : undefined
}

/**
 * Nothing is declared that nobody imports; a name in quotes counts, for modules that are loaded when first needed.
 * The published package declares for those it bundles, see below.
 */
function checkManifest({ manifest, folder, sources }: Package): Problem[] {
  const imported = new Set(
    sources.flatMap(({ text }) => importsOf(text)).map(one => packageNameOf(one.specifier)),
  )
  const mine = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  return mine
    .filter(name => manifest.name !== 'samsa' || isOurs(name))
    .filter(
      name =>
        !imported.has(name) &&
        !sources.some(({ text }) => text.includes(`'${name}'`) || text.includes(`'${name}/`)),
    )
    .map(name => ({
      where: `${folder}/package.json`,
      what: `${name} is a dependency but never imported: remove it`,
    }))
}

function checkReferences({ manifest, folder, references, sources }: Package): Problem[] {
  const own = { ...manifest.dependencies, ...manifest.devDependencies }
  const compiled = sources
    .filter(({ path }) => !path.endsWith('.test.ts'))
    .flatMap(({ text }) => importsOf(text))
  const needed = new Set(compiled.map(one => packageNameOf(one.specifier)).filter(isOurs))
  const where = `${folder}/tsconfig.json`
  const absent = [...needed].filter(name => !references.includes(name))
  const surplus = references.filter(name => !needed.has(name) && !(name in own))
  return [
    ...absent.map(name => ({ where, what: `${name} is imported but missing from "references"` })),
    ...surplus.map(name => ({ where, what: `"references" has ${name}, which is no dependency: remove it` })),
  ]
}

/** The bundle leaves third-party packages outside: the published manifest must declare them all, and no other. */
function checkPublished({ packages }: Repository): Problem[] {
  const published = packages.find(({ manifest }) => manifest.name === 'samsa')
  if (published === undefined) return []
  const where = `${published.folder}/package.json`
  const declared = published.manifest.dependencies
  const imported = new Set(published.sources.flatMap(({ text }) => importsOf(text)).map(one => one.specifier))
  const bundled = packages.filter(one => one !== published).map(({ manifest }) => manifest.dependencies)
  const wanted = new Map(bundled.flatMap(Object.entries).filter(([name]) => !isOurs(name)))
  const absent = [...wanted].filter(([name, version]) => declared[name] !== version)
  const surplus = Object.keys(declared).filter(name => !wanted.has(name) && !imported.has(name))
  return [
    ...absent.map(([name, version]) => ({
      where,
      what: `must depend on ${name} ${version}, as the package it bundles`,
    })),
    ...surplus.map(name => ({ where, what: `${name} is needed by no bundled package: remove it` })),
  ]
}

/** Checks, benches and tests may import any package, but by its name too. */
function checkOutside({ files }: Repository): Problem[] {
  const outside = files.filter(({ path }) => path.endsWith('.ts') && !path.startsWith('packages/'))
  return outside.flatMap(({ path, text }) =>
    importsOf(text).flatMap(({ specifier, line }) => {
      const isDeep = /^@samsa\/[^/]+\//.test(specifier) || /^\.[./]*\/packages\//.test(specifier)
      const what = `deep import of ${specifier}: import the package by its name`
      return isDeep ? [{ where: `${path}:${line}`, what }] : []
    }),
  )
}
