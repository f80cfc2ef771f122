// Writes docs/reference/api from the docstrings of what the package exports: a page for each file of src/embed/exports.
// With --check it writes nothing, and says which pages differ. Needs `npm run build`.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'
import { MarkdownPageEvent } from 'typedoc-plugin-markdown'

const here = fileURLToPath(new URL('.', import.meta.url))
const pages = join(here, '../../docs/reference/api')
const pageOrder = ['embedding', 'producer', 'consumer', 'share-consumer', 'admin', 'common']
const style = {
  readme: 'none',
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: false,
  sort: ['alphabetical'],
  groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
  sortEntryPoints: false,
  logLevel: 'Warn',
  outputFileStrategy: 'modules',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  useHTMLAnchors: true,
  parametersFormat: 'table',
  propertyMembersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  cacheBust: false,
  githubPages: false,
}
const draft = mkdtempSync(join(tmpdir(), 'samsa-api-'))

try {
  await generate(draft)
  const stale = differing(draft, pages)
  if (!process.argv.includes('--check')) {
    for (const name of stale) replace(name)
    console.log(stale.length === 0 ? 'All pages are up to date.' : `Written: ${stale.join(', ')}`)
  } else if (stale.length > 0) {
    console.log(`docs/reference/api is not what the docstrings say (${stale.join(', ')}).`)
    console.log('Run npm run build && node packages/samsa/api-pages.mjs')
    process.exitCode = 1
  } else console.log('ok - docs/reference/api says what the docstrings say')
} finally {
  rmSync(draft, { recursive: true })
}

async function generate(folder) {
  const config = join(folder, 'tsconfig.json')
  const entries = pageOrder.map(name => join(here, `dist/embed/exports/${name}.d.ts`))
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    typeRoots: [join(here, '../../node_modules/@types')],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, files: entries }))
  const app = await Application.bootstrapWithPlugins({
    name: 'API of samsa',
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries,
    tsconfig: config,
    basePath: join(here, 'dist/embed/exports'),
    out: join(folder, 'pages'),
    ...style,
  })
  app.renderer.on(MarkdownPageEvent.END, page => {
    page.contents = shortened(page.contents ?? '')
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('typedoc found nothing to describe')
  await app.generateOutputs(project)
}

/** Tables of keys and of errors stand on pages of their own: here a link is enough. */
function shortened(text) {
  return text
    .replaceAll(/(`ConfigEntries`\]\([^)]*\))\\<\\\{.*?\\\}\\>/g, '$1: its [keys](../client-config.md)')
    .replaceAll(/^\| `config\.\S+`.*\n/gm, '')
    .replaceAll(
      /(?:\\\| )?`"UNKNOWN_SERVER_ERROR"` \\\| `"NONE"`(?: \\\| `"[A-Z0-9_]+"`)+/g,
      '[`ErrorName`](common.md#errorname)',
    )
}

/** Pages that are missing, changed, or there without being generated. */
function differing(drafted, committed) {
  const names = new Set([...namesIn(join(drafted, 'pages')), ...namesIn(committed)])
  return [...names].filter(name => textOf(join(drafted, 'pages', name)) !== textOf(join(committed, name)))
}

function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.md')) : []
}

function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined
}

function replace(name) {
  const text = textOf(join(draft, 'pages', name))
  if (text === undefined) rmSync(join(pages, name))
  else writeFileSync(join(pages, name), text)
}
