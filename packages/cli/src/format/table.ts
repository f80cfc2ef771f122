import type { Paint } from './paint.ts'

export interface Column<Row> {
  readonly heading: string
  /** Numbers stand below each other by their last digits. */
  readonly isNumber?: boolean
  text(row: Row): string
  /** Colours the text, which is padded already. */
  paint?(row: Row, text: string, paint: Paint): string
}

/** Rows in columns, headings first; two blanks between columns, none at the ends of lines. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], paint: Paint): string {
  const texts = rows.map(row => columns.map(column => column.text(row)))
  const widths = columns.map(({ heading }, at) =>
    texts.reduce((width, cells) => Math.max(width, cells[at]!.length), heading.length),
  )
  const padded = (cells: readonly string[]) => cells.map((cell, at) => paddedCell(columns, widths, cell, at))
  const headings = padded(columns.map(({ heading }) => heading)).map(text => paint('bold', text))
  const lines = rows.map((row, index) =>
    padded(texts[index]!).map((text, at) => columns[at]!.paint?.(row, text, paint) ?? text),
  )
  return [headings, ...lines].map(cells => `${cells.join('  ')}\n`).join('')
}

function paddedCell<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  cell: string,
  at: number,
): string {
  if (columns[at]!.isNumber === true) return cell.padStart(widths[at]!)
  return at === columns.length - 1 ? cell : cell.padEnd(widths[at]!)
}
