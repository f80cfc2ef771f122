import { gzip, zstd } from '@samsa/base'
import type { Compression } from './compression.ts'
import { compressLz4, inflateLz4 } from './lz4-frame.ts'
import { type Steps, compressing, inflating, runLater, runNow } from './steps.ts'
import { compressXerial, inflateSnappy } from './xerial.ts'

/**
 * Compresses the records of a batch in the framing Kafka gives the codec.
 *
 * `level` is the codec's own (gzip 1–9, zstd up to 22; the others have none), its default when missing. `magic` is
 * the version of the batch: 0 has its own lz4 framing. The result of 'none' is `bytes` itself.
 */
export function compress(codec: Compression, bytes: Uint8Array, level?: number, magic = 2): Uint8Array {
  return runNow(compressSteps(codec, bytes, level, magic))
}

/**
 * Inflates what `compress` or another Kafka client made. Throws `MalformedError` when it is damaged or inflates to
 * more than `maxBytes`, before more than that is allocated. The result may share memory with `bytes`.
 */
export function decompress(codec: Compression, bytes: Uint8Array, maxBytes: number, magic = 2): Uint8Array {
  return runNow(inflateSteps(codec, bytes, maxBytes, magic))
}

/** `compress` off the event loop, for input of some hundred kilobytes, which must not change meanwhile. */
export function compressAsync(
  codec: Compression,
  bytes: Uint8Array,
  level?: number,
  magic = 2,
): Promise<Uint8Array> {
  return runLater(compressSteps(codec, bytes, level, magic))
}

/** `decompress` off the event loop, for input of some hundred kilobytes, which must not change meanwhile. */
export function decompressAsync(
  codec: Compression,
  bytes: Uint8Array,
  maxBytes: number,
  magic = 2,
): Promise<Uint8Array> {
  return runLater(inflateSteps(codec, bytes, maxBytes, magic))
}

function* compressSteps(
  codec: Compression,
  bytes: Uint8Array,
  level: number | undefined,
  magic: number,
): Steps {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return yield compressing(gzip, bytes, level)
    case 'snappy':
      return yield* compressXerial(bytes)
    case 'lz4':
      return yield* compressLz4(bytes, magic)
    case 'zstd':
      return yield compressing(zstd, bytes, level)
  }
}

function* inflateSteps(codec: Compression, bytes: Uint8Array, maxBytes: number, magic: number): Steps {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return yield inflating(gzip, bytes, maxBytes)
    case 'snappy':
      return yield* inflateSnappy(bytes, maxBytes)
    case 'lz4':
      return yield* inflateLz4(bytes, maxBytes, magic)
    case 'zstd':
      return yield inflating(zstd, bytes, maxBytes)
  }
}
