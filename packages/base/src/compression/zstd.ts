import { allocateBytes } from '../bytes/arrays.ts'
import { MalformedError } from '../bytes/malformed-error.ts'
import { loadModule } from '../load-module.ts'
import { type Codec, plainBytes, refusingDamageAsync, tooLarge } from './codec.ts'
import { type ZstdExtent, zstdExtent } from './zstd-frames.ts'
import { type ZstdWasm, withZstdWasm } from './zstd-wasm.ts'

const DEFAULT_LEVEL = 3

/**
 * Zstandard frames (RFC 8878). Levels up to 22; negative ones are faster still.
 *
 * The synchronous functions are WebAssembly, which is best for small data; the others use native code where there is
 * some for this machine.
 */
export const zstd: Codec = {
  compress: (bytes, level = DEFAULT_LEVEL) => withZstdWasm(wasm => compress(wasm, bytes, level)),
  decompress: (bytes, maxBytes) => decompress(bytes, checkedExtent(bytes, maxBytes), maxBytes),
  async compressAsync(bytes, level = DEFAULT_LEVEL) {
    const library = nativeLibrary()
    if (library === undefined) return zstd.compress(bytes, level)
    return plainBytes(await library.compress(asBuffer(bytes), level))
  },
  async decompressAsync(bytes, maxBytes) {
    const extent = checkedExtent(bytes, maxBytes)
    const library = nativeLibrary()
    if (library === undefined || !isSafeForNative(extent, maxBytes))
      return decompress(bytes, extent, maxBytes)
    return refusingDamageAsync('zstd', () => library.decompress(asBuffer(bytes)))
  },
}

function checkedExtent(bytes: Uint8Array, maxBytes: number): ZstdExtent {
  const extent = zstdExtent(bytes)
  if ((extent.contentBytes ?? 0) > maxBytes) throw tooLarge('zstd', maxBytes)
  return extent
}

function compress(wasm: ZstdWasm, bytes: Uint8Array, level: number): Uint8Array {
  const room = wasm._compressBound(bytes.length)
  const result = withMemory(wasm, bytes, room, (target, source) =>
    wasm._compress(target, room, source, bytes.length, level),
  )
  if (result === undefined) throw new Error(`zstd could not compress ${bytes.length} bytes at level ${level}`)
  return result
}

/** WebAssembly's memory ends at 2 GB here, which source and result share. */
const MEMORY_BYTES_MAX = 2 ** 30
/** The first guess at what data of unknown size inflates to. */
const FIRST_GUESS_BYTES = 256 * 1024
const FIRST_GUESS_EXPANSION = 32

/**
 * Data of stated size is inflated into that much memory. Other data (the Java client's) is inflated into what its
 * blocks can hold at most, or, if that is much, into a guess that grows until it is enough, the limit or that much.
 */
function decompress(bytes: Uint8Array, extent: ZstdExtent, maxBytes: number): Uint8Array {
  const most = Math.min(extent.maxContentBytes, maxBytes, MEMORY_BYTES_MAX)
  const guess = Math.max(FIRST_GUESS_BYTES, FIRST_GUESS_EXPANSION * bytes.length)
  for (
    let room = extent.contentBytes === undefined ? Math.min(most, guess) : most;
    ;
    room = Math.min(most, room * 4)
  ) {
    const result = withZstdWasm(wasm => decompressInto(wasm, bytes, room))
    if (result !== undefined) return result
    if (room === most) throw failed(extent, maxBytes)
  }
}

function decompressInto(wasm: ZstdWasm, bytes: Uint8Array, room: number): Uint8Array | undefined {
  return withMemory(wasm, bytes, room, (target, source) =>
    wasm._decompress(target, room, source, bytes.length),
  )
}

// The library does not say why it failed.
function failed(extent: ZstdExtent, maxBytes: number): MalformedError {
  if (extent.maxContentBytes <= maxBytes)
    return new MalformedError('damaged zstd data: it cannot be decompressed')
  return new MalformedError(
    `zstd data is damaged or inflates to more than the ${maxBytes} bytes allowed here`,
  )
}

/** Runs `work` on a copy of `source` and `room` bytes for its result; undefined when it returns -1. */
function withMemory(
  wasm: ZstdWasm,
  source: Uint8Array,
  room: number,
  work: (targetAt: number, sourceAt: number) => number,
): Uint8Array | undefined {
  const sourceAt = allocate(wasm, source.length)
  const targetAt = allocate(wasm, room)
  wasm.HEAPU8.set(source, sourceAt)
  const length = work(targetAt, sourceAt)
  const result = length < 0 ? undefined : copyOut(wasm, targetAt, length)
  wasm._free(sourceAt)
  wasm._free(targetAt)
  return result
}

function allocate(wasm: ZstdWasm, count: number): number {
  const at = wasm._malloc(Math.max(count, 1))
  if (at === 0) throw new RangeError(`no memory for ${count} bytes of zstd data`)
  return at
}

function copyOut(wasm: ZstdWasm, at: number, length: number): Uint8Array {
  const copy = allocateBytes(length)
  copy.set(wasm.HEAPU8.subarray(at, at + length))
  return copy
}

interface NativeLibrary {
  compress(bytes: Uint8Array, level: number): Promise<Uint8Array>
  decompress(bytes: Uint8Array): Promise<Uint8Array>
}
let native: NativeLibrary | null | undefined

// The package's entry drops the level; its bindings take it.
function nativeLibrary(): NativeLibrary | undefined {
  if (native === undefined) native = loadModule<NativeLibrary>('@mongodb-js/zstd/bindings.js') ?? null
  return native ?? undefined
}

const NATIVE_WINDOW_BYTES_MAX = 8 * 1024 * 1024

/** The native library knows no limit: it gets one frame that cannot exceed it, and no window larger than needed. */
function isSafeForNative(extent: ZstdExtent, maxBytes: number): boolean {
  if (extent.frames !== 1 || extent.maxContentBytes > maxBytes) return false
  return extent.windowBytes <= Math.max(NATIVE_WINDOW_BYTES_MAX, extent.maxContentBytes)
}

function asBuffer(bytes: Uint8Array): Uint8Array {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
