import { type ConfigRow, INT_MAX, LONG_MAX } from './config-row.ts'

/** A parsed value, or what is wrong with the text, as a clause that completes "key: …". */
export type ParsedValue<T> = { readonly value: T } | { readonly problem: string }

/**
 * Reads a value as a properties file, a variable or an AlterConfigs request gives it: text, in Kafka's notation.
 *
 * Follows Kafka's `ConfigDef.parseType`: surrounding blanks do not count, lists split at commas, an empty text is an
 * empty list, numbers are whole where the type is. KIP-1161: the elements of a list are not empty, and one that is
 * repeated counts once.
 */
export function parseValue<T>(row: ConfigRow<T>, text: string): ParsedValue<T> {
  const parsed = read(row, text.trim())
  if ('problem' in parsed) return parsed
  const value = parsed.value as T
  if (row.rule !== undefined && !row.rule.accepts(value)) return { problem: `${quoted(text)} is not allowed` }
  return { value }
}

function read(row: ConfigRow, text: string): ParsedValue<unknown> {
  switch (row.type) {
    case 'BOOLEAN':
      return readBoolean(text)
    case 'INT':
      return readInteger(row, text, INT_MAX)
    case 'SHORT':
      return readInteger(row, text, 32_767)
    case 'LONG':
      return readLong(row, text)
    case 'DOUBLE':
      return readDouble(row, text)
    case 'LIST':
      return readList(row, text)
    default:
      return readText(row, text)
  }
}

function readBoolean(text: string): ParsedValue<boolean> {
  const lower = text.toLowerCase()
  if (lower === 'true' || lower === 'false') return { value: lower === 'true' }
  return { problem: `${quoted(text)} is neither true nor false` }
}

function readInteger(row: ConfigRow, text: string, typeMax: number): ParsedValue<number> {
  if (!/^[+-]?\d+$/.test(text)) return { problem: notANumber(row, text) }
  const value = Number(text)
  if (value > typeMax || value < -typeMax - 1) return { problem: `${text} does not fit in ${bits(row)} bits` }
  return inBounds(row, text, value)
}

function readLong(row: ConfigRow, text: string): ParsedValue<number> {
  if (!/^[+-]?\d+$/.test(text)) return { problem: notANumber(row, text) }
  const exact = BigInt(text.replace('+', ''))
  if (BigInt.asIntN(64, exact) !== exact) return { problem: `${text} does not fit in 64 bits` }
  return inBounds(row, text, Math.max(-LONG_MAX, Math.min(LONG_MAX, Number(exact))))
}

function readDouble(row: ConfigRow, text: string): ParsedValue<number> {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$/.test(text)) return { problem: notANumber(row, text) }
  return inBounds(row, text, Number(text.replace(/[dDfF]$/, '')))
}

function inBounds(row: ConfigRow, text: string, value: number): ParsedValue<number> {
  if (value === row.orElse) return { value }
  if (row.min !== undefined && value < row.min) return { problem: `${text} is too small` }
  if (row.max !== undefined && value > row.max) return { problem: `${text} is too large` }
  return { value: Object.is(value, -0) ? 0 : value }
}

function readText(row: ConfigRow, text: string): ParsedValue<string> {
  if (row.nonEmpty && text === '') return { problem: 'is empty' }
  const { values } = row
  if (values === undefined) return { value: text }
  const match = matchOf(row, text)
  return match === undefined ? { problem: `${quoted(text)} is not known here` } : { value: match }
}

function readList(row: ConfigRow, text: string): ParsedValue<readonly string[]> {
  if (text === '') return row.nonEmpty ? { problem: 'the list is empty' } : { value: [] }
  const elements = [...new Set(text.split(/\s*,\s*/))]
  const problem = problemOfElements(row, elements)
  return problem === undefined ? { value: elements } : { problem }
}

function problemOfElements(row: ConfigRow, elements: readonly string[]): string | undefined {
  if (elements.includes('')) return 'the list has an empty element (a comma too many)'
  const unknown = elements.find(element => matchOf(row, element) === undefined)
  return unknown === undefined ? undefined : `${quoted(unknown)} is not known here`
}

/** The spelling of the table that `text` stands for. */
function matchOf(row: ConfigRow, text: string): string | undefined {
  if (row.values === undefined) return text
  if (!row.anyCase) return row.values.includes(text) ? text : undefined
  const lower = text.toLowerCase()
  return row.values.find(value => value.toLowerCase() === lower)
}

function bits(row: ConfigRow): number {
  return row.type === 'SHORT' ? 16 : 32
}

function notANumber(row: ConfigRow, text: string): string {
  if (text === '') return 'is empty'
  const whole = row.type === 'DOUBLE' ? 'a number' : 'a whole number'
  const meant = withUnit(row, text)
  const hint = meant === undefined ? '' : ` (${text} is written ${meant})`
  return `${quoted(text)} is not ${whole}${row.unit === undefined ? '' : ` of ${unitNames[row.unit]}`}${hint}`
}

const unitNames = {
  ms: 'milliseconds',
  seconds: 'seconds',
  minutes: 'minutes',
  hours: 'hours',
  bytes: 'bytes',
}
const milliseconds = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const timeUnits = { ms: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000 }
const sizes = { b: 1, k: 2 ** 10, kb: 2 ** 10, m: 2 ** 20, mb: 2 ** 20, g: 2 ** 30, gb: 2 ** 30 }

/** What somebody who wrote `7d` or `64mb` meant, as the number Kafka wants. */
function withUnit(row: ConfigRow, text: string): number | undefined {
  const [, digits, suffix] = /^(\d+)\s*([a-z]+)$/.exec(text.toLowerCase()) ?? []
  if (digits === undefined || row.unit === undefined) return undefined
  const factor =
    row.unit === 'bytes'
      ? sizes[suffix as keyof typeof sizes]
      : milliseconds[suffix as keyof typeof milliseconds] / timeUnits[row.unit]
  const number = Number(digits) * factor
  return Number.isSafeInteger(number) ? number : undefined
}

function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text
  return `'${shown}'`
}
