import { never } from '@samsa/base'
import type { Expression, FunctionName, Literal, Operator, Root } from './tree.ts'

/** What a filter asks of a record. Nothing of it is decoded unless it is asked for. */
export type Subject = Readonly<Record<Root, unknown>>

type Evaluate = (subject: Subject) => unknown

/**
 * Turns an expression into a function. Looks at own properties only, and calls nothing but what stands here.
 *
 * @param timeOf reads a text that is compared with `timestamp`: milliseconds since the epoch
 */
export function compileFilter(
  expression: Expression,
  timeOf: (text: string) => number,
): (subject: Subject) => boolean {
  const evaluate = compile(expression, timeOf)
  return subject => isTrue(evaluate(subject))
}

function compile(expression: Expression, timeOf: (text: string) => number): Evaluate {
  const inner = (of: Expression) => compile(of, timeOf)
  switch (expression.kind) {
    case 'literal':
    case 'pattern': {
      const value = expression.kind === 'literal' ? expression.value : expression.pattern
      return () => value
    }
    case 'path':
      return pathOf(expression.root, expression.steps)
    case 'list': {
      const items = expression.items.map(inner)
      return subject => items.map(item => item(subject))
    }
    case 'call': {
      const [first, second] = expression.argument.map(inner)
      const call = calls[expression.name]
      return subject => call(first!(subject), second?.(subject))
    }
    case 'not': {
      const of = inner(expression.of)
      return subject => !isTrue(of(subject))
    }
    case 'minus': {
      const of = inner(expression.of)
      return subject => -numberOf(of(subject))
    }
    case 'operation':
      return operationOf(expression, timeOf)
    default:
      return never(expression, 'expression')
  }
}

function pathOf(root: Root, steps: readonly (string | number)[]): Evaluate {
  return subject => {
    let value = subject[root]
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<string | number, unknown>)[step]
    }
    return value
  }
}

function operationOf(
  { operator, left, right }: Extract<Expression, { kind: 'operation' }>,
  timeOf: (text: string) => number,
): Evaluate {
  const withTime = (one: Expression, other: Expression) => {
    const isTime = one.kind === 'literal' && typeof one.value === 'string' && isTimestamp(other)
    return compile(isTime ? { kind: 'literal', value: timeOf(one.value as string) } : one, timeOf)
  }
  const [a, b] = [withTime(left, right), withTime(right, left)]
  if (operator === '&&') return subject => isTrue(a(subject)) && isTrue(b(subject))
  if (operator === '||') return subject => isTrue(a(subject)) || isTrue(b(subject))
  const operate = operations[operator]
  return subject => operate(a(subject), b(subject))
}

const isTimestamp = (one: Expression) => one.kind === 'path' && one.root === 'timestamp'

const operations: Readonly<Record<Exclude<Operator, '&&' | '||'>, (a: unknown, b: unknown) => unknown>> = {
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
  '=~': matches,
  '!~': (a, b) => !matches(a, b),
  in: (a, b) => contains(b, a),
  contains,
  '+': (a, b) =>
    typeof a === 'string' || typeof b === 'string' ? `${textOf(a)}${textOf(b)}` : numberOf(a) + numberOf(b),
  '-': (a, b) => numberOf(a) - numberOf(b),
  '*': (a, b) => numberOf(a) * numberOf(b),
  '/': (a, b) => numberOf(a) / numberOf(b),
  '%': (a, b) => numberOf(a) % numberOf(b),
}

const calls: Readonly<Record<FunctionName, (a: unknown, b: unknown) => unknown>> = {
  exists: a => a !== undefined,
  length: lengthOf,
  lower: a => textOf(a).toLowerCase(),
  upper: a => textOf(a).toUpperCase(),
  startsWith: (a, b) => a !== undefined && a !== null && textOf(a).startsWith(textOf(b)),
  endsWith: (a, b) => a !== undefined && a !== null && textOf(a).endsWith(textOf(b)),
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== ''
}

/** A missing field equals null; a number equals a text that says the same number. */
function isEqual(a: unknown, b: unknown): boolean {
  const [one, other] = [a ?? null, b ?? null]
  if (isNumeric(one) && isNumeric(other) && typeof one !== typeof other) return Number(one) === Number(other)
  return one === other
}

/** Negative, 0 or positive; not a number for what has no order. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  return isNumeric(a) && isNumeric(b) ? Number(a) - Number(b) : Number.NaN
}

function isNumeric(value: unknown): value is Literal | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return true
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
}

function matches(a: unknown, b: unknown): boolean {
  if (a === undefined || a === null) return false
  return b instanceof RegExp ? b.test(textOf(a)) : textOf(a).includes(textOf(b))
}

/** A text contains a text, a list an item, an object a field. */
function contains(a: unknown, b: unknown): boolean {
  if (typeof a === 'string') return a.includes(textOf(b))
  if (Array.isArray(a)) return a.some(item => isEqual(item, b))
  return typeof a === 'object' && a !== null && Object.hasOwn(a, textOf(b))
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0
}

function numberOf(value: unknown): number {
  return isNumeric(value) ? Number(value) : Number.NaN
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
}
