import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../process/samsa-process.ts'

/**
 * A fenced piece of JavaScript or TypeScript in a document. Comments right before the fence, which readers do not see,
 * say what it needs to be a program:
 *
 * - `<!-- given … -->`: code that comes before it, such as the consumer it is about;
 * - `<!-- then … -->`: code that comes after it, such as what closes the consumer;
 * - `<!-- until: TEXT -->`: it goes on for ever, and has done well when it printed that;
 * - `<!-- not run: REASON -->`: it is type-checked only.
 */
export interface Snippet {
  /** `docs/guides/client.md:12`. */
  readonly where: string
  /** A file name of its own, without extension. */
  readonly name: string
  readonly language: 'ts' | 'js'
  readonly code: string
  readonly until: string | undefined
  readonly notRun: string | undefined
}

const documents = ['README.md', 'packages/samsa/README.md', 'docs/guides']

export function allSnippets(): Snippet[] {
  return documents.flatMap(pagesIn).flatMap(page => snippetsIn(page, readFileSync(join(root, page), 'utf8')))
}

function pagesIn(path: string): string[] {
  if (path.endsWith('.md')) return [path]
  const names = readdirSync(join(root, path)).filter(name => name.endsWith('.md'))
  return names.sort().map(name => `${path}/${name}`)
}

const fences = /((?:^<!--(?:(?!-->)[\s\S])*-->\n)*)^```(ts|typescript|js|javascript)\n([\s\S]*?)^```$/gm

export function snippetsIn(page: string, text: string): Snippet[] {
  return [...text.matchAll(fences)].map(match => {
    const [, comments = '', language = '', code = ''] = match
    const line = text.slice(0, match.index + comments.length).split('\n').length
    return {
      where: `${page}:${line}`,
      name: `${page.replace(/\.md$/, '').replaceAll(/[^a-z0-9]+/gi, '-')}-${line}`,
      language: language.startsWith('t') ? 'ts' : 'js',
      code: `${commentOf(comments, 'given')}\n${code}\n${commentOf(comments, 'then')}`.trim(),
      until: commentOf(comments, 'until:') || undefined,
      notRun: commentOf(comments, 'not run:') || undefined,
    }
  })
}

/** The text of the comment that begins with a word; empty when there is none. */
function commentOf(comments: string, word: string): string {
  const all = [...comments.matchAll(/<!--\s*([\s\S]*?)\s*-->/g)].map(match => match[1]!)
  return all
    .filter(one => one.startsWith(word))
    .map(one => one.slice(word.length).trim())
    .join('\n')
}
