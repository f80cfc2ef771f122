import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { librdkafkaSection, requestsSection } from './compatibility-page.ts'
import { brokerConfigPage, clientConfigPage, topicConfigPage } from './config-pages.ts'

/** A page, or a section of one, that is written by the program, never by hand. */
export interface GeneratedPage {
  /** Relative to the root of the repository. */
  readonly path: string
  /** The section between the marks of that name; the rest of the page is written by hand. */
  readonly section?: string
  text(): string
}

export const generatedPages: readonly GeneratedPage[] = [
  { path: 'docs/reference/broker-config.md', text: brokerConfigPage },
  { path: 'docs/reference/topic-config.md', text: topicConfigPage },
  { path: 'docs/reference/client-config.md', text: clientConfigPage },
  { path: 'docs/reference/compatibility.md', section: 'requests', text: requestsSection },
  { path: 'docs/reference/compatibility.md', section: 'librdkafka-tests', text: librdkafkaSection },
]

const notice =
  'Written by checks/src/generated-pages.ts: change the tables, then run `node checks/dist/generated-pages.js`.'

/** Paths of the pages that are missing or differ from what the tables say now. */
export function stalePages(root: string): string[] {
  const stale = generatedPages.filter(page => current(root, page) !== contentOf(root, page))
  return [...new Set(stale.map(({ path }) => path))]
}

/** Writes every page that is stale, and answers their paths. */
export function writePages(root: string): string[] {
  const stale = new Set(stalePages(root))
  for (const page of generatedPages.filter(({ path }) => stale.has(path))) {
    const path = join(root, page.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contentOf(root, page))
  }
  return [...stale]
}

function contentOf(root: string, page: GeneratedPage): string {
  if (page.section === undefined) return `<!-- ${notice} -->\n\n${page.text()}`
  return withSection(current(root, page) ?? '', page.section, page.text())
}

/** The page with another text between the section's marks; marks that are missing are put at its end. */
function withSection(page: string, name: string, text: string): string {
  const end = `<!-- ${name}: end -->`
  const section = `<!-- ${name}: begin. ${notice} -->\n\n${text}\n${end}`
  const [from, to] = [page.indexOf(`<!-- ${name}: begin.`), page.indexOf(end)]
  if (from < 0 || to < from) return `${page}${section}\n`
  return page.slice(0, from) + section + page.slice(to + end.length)
}

function current(root: string, { path }: GeneratedPage): string | undefined {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8').replaceAll('\r\n', '\n') : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const written = writePages(join(dirname(fileURLToPath(import.meta.url)), '../..'))
  console.log(written.length === 0 ? 'All pages are up to date.' : `Written: ${written.join(', ')}`)
}
