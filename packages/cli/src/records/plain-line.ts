import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from '../console/byte-output.ts'
import { decoded } from './decoded.ts'
import { jsonOf } from './json-line.ts'
import type { Reading } from './readings.ts'

export interface PlainLineOptions {
  readonly keyReading: Reading
  readonly valueReading: Reading
  /** Between key and value; undefined to leave keys out. */
  readonly keySeparator: string | undefined
}

/** Writes values, one a line, with their keys if wanted: bytes as they are unless they are to be read as something. */
export class PlainLine {
  readonly #options: PlainLineOptions

  constructor(options: PlainLineOptions) {
    this.#options = options
  }

  write({ key, value }: ConsumerRecord, output: ByteOutput): void {
    const { keyReading, valueReading, keySeparator } = this.#options
    if (keySeparator !== undefined) {
      writeBytes(key, keyReading, output)
      output.text(keySeparator)
    }
    writeBytes(value, valueReading, output)
    output.text('\n')
  }
}

function writeBytes(bytes: Uint8Array | null, reading: Reading, output: ByteOutput): void {
  if (bytes === null) output.text('null')
  else if (reading === 'auto' || reading === 'text') output.bytes(bytes)
  else {
    const value = decoded(bytes, reading)
    output.text(typeof value === 'string' && reading !== 'json' ? value : jsonOf(value))
  }
}
