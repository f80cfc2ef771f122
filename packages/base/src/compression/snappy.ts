import { MalformedError } from '../bytes/malformed-error.ts'
import { lazyModule } from '../load-module.ts'
import { type Codec, plainBytes, refusingDamage, refusingDamageAsync, tooLarge } from './codec.ts'

interface Options {
  asBuffer: boolean
  copyOutputData: boolean
}
interface SnappyLibrary {
  compressSync(bytes: Uint8Array, options: Options): Uint8Array
  uncompressSync(bytes: Uint8Array, options: Options): Uint8Array
  compress(bytes: Uint8Array, options: Options): Promise<Uint8Array>
  uncompress(bytes: Uint8Array, options: Options): Promise<Uint8Array>
}
const snappy = lazyModule<SnappyLibrary>('snappy')

// Results in memory from outside of Node's heap take five times as long as copies: the collector has to free each.
const options: Options = { asBuffer: true, copyOutputData: true }

/** The densest element of the format: three bytes that stand for sixty-four. */
const MAX_EXPANSION = 64 / 3

/** One raw snappy block: the length of the content, then literals and copies. There are no levels. */
export const snappyBlock: Codec = {
  compress: bytes => plainBytes(snappy().compressSync(bytes, options)),
  decompress(bytes, maxBytes) {
    checkContentLength(bytes, maxBytes)
    const library = snappy()
    return refusingDamage('snappy', () => library.uncompressSync(bytes, options))
  },
  compressAsync: async bytes => plainBytes(await snappy().compress(bytes, options)),
  async decompressAsync(bytes, maxBytes) {
    checkContentLength(bytes, maxBytes)
    const library = snappy()
    return refusingDamageAsync('snappy', () => library.uncompress(bytes, options))
  },
}

/** The library allocates what the block states at its start, so that is looked at first. */
function checkContentLength(bytes: Uint8Array, maxBytes: number): void {
  const length = contentLength(bytes)
  if (length > maxBytes) throw tooLarge('snappy', maxBytes)
  if (length > bytes.length * MAX_EXPANSION) {
    throw new MalformedError(
      `damaged snappy data: ${bytes.length} bytes cannot hold the ${length} they state`,
    )
  }
}

function contentLength(bytes: Uint8Array): number {
  let length = 0
  for (let at = 0, scale = 1; at < 5; at++, scale *= 128) {
    const byte = bytes[at]
    if (byte === undefined) break
    length += (byte & 0x7f) * scale
    if (byte < 0x80) return length
  }
  throw new MalformedError('damaged snappy data: it does not start with the length of its content')
}
