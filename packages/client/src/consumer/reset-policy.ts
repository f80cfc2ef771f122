/** Where to go on reading when there is no position (`auto.offset.reset`). */
export type ResetPolicy =
  | { readonly kind: 'earliest' | 'latest' | 'none' }
  /** The first record of the last so many milliseconds (KIP-1106). */
  | { readonly kind: 'by_duration'; readonly durationMs: number }

const BY_DURATION = 'by_duration:'

/** Reads a value of `auto.offset.reset`; undefined when it is none. */
export function parseResetPolicy(text: string): ResetPolicy | undefined {
  if (text === 'earliest' || text === 'latest' || text === 'none') return { kind: text }
  if (!text.startsWith(BY_DURATION)) return undefined
  const durationMs = parseDuration(text.slice(BY_DURATION.length))
  return durationMs === undefined ? undefined : { kind: 'by_duration', durationMs }
}

const DURATION = /^P(?:(\d+)D)?(T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{0,9})?)S)?)?$/i

/** Milliseconds of an ISO 8601 duration as Java reads it, undefined when it is none or negative. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined
  const [days, hours, minutes, seconds] = [match[1], match[3], match[4], match[5]].map(part =>
    Number(part ?? 0),
  )
  const ms = ((days! * 24 + hours!) * 60 + minutes!) * 60_000 + seconds! * 1000
  return ms <= Number.MAX_SAFE_INTEGER ? Math.floor(ms) : undefined
}
