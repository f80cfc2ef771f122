import { nearestName } from '@samsa/base'
import { FilterError } from './filter-error.ts'
import { type Token, tokensOf } from './tokens.ts'
import {
  type Expression,
  type FunctionName,
  type Operator,
  type Root,
  functions,
  operatorLevels,
  operatorWords,
  roots,
} from './tree.ts'

/** Expressions are small; a deeper one would only exhaust the stack. */
const DEPTH_MAX = 200
const TOKENS_MAX = 2000

/** Reads a filter expression. Throws `FilterError`, which shows where it is wrong. */
export function parseFilter(source: string): Expression {
  return new Parser(source).whole()
}

class Parser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = tokensOf(source)
    if (this.#tokens.length > TOKENS_MAX) throw this.#wrong('this is too long')
  }

  whole(): Expression {
    const expression = this.#operation(0)
    if (this.#next.kind !== 'end') throw this.#wrong('an operator or the end was expected')
    return expression
  }

  get #next(): Token {
    return this.#tokens[this.#at]!
  }

  #operation(level: number): Expression {
    const operators: readonly string[] | undefined = operatorLevels[level]
    if (operators === undefined) return this.#prefixed()
    let left = this.#operation(level + 1)
    for (;;) {
      const operator = this.#operator()
      if (operator === undefined || !operators.includes(operator)) return left
      this.#at++
      left = { kind: 'operation', operator, left, right: this.#operation(level + 1) }
    }
  }

  /** The operator that comes next, if one does. */
  #operator(): Operator | undefined {
    const { kind, text } = this.#next
    if (kind === 'name') return Object.hasOwn(operatorWords, text) ? operatorWords[text] : undefined
    if (kind === 'sign' && text === '=') throw this.#wrong("'==' compares")
    const isKnown = operatorLevels.some(level => (level as readonly string[]).includes(text))
    return kind === 'sign' && isKnown ? (text as Operator) : undefined
  }

  #prefixed(): Expression {
    if (++this.#depth > DEPTH_MAX) throw this.#wrong('this is nested too deeply')
    try {
      if (this.#takes('!') || this.#takesName('not')) return { kind: 'not', of: this.#prefixed() }
      if (this.#takes('-')) return { kind: 'minus', of: this.#prefixed() }
      return this.#primary()
    } finally {
      this.#depth--
    }
  }

  #primary(): Expression {
    const token = this.#next
    switch (token.kind) {
      case 'number':
        this.#at++
        return { kind: 'literal', value: Number(token.text) }
      case 'text':
        this.#at++
        return { kind: 'literal', value: token.text }
      case 'pattern':
        return { kind: 'pattern', pattern: this.#pattern() }
      case 'name':
        return this.#named()
      default:
    }
    if (this.#takes('(')) {
      const inside = this.#operation(0)
      this.#expect(')')
      return inside
    }
    if (this.#takes('[')) return { kind: 'list', items: this.#items(']') }
    throw this.#wrong('a value was expected')
  }

  #pattern(): RegExp {
    const { text, flags = '' } = this.#next
    try {
      // `g` and `y` would make a pattern remember where it stood.
      const pattern = new RegExp(text, flags.replaceAll(/[gy]/g, ''))
      this.#at++
      return pattern
    } catch (error) {
      throw this.#wrong((error as Error).message)
    }
  }

  #named(): Expression {
    const { text } = this.#next
    const constants: Readonly<Record<string, true | false | null>> = { true: true, false: false, null: null }
    if (Object.hasOwn(constants, text)) {
      this.#at++
      return { kind: 'literal', value: constants[text]! }
    }
    const isCall = this.#tokens[this.#at + 1]!.text === '(' && this.#tokens[this.#at + 1]!.kind === 'sign'
    return isCall ? this.#call(text) : this.#path(text)
  }

  #call(text: string): Expression {
    if (!Object.hasOwn(functions, text)) throw this.#unknown(text, 'function', Object.keys(functions))
    const name = text as FunctionName
    const start = this.#at
    this.#at += 2
    const argument = this.#items(')')
    if (argument.length === functions[name]) return { kind: 'call', name, argument }
    this.#at = start
    throw this.#wrong(`${name} takes ${functions[name]} argument${functions[name] === 1 ? '' : 's'}`)
  }

  #path(text: string): Expression {
    if (!(roots as readonly string[]).includes(text)) throw this.#unknown(text, 'part of a record', roots)
    this.#at++
    const steps: (string | number)[] = []
    for (;;) {
      if (this.#takes('.')) steps.push(this.#step(['name', 'number']))
      else if (this.#takes('[')) {
        steps.push(this.#step(['number', 'text']))
        this.#expect(']')
      } else return { kind: 'path', root: text as Root, steps }
    }
  }

  #step(kinds: readonly Token['kind'][]): string | number {
    const { kind, text } = this.#next
    if (!kinds.includes(kind)) throw this.#wrong('the name of a field was expected')
    this.#at++
    return kind === 'number' ? Number(text) : text
  }

  #items(end: string): Expression[] {
    const items: Expression[] = []
    if (this.#takes(end)) return items
    do items.push(this.#operation(0))
    while (this.#takes(','))
    this.#expect(end)
    return items
  }

  #takes(sign: string): boolean {
    const isThere = this.#next.kind === 'sign' && this.#next.text === sign
    if (isThere) this.#at++
    return isThere
  }

  #takesName(name: string): boolean {
    const isThere = this.#next.kind === 'name' && this.#next.text === name
    if (isThere) this.#at++
    return isThere
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.#wrong(`'${sign}' was expected`)
  }

  #unknown(text: string, what: string, names: readonly string[]): FilterError {
    const nearest = nearestName(text, names)
    const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`
    return this.#wrong(`'${text}' is no ${what}; ${hint}`)
  }

  #wrong(what: string): FilterError {
    const isEnded = what.endsWith('.') || what.endsWith('?')
    const sentence = what[0]!.toUpperCase() + what.slice(1) + (isEnded ? '' : '.')
    return new FilterError(sentence, this.#source, this.#next.at)
  }
}
