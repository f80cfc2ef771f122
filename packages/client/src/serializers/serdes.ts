import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import { KafkaError } from '../errors.ts'
import { msgpack } from './msgpack.ts'
import { boolean, float32, float64, int16, int32, int64, safeInt64 } from './numbers.ts'
import type { Serde } from './serializer.ts'

/** Text in UTF-8: Java's StringSerializer. */
const string: Serde<string> = {
  serialize: (topic, data) => encodeUtf8(checkedText(topic, data)),
  serializeText: checkedText,
  deserialize: (_topic, bytes) => decodeUtf8(bytes),
}

/** Bytes as they are. What is read is a view of what was received: whoever keeps it for long copies it. */
const bytes: Serde<Uint8Array> = {
  serialize(topic, data) {
    if (data instanceof Uint8Array) return data
    throw new KafkaError(
      'SERIALIZATION',
      `a ${typeof data} for topic '${topic}' is not a Uint8Array: choose a serializer.`,
    )
  },
  deserialize: (_topic, data) => data,
}

const anyJson: Serde<unknown> = {
  serialize: (topic, data) => encodeUtf8(jsonText(topic, data)),
  serializeText: jsonText,
  deserialize(topic, data) {
    try {
      return JSON.parse(decodeUtf8(data))
    } catch (cause) {
      throw new KafkaError('DESERIALIZATION', `not JSON (topic '${topic}'): ${(cause as Error).message}`, {
        cause,
      })
    }
  },
}

function checkedText(topic: string, data: string): string {
  if (typeof data === 'string') return data
  throw new KafkaError('SERIALIZATION', `a ${typeof data} for topic '${topic}' is not a string.`)
}

function jsonText(topic: string, data: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(data)
  } catch (cause) {
    throw new KafkaError('SERIALIZATION', `no JSON for topic '${topic}': ${(cause as Error).message}`, {
      cause,
    })
  }
  if (text !== undefined) return text
  throw new KafkaError('SERIALIZATION', `JSON has nothing for a ${typeof data} (topic '${topic}').`)
}

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A UUID in its usual text form, as Java's UUIDSerializer writes it. */
const uuid: Serde<string> = {
  serialize(_topic, data) {
    if (uuidText.test(data)) return encodeUtf8(data.toLowerCase())
    throw new KafkaError('SERIALIZATION', `'${data}' is not a UUID.`)
  },
  deserialize(topic, data) {
    const text = decodeUtf8(data)
    if (uuidText.test(text)) return text.toLowerCase()
    throw new KafkaError('DESERIALIZATION', `a value of topic '${topic}' is not a UUID.`)
  },
}

/** Nothing: null both ways, as Java's VoidSerializer. */
const nothing: Serde<null> = {
  serialize: () => null,
  deserialize(topic) {
    throw new KafkaError('DESERIALIZATION', `null was expected in topic '${topic}', and there are bytes.`)
  },
}

/**
 * The serializers that come with the client. `json` and `msgpack` are functions, so that they can be given the type of
 * what they carry; they do not check it.
 */
export const serdes = {
  string,
  bytes,
  json: <T>(): Serde<T> => anyJson as Serde<T>,
  msgpack,
  int16,
  int32,
  int64,
  safeInt64,
  float32,
  float64,
  boolean,
  uuid,
  void: nothing,
}
