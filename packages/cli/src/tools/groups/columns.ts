/** A line of columns, each at least as wide as given with a blank between them; what has no width is as wide as it is. */
export function columnsLine(widths: readonly number[], cells: readonly (string | number)[]): string {
  return cells.map((cell, at) => `${cell}`.padEnd(widths[at] ?? 0)).join(' ')
}

/** The width of a column: of its longest cell, and no less than `least`. */
export function widthOf(cells: Iterable<string>, least: number): number {
  let width = least
  for (const cell of cells) width = Math.max(width, cell.length)
  return width
}

/** What Kafka's tools print where there is nothing to tell. */
export const NOTHING = '-'

/** A value, or a dash where there is none. */
export function orDash(value: string | number | undefined): string {
  return value === undefined ? NOTHING : `${value}`
}
