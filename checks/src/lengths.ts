import { blankLiterals } from './code.ts'
import type { SourceFile } from './repository.ts'

export interface Length {
  readonly where: string
  readonly lines: number
}

export function longestFiles(files: readonly SourceFile[], count = 10): Length[] {
  const lengths = files.map(({ path, text }) => ({ where: path, lines: text.split('\n').length - 1 }))
  return lengths.sort((a, b) => b.lines - a.lines).slice(0, count)
}

export function longestFunctions(files: readonly SourceFile[], count = 10): Length[] {
  return files
    .flatMap(functionsOf)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, count)
}

/**
 * Every function with a body in braces, from the line its braces open to the line they close, both included. Finds
 * them by matching braces: the text before one tells whether it opens a function.
 */
export function functionsOf({ path, text }: SourceFile): Length[] {
  const code = blankLiterals(text)
  const found: Length[] = []
  const open: { name: string | undefined; line: number }[] = []
  for (let at = 0, line = 1; at < code.length; at++) {
    if (code[at] === '\n') line++
    else if (code[at] === '{') open.push({ name: functionNameBefore(code, at), line })
    else if (code[at] === '}') {
      const start = open.pop()
      if (start?.name === undefined) continue
      found.push({ where: `${path}:${start.line} ${start.name}`, lines: line - start.line + 1 })
    }
  }
  return found
}

const control = new Set(['if', 'for', 'while', 'switch', 'catch', 'with'])

/** The name of the function whose body opens at `brace`; undefined when the brace opens something else. */
function functionNameBefore(code: string, brace: number): string | undefined {
  const before = code.slice(Math.max(0, brace - 2000), brace).trimEnd()
  if (before.endsWith('=>')) return arrowName(before)
  if (/[:|&,<]$/.test(before)) return undefined // a type in braces
  if (/\bclass\b[^;{}]*$/.test(before)) return undefined
  const returnType = /\)\s*(?::(?:[^;{}()=]|\{[^{}]*\}|\([^()]*\))*)?$/.exec(before)
  if (returnType === null) return undefined
  const word = /([\w$#]*)\s*(?:<[^()]*>)?\s*$/.exec(
    before.slice(0, openingParenthesis(before, returnType.index)),
  )?.[1]
  if (word === undefined || control.has(word)) return undefined
  return word === '' || word === 'function' ? 'anonymous' : word
}

/** `const name = … =>`, `name: … =>`, or else the nearest call it is handed to. */
function arrowName(before: string): string {
  const names = [...before.slice(-300).matchAll(/(?:const|let)\s+([\w$]+)[^\n]*=|([\w$]+)\(/g)].at(-1)
  return names?.[1] ?? (names?.[2] === undefined ? 'arrow' : `in ${names[2]}()`)
}

function openingParenthesis(text: string, closing: number): number {
  let depth = 0
  for (let at = closing; at >= 0; at--) {
    if (text[at] === ')') depth++
    if (text[at] === '(' && --depth === 0) return at
  }
  return 0
}
