import { FailedError } from '../command/command.ts'
import { LineSplitter } from '../console/lines.ts'
import type { RecordSource, SourceRecord } from './record-source.ts'
import { UntilFailure } from './until-failure.ts'

/** Reads a record out of each line. */
export class LineSource implements RecordSource {
  readonly #splitter = new LineSplitter()
  readonly #read: (line: string) => SourceRecord | undefined
  readonly #records = new UntilFailure()
  #lineNumber = 0

  /** @param read undefined for lines that are none; what it throws is told with the number of the line */
  constructor(read: (line: string) => SourceRecord | undefined) {
    this.#read = read
  }

  read(text: string): SourceRecord[] {
    return this.#records.collect(this.#splitter.split(text), line => this.#readLine(line))
  }

  end(): SourceRecord[] {
    const { rest } = this.#splitter
    return this.#records.collect(rest === '' ? [] : [rest], line => this.#readLine(line))
  }

  #readLine(line: string): SourceRecord | undefined {
    this.#lineNumber++
    try {
      return this.#read(line)
    } catch (error) {
      throw new FailedError(`Line ${this.#lineNumber}: ${(error as Error).message}`)
    }
  }
}

/** A line is a value, or a key and a value. */
export function textReader(
  keySeparator: string | undefined,
  nullText: string | undefined,
): (line: string) => SourceRecord {
  const orNull = (text: string) => (text === nullText ? null : text)
  if (keySeparator === undefined) return line => ({ value: orNull(line) })
  return line => {
    const at = line.indexOf(keySeparator)
    if (at < 0) throw new Error(`there is no ${JSON.stringify(keySeparator)} between a key and a value.`)
    return { key: orNull(line.slice(0, at)), value: orNull(line.slice(at + keySeparator.length)) }
  }
}
