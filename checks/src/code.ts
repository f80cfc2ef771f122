// A look at TypeScript text without a parser: enough to find imports and names, and to match braces.

/**
 * The text with comments gone and the inside of string, template and regular-expression literals blanked; every
 * character keeps its place, so lines and columns still fit.
 */
export function blankLiterals(text: string): string {
  return blank(text, false)
}

/** The text with comments blanked only. */
export function blankComments(text: string): string {
  return blank(text, true)
}

export interface ImportStatement {
  readonly specifier: string
  readonly line: number
}

/** Static, dynamic and side-effect imports and re-exports. */
export function importsOf(text: string): ImportStatement[] {
  const code = blankComments(text)
  const pattern =
    /(?:^|[;\n}])\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g
  return [...code.matchAll(pattern)].map(match => {
    const specifier = match[1] ?? match[2] ?? ''
    return { specifier, line: lineAt(text, match.index + match[0].indexOf(specifier)) }
  })
}

export function lineAt(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}

function blank(text: string, keepLiterals: boolean): string {
  const out = text.split('')
  const erase = (from: number, to: number) => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' '
  }
  let at = 0
  while (at < text.length) {
    const end = literalEnd(text, at)
    if (end === at) at++
    else {
      const isComment = text.startsWith('//', at) || text.startsWith('/*', at)
      if (isComment) erase(at, end)
      else if (!keepLiterals) erase(at + 1, end - 1)
      at = end
    }
  }
  return out.join('')
}

/** Where the comment or literal that starts at `at` ends, or `at` when none starts there. */
function literalEnd(text: string, at: number): number {
  const char = text[at]
  if (char === "'" || char === '"') return quotedEnd(text, at, char)
  if (char === '`') return templateEnd(text, at)
  if (char !== '/') return at
  if (text[at + 1] === '/') return orEnd(text, text.indexOf('\n', at))
  if (text[at + 1] === '*') return orEnd(text, text.indexOf('*/', at + 2), 2)
  return startsRegExp(text, at) ? regExpEnd(text, at) : at
}

const orEnd = (text: string, found: number, length = 0) => (found === -1 ? text.length : found + length)

function quotedEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote || text[at] === '\n') return at + 1
  }
  return text.length
}

function templateEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '`') return at + 1
    else if (text[at] === '$' && text[at + 1] === '{') at = substitutionEnd(text, at + 2)
  }
  return text.length
}

/** The place of the brace that closes `${`. */
function substitutionEnd(text: string, start: number): number {
  let depth = 1
  let at = start
  while (at < text.length) {
    const end = literalEnd(text, at)
    if (end > at) at = end
    else {
      if (text[at] === '{') depth++
      if (text[at] === '}' && --depth === 0) return at
      at++
    }
  }
  return text.length
}

/** A slash after a value divides; anywhere else it opens a regular expression. */
function startsRegExp(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 30), at).trimEnd()
  return before === '' || /[(,=:[!&|?{};+>~^%*-]$|\b(?:return|typeof|case|of|in)$/.test(before)
}

function regExpEnd(text: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '\n') return start + 1
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    else if (text[at] === '/' && !inClass) return at + 1
  }
  return start + 1
}
