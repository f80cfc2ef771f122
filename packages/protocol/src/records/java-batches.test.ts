import { readFileSync } from 'node:fs'
import { equalBytes } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import type { Compression } from '../compression/compression.ts'
import { checkBatch, nextBatch } from './batch-check.ts'
import { decodeBatch, decodeBatchAsync } from './batch-decoder.ts'
import { encodeBatch } from './batch-encoder.ts'
import {
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchLastOffset,
  batchLastSequence,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  compressionOf,
  isControl,
  isTransactional,
  timestampTypeOf,
} from './batch-header.ts'
import { decodeControlRecord, encodeEndTransactionMarker } from './control-record.ts'
import { downConvert, upConvert } from './conversion.ts'
import { decodeMessageSet } from './message-decoder.ts'
import { encodeMessageSet } from './message-encoder.ts'
import type { Record } from './record.ts'

// What Apache Kafka wrote and what it read from that: see fixtures/wire/records/README.md.
interface Fixture {
  name: string
  magic: 0 | 1 | 2
  compression: Compression
  bytes: string
  records?: FixtureRecord[]
  repeats?: { records: number; byte: number; length: number }
}
interface FixtureRecord {
  offset: number
  timestamp: number
  sequence: number
  key: string | null
  value: string | null
  headers: [string, string | null][]
}

const file = new URL('../../../../fixtures/wire/records/java-batches.json', import.meta.url)
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixture[]
const limits = { maxInflatedBytes: 1 << 20 }

const bytesOf = (fixture: Fixture) => Uint8Array.from(Buffer.from(fixture.bytes, 'hex'))
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('hex'))
const named = (name: string) => bytesOf(fixtures.find(fixture => fixture.name === name)!)
const withRecords = fixtures.filter(fixture => fixture.records !== undefined)
const batches = withRecords.filter(fixture => fixture.magic === 2)
const messageSets = withRecords.filter(fixture => fixture.magic < 2)

function readable(record: Record): FixtureRecord {
  const { offset, timestamp, sequence } = record
  const headers = record.headers.map(({ key, value }): [string, string | null] => [key, hex(value)])
  return { offset, timestamp, sequence, key: hex(record.key), value: hex(record.value), headers }
}

function decode(bytes: Uint8Array, magic: number): Record[] {
  return magic === 2 ? decodeBatch(bytes, 0, limits) : decodeMessageSet(bytes, limits)
}

describe('what Apache Kafka wrote', () => {
  it.each(withRecords)('$name decodes to the records Kafka reads', fixture => {
    expect(decode(bytesOf(fixture), fixture.magic).map(readable)).toEqual(fixture.records)
  })

  it.each(fixtures)('$name passes the check, and no longer once a byte differs', fixture => {
    const bytes = bytesOf(fixture)
    for (let at = 0; at < bytes.length; at = nextBatch(bytes, at, bytes.length)) {
      expect(checkBatch(bytes, at, bytes.length)).toBe('NONE')
      const end = nextBatch(bytes, at, bytes.length)
      for (const damaged of [at + 21, end - 1]) {
        bytes[damaged]! ^= 0x40
        expect(checkBatch(bytes, at, bytes.length)).toBe('CORRUPT_MESSAGE')
        bytes[damaged]! ^= 0x40
      }
      expect(checkBatch(bytes, at, end - 1)).toBe('CORRUPT_MESSAGE')
    }
  })

  it.each(fixtures.filter(fixture => fixture.repeats))(
    '$name decodes, also off the event loop',
    async fixture => {
      const { records, byte, length } = fixture.repeats!
      const expected = new Uint8Array(length).fill(byte)
      const decoded = [
        decodeBatch(bytesOf(fixture), 0, limits),
        await decodeBatchAsync(bytesOf(fixture), 0, limits),
      ]
      for (const some of decoded) {
        expect(some.length).toBe(records)
        expect(some.every(record => equalBytes(record.value!, expected))).toBe(true)
      }
    },
  )

  it('has its fields where the accessors look', () => {
    const bytes = named('v2 idempotent')
    expect({
      baseOffset: batchBaseOffset(bytes, 0),
      leaderEpoch: batchLeaderEpoch(bytes, 0),
      lastOffset: batchLastOffset(bytes, 0),
      baseTimestamp: batchBaseTimestamp(bytes, 0),
      maxTimestamp: batchMaxTimestamp(bytes, 0),
      producerId: batchProducerId(bytes, 0),
      producerEpoch: batchProducerEpoch(bytes, 0),
      baseSequence: batchBaseSequence(bytes, 0),
      lastSequence: batchLastSequence(bytes, 0),
      recordCount: batchRecordCount(bytes, 0),
    }).toEqual({
      baseOffset: 12,
      leaderEpoch: 5,
      lastOffset: 15,
      baseTimestamp: 1700000000000,
      maxTimestamp: 1700000100000,
      producerId: 9007199254740000,
      producerEpoch: 7,
      baseSequence: 2147483646,
      lastSequence: 1,
      recordCount: 4,
    })
  })

  it('of markers says how the transaction ended', () => {
    const [commit] = decodeBatch(named('v2 commit marker'), 0, limits)
    const [abort] = decodeBatch(named('v2 abort marker'), 0, limits)
    expect(decodeControlRecord(commit!)).toEqual({ type: 'COMMIT', coordinatorEpoch: 17 })
    expect(decodeControlRecord(abort!)).toEqual({ type: 'ABORT', coordinatorEpoch: 18 })
  })
})

