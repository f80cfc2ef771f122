import type { Random } from '../world.ts'
import { allocateBytes } from './arrays.ts'

// A UUID is carried as Kafka prints it: 16 bytes in URL-safe base64 without padding, 22 characters.

interface NativeBase64 {
  base64urlSlice(this: Uint8Array, start: number, end: number): string
  base64urlWrite(this: Uint8Array, text: string, at: number, maxBytes: number): number
}
const native = Buffer.prototype as unknown as NativeBase64

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
  if (!isUuid(uuid))
    throw new RangeError(`'${uuid}' is not a UUID: expected 22 characters of URL-safe base64`)
  native.base64urlWrite.call(bytes, uuid, at, 16)
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
