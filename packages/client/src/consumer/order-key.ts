/** A text that is the same for equal keys of records. */
export function orderKeyOf(key: unknown): string {
  if (key === null || key === undefined) return 'null'
  if (typeof key === 'string') return `s${key}`
  if (key instanceof Uint8Array) return `b${String.fromCharCode(...key.subarray(0, 4096))}`
  if (typeof key === 'object') return `o${JSON.stringify(key)}`
  return `${typeof key}${String(key)}`
}
