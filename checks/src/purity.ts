import { blankLiterals, importsOf, lineAt } from './code.ts'
import type { Problem } from './problem.ts'
import { type Repository, isTest } from './repository.ts'

/** Packages that think and never act: everything from outside comes to them through the World. */
export const thinking = [
  '@samsa/protocol',
  '@samsa/log',
  '@samsa/cluster',
  '@samsa/coordinators',
  '@samsa/schemas',
]

const outside =
  /(?<![\w$.#])(?:Buffer|process|console|performance|fetch|globalThis|setTimeout|setInterval|setImmediate|queueMicrotask|TextDecoder|TextEncoder|crypto|require)\s*[.(]|\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b/g

/** Thinking packages import nothing of Node, use none of its globals and are compiled without its types. */
export function checkPurity({ packages }: Repository): Problem[] {
  return packages
    .filter(({ manifest }) => thinking.includes(manifest.name))
    .flatMap(({ manifest, folder, isThinking, sources }) => [
      ...(isThinking
        ? []
        : [{ where: `${folder}/tsconfig.json`, what: `"types" of ${manifest.name} must be empty` }]),
      ...sources.filter(({ path }) => !isTest(path)).flatMap(({ path, text }) => impureLines(path, text)),
    ])
}

function impureLines(path: string, text: string): Problem[] {
  const imports = importsOf(text)
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ specifier, line }) => ({
      where: `${path}:${line}`,
      what: `a thinking package imports ${specifier}`,
    }))
  const code = blankLiterals(text)
  const globals = [...code.matchAll(outside)]
    .filter(match => !isDeclaration(code, match.index))
    .map(match => {
      const name = match[0].replace(/\s*[.(]$/, '')
      return {
        where: `${path}:${lineAt(text, match.index)}`,
        what: `${name} reaches outside: take it from the World`,
      }
    })
  return [...imports, ...globals]
}

/** A method or function that happens to have such a name: `fetch(request: FetchRequest): …`. */
function isDeclaration(code: string, index: number): boolean {
  const line = code.slice(code.lastIndexOf('\n', index) + 1)
  return /^\s*(?:export |async |readonly )*(?:function )?\w+\([^)]*\)\s*[:{]/.test(line)
}

/** base's declarations must make sense to packages that know no Node types. */
export function checkBaseDeclarations(declarations: readonly { path: string; text: string }[]): Problem[] {
  return declarations.flatMap(({ path, text }) =>
    [...blankLiterals(text).matchAll(/\bBuffer\b|\bNodeJS\./g)].map(match => ({
      where: `${path}:${lineAt(text, match.index)}`,
      what: `${match[0]} in base's public types: use Uint8Array or an interface of our own`,
    })),
  )
}
