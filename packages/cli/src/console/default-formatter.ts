import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from './byte-output.ts'
import { type TextDeserializer, deserializerOf } from './deserializers.ts'
import type { FormatterProperties, RecordFormatter } from './record-formatter.ts'

/** The parts of a record in the order in which they are printed, and whether they are unless told otherwise. */
const parts = {
  timestamp: false,
  partition: false,
  offset: false,
  delivery: false,
  epoch: false,
  headers: false,
  key: false,
  value: true,
}
type Part = keyof typeof parts

/** Prints what `print.…` asks for, separated and deserialized as told: Kafka's DefaultMessageFormatter. */
export class DefaultFormatter implements RecordFormatter {
  readonly #parts: readonly Part[]
  readonly #keySeparator: Uint8Array
  readonly #lineSeparator: Uint8Array
  readonly #headersSeparator: Uint8Array
  readonly #nullLiteral: Uint8Array
  readonly #deserializers: Readonly<Record<'key' | 'value' | 'headers', TextDeserializer | undefined>>

  /** @param warn told what cannot be had, as a deserializer of which only Java has the class */
  constructor(properties: FormatterProperties, warn: (message: string) => void = () => {}) {
    const isPrinted = (part: Part) => {
      const given = properties[`print.${part}`]
      return given === undefined ? parts[part] : given.trim().toLowerCase() === 'true'
    }
    const bytes = (key: string, byDefault: string) => new TextEncoder().encode(properties[key] ?? byDefault)
    const deserializer = (key: string) => {
      const name = properties[key]
      const found = name === undefined ? undefined : deserializerOf(name)
      if (name !== undefined && found === undefined)
        warn(`Unable to instantiate a deserializer from ${name}: bytes are printed as they are.`)
      return found
    }
    this.#parts = (Object.keys(parts) as Part[]).filter(isPrinted)
    this.#keySeparator = bytes('key.separator', '\t')
    this.#lineSeparator = bytes('line.separator', '\n')
    this.#headersSeparator = bytes('headers.separator', ',')
    this.#nullLiteral = bytes('null.literal', 'null')
    this.#deserializers = {
      key: deserializer('key.deserializer'),
      value: deserializer('value.deserializer'),
      headers: deserializer('headers.deserializer'),
    }
  }

  write(record: ConsumerRecord, output: ByteOutput): void {
    const parts = this.#parts
    for (let at = 0; at < parts.length; at++) {
      this.#writePart(parts[at]!, record, output)
      output.bytes(at === parts.length - 1 ? this.#lineSeparator : this.#keySeparator)
    }
  }

  #writePart(part: Part, record: ConsumerRecord, output: ByteOutput): void {
    switch (part) {
      case 'timestamp':
        output.text(timestampOf(record))
        return
      case 'partition':
        output.text(`Partition:${record.partition}`)
        return
      case 'offset':
        output.text(`Offset:${record.offset}`)
        return
      case 'delivery':
        output.text(`Delivery:${record.deliveryCount ?? 'NOT_PRESENT'}`)
        return
      case 'epoch':
        output.text(`Epoch:${record.leaderEpoch ?? 'NOT_PRESENT'}`)
        return
      case 'headers':
        this.#writeHeaders(record, output)
        return
      case 'key':
        this.#writeBytes(record.key, this.#deserializers.key, output)
        return
      case 'value':
        this.#writeBytes(record.value, this.#deserializers.value, output)
    }
  }

  #writeHeaders({ headers }: ConsumerRecord, output: ByteOutput): void {
    if (headers.length === 0) output.text('NO_HEADERS')
    headers.forEach(({ key, value }, at) => {
      if (at > 0) output.bytes(this.#headersSeparator)
      output.text(`${key}:`)
      this.#writeBytes(value, this.#deserializers.headers, output)
    })
  }

  #writeBytes(bytes: Uint8Array | null, read: TextDeserializer | undefined, output: ByteOutput): void {
    const given = bytes ?? this.#nullLiteral
    const text = read === undefined ? given : read(given)
    if (typeof text === 'string') output.text(text)
    else output.bytes(text)
  }
}

export function timestampOf({ timestamp, timestampType }: ConsumerRecord): string {
  const isKnown = timestampType !== 'NO_TIMESTAMP_TYPE'
  return isKnown ? `${javaTimestampTypes[timestampType]}:${timestamp}` : 'NO_TIMESTAMP'
}

const javaTimestampTypes = { CREATE_TIME: 'CreateTime', LOG_APPEND_TIME: 'LogAppendTime' }
