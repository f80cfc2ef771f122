import { crc32, readUint32 } from '@samsa/base'
import { compressions } from '../compression/compression.ts'
import {
  BATCH_HEADER_BYTES,
  BATCH_PREFIX_BYTES,
  MAGIC_AT,
  batchAttributes,
  batchCrc,
  batchLength,
  batchMagic,
  compressionIdOf,
  computeBatchCrc,
} from './batch-header.ts'

/** Bytes of a message v0 without its key and value: offset, length, CRC, magic, attributes and two lengths. */
export const MESSAGE_V0_BYTES = 26
/** A message v1 has a timestamp, too. */
export const MESSAGE_V1_BYTES = 34
const MESSAGE_CRC_AT = 12
const SMALLEST_BYTES = MESSAGE_V0_BYTES

/**
 * Whether a whole batch (or message v0 or v1) starts at `at` and ends by `end`: its length, magic, codec and
 * checksum. It does not look at the records.
 */
export function checkBatch(bytes: Uint8Array, at: number, end: number): 'NONE' | 'CORRUPT_MESSAGE' {
  const next = nextBatch(bytes, at, end)
  if (next < 0) return 'CORRUPT_MESSAGE'
  return batchMagic(bytes, at) === 2 ? checkBatchV2(bytes, at) : checkMessage(bytes, at, next)
}

function checkBatchV2(bytes: Uint8Array, at: number): 'NONE' | 'CORRUPT_MESSAGE' {
  if (compressionIdOf(batchAttributes(bytes, at)) >= compressions.length) return 'CORRUPT_MESSAGE'
  return batchCrc(bytes, at) === computeBatchCrc(bytes, at) ? 'NONE' : 'CORRUPT_MESSAGE'
}

function checkMessage(bytes: Uint8Array, at: number, next: number): 'NONE' | 'CORRUPT_MESSAGE' {
  const stated = readUint32(bytes, at + MESSAGE_CRC_AT)
  return stated === crc32(bytes, at + MAGIC_AT, next) ? 'NONE' : 'CORRUPT_MESSAGE'
}

/**
 * Where the batch (or message v0 or v1) at `at` ends and the next one starts, or -1 when no whole one lies before
 * `end`: what is there is cut off, or its length or magic is none. The checksum is not looked at.
 */
export function nextBatch(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < SMALLEST_BYTES) return -1
  const length = batchLength(bytes, at)
  if (length > end - at || length < smallestLength(batchMagic(bytes, at))) return -1
  return at + length
}

/**
 * Bytes of the batch that starts at `at` when `BATCH_PREFIX_BYTES + 5` bytes of it are there, for one that reads
 * batches from a file: -1 when they state an impossible length or magic.
 */
export function statedBatchLength(bytes: Uint8Array, at: number): number {
  const length = batchLength(bytes, at)
  return length < smallestLength(batchMagic(bytes, at)) ? -1 : length
}

/** Bytes `statedBatchLength` needs. */
export const STATED_LENGTH_BYTES = BATCH_PREFIX_BYTES + 5

function smallestLength(magic: number): number {
  if (magic === 2) return BATCH_HEADER_BYTES
  if (magic === 1) return MESSAGE_V1_BYTES
  if (magic === 0) return MESSAGE_V0_BYTES
  return Number.POSITIVE_INFINITY
}
