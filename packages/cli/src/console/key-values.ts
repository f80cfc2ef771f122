/** Reads `key=value` as Kafka's tools do: what has no value has an empty one, and the last one of a key counts. */
export function keyValuesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(entry => {
      const at = entry.indexOf('=')
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )
}
