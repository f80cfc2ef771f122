import type { Random } from '../world.ts'
import { allocateBytes } from './arrays.ts'

// A UUID is carried as Kafka prints it: 16 bytes in URL-safe base64 without padding, 22 characters.

interface NativeBase64 {
  base64urlSlice(this: Uint8Array, start: number, end: number): string
}
const native = Buffer.prototype as unknown as NativeBase64

/** The six bits that each character stands for; NOT_BASE64 for characters that stand for none. */
const NOT_BASE64 = 0xff
const sextets = new Uint8Array(128).fill(NOT_BASE64)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let value = 0; value < ALPHABET.length; value++) sextets[ALPHABET.charCodeAt(value)] = value

/** "No UUID" in Kafka's messages: sixteen zero bytes. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'
/** Kafka reserves this one, with the value 1, for its metadata topic. */
const METADATA_TOPIC_UUID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** The text form of the 16 bytes from `at`. */
export function uuidFromBytes(bytes: Uint8Array, at = 0): string {
  for (let i = at; i < at + 16; i++) {
    if (bytes[i] !== 0) return native.base64urlSlice.call(bytes, at, at + 16)
  }
  return ZERO_UUID
}

/** The 16 bytes of a UUID in text form; throws `RangeError` when the text is none. */
export function uuidToBytes(uuid: string): Uint8Array {
  const bytes = allocateBytes(16)
  writeUuid(uuid, bytes, 0)
  return bytes
}

/** Whether `text` is a UUID in Kafka's text form. */
export function isUuid(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text)
}

/** Writes the 16 bytes of a UUID in text form to `bytes` from `at`; throws `RangeError` when the text is none. */
export function writeUuid(uuid: string, bytes: Uint8Array, at: number): void {
  if (uuid === ZERO_UUID) {
    bytes.fill(0, at, at + 16)
    return
  }
  if (uuid?.length !== 22) throw notUuid(uuid)
  // For so few characters a loop beats two calls into native code, to check and to write.
  let bits = 0
  let bitCount = 0
  let to = at
  for (let i = 0; i < 22; i++) {
    const sextet = sextets[uuid.charCodeAt(i)] ?? NOT_BASE64
    if (sextet === NOT_BASE64) throw notUuid(uuid)
    bits = (bits << 6) | sextet
    bitCount += 6
    if (bitCount < 8) continue
    bitCount -= 8
    bytes[to++] = bits >> bitCount
  }
}

function notUuid(text: string): RangeError {
  return new RangeError(`'${text}' is not a UUID: expected 22 characters of URL-safe base64`)
}

/** A random (version 4) UUID. Like Kafka's it is never reserved and never starts with '-', which tools would take for a flag. */
export function randomUuid(random: Random): string {
  for (;;) {
    const bytes = random.bytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const uuid = uuidFromBytes(bytes)
    if (uuid !== ZERO_UUID && uuid !== METADATA_TOPIC_UUID && !uuid.startsWith('-')) return uuid
  }
}
