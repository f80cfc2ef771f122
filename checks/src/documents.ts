import { posix } from 'node:path'
import { lineAt } from './code.ts'
import type { Problem } from './problem.ts'
import type { Repository, SourceFile } from './repository.ts'

// Put together here, so that this file does not contain what it forbids.
const promise = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`, 'g')

/** Nothing is promised for later in the text: what is missing goes into an issue. */
export function checkPromises(files: readonly SourceFile[]): Problem[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(promise)].map(match => ({
      where: `${path}:${lineAt(text, match.index)}`,
      what: `${match[0]}: do it, or write an issue and remove it here`,
    })),
  )
}

/** Every relative link in a document leads to a file, and its anchor to a heading. `exists` looks a path up. */
export function checkLinks(files: readonly SourceFile[], exists: (path: string) => boolean): Problem[] {
  const documents = new Map(files.filter(({ path }) => path.endsWith('.md')).map(one => [one.path, one.text]))
  return [...documents].flatMap(([path, text]) =>
    linksOf(text).flatMap(({ target, line }) => {
      const what = linkProblem(target, path, documents, exists)
      return what === undefined ? [] : [{ where: `${path}:${line}`, what }]
    }),
  )
}

function linksOf(text: string): { target: string; line: number }[] {
  const prose = text
    .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, block => block.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/`[^`\n]*`/g, code => ' '.repeat(code.length))
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s*\[[^\]]+\]:\s*(\S+)/gm)].map(match => ({
    target: match[1] ?? match[2] ?? '',
    line: lineAt(text, match.index),
  }))
}

function linkProblem(
  target: string,
  from: string,
  documents: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? from : posix.normalize(posix.join(posix.dirname(from), decodeURI(file)))
  if (!exists(path)) return `the link to ${target} leads nowhere: ${path} does not exist`
  const text = documents.get(path)
  if (anchor === undefined || text === undefined || anchorsOf(text).has(anchor)) return undefined
  return `the link to ${target} leads nowhere: ${path} has no heading for #${anchor}`
}

/** Anchors of a document: of its headings, as Git hosts make them (repeated ones are counted), and those it sets itself. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(match => match[1]!))
  const seen = new Map<string, number>()
  for (const [, heading = ''] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`)
  }
  return anchors
}

export const dependenciesPage = 'docs/reference/dependencies.md'

/** Every third-party package stands in the table of dependencies, and nothing else does. */
export function checkDependencies({ root, packages, files }: Repository): Problem[] {
  const page = files.find(({ path }) => path === dependenciesPage)
  if (page === undefined)
    return [{ where: dependenciesPage, what: 'missing: it lists every third-party package' }]
  const manifests = [root, ...packages.map(({ manifest }) => manifest)]
  const used = new Set(
    manifests
      .flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies }))
      .filter(name => name !== 'samsa' && !name.startsWith('@samsa/')),
  )
  const listed = new Set([...page.text.matchAll(/^\|\s*`([^`]+)`/gm)].map(match => match[1]!))
  const absent = [...used].filter(name => !listed.has(name))
  const surplus = [...listed].filter(name => !used.has(name))
  return [
    ...absent.map(name => ({
      where: dependenciesPage,
      what: `${name} is used but not listed: add it and say why`,
    })),
    ...surplus.map(name => ({
      where: dependenciesPage,
      what: `${name} is listed but used by no package: remove it`,
    })),
  ]
}
