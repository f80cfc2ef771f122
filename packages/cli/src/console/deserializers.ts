import { readInt16, readInt32 } from '@samsa/base'
import { javaDouble, javaFloat } from './java-numbers.ts'

/** Turns bytes into text, as the `toString` of what Java's deserializer gives. Throws when it cannot. */
export type TextDeserializer = (bytes: Uint8Array) => string | Uint8Array

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Java's deserializers by their classes' names without `Deserializer`. */
const deserializers: Readonly<Record<string, TextDeserializer>> = {
  String: bytes => bytes,
  ByteArray: bytes => bytes,
  ByteBuffer: bytes => bytes,
  Bytes: printable,
  Short: bytes => `${readInt16(sized(bytes, 2, 'ShortDeserializer'), 0)}`,
  Integer: bytes => `${readInt32(sized(bytes, 4, 'IntegerDeserializer'), 0)}`,
  Long: bytes => `${viewOf(sized(bytes, 8, 'LongDeserializer')).getBigInt64(0)}`,
  Float: bytes => javaFloat(viewOf(sized(bytes, 4, 'Deserializer')).getFloat32(0)),
  Double: bytes => javaDouble(viewOf(sized(bytes, 8, 'Deserializer')).getFloat64(0)),
  Boolean: booleanOf,
  UUID: uuidOf,
}

/**
 * The deserializer of a Java class, by its whole name, without the package or as one word: `LongDeserializer`, `long`.
 * Undefined for classes that would have to be loaded.
 */
export function deserializerOf(className: string): TextDeserializer | undefined {
  const simple = className
    .trim()
    .replace(/^org\.apache\.kafka\.common\.serialization\./, '')
    .replace(/Deserializer$/, '')
  const name = Object.keys(deserializers).find(known => known.toLowerCase() === simple.toLowerCase())
  return name === undefined ? undefined : deserializers[name]
}

function sized(bytes: Uint8Array, size: number, name: string): Uint8Array {
  if (bytes.length === size) return bytes
  throw new Error(`Size of data received by ${name} is not ${size}, but ${bytes.length}`)
}

function booleanOf(bytes: Uint8Array): string {
  const [value] = sized(bytes, 1, 'BooleanDeserializer')
  if (value === 0) return 'false'
  if (value === 1) return 'true'
  throw new Error(`Unexpected byte received by BooleanDeserializer: ${value}`)
}

/** Java reads what it can of a text that is no UUID; here it is an error. */
function uuidOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes)
  if (/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text)) return text.toLowerCase()
  throw new Error(`Error parsing data into UUID: ${JSON.stringify(text)}`)
}

/** As Kafka's class Bytes: ASCII as it is, other bytes as `\x0A`. */
function printable(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x5c
    text += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}
