/** A number as Java's `%.4f` writes it. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return value.toFixed(digits)
}
