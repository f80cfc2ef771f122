import { loadModule } from '../load-module.ts'
import { crcTables } from './crc-tables.ts'

/** CRC-32 (the one of zip and gzip), reflected: the polynomial of messages v0 and v1. */
const tables = crcTables(0xedb88320)

/** From this size on the call into native code costs less than it saves. */
const NATIVE_FROM_BYTES = 256

type NativeCrc = (bytes: Uint8Array, seed?: number) => number
let native: NativeCrc | undefined

/**
 * CRC-32 of `bytes[start, end)` as an unsigned 32-bit number, without copying the bytes.
 *
 * `seed` is the checksum of what came before, so a checksum can be computed in pieces.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  if (end - start < NATIVE_FROM_BYTES) return crc32Portable(bytes, start, end, seed)
  native ??= loadNative()
  return native(bytes.subarray(start, end), seed)
}

/** The same checksum in plain JavaScript, eight bytes a step. */
export function crc32Portable(bytes: Uint8Array, start = 0, end = bytes.length, seed = 0): number {
  return tables.update(bytes, start, end, seed)
}

function loadNative(): NativeCrc {
  const library = loadModule<{ crc32: NativeCrc }>('@node-rs/crc32')
  return library?.crc32 ?? ((bytes, seed) => crc32Portable(bytes, 0, bytes.length, seed))
}
