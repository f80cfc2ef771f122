import type { Content } from '@samsa/protocol'
import { KafkaError, asKafkaError } from '../errors.ts'
import { type ProducerRecord, type RecordHeader, headersOf } from '../records/index.ts'
import type { Serializer } from '../serializers/serializer.ts'
import type { EncodableRecord } from './batch.ts'
import { ProduceError } from './produce-error.ts'

type Serialized = Content | Promise<Content>

/** Turns records as programs give them into records as they are written. */
export class RecordEncoder<K, V> {
  readonly #key: Serializer<K> | undefined
  readonly #value: Serializer<V> | undefined

  /** Whether a serializer looks at the headers, and so may add some. */
  readonly #mayAddHeaders: boolean

  constructor(key: Serializer<K> | undefined, value: Serializer<V> | undefined) {
    this.#key = key
    this.#value = value
    this.#mayAddHeaders = takesHeaders(key) || takesHeaders(value)
  }

  /** A promise only where a serializer gives one. Throws, or rejects with, `KafkaError` SERIALIZATION. */
  encode(record: ProducerRecord<K, V>, timestamp: number): EncodableRecord | Promise<EncodableRecord> {
    const headers =
      record.headers === undefined && !this.#mayAddHeaders ? NO_HEADERS : headersOf(record.headers)
    const key = this.#serialize('key', this.#key, record.topic, record.key, headers)
    const value = this.#serialize('value', this.#value, record.topic, record.value, headers)
    if (!(key instanceof Promise) && !(value instanceof Promise)) return { timestamp, key, value, headers }
    return this.#later(record.topic, timestamp, key, value, headers)
  }

  async #later(
    topic: string,
    timestamp: number,
    key: Serialized,
    value: Serialized,
    headers: RecordHeader[],
  ): Promise<EncodableRecord> {
    try {
      const [keyContent, valueContent] = await Promise.all([key, value])
      return { timestamp, key: keyContent, value: valueContent, headers }
    } catch (error) {
      throw failure('key or value', topic, error)
    }
  }

  #serialize<T>(
    what: 'key' | 'value',
    serializer: Serializer<T> | undefined,
    topic: string,
    data: T | null | undefined,
    headers: RecordHeader[],
  ): Serialized {
    if (data === null || data === undefined) return null
    try {
      if (serializer === undefined) return asContent(what, data)
      return serializer.serializeText === undefined
        ? serializer.serialize(topic, data, headers)
        : serializer.serializeText(topic, data, headers)
    } catch (error) {
      throw failure(what, topic, error)
    }
  }
}

/** Most records have none, and most serializers do not ask for them: these share one list. */
const NO_HEADERS: RecordHeader[] = []

function takesHeaders<T>(serializer: Serializer<T> | undefined): boolean {
  return serializer !== undefined && (serializer.serializeText ?? serializer.serialize).length !== 2
}

function asContent(what: 'key' | 'value', data: unknown): Content {
  if (typeof data === 'string' || data instanceof Uint8Array) return data
  throw new KafkaError(
    'SERIALIZATION',
    `the ${what} is neither text nor bytes: give the producer a serializer for it, { ${what}: serdes.json() } for instance`,
  )
}

function failure(what: string, topic: string, error: unknown): ProduceError {
  const text = asKafkaError(error).message.replace(/^[A-Z_]+: /, '')
  return new ProduceError('SERIALIZATION', topic, -1, `the ${what} cannot be serialized: ${text}.`, {
    cause: error,
    advice: 'Mend the record, or use another serializer.',
  })
}
