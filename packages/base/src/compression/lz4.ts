import { allocateBytes } from '../bytes/arrays.ts'
import { lazyModule } from '../load-module.ts'
import { type Codec, plainBytes, refusingDamage, refusingDamageAsync } from './codec.ts'

interface Lz4Library {
  compressSync(bytes: Uint8Array): Uint8Array
  uncompressSync(bytes: Uint8Array): Uint8Array
  compress(bytes: Uint8Array): Promise<Uint8Array>
  uncompress(bytes: Uint8Array): Promise<Uint8Array>
}
const lz4 = lazyModule<Lz4Library>('lz4-napi')

/** A match can grow by 255 bytes for each byte it is written with, and by no more. */
const MAX_EXPANSION = 255

/** What the library puts before a block: the length of the content, little-endian. It is not part of lz4. */
const PREFIX_BYTES = 4

/** One raw lz4 block, which does not state its length. There are no levels: the library has one. */
export const lz4Block: Codec = {
  compress: bytes => plainBytes(lz4().compressSync(bytes)).subarray(PREFIX_BYTES),
  decompress(bytes, maxBytes) {
    const library = lz4()
    return refusingDamage('lz4', () => library.uncompressSync(withPrefix(bytes, maxBytes)))
  },
  compressAsync: async bytes => plainBytes(await lz4().compress(bytes)).subarray(PREFIX_BYTES),
  async decompressAsync(bytes, maxBytes) {
    const library = lz4()
    return refusingDamageAsync('lz4', () => library.uncompress(withPrefix(bytes, maxBytes)))
  },
}

/** The library allocates as much as the prefix says and returns what it filled of it: the prefix is the limit. */
function withPrefix(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const limit = Math.min(maxBytes, bytes.length * MAX_EXPANSION)
  const prefixed = allocateBytes(PREFIX_BYTES + bytes.length)
  for (let i = 0; i < PREFIX_BYTES; i++) prefixed[i] = limit >>> (8 * i)
  prefixed.set(bytes, PREFIX_BYTES)
  return prefixed
}
