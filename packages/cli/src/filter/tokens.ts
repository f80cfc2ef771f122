import { FilterError } from './filter-error.ts'

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'pattern' | 'sign' | 'end'
  /** A text without its quotes, a pattern without its slashes. */
  readonly text: string
  /** Where it begins. */
  readonly at: number
  /** Of a pattern: the letters behind it. */
  readonly flags?: string
}

const signs = ['&&', '||', '==', '!=', '<=', '>=', '=~', '!~', ...'<>!()[].,+-*/%=']

/** Takes an expression apart. Throws `FilterError`. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at += /^\s*/.exec(source.slice(at))![0].length
    if (at >= source.length) return [...tokens, { kind: 'end', text: '', at }]
    const before = tokens.at(-1)
    const [token, length] = tokenAt(source, at, before)
    tokens.push(token)
    at += length
  }
}

function tokenAt(source: string, at: number, before: Token | undefined): [Token, number] {
  const rest = source.slice(at)
  const number = /^\d+(\.\d+)?([eE][+-]?\d+)?/.exec(rest)
  if (number !== null) return [{ kind: 'number', text: number[0], at }, number[0].length]
  const name = /^[\p{L}_$][\p{L}\p{N}_$-]*/u.exec(rest)
  if (name !== null) return [{ kind: 'name', text: name[0], at }, name[0].length]
  const text = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/s.exec(rest)
  if (text !== null) {
    const given = text[1] ?? text[2]!
    return [{ kind: 'text', text: given.replaceAll(/\\(.)/gs, unescaped), at }, text[0].length]
  }
  if (rest[0] === '"' || rest[0] === "'") throw new FilterError('This text has no end.', source, at)
  // After `=~` or `!~` a slash begins a pattern; anywhere else it divides.
  const isPatternPlace = before?.kind === 'sign' && (before.text === '=~' || before.text === '!~')
  const pattern = isPatternPlace ? /^\/((?:[^/\\]|\\.)+)\/([a-z]*)/s.exec(rest) : null
  if (pattern !== null) {
    return [{ kind: 'pattern', text: pattern[1]!, flags: pattern[2]!, at }, pattern[0].length]
  }
  const sign = signs.find(one => rest.startsWith(one))
  if (sign !== undefined) return [{ kind: 'sign', text: sign, at }, sign.length]
  throw new FilterError(`'${rest[0]}' has no meaning here.`, source, at)
}

function unescaped(_: string, letter: string): string {
  return { n: '\n', t: '\t', r: '\r' }[letter] ?? letter
}
