import { FailedError } from '../command/command.ts'

/** Where to begin or to end reading, as people say it. */
export type Moment =
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'offset'; readonly offset: number }
  /** That many records before the end of each partition. */
  | { readonly kind: 'back'; readonly count: number }
  | { readonly kind: 'time'; readonly timeMs: number }

const words: Readonly<Record<string, 'start' | 'end'>> = {
  start: 'start',
  beginning: 'start',
  earliest: 'start',
  end: 'end',
  latest: 'end',
  now: 'end',
}

const SECOND_MS = 1000
const DAY_MS = 86_400_000
const units: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(ms|millis(econds?)?)$/, 1],
  [/^(s|secs?|seconds?)$/, SECOND_MS],
  [/^(m|mins?|minutes?)$/, 60 * SECOND_MS],
  [/^(h|hrs?|hours?)$/, 3600 * SECOND_MS],
  [/^(d|days?)$/, DAY_MS],
  [/^(w|weeks?)$/, 7 * DAY_MS],
]

/** A time in milliseconds since the epoch has thirteen digits; there are no such offsets. */
const TIME_DIGITS = 13

/** How moments may be written, for help and messages. */
export const momentForms =
  "a time ('10 min ago', '2h30m ago', '2026-01-31 12:00', '12:00', today, yesterday, milliseconds since the epoch), an offset, -N for the last N records, beginning or end"

/**
 * Reads a moment. Times without a zone are local.
 *
 * @param option the option it was given for, for the message
 * @throws FailedError when it is none
 */
export function momentOf(given: string, nowMs: number, option: string): Moment {
  const text = given.trim().toLowerCase()
  if (Object.hasOwn(words, text)) return { kind: words[text]! }
  if (/^\d+$/.test(text) && text.length < TIME_DIGITS) return { kind: 'offset', offset: Number(text) }
  if (/^-\d+$/.test(text)) return { kind: 'back', count: -Number(text) }
  const timeMs = timeOf(given, nowMs)
  if (timeMs !== undefined) return { kind: 'time', timeMs }
  throw new FailedError(`${option}: '${given}' is not understood. It takes ${momentForms}.`)
}

/** Reads a time: milliseconds since the epoch, or undefined. */
export function timeOf(given: string, nowMs: number): number | undefined {
  const text = given.trim().toLowerCase()
  if (/^\d{13}$/.test(text)) return Number(text)
  const ago = /^(.*\S)\s*ago$/.exec(text)
  if (ago !== null) {
    const beforeMs = durationOf(ago[1]!)
    return beforeMs === undefined ? undefined : nowMs - beforeMs
  }
  const day = /^(today|yesterday)?\s*(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?$/.exec(text)
  if (day !== null && text !== '') return onDay(day[1] ?? 'today', day[2] ?? '00:00', nowMs)
  const iso = /^(\d{4}-\d\d-\d\d)(?:[t ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(z|[+-]\d\d:?\d\d)?)?$/.exec(text)
  if (iso === null) return undefined
  // A date alone would be read as UTC.
  const ms = Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}${(iso[3] ?? '').toUpperCase()}`)
  return Number.isNaN(ms) ? undefined : ms
}

function onDay(day: string, time: string, nowMs: number): number | undefined {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number) as [number, number, number?]
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined
  const date = new Date(nowMs)
  date.setHours(hours, minutes, Math.trunc(seconds), Math.round((seconds % 1) * SECOND_MS))
  if (day === 'yesterday') date.setDate(date.getDate() - 1)
  return date.getTime()
}

/** '10 min', '2h30m', '1 day 2 hours', 'an hour': milliseconds. */
function durationOf(text: string): number | undefined {
  const parts = [...text.replace(/\band\b|,/g, ' ').matchAll(/(\d+(?:\.\d+)?|an?)\s*([a-z]+)\s*|(\S)/g)]
  let sum = 0
  for (const [, count, unit] of parts) {
    const ms = unit === undefined ? undefined : units.find(([names]) => names.test(unit))?.[1]
    if (ms === undefined) return undefined
    sum += ms * (/^an?$/.test(count!) ? 1 : Number(count))
  }
  return parts.length === 0 ? undefined : sum
}
