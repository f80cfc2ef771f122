import { isUtf8 } from 'node:buffer'
import { decodeUtf8 } from '@samsa/base'
import type { ConsumerRecord, RecordHeader } from '@samsa/client'
import type { ByteOutput } from '../console/byte-output.ts'
import { Binary, decoded, mayBeJson } from './decoded.ts'
import type { Reading } from './readings.ts'

/**
 * Writes a record as one line of JSON: topic, partition, offset, timestamp, key, headers, value. `samsa produce --json`
 * reads it. Values that are JSON stay as they are written, so that no digit of a number is lost; bytes that are no text
 * are in `keyBase64` and `valueBase64`.
 */
export class JsonLine {
  readonly #keyReading: Reading
  readonly #valueReading: Reading
  #lastTimestamp = Number.NaN
  #lastTime = ''

  constructor(keyReading: Reading, valueReading: Reading) {
    this.#keyReading = keyReading
    this.#valueReading = valueReading
  }

  write(record: ConsumerRecord, output: ByteOutput): void {
    const { topic, partition, offset, timestamp, key, headers, value } = record
    const keyMember =
      this.#keyReading === 'auto' ? textMember('key', key) : member('key', key, this.#keyReading)
    const valueMember =
      this.#valueReading === 'auto' ? jsonMember(value) : member('value', value, this.#valueReading)
    output.text(
      `{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset},"timestamp":${this.#time(timestamp)},${keyMember},"headers":${headersJson(headers)},${valueMember}}\n`,
    )
  }

  /** Neighbours often have the same. */
  #time(timestamp: number): string {
    if (timestamp !== this.#lastTimestamp) {
      this.#lastTimestamp = timestamp
      this.#lastTime = isDate(timestamp) ? `"${new Date(timestamp).toISOString()}"` : `${timestamp}`
    }
    return this.#lastTime
  }
}

const isDate = (timestamp: number) => timestamp >= 0 && timestamp <= 8.64e15

/** Keys are texts, even those that look like numbers. */
function textMember(name: 'key' | 'value', bytes: Uint8Array | null): string {
  if (bytes === null) return `"${name}":null`
  if (isUtf8(bytes)) return `"${name}":${JSON.stringify(decodeUtf8(bytes))}`
  return `"${name}Base64":"${new Binary(bytes).base64}"`
}

function jsonMember(bytes: Uint8Array | null): string {
  if (bytes === null) return '"value":null'
  if (!isUtf8(bytes)) return member('value', bytes, 'auto')
  const text = decodeUtf8(bytes)
  return `"value":${mayBeJson(text) ? verbatimOr(text) : JSON.stringify(text)}`
}

function verbatimOr(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    return JSON.stringify(text)
  }
  // In valid JSON the end of a line is nothing but white space.
  return /[\n\r]/.test(text) ? text.trim().replaceAll(/[\n\r]+/g, ' ') : text
}

function member(name: 'key' | 'value', bytes: Uint8Array | null, reading: Reading): string {
  if (bytes === null) return `"${name}":null`
  const value = decoded(bytes, reading)
  if (value instanceof Binary) return `"${name}Base64":"${value.base64}"`
  return `"${name}":${jsonOf(value)}`
}

/** JSON of what was decoded; whole numbers of 64 bits become texts. */
export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}` : one), indent) ?? 'null'
}

function headersJson(headers: readonly RecordHeader[]): string {
  if (headers.length === 0) return '{}'
  const pairs = headers.map(({ key, value }) => [JSON.stringify(key), headerJson(value)] as const)
  // Objects keep neither the second of a name nor the place of names that are numbers.
  const isObject = new Set(pairs.map(([key]) => key)).size === pairs.length && !headers.some(isNumbered)
  return isObject
    ? `{${pairs.map(([key, value]) => `${key}:${value}`).join(',')}}`
    : `[${pairs.map(([key, value]) => `[${key},${value}]`).join(',')}]`
}

const isNumbered = ({ key }: RecordHeader) => /^\d+$/.test(key)

function headerJson(value: Uint8Array | null): string {
  if (value === null) return 'null'
  return JSON.stringify(isUtf8(value) ? decodeUtf8(value) : new Binary(value))
}
