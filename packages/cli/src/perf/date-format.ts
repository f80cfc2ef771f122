import { FailedError } from '../command/command.ts'

type Part = (date: Date) => string

const number = (value: number, width: number) => String(value).padStart(width, '0')
const twelve = (hour: number) => (hour % 12 === 0 ? 12 : hour % 12)

/** Letters of Java's SimpleDateFormat that stand for numbers, and for words; local time. */
const letters: Readonly<Record<string, (width: number) => Part>> = {
  y: width => date => (width === 2 ? number(date.getFullYear() % 100, 2) : number(date.getFullYear(), width)),
  M: width => date =>
    width < 3
      ? number(date.getMonth() + 1, width)
      : date.toLocaleString('en', { month: width === 3 ? 'short' : 'long' }),
  d: width => date => number(date.getDate(), width),
  E: width => date => date.toLocaleString('en', { weekday: width < 4 ? 'short' : 'long' }),
  H: width => date => number(date.getHours(), width),
  k: width => date => number(date.getHours() === 0 ? 24 : date.getHours(), width),
  K: width => date => number(date.getHours() % 12, width),
  h: width => date => number(twelve(date.getHours()), width),
  m: width => date => number(date.getMinutes(), width),
  s: width => date => number(date.getSeconds(), width),
  S: width => date => number(date.getMilliseconds(), width),
  a: () => date => (date.getHours() < 12 ? 'AM' : 'PM'),
}

/**
 * Formats times as Java's SimpleDateFormat does by a pattern, in local time: the common letters, and text in '…'.
 *
 * @throws FailedError when the pattern has a letter that is not one of them
 */
export function dateFormat(pattern: string): (ms: number) => string {
  const parts: Part[] = []
  for (const [token] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    parts.push(partOf(token, pattern))
  }
  return ms => {
    const date = new Date(ms)
    return parts.map(part => part(date)).join('')
  }
}

function partOf(token: string, pattern: string): Part {
  if (token === "''") return () => "'"
  if (token.startsWith("'")) return () => token.slice(1, -1).replaceAll("''", "'")
  if (!/^[A-Za-z]/.test(token)) return () => token
  const letter = letters[token[0]!]
  if (letter !== undefined) return letter(token.length)
  throw new FailedError(
    `--date-format '${pattern}': the letter '${token[0]}' is not known here. Use ${Object.keys(letters).join(', ')}.`,
  )
}
