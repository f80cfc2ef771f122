import { FailedError } from '../command/command.ts'

/** A row that does not end (a quote that is never closed) would fill memory. */
const ROW_CHARACTERS_MAX = 1 << 24

/** Splits CSV (RFC 4180) that comes in pieces into rows: fields in quotes may have separators, line ends and `""`. */
export class CsvSplitter {
  readonly #separator: string
  #row: string[] = []
  #field = ''
  #state: 'start' | 'plain' | 'quoted' | 'quote' = 'start'
  #isAfterReturn = false
  #rowLength = 0

  constructor(separator: string) {
    this.#separator = separator
  }

  /** The rows that this piece completes; empty lines are none. */
  split(text: string): string[][] {
    const rows: string[][] = []
    for (let at = 0; at < text.length; at++) {
      const letter = text[at]!
      const isAfterReturn = this.#isAfterReturn
      this.#isAfterReturn = false
      if (this.#state === 'quoted') this.#quoted(letter)
      else if (letter === this.#separator) this.#endField()
      else if (letter === '\n' || letter === '\r') {
        this.#isAfterReturn = letter === '\r'
        if (!(letter === '\n' && isAfterReturn)) this.#endRow(rows)
      } else if (letter === '"' && this.#state !== 'plain') this.#quote()
      else this.#plain(letter)
    }
    if (this.#rowLength + this.#field.length > ROW_CHARACTERS_MAX) {
      throw new FailedError(
        `A row of the CSV has more than ${ROW_CHARACTERS_MAX} characters: is a quote not closed?`,
      )
    }
    return rows
  }

  /** The last row, if it does not end with a line. */
  end(): string[][] {
    const rows: string[][] = []
    if (this.#state === 'quoted') throw new FailedError('The CSV ends inside of quotes.')
    this.#endRow(rows)
    return rows
  }

  #quoted(letter: string): void {
    if (letter === '"') this.#state = 'quote'
    else this.#field += letter
  }

  /** A quote at the beginning of a field, or the second of two. */
  #quote(): void {
    if (this.#state === 'quote') this.#field += '"'
    this.#state = 'quoted'
  }

  #plain(letter: string): void {
    this.#state = 'plain'
    this.#field += letter
  }

  #endField(): void {
    this.#row.push(this.#field)
    this.#rowLength += this.#field.length
    this.#field = ''
    this.#state = 'start'
  }

  #endRow(rows: string[][]): void {
    if (this.#row.length === 0 && this.#state === 'start') return
    this.#endField()
    rows.push(this.#row)
    this.#row = []
    this.#rowLength = 0
  }
}
