import { decodeUtf8 } from '@samsa/base'
import type { ConsumerRecord } from '@samsa/client'
import type { Subject } from '../filter/compile.ts'
import { decoded } from './decoded.ts'
import type { Reading } from './readings.ts'

/** What a filter sees of a record: key and value are read when they are asked for. */
export class RecordSubject implements Subject {
  readonly #keyReading: Reading
  readonly #valueReading: Reading
  #record!: ConsumerRecord
  #value: { readonly read: unknown } | undefined

  constructor(keyReading: Reading, valueReading: Reading) {
    this.#keyReading = keyReading
    this.#valueReading = valueReading
  }

  /** The same, of another record. */
  of(record: ConsumerRecord): this {
    this.#record = record
    this.#value = undefined
    return this
  }

  get topic(): string {
    return this.#record.topic
  }

  get partition(): number {
    return this.#record.partition
  }

  get offset(): number {
    return this.#record.offset
  }

  get timestamp(): number {
    return this.#record.timestamp
  }

  get size(): number {
    return this.#record.value?.length ?? 0
  }

  get key(): unknown {
    const { key } = this.#record
    return key === null ? null : readOr(key, this.#keyReading)
  }

  get value(): unknown {
    const { value } = this.#record
    if (value === null) return null
    this.#value ??= { read: readOr(value, this.#valueReading) }
    return this.#value.read
  }

  get headers(): Readonly<Record<string, string | null>> {
    return Object.fromEntries(
      this.#record.headers.map(({ key, value }) => [key, value === null ? null : decodeUtf8(value)]),
    )
  }
}

/** What cannot be read is not there: a filter has no other answer to it. */
function readOr(bytes: Uint8Array, reading: Reading): unknown {
  try {
    return decoded(bytes, reading)
  } catch {
    return undefined
  }
}
