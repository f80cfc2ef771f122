import {
  ByteReader,
  MalformedError,
  crc32c,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt64,
  writeUint32,
} from '@samsa/base'
import { type ProducerEntry, subtractFromSequence } from './producer-entry.ts'

// A snapshot of the producers a partition knows, as Apache Kafka writes it:
//
//   version:2 (1)  crc-32c of the rest:4  count:4  entries …
//   entry: producer id:8  epoch:2  last sequence:4  last offset:8  offset delta:4  timestamp:8  coordinator epoch:4
//          first offset of the transaction under way:8

const VERSION = 1
const CRC_AT = 2
const COUNT_AT = 6
const ENTRIES_AT = 10
const ENTRY_BYTES = 46

export function encodeProducerSnapshot(entries: ReadonlyMap<number, ProducerEntry>): Uint8Array {
  const bytes = new Uint8Array(ENTRIES_AT + entries.size * ENTRY_BYTES)
  writeInt16(bytes, 0, VERSION)
  writeInt32(bytes, COUNT_AT, entries.size)
  let at = ENTRIES_AT
  for (const entry of entries.values()) {
    encodeEntry(bytes, at, entry)
    at += ENTRY_BYTES
  }
  writeUint32(bytes, CRC_AT, crc32c(bytes, COUNT_AT, bytes.length))
  return bytes
}

function encodeEntry(bytes: Uint8Array, at: number, entry: ProducerEntry): void {
  const last = entry.batches.at(-1)
  writeInt64(bytes, at, entry.producerId)
  writeInt16(bytes, at + 8, entry.epoch)
  writeInt32(bytes, at + 10, last?.lastSequence ?? -1)
  writeInt64(bytes, at + 14, last?.lastOffset ?? -1)
  writeInt32(bytes, at + 22, last === undefined ? 0 : last.lastOffset - last.firstOffset)
  writeInt64(bytes, at + 26, entry.lastTimestamp)
  writeInt32(bytes, at + 34, entry.coordinatorEpoch)
  writeInt64(bytes, at + 38, entry.transactionStart)
}

/** Throws `MalformedError` when the bytes are no snapshot, or a damaged one. */
export function decodeProducerSnapshot(bytes: Uint8Array): ProducerEntry[] {
  const reader = new ByteReader(bytes)
  const version = reader.int16()
  if (version !== VERSION) throw new MalformedError(`producer snapshot of version ${version}`)
  reader.skip(4)
  const count = reader.int32()
  if (readUint32(bytes, CRC_AT) !== crc32c(bytes, COUNT_AT, bytes.length)) {
    throw new MalformedError('the checksum of a producer snapshot is wrong')
  }
  const entries: ProducerEntry[] = []
  for (let i = 0; i < count; i++) entries.push(decodeEntry(reader))
  return entries
}

function decodeEntry(reader: ByteReader): ProducerEntry {
  const producerId = reader.int64()
  const epoch = reader.int16()
  const lastSequence = reader.int32()
  const lastOffset = reader.int64()
  const offsetDelta = reader.int32()
  const lastTimestamp = reader.int64()
  const coordinatorEpoch = reader.int32()
  const transactionStart = reader.int64()
  const batch = {
    firstSequence: subtractFromSequence(lastSequence, offsetDelta),
    lastSequence,
    firstOffset: lastOffset - offsetDelta,
    lastOffset,
    timestamp: lastTimestamp,
  }
  const batches = lastOffset >= 0 ? [batch] : []
  return { producerId, epoch, coordinatorEpoch, lastTimestamp, transactionStart, batches }
}