describe('what Samsa writes', () => {
  /** The batch again, from what was read of it. */
  function rewrite(bytes: Uint8Array): Uint8Array {
    const attributes = batchAttributes(bytes, 0)
    return encodeBatch({
      baseOffset: batchBaseOffset(bytes, 0),
      leaderEpoch: batchLeaderEpoch(bytes, 0),
      producerId: batchProducerId(bytes, 0),
      producerEpoch: batchProducerEpoch(bytes, 0),
      baseSequence: batchBaseSequence(bytes, 0),
      isTransactional: isTransactional(attributes),
      isControl: isControl(attributes),
      timestampType: timestampTypeOf(attributes),
      lastOffset: batchLastOffset(bytes, 0),
      baseTimestamp: batchBaseTimestamp(bytes, 0),
      maxTimestamp: batchMaxTimestamp(bytes, 0),
      compression: compressionOf(attributes),
      records: decodeBatch(bytes, 0, limits),
    })
  }
  const isCreateTime = (fixture: Fixture) => !fixture.name.endsWith('log append time')

  it.each(batches.filter(fixture => fixture.compression === 'none' && isCreateTime(fixture)))(
    '$name is what Kafka writes, to the byte',
    fixture => {
      expect(hex(rewrite(bytesOf(fixture)))).toBe(fixture.bytes)
    },
  )

  it.each(batches)('$name holds the same records', fixture => {
    const written = rewrite(bytesOf(fixture))
    expect(checkBatch(written, 0, written.length)).toBe('NONE')
    expect(decodeBatch(written, 0, limits).map(readable)).toEqual(fixture.records)
  })

  it.each(messageSets.filter(fixture => fixture.compression === 'none' && isCreateTime(fixture)))(
    '$name is what Kafka writes, to the byte',
    fixture => {
      const records = decodeMessageSet(bytesOf(fixture), limits)
      expect(hex(encodeMessageSet(fixture.magic as 0 | 1, records))).toBe(fixture.bytes)
    },
  )

  it.each(messageSets.filter(isCreateTime))('$name holds the same records', fixture => {
    const records = decodeMessageSet(bytesOf(fixture), limits)
    const written = encodeMessageSet(fixture.magic as 0 | 1, records, { compression: fixture.compression })
    expect(decodeMessageSet(written, limits).map(readable)).toEqual(fixture.records)
  })

  it('are the markers Kafka writes, to the byte', () => {
    const commit = encodeEndTransactionMarker({
      type: 'COMMIT',
      coordinatorEpoch: 17,
      producerId: 4001,
      producerEpoch: 3,
      timestamp: 1700000000123,
      baseOffset: 42,
      leaderEpoch: 9,
    })
    expect(hex(commit)).toBe(hex(named('v2 commit marker')))
  })
})

describe('conversion', () => {
  const data = batches.filter(fixture => fixture.compression !== 'zstd' && !fixture.name.includes('marker'))

  it.each(data)('of $name to message sets keeps all but headers and sequences', fixture => {
    for (const magic of [0, 1] as const) {
      const converted = downConvert(bytesOf(fixture), magic, limits) as Uint8Array
      const expected = fixture.records!.map(record => ({
        ...record,
        timestamp: magic === 0 ? -1 : record.timestamp,
        sequence: -1,
        headers: [],
      }))
      expect(decodeMessageSet(converted, limits).map(readable)).toEqual(expected)
    }
  })

  it.each(messageSets)('of $name to a batch keeps the records and gives out new offsets', fixture => {
    const batch = upConvert(bytesOf(fixture), { ...limits, baseOffset: 7 })
    expect(batchMagic(batch, 0)).toBe(2)
    expect(checkBatch(batch, 0, batch.length)).toBe('NONE')
    expect(compressionOf(batchAttributes(batch, 0))).toBe(fixture.compression)
    const expected = fixture.records!.map((record, index) => ({ ...record, offset: 7 + index }))
    expect(decodeBatch(batch, 0, limits).map(readable)).toEqual(expected)
  })

  it.each(messageSets.filter(fixture => fixture.magic === 1))(
    'of $name to version 0 drops timestamps',
    fixture => {
      const converted = downConvert(bytesOf(fixture), 0, limits) as Uint8Array
      const expected = fixture.records!.map(record => ({ ...record, timestamp: -1 }))
      expect(decodeMessageSet(converted, limits).map(readable)).toEqual(expected)
    },
  )

  it('leaves out control batches and what is cut off at the end', () => {
    const parts = [named('v2 commit marker'), named('v2 gzip'), named('v2 none').subarray(0, 300)]
    const bytes = Uint8Array.from(parts.flatMap(part => [...part]))
    const converted = downConvert(bytes, 1, limits) as Uint8Array
    expect(decodeMessageSet(converted, limits).map(record => record.offset)).toEqual([1000, 1001, 1002, 1003])
  })

  it('leaves out uncompressed records before the offset asked for', () => {
    const from = { ...limits, firstOffset: 1002 }
    const offsets = (name: string) =>
      decodeMessageSet(downConvert(named(name), 1, from) as Uint8Array, limits).map(record => record.offset)
    expect(offsets('v2 none')).toEqual([1002, 1003])
    expect(offsets('v2 gzip')).toEqual([1000, 1001, 1002, 1003])
  })

  it('of zstd is an error that old consumers understand', () => {
    expect(downConvert(named('v2 zstd'), 1, limits)).toBe('UNSUPPORTED_COMPRESSION_TYPE')
  })
})
