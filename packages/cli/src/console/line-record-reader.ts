import type { RecordHeader } from '@samsa/client'
import { FailedError } from '../command/command.ts'

/** What a line says. */
export interface LineRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly RecordHeader[]
}

const encoder = new TextEncoder()

/**
 * Reads records from lines by the rules of Kafka's LineMessageReader: headers, key and value in this order, each where
 * it is asked for (`parse.headers`, `parse.key`), separated by texts of one's choice.
 */
export class LineRecordReader {
  readonly #parsesKey: boolean
  readonly #parsesHeaders: boolean
  readonly #ignoresErrors: boolean
  readonly #keySeparator: string
  readonly #headersDelimiter: string
  readonly #headersSeparator: string
  readonly #headersPattern: RegExp
  readonly #headersKeySeparator: string
  readonly #nullMarker: string | undefined

  /** Throws `FailedError` when two of the separators are the same. */
  constructor(properties: Readonly<Record<string, string>>) {
    const isOn = (key: string) => properties[key]?.trim().toLowerCase() === 'true'
    this.#parsesKey = isOn('parse.key')
    this.#parsesHeaders = isOn('parse.headers')
    this.#ignoresErrors = isOn('ignore.error')
    this.#keySeparator = properties['key.separator'] ?? '\t'
    this.#headersDelimiter = properties['headers.delimiter'] ?? '\t'
    this.#headersSeparator = properties['headers.separator'] ?? ','
    this.#headersKeySeparator = properties['headers.key.separator'] ?? ':'
    this.#nullMarker = properties['null.marker']
    this.#checkSeparators()
    this.#headersPattern = patternOf(this.#headersSeparator)
  }

  /** Throws `FailedError` when the line lacks a separator, unless `ignore.error`. */
  read(line: string, lineNumber: number): LineRecord {
    if (!this.#parsesKey && !this.#parsesHeaders) {
      return { key: null, value: this.#orNull(line), headers: [] }
    }
    const headers = this.#parsesHeaders
      ? this.#part(line, 0, this.#headersDelimiter, 'headers delimiter', lineNumber)
      : undefined
    const keyAt = headers === undefined ? 0 : headers.length + this.#headersDelimiter.length
    const key = this.#parsesKey
      ? this.#part(line, keyAt, this.#keySeparator, 'key separator', lineNumber)
      : undefined
    const valueAt = key === undefined ? keyAt : keyAt + key.length + this.#keySeparator.length
    return {
      key: key === undefined ? null : this.#orNull(key),
      value: this.#orNull(line.slice(valueAt)),
      headers: headers === undefined || this.#isNull(headers) ? [] : this.#headers(headers, lineNumber),
    }
  }

  #part(line: string, from: number, separator: string, name: string, lineNumber: number): string | undefined {
    const end = line.indexOf(separator, from)
    if (end >= 0) return line.slice(from, end)
    if (this.#ignoresErrors) return undefined
    throw new FailedError(`No ${name} found on line number ${lineNumber}: '${line}'`)
  }

  #headers(text: string, lineNumber: number): RecordHeader[] {
    const pairs = text.split(this.#headersPattern)
    // As Java splits: empty parts at the end are none.
    while (pairs.length > 1 && pairs.at(-1) === '') pairs.pop()
    return pairs.map(pair => this.#header(pair, lineNumber))
  }

  #header(pair: string, lineNumber: number): RecordHeader {
    const at = pair.indexOf(this.#headersKeySeparator)
    if (at < 0) {
      if (this.#ignoresErrors) return { key: pair, value: null }
      throw new FailedError(`No header key separator found in pair '${pair}' on line number ${lineNumber}`)
    }
    const key = pair.slice(0, at)
    if (this.#isNull(key)) {
      throw new FailedError(
        `Header keys should not be equal to the null marker '${this.#nullMarker}' as they can't be null`,
      )
    }
    const value = pair.slice(at + this.#headersKeySeparator.length)
    return { key, value: this.#isNull(value) ? null : encoder.encode(value) }
  }

  #orNull(text: string): string | null {
    return this.#isNull(text) ? null : text
  }

  #isNull(text: string): boolean {
    return text === this.#nullMarker
  }

  #checkSeparators(): void {
    const delimiter = ['headers.delimiter', this.#headersDelimiter] as const
    const separator = ['headers.separator', this.#headersSeparator] as const
    const keySeparator = ['headers.key.separator', this.#headersKeySeparator] as const
    const marker = ['null.marker', this.#nullMarker] as const
    for (const [one, other] of [
      [delimiter, separator],
      [delimiter, keySeparator],
      [separator, keySeparator],
      [marker, ['key.separator', this.#keySeparator]],
      [marker, separator],
      [marker, delimiter],
      [marker, keySeparator],
    ] as const) {
      if (one[1] === other[1]) throw new FailedError(`${one[0]} and ${other[0]} may not be equal`)
    }
  }
}

/** Kafka takes the separator of headers for a regular expression; a single character is always itself here. */
function patternOf(separator: string): RegExp {
  if (separator.length === 1) return new RegExp(separator.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'))
  try {
    return new RegExp(separator)
  } catch {
    throw new FailedError(`headers.separator: '${separator}' is not a regular expression.`)
  }
}
