import { MalformedError } from '../bytes/malformed-error.ts'

// Zstandard frames, as far as one must read them to know how much they can inflate to (RFC 8878, section 3.1.1):
//
//   magic:4  descriptor:1  [window:1]  [dictionary id:0–4]  [content size:0–8]  blocks …  [checksum:4]
//
// A block is a header of three bytes (bit 0 last, bits 1–2 type, the rest a size) and its content.

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 * 1024
// Types of blocks; type 0 is stored as it is, type 3 is reserved.
const RUN_LENGTH = 1
const COMPRESSED = 2

export interface ZstdExtent {
  /** The content's size when every frame states it. */
  contentBytes: number | undefined
  /** The content is not larger than this. */
  maxContentBytes: number
  frames: number
  /** The largest window a frame asks for, which is memory for one who decompresses it as a stream. */
  windowBytes: number
}

/** What whole frames one after the other say about their content; throws `MalformedError` when they are none. */
export function zstdExtent(bytes: Uint8Array): ZstdExtent {
  const extent: ZstdExtent = { contentBytes: 0, maxContentBytes: 0, frames: 0, windowBytes: 0 }
  let at = 0
  do at = skipFrame(bytes, at, extent)
  while (at < bytes.length)
  return extent
}

function skipFrame(bytes: Uint8Array, at: number, extent: ZstdExtent): number {
  const magic = littleEndian(bytes, at, 4)
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC)
    return inside(bytes, at + 8 + littleEndian(bytes, at + 4, 4))
  if (magic !== FRAME_MAGIC) throw damaged('a frame does not start with the magic number')
  return skipBlocks(bytes, at + 4, extent)
}

function skipBlocks(bytes: Uint8Array, descriptorAt: number, extent: ZstdExtent): number {
  const header = readHeader(bytes, descriptorAt)
  const blockBytesMax = Math.min(header.windowBytes, MAX_BLOCK_BYTES)
  let at = header.end
  let maxBytes = 0
  for (let last = false; !last; ) {
    const block = littleEndian(bytes, at, 3)
    const size = block >>> 3
    const type = (block >>> 1) & 3
    last = (block & 1) === 1
    if (type > COMPRESSED) throw damaged('a block has a reserved type')
    maxBytes += type === COMPRESSED ? blockBytesMax : size
    at = inside(bytes, at + 3 + (type === RUN_LENGTH ? 1 : size))
  }
  addFrame(extent, header, maxBytes)
  return inside(bytes, header.hasChecksum ? at + 4 : at)
}

function addFrame(extent: ZstdExtent, header: FrameHeader, maxBytes: number): void {
  const stated = header.contentBytes
  if (stated !== undefined && stated > maxBytes)
    throw damaged(`its blocks cannot hold the ${stated} bytes it states`)
  const before = extent.contentBytes
  extent.contentBytes = before === undefined || stated === undefined ? undefined : before + stated
  extent.maxContentBytes += stated ?? maxBytes
  extent.frames++
  extent.windowBytes = Math.max(extent.windowBytes, header.windowBytes)
}

interface FrameHeader {
  contentBytes: number | undefined
  windowBytes: number
  hasChecksum: boolean
  end: number
}

function readHeader(bytes: Uint8Array, descriptorAt: number): FrameHeader {
  const descriptor = littleEndian(bytes, descriptorAt, 1)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6]!
  const windowAt = descriptorAt + 1
  const sizeAt = windowAt + (isSingleSegment ? 0 : 1) + dictionaryBytes
  const contentBytes =
    sizeBytes === 0 ? undefined : littleEndian(bytes, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  const windowBytes = isSingleSegment ? contentBytes! : windowSize(littleEndian(bytes, windowAt, 1))
  return {
    contentBytes,
    windowBytes,
    hasChecksum: (descriptor & 4) !== 0,
    end: inside(bytes, sizeAt + sizeBytes),
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  inside(bytes, at + count)
  let value = 0
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!
  return value
}

function inside(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw damaged('it ends in the middle of a frame')
  return end
}

function damaged(reason: string): MalformedError {
  return new MalformedError(`damaged zstd data: ${reason}`)
}
