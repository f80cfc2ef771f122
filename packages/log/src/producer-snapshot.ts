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
import { type ProducerBatch, type ProducerEntry, subtractFromSequence } from './producer-entry.ts'

// A snapshot of the producers a partition knows, as Apache Kafka writes it:
//
//   version:2 (1)  crc-32c of the rest:4  count:4  entries …
//   entry: producer id:8  epoch:2  last sequence:4  last offset:8  offset delta:4  timestamp:8  coordinator epoch:4
//          first offset of the transaction under way:8
//
// Apache Kafka writes one entry a producer, with its last batch, and so does not recognise earlier ones that are
// repeated after a restart. Here each of the last batches has an entry, oldest first: Kafka reads them too, and keeps the
// last one of each producer.

const VERSION = 1
const CRC_AT = 2
const COUNT_AT = 6
const ENTRIES_AT = 10
const ENTRY_BYTES = 46

export function encodeProducerSnapshot(entries: ReadonlyMap<number, ProducerEntry>): Uint8Array {
  let count = 0
  for (const { batches } of entries.values()) count += Math.max(1, batches.length)
  const bytes = new Uint8Array(ENTRIES_AT + count * ENTRY_BYTES)
  writeInt16(bytes, 0, VERSION)
  writeInt32(bytes, COUNT_AT, count)
  let at = ENTRIES_AT
  for (const entry of entries.values()) {
    for (let i = 0; i < Math.max(1, entry.batches.length); i++) {
      encodeEntry(bytes, at, entry, entry.batches[i])
      at += ENTRY_BYTES
    }
  }
  writeUint32(bytes, CRC_AT, crc32c(bytes, COUNT_AT, bytes.length))
  return bytes
}

// The timestamp is the producer's in all of its entries: Kafka forgets them together.
function encodeEntry(
  bytes: Uint8Array,
  at: number,
  entry: ProducerEntry,
  batch: ProducerBatch | undefined,
): void {
  writeInt64(bytes, at, entry.producerId)
  writeInt16(bytes, at + 8, entry.epoch)
  writeInt32(bytes, at + 10, batch?.lastSequence ?? -1)
  writeInt64(bytes, at + 14, batch?.lastOffset ?? -1)
  writeInt32(bytes, at + 22, batch === undefined ? 0 : batch.lastOffset - batch.firstOffset)
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
  const entries = new Map<number, ProducerEntry>()
  for (let i = 0; i < count; i++) {
    const entry = decodeEntry(reader)
    const before = entries.get(entry.producerId)
    const batches = before?.epoch === entry.epoch ? [...before.batches, ...entry.batches] : entry.batches
    entries.set(entry.producerId, { ...entry, batches })
  }
  return [...entries.values()]
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
