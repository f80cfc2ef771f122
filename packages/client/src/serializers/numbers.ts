import { KafkaError } from '../errors.ts'
import type { Serde } from './serializer.ts'

/** A number of fixed size, big-endian, as Java's serializers write it. */
function fixed<T>(
  name: string,
  size: number,
  write: (view: DataView, data: T) => void,
  read: (view: DataView) => T,
  accepts: (data: T) => boolean,
): Serde<T> {
  return {
    serialize(_topic, data) {
      if (!accepts(data)) throw new KafkaError('SERIALIZATION', `${String(data)} is not an ${name}.`)
      const bytes = new Uint8Array(size)
      write(new DataView(bytes.buffer), data)
      return bytes
    },
    deserialize(topic, bytes) {
      if (bytes.length !== size) {
        const message = `an ${name} has ${size} bytes, and this of topic '${topic}' has ${bytes.length}.`
        throw new KafkaError('DESERIALIZATION', message)
      }
      return read(new DataView(bytes.buffer, bytes.byteOffset, size))
    },
  }
}

const isInteger = (bits: number) => (data: number) =>
  Number.isInteger(data) && data >= -(2 ** (bits - 1)) && data < 2 ** (bits - 1)

/** A 16-bit integer: Java's ShortSerializer. */
export const int16 = fixed<number>(
  'int16',
  2,
  (view, data) => view.setInt16(0, data),
  view => view.getInt16(0),
  isInteger(16),
)

/** A 32-bit integer: Java's IntegerSerializer. */
export const int32 = fixed<number>(
  'int32',
  4,
  (view, data) => view.setInt32(0, data),
  view => view.getInt32(0),
  isInteger(32),
)

/** A 64-bit integer in full: Java's LongSerializer. See `safeInt64` for numbers. */
export const int64 = fixed<bigint>(
  'int64',
  8,
  (view, data) => view.setBigInt64(0, data),
  view => view.getBigInt64(0),
  data => typeof data === 'bigint' && BigInt.asIntN(64, data) === data,
)

/** A 64-bit integer as a number: what is not a safe integer is refused, both ways. */
export const safeInt64 = fixed<number>(
  'int64 within ±2^53',
  8,
  (view, data) => view.setBigInt64(0, BigInt(data)),
  view => {
    const value = Number(view.getBigInt64(0))
    if (Number.isSafeInteger(value)) return value
    throw new KafkaError(
      'DESERIALIZATION',
      `${view.getBigInt64(0)} is beyond ±2^53: read it with serdes.int64.`,
    )
  },
  Number.isSafeInteger,
)

/** A 32-bit floating-point number: Java's FloatSerializer. */
export const float32 = fixed<number>(
  'float32',
  4,
  (view, data) => view.setFloat32(0, data),
  view => view.getFloat32(0),
  data => typeof data === 'number',
)

/** A 64-bit floating-point number: Java's DoubleSerializer. */
export const float64 = fixed<number>(
  'float64',
  8,
  (view, data) => view.setFloat64(0, data),
  view => view.getFloat64(0),
  data => typeof data === 'number',
)

/** One byte, 1 or 0: Java's BooleanSerializer. */
export const boolean = fixed<boolean>(
  'boolean byte',
  1,
  (view, data) => view.setUint8(0, data ? 1 : 0),
  view => {
    const byte = view.getUint8(0)
    if (byte < 2) return byte === 1
    throw new KafkaError('DESERIALIZATION', `the byte ${byte} is neither true (1) nor false (0).`)
  },
  data => typeof data === 'boolean',
)
