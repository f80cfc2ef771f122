import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from '../console/byte-output.ts'
import { Binary, decoded } from './decoded.ts'
import { jsonOf } from './json-line.ts'
import type { Reading } from './readings.ts'

const HEX_BYTES_MAX = 256

/** Writes records for people: where and when, key and headers, and the value, JSON over several lines. */
export class Pretty {
  readonly #keyReading: Reading
  readonly #valueReading: Reading
  readonly #paint: (style: Style, text: string) => string

  constructor(keyReading: Reading, valueReading: Reading, isColoured: boolean) {
    this.#keyReading = keyReading
    this.#valueReading = valueReading
    this.#paint = isColoured ? (style, text) => `\x1b[${styles[style]}m${text}\x1b[0m` : (_, text) => text
  }

  write(record: ConsumerRecord, output: ByteOutput): void {
    const { topic, partition, offset, timestamp, key, headers, value } = record
    const where = `${topic}/${partition} @ ${offset}  ${timeText(timestamp)}`
    const shownKey =
      key === null ? '' : `  ${this.#paint('dim', 'key')} ${this.#oneLine(key, this.#keyReading)}`
    output.text(`${this.#paint('dim', where)}${shownKey}\n`)
    for (const header of headers) {
      const shown = header.value === null ? 'null' : this.#oneLine(header.value, 'auto')
      output.text(`  ${this.#paint('dim', `${printable(header.key)}:`)} ${shown}\n`)
    }
    output.text(`${value === null ? this.#paint('dim', 'null') : this.#lines(value)}\n`)
  }

  #oneLine(bytes: Uint8Array, reading: Reading): string {
    const value = decoded(bytes, reading)
    if (value instanceof Binary) return hexOf(value)
    return printable(typeof value === 'string' ? value : jsonOf(value))
  }

  #lines(bytes: Uint8Array): string {
    const value = decoded(bytes, this.#valueReading)
    if (value instanceof Binary) return this.#paint('dim', hexOf(value))
    if (typeof value === 'string' && this.#valueReading !== 'json') return printable(value, true)
    return printable(jsonOf(value, 2), true).replaceAll(jsonParts, (part, key?: string, text?: string) => {
      if (key !== undefined) return `${this.#paint('key', key)}:`
      return this.#paint(text === undefined ? 'number' : 'text', part)
    })
  }
}

const styles = { dim: 2, key: 36, text: 32, number: 33 }
type Style = keyof typeof styles

/** A field's name, a text, or a number, true, false, null. */
const jsonParts = /("(?:[^"\\]|\\.)*"):|("(?:[^"\\]|\\.)*")|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g

function hexOf({ bytes }: Binary): string {
  const shown = Buffer.from(bytes.subarray(0, HEX_BYTES_MAX))
    .toString('hex')
    .replaceAll(/(....)(?!$)/g, '$1 ')
  return bytes.length > HEX_BYTES_MAX ? `${shown} … (${bytes.length} bytes)` : shown
}

/** Without what would make a terminal do something. */
function printable(text: string, keepsLines = false): string {
  return text.replaceAll(/\p{Cc}/gu, letter => {
    if (letter === '\t' || (keepsLines && letter === '\n')) return letter
    return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

/** Local, as a clock on the wall shows it. */
function timeText(timestamp: number): string {
  if (timestamp < 0 || timestamp > 8.64e15) return `${timestamp}`
  const date = new Date(timestamp)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
