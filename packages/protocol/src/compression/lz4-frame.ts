import { ByteReader, ByteWriter, MalformedError, concatBytes, lz4Block, xxhash32 } from '@samsa/base'
import { type Steps, compressing, inflating } from './steps.ts'

// The lz4 frame format, all numbers little-endian:
//
//   magic:4  flags:1  block size:1  [content size:8]  header checksum:1
//   ( length:4  block  [checksum:4] ) …   0:4  [content checksum:4]
//
// The header checksum is the second byte of the xxHash32 of what lies between the magic number and it. Kafka's first
// clients included the magic number, and this stayed so for messages v0: their readers ignore it.

const MAGIC = 0x184d2204
const MAGIC_BYTES = 4
const STORED_BIT = 0x8000_0000
const WRITTEN_BLOCK_BYTES = 64 * 1024

// Flags: bits 6–7 are the version; bits 0 and 1, a dictionary and a reserved one, are never set in Kafka.
const VERSION_FLAG = 0b0100_0000
const VERSION_BITS = 0b1100_0000
const INDEPENDENT_FLAG = 0b10_0000
const BLOCK_CHECKSUM_FLAG = 0b1_0000
const CONTENT_SIZE_FLAG = 0b1000
const CONTENT_CHECKSUM_FLAG = 0b100
const UNSUPPORTED_FLAGS = 0b11

/** Compresses to a frame of independent 64 KB blocks, without checksums and content size, as the Java client does. */
export function* compressLz4(bytes: Uint8Array, magic: number): Steps {
  const writer = new ByteWriter(64 + (bytes.length >>> 1))
  writer.bytes(frameHeader(magic))
  for (let at = 0; at < bytes.length; at += WRITTEN_BLOCK_BYTES) {
    const block = bytes.subarray(at, at + WRITTEN_BLOCK_BYTES)
    const compressed = yield compressing(lz4Block, block)
    if (compressed.length < block.length) writeBlock(writer, compressed, compressed.length)
    else writeBlock(writer, block, block.length + STORED_BIT)
  }
  writer.int32(0)
  return writer.toBytes()
}

function frameHeader(magic: number): Uint8Array {
  const header = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, VERSION_FLAG | INDEPENDENT_FLAG, 4 << 4, 0)
  header[6] = headerChecksum(header, magic === 0 ? 0 : MAGIC_BYTES, 6)
  return header
}

function writeBlock(writer: ByteWriter, block: Uint8Array, length: number): void {
  for (let shift = 0; shift < 32; shift += 8) writer.uint8((length >>> shift) & 0xff)
  writer.bytes(block)
}

function headerChecksum(bytes: Uint8Array, start: number, end: number): number {
  return (xxhash32(bytes, start, end) >>> 8) & 0xff
}

/** Inflates one frame; what follows it is ignored, as Kafka does. */
export function* inflateLz4(bytes: Uint8Array, maxBytes: number, magic: number): Steps {
  const reader = new ByteReader(bytes)
  const frame = readHeader(reader, magic)
  if (frame.contentBytes !== undefined && frame.contentBytes > maxBytes) throw tooLarge(maxBytes)
  const parts: Uint8Array[] = []
  let room = maxBytes
  for (let length = uint32(reader); length !== 0; length = uint32(reader)) {
    const block = readBlock(reader, frame, length >= STORED_BIT ? length - STORED_BIT : length)
    const content =
      length >= STORED_BIT ? block : yield inflating(lz4Block, block, Math.min(room, frame.blockBytesMax))
    room -= content.length
    if (room < 0) throw tooLarge(maxBytes)
    parts.push(content)
  }
  const content = parts.length === 0 ? new Uint8Array(0) : concatBytes(parts)
  checkContent(reader, frame, content)
  return content
}

interface Frame {
  flags: number
  blockBytesMax: number
  contentBytes: number | undefined
}

function readHeader(reader: ByteReader, magic: number): Frame {
  if (uint32(reader) !== MAGIC) throw damaged('it does not start with the magic number')
  const flags = reader.uint8()
  checkFlags(flags)
  const blockBytesMax = blockSize(reader.uint8())
  const contentBytes =
    (flags & CONTENT_SIZE_FLAG) === 0 ? undefined : uint32(reader) + uint32(reader) * 2 ** 32
  const computed = headerChecksum(reader.bytes, MAGIC_BYTES, reader.position)
  if (reader.uint8() !== computed && magic !== 0) throw damaged('the checksum of its header is wrong')
  return { flags, blockBytesMax, contentBytes }
}

function checkFlags(flags: number): void {
  if ((flags & VERSION_BITS) !== VERSION_FLAG) throw damaged('its version is unknown')
  if ((flags & UNSUPPORTED_FLAGS) !== 0) throw damaged('it sets a reserved flag or needs a dictionary')
  if ((flags & INDEPENDENT_FLAG) === 0)
    throw damaged('its blocks depend on each other, which Kafka does not allow')
}

/** 64 KB, 256 KB, 1 MB or 4 MB, as 4 to 7 in bits 4–6 of the descriptor. */
function blockSize(descriptor: number): number {
  const size = descriptor >>> 4
  if ((descriptor & 0b1000_1111) !== 0 || size < 4) throw damaged('its block size is none')
  return 2 ** (8 + 2 * size)
}

function readBlock(reader: ByteReader, frame: Frame, length: number): Uint8Array {
  if (length > frame.blockBytesMax) throw damaged(`a block of ${length} bytes exceeds ${frame.blockBytesMax}`)
  const block = reader.slice(length)
  if ((frame.flags & BLOCK_CHECKSUM_FLAG) !== 0 && uint32(reader) !== xxhash32(block)) {
    throw damaged('the checksum of a block is wrong')
  }
  return block
}

function checkContent(reader: ByteReader, frame: Frame, content: Uint8Array): void {
  if (frame.contentBytes !== undefined && frame.contentBytes !== content.length) {
    throw damaged(`it states ${frame.contentBytes} bytes of content and has ${content.length}`)
  }
  if ((frame.flags & CONTENT_CHECKSUM_FLAG) !== 0 && uint32(reader) !== xxhash32(content)) {
    throw damaged('the checksum of its content is wrong')
  }
}

function uint32(reader: ByteReader): number {
  const at = reader.skip(4)
  const { bytes } = reader
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

function tooLarge(maxBytes: number): MalformedError {
  return new MalformedError(`lz4 data inflates to more than the ${maxBytes} bytes allowed here`)
}

function damaged(reason: string): MalformedError {
  return new MalformedError(`damaged lz4 frame: ${reason}`)
}
