/** A table as Kafka's tools print some: columns as wide as their widest cell, a tab behind each. */
export function paddedTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) => Math.max(heading.length, ...rows.map(row => row[at]!.length)))
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, at) => `${cell.padEnd(widths[at]!)}\t`).join('')}\n`
  return [headings, ...rows].map(line).join('')
}
