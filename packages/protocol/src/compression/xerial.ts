import { ByteReader, ByteWriter, MalformedError, snappyBlock } from '@samsa/base'
import { type Steps, compressing, inflating } from './steps.ts'

// What Java's snappy library writes, and with it everyone who follows the Java client:
//
//   0x82 "SNAPPY" 0x00   version:4   compatible version:4   ( length:4  raw snappy block ) …
//
// A second header may stand wherever a length may: the stream can be a concatenation. Some clients write one raw block
// without any of this.

const MAGIC = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00)
const VERSION = 1
const HEADER_BYTES = 16
/** The start of the magic number where a length should be. */
const MAGIC_AS_LENGTH = 0x82534e41 | 0
const BLOCK_BYTES = 32 * 1024

/** Compresses in blocks of 32 KB behind a header, as the Java client does. */
export function* compressXerial(bytes: Uint8Array): Steps {
  const writer = new ByteWriter(HEADER_BYTES + 64 + (bytes.length >>> 1))
  writer.bytes(MAGIC)
  writer.int32(VERSION)
  writer.int32(VERSION)
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = yield compressing(snappyBlock, bytes.subarray(at, at + BLOCK_BYTES))
    writer.int32(block.length)
    writer.bytes(block)
  }
  return writer.toBytes()
}

/** Inflates blocks behind a header, or else one raw block. */
export function* inflateSnappy(bytes: Uint8Array, maxBytes: number): Steps {
  if (!startsWithMagic(bytes)) return yield inflating(snappyBlock, bytes, maxBytes)
  const reader = new ByteReader(bytes)
  reader.skip(4)
  skipHeader(reader)
  const content = new ByteWriter(0)
  while (reader.remaining > 0) {
    const length = reader.int32()
    if (length === MAGIC_AS_LENGTH) skipHeader(reader)
    else content.reference(yield inflating(snappyBlock, reader.slice(length), maxBytes - content.length))
  }
  return content.toBytes()
}

function startsWithMagic(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && MAGIC.every((byte, at) => bytes[at] === byte)
}

/** Moves over a header whose first four bytes were read. */
function skipHeader(reader: ByteReader): void {
  reader.skip(8)
  const compatible = reader.int32()
  if (compatible !== VERSION) {
    throw new MalformedError(
      `snappy data of version ${compatible} cannot be read, only of version ${VERSION}`,
    )
  }
}
