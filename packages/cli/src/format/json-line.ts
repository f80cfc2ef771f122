/** A value as one line of JSON. Maps are objects, bytes base64 text, big numbers texts, errors their messages. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_key, inner: unknown) => plainOf(inner))}\n`
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Error) return value.message
  return value
}
