import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Manifest {
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export interface Package {
  /** Folder from the root: `packages/log`. */
  readonly folder: string
  readonly manifest: Manifest
  /** Packages its tsconfig.json refers to, by name. */
  readonly references: readonly string[]
  /** Whether it is compiled without Node's types. */
  readonly isThinking: boolean
  readonly sources: readonly SourceFile[]
}

/** What the checks look at, read once. Tests build one by hand. */
export interface Repository {
  readonly root: Manifest
  readonly packages: readonly Package[]
  /** Every text file that people write: sources, tests, documents. */
  readonly files: readonly SourceFile[]
}

const notOurs = new Set(['node_modules', 'dist', '.git', '.cache', 'fixtures', 'data'])
const written = /\.(ts|mjs|js|py|go|java|md|sh|json)$/

export function readRepository(root: string): Repository {
  const files = textFiles(root, '')
  const folders = readdirSync(join(root, 'packages')).map(name => `packages/${name}`)
  return {
    root: manifestOf(files, 'package.json')!,
    files,
    packages: folders.flatMap(folder => packageOf(files, folder) ?? []),
  }
}

/** Tests, and what only tests import: `x.test.ts`, `x.testing.ts`, a folder `testing`. */
export function isTest(path: string): boolean {
  return /\.(test|testing)\.ts$|\/src\/(.*\/)?testing\//.test(path) || path.startsWith('tests/')
}

function textFiles(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : textFiles(root, path)
    return written.test(entry.name) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : []
  })
}

function packageOf(files: readonly SourceFile[], folder: string): Package | undefined {
  const manifest = manifestOf(files, `${folder}/package.json`)
  if (manifest === undefined) return undefined
  const config = jsonOf<TypeScriptConfig>(files, `${folder}/tsconfig.json`)
  const references = (config?.references ?? []).map(({ path }) => path.replace(/^.*\//, 'packages/'))
  return {
    folder,
    manifest,
    references: references.map(path => manifestOf(files, `${path}/package.json`)?.name ?? path),
    isThinking: !(config?.compilerOptions?.types ?? []).includes('node'),
    sources: files.filter(({ path }) => path.startsWith(`${folder}/src/`) && path.endsWith('.ts')),
  }
}

interface TypeScriptConfig {
  readonly compilerOptions?: { readonly types?: string[] }
  readonly references?: { readonly path: string }[]
}

function manifestOf(files: readonly SourceFile[], path: string): Manifest | undefined {
  const manifest = jsonOf<Partial<Manifest>>(files, path)
  if (manifest === undefined) return undefined
  return { name: path, dependencies: {}, devDependencies: {}, ...manifest }
}

function jsonOf<T>(files: readonly SourceFile[], path: string): T | undefined {
  const file = files.find(one => one.path === path)
  return file === undefined ? undefined : JSON.parse(file.text)
}
