import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from './byte-output.ts'
import { DefaultFormatter, timestampOf } from './default-formatter.ts'
import type { FormatterProperties, RecordFormatter } from './record-formatter.ts'

/** Prints a record as the default formatter does, and logs it on the standard error output. */
export class LoggingFormatter implements RecordFormatter {
  readonly #default: DefaultFormatter
  readonly #log: (line: string) => void

  constructor(properties: FormatterProperties, log: (line: string) => void) {
    this.#default = new DefaultFormatter(properties, log)
    this.#log = log
  }

  write(record: ConsumerRecord, output: ByteOutput): void {
    this.#default.write(record, output)
    const timestamp = record.timestampType === 'NO_TIMESTAMP_TYPE' ? '' : `${timestampOf(record)}, `
    const key = record.key === null ? 'key:null ' : `key:${textOf(record.key)}, `
    this.#log(`${timestamp}${key}value:${record.value === null ? 'null' : textOf(record.value)}`)
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
