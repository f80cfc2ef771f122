import { FailedError } from '../command/command.ts'
import { CsvSplitter } from './csv.ts'
import { timestampOf } from './json-source.ts'
import type { RecordSource, SourceRecord } from './record-source.ts'
import { UntilFailure } from './until-failure.ts'

const HEADER_PREFIX = 'header.'

/**
 * Reads a record out of each row of CSV, by the names in its first row: key, value, partition, timestamp and
 * header.NAME. Without a column `value` the value is an object of JSON with all other columns.
 */
export class CsvSource implements RecordSource {
  readonly #splitter: CsvSplitter
  readonly #keyColumn: string | undefined
  readonly #nullText: string | undefined
  readonly #records = new UntilFailure()
  #columns: readonly string[] | undefined
  #rowNumber = 0

  constructor(options: { separator: string; keyColumn: string | undefined; nullText: string | undefined }) {
    this.#splitter = new CsvSplitter(options.separator)
    this.#keyColumn = options.keyColumn
    this.#nullText = options.nullText
  }

  read(text: string): SourceRecord[] {
    return this.#records.collect(this.#splitter.split(text), row => this.#readRow(row))
  }

  end(): SourceRecord[] {
    return this.#records.collect(this.#splitter.end(), row => this.#readRow(row))
  }

  #readRow(row: readonly string[]): SourceRecord | undefined {
    this.#rowNumber++
    if (this.#columns !== undefined) return this.#record(row, this.#columns)
    this.#columns = row
    if (this.#keyColumn !== undefined && !row.includes(this.#keyColumn))
      throw new FailedError(`The CSV has no column ${this.#keyColumn}: it has ${row.join(', ')}.`)
    return undefined
  }

  #record(row: readonly string[], columns: readonly string[]): SourceRecord {
    if (row.length !== columns.length) {
      throw new FailedError(
        `Row ${this.#rowNumber} of the CSV has ${row.length} fields, its first row ${columns.length}.`,
      )
    }
    const fields = new Map(columns.map((name, at) => [name, row[at] === this.#nullText ? null : row[at]!]))
    try {
      return this.#recordOf(fields)
    } catch (error) {
      throw new FailedError(`Row ${this.#rowNumber} of the CSV: ${(error as Error).message}`)
    }
  }

  #recordOf(fields: ReadonlyMap<string, string | null>): SourceRecord {
    const [partition, timestamp] = [fields.get('partition') || null, fields.get('timestamp') || null]
    if (partition !== null && !/^\d+$/.test(partition)) throw new Error(`'${partition}' is no partition.`)
    const headers = [...fields]
      .filter(([name]) => name.startsWith(HEADER_PREFIX))
      .map(([name, value]) => ({
        key: name.slice(HEADER_PREFIX.length),
        value: value === null ? null : Buffer.from(value),
      }))
    return {
      key: fields.get(this.#keyColumn ?? 'key') ?? null,
      value: fields.has('value') ? fields.get('value')! : rowJson(fields),
      headers,
      ...(partition !== null && { partition: Number(partition) }),
      ...(timestamp !== null && { timestamp: timestampOf(timestamp) }),
    }
  }
}

const ownColumns = new Set(['key', 'partition', 'timestamp'])

function rowJson(fields: ReadonlyMap<string, string | null>): string {
  const others = [...fields].filter(([name]) => !ownColumns.has(name) && !name.startsWith(HEADER_PREFIX))
  return JSON.stringify(Object.fromEntries(others))
}
