import { createRequire } from 'node:module'
import { KafkaError } from '../errors.ts'
import type { Serde } from './serializer.ts'

let library: typeof import('@msgpack/msgpack') | undefined

/** MessagePack, by the library `@msgpack/msgpack`, which is loaded at the first use. 64-bit integers need `useBigInt64`. */
export function msgpack<T>(options: { useBigInt64?: boolean } = {}): Serde<T> {
  const { useBigInt64 = false } = options
  return {
    serialize(topic, data) {
      try {
        return codec().encode(data, { useBigInt64, ignoreUndefined: true })
      } catch (cause) {
        throw new KafkaError(
          'SERIALIZATION',
          `no MessagePack for topic '${topic}': ${(cause as Error).message}`,
          { cause },
        )
      }
    },
    deserialize(topic, bytes) {
      try {
        return codec().decode(bytes, { useBigInt64 }) as T
      } catch (cause) {
        throw new KafkaError(
          'DESERIALIZATION',
          `not MessagePack (topic '${topic}'): ${(cause as Error).message}`,
          { cause },
        )
      }
    },
  }
}

function codec(): typeof import('@msgpack/msgpack') {
  library ??= createRequire(import.meta.url)('@msgpack/msgpack') as typeof import('@msgpack/msgpack')
  return library
}
