import type * as Zlib from 'node:zlib'
import { builtin } from '../builtin.ts'
import { type Codec, plainBytes, refusingDamage, refusingDamageAsync, tooLarge } from './codec.ts'

const zlib = builtin<typeof Zlib>('node:zlib')

/** gzip members (RFC 1952), one or several after each other. Levels 1 to 9, -1 is the default. */
export const gzip: Codec = {
  compress: (bytes, level = -1) => plainBytes(zlib().gzipSync(bytes, { level })),
  decompress: (bytes, maxBytes) =>
    refusingDamage('gzip', () =>
      namingLimit(maxBytes, () => zlib().gunzipSync(bytes, limits(bytes, maxBytes))),
    ),
  compressAsync: (bytes, level = -1) =>
    new Promise((resolve, reject) => {
      zlib().gzip(bytes, { level }, (error, result) =>
        error === null ? resolve(plainBytes(result)) : reject(error),
      )
    }),
  decompressAsync: (bytes, maxBytes) => refusingDamageAsync('gzip', () => gunzipAsync(bytes, maxBytes)),
}

async function gunzipAsync(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const inflated = await new Promise<Uint8Array>((resolve, reject) => {
    zlib().gunzip(bytes, limits(bytes, maxBytes), (error, result) => {
      if (error === null) resolve(result)
      else reject(isTooLarge(error) ? tooLarge('gzip', maxBytes) : error)
    })
  })
  return withinLimit(inflated, maxBytes)
}

// zlib knows no limit of zero bytes.
function withinLimit(inflated: Uint8Array, maxBytes: number): Uint8Array {
  if (inflated.length > maxBytes) throw tooLarge('gzip', maxBytes)
  return inflated
}

/**
 * Output is gathered in chunks. The size stated at the end of a member is a hint how large a chunk to take, so that
 * most results need one; it is not to be trusted.
 */
function limits(bytes: Uint8Array, maxBytes: number): Zlib.ZlibOptions {
  const end = bytes.length
  const stated = end < 4 ? 0 : bytes[end - 4]! | (bytes[end - 3]! << 8) | (bytes[end - 2]! << 16)
  const chunkSize = Math.min(Math.max(stated + 1, 1024), 256 * 1024)
  return { maxOutputLength: Math.min(Math.max(maxBytes, 1), 0x7fff_ffff), chunkSize }
}

function namingLimit(maxBytes: number, inflate: () => Uint8Array): Uint8Array {
  try {
    return withinLimit(inflate(), maxBytes)
  } catch (error) {
    throw isTooLarge(error) ? tooLarge('gzip', maxBytes) : error
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
}
