import { SaslError } from './sasl.ts'

/** One entry of a JAAS configuration: which login module, with which options. */
export interface JaasEntry {
  /** The class of the module, as written. */
  readonly module: string
  readonly options: Readonly<Record<string, string>>
}

const flags = new Set(['required', 'requisite', 'sufficient', 'optional'])

/**
 * Reads `sasl.jaas.config` as Java clients take it: `module flag key=value key="value" …;`. Throws `SaslError`, which
 * tells where the text is wrong without repeating it, for it holds secrets.
 */
export function parseJaas(text: string): JaasEntry {
  const words = wordsOf(text)
  const [module, flag] = words
  if (module === undefined || module.text === ';') throw wrong(0, 'the class of a login module is missing')
  if (flag === undefined || !flags.has(flag.text.toLowerCase())) {
    throw wrong(
      flag?.at ?? text.length,
      "after the module's class one of required, requisite, sufficient, optional is needed",
    )
  }
  const options: Record<string, string> = {}
  let at = 2
  while (words[at] !== undefined && words[at]!.text !== ';') {
    const [key, equals, value] = words.slice(at, at + 3)
    if (equals?.text !== '=' || value === undefined || (value.text === ';' && !value.isQuoted)) {
      throw wrong(key!.at, 'an option is written key=value or key="value"')
    }
    options[key!.text] = value.text
    at += 3
  }
  if (words[at] === undefined) throw wrong(text.length, 'the semicolon at the end is missing')
  if (words.length > at + 1)
    throw wrong(words[at + 1]!.at, 'a client takes one login module, and another one follows')
  return { module: module.text, options }
}

interface Word {
  readonly text: string
  readonly at: number
  readonly isQuoted: boolean
}

const pattern = /\s+|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([=;])|([^\s"'=;]+)/gsy

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw wrong(at, 'a quotation mark is not closed')
    const quoted = match[1] ?? match[2]
    const plain = match[3] ?? match[4]
    if (quoted !== undefined) words.push({ text: withoutEscapes(quoted), at, isQuoted: true })
    else if (plain !== undefined) words.push({ text: plain, at, isQuoted: false })
    at = pattern.lastIndex
  }
  return words
}

function withoutEscapes(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter)
}

function wrong(at: number, what: string): SaslError {
  return new SaslError(`the JAAS configuration is wrong at character ${at + 1}: ${what}`)
}
