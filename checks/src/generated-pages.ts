import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brokerConfigPage, topicConfigPage } from './config-pages.ts'

/** A page that is written by the program, never by hand. */
export interface GeneratedPage {
  /** Relative to the root of the repository. */
  readonly path: string
  text(): string
}

export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/reference/broker-config.md', text: brokerConfigPage },
  { path: 'docs/reference/topic-config.md', text: topicConfigPage },
]

const notice =
  '<!-- Written by checks/src/generated-pages.ts: change the tables, then run `node checks/dist/generated-pages.js`. -->\n\n'

/** Paths of the pages that are missing or differ from what the tables say now. */
export function stalePages(root: string): string[] {
  return generatedPages.filter(page => current(root, page) !== contentOf(page)).map(({ path }) => path)
}

/** Writes every page that is stale, and answers their paths. */
export function writePages(root: string): string[] {
  const stale = new Set(stalePages(root))
  for (const page of generatedPages.filter(({ path }) => stale.has(path))) {
    const path = join(root, page.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contentOf(page))
  }
  return [...stale]
}

function contentOf(page: GeneratedPage): string {
  return notice + page.text()
}

function current(root: string, { path }: GeneratedPage): string | undefined {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8').replaceAll('\r\n', '\n') : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = writePages(join(dirname(fileURLToPath(import.meta.url)), '../..'))
  console.log(written.length === 0 ? 'All pages are up to date.' : `Written: ${written.join(', ')}`)
}
