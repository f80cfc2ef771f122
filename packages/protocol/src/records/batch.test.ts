import { MalformedError, crc32, equalBytes, gzip, snappyBlock, writeInt32, writeUint32 } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Compression, compressions } from '../compression/compression.ts'
import { checkBatch, nextBatch, statedBatchLength } from './batch-check.ts'
import { decodeBatch, decodeBatchAsync, visitBatch } from './batch-decoder.ts'
import { encodeBatch, encodeBatchAsync } from './batch-encoder.ts'
import {
  BATCH_HEADER_BYTES,
  addToSequence,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchBaseTimestamp,
  batchCrc,
  batchLastOffset,
  batchLastSequence,
  batchLeaderEpoch,
  batchLength,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  hasDeleteHorizon,
  setBatchBaseOffset,
  setBatchLeaderEpoch,
  setBatchMaxTimestamp,
  setBatchProducer,
  timestampTypeOf,
  updateBatchCrc,
} from './batch-header.ts'
import { downConvert, upConvert } from './conversion.ts'
import { decodeMessageSet } from './message-decoder.ts'
import { encodeMessageSet } from './message-encoder.ts'
import type { RecordContent } from './record.ts'

const limits = { maxInflatedBytes: 1 << 20 }
const nullable = fc.option(fc.uint8Array({ maxLength: 60 }))
const timestamp = fc.oneof(
  fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
  fc.constantFrom(-1, 0, 2 ** 52),
)
const record: fc.Arbitrary<RecordContent> = fc.record({
  timestamp,
  key: nullable,
  value: nullable,
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value: nullable }), { maxLength: 3 }),
})
const records = fc.array(record, { minLength: 1, maxLength: 20 })
const offset = fc.integer({ min: 0, max: 2 ** 52 })
const anyCodec = fc.constantFrom(...compressions)
const oldCodec: fc.Arbitrary<Compression> = fc.constantFrom('none', 'gzip', 'snappy', 'lz4')

describe('a batch', () => {
  it('decodes to what was encoded, whatever the codec', async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        offset,
        anyCodec,
        fc.nat(),
        async (content, baseOffset, compression, baseSequence) => {
          const batch = {
            records: content,
            baseOffset,
            compression,
            producerId: 1,
            producerEpoch: 0,
            baseSequence,
          }
          const bytes = encodeBatch(batch)
          expect(checkBatch(bytes, 0, bytes.length)).toBe('NONE')
          expect(nextBatch(bytes, 0, bytes.length)).toBe(bytes.length)
          expect(statedBatchLength(bytes, 0)).toBe(bytes.length)
          const expected = content.map((one, index) => ({
            ...one,
            offset: baseOffset + index,
            sequence: addToSequence(baseSequence, index),
          }))
          expect(decodeBatch(bytes, 0, limits)).toEqual(expected)
          expect(await decodeBatchAsync(await encodeBatchAsync(batch), 0, limits)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has the header that was asked for', () => {
    const header = fc.record({
      baseOffset: offset,
      leaderEpoch: fc.nat(),
      producerId: fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
      producerEpoch: fc.integer({ min: -1, max: 32767 }),
      baseSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    })
    const check = (header: Parameters<typeof expectHeader>[1], content: RecordContent[]) => {
      const bytes = encodeBatch({ ...header, records: content })
      expectHeader(bytes, header)
      expect(batchRecordCount(bytes, 0)).toBe(content.length)
      expect(batchLastOffset(bytes, 0)).toBe(header.baseOffset + content.length - 1)
      expect(batchMaxTimestamp(bytes, 0)).toBe(Math.max(...content.map(one => one.timestamp)))
    }
    fc.assert(fc.property(header, records, check))
  })

  function expectHeader(
    bytes: Uint8Array,
    header: {
      baseOffset: number
      leaderEpoch: number
      producerId: number
      producerEpoch: number
      baseSequence: number
    },
  ) {
    expect({
      baseOffset: batchBaseOffset(bytes, 0),
      leaderEpoch: batchLeaderEpoch(bytes, 0),
      producerId: batchProducerId(bytes, 0),
      producerEpoch: batchProducerEpoch(bytes, 0),
      baseSequence: batchBaseSequence(bytes, 0),
    }).toEqual(header)
  }

  it('is found and read at any place of an array', () => {
    const one = encodeBatch({ records: [{ timestamp: 5, key: null, value: Uint8Array.of(1) }] })
    const bytes = new Uint8Array(7 + 2 * one.length + 20)
    bytes.set(one, 7)
    bytes.set(one, 7 + one.length)
    setBatchBaseOffset(bytes, 7 + one.length, 99)
    const second = nextBatch(bytes, 7, bytes.length)
    expect(checkBatch(bytes, second, bytes.length)).toBe('NONE')
    expect(decodeBatch(bytes, second, limits).map(record => record.offset)).toEqual([99])
    expect(nextBatch(bytes, nextBatch(bytes, second, bytes.length), bytes.length)).toBe(-1)
  })

  it('keeps its checksum when offset and epoch are set, and gets a new one with other fields', () => {
    const bytes = encodeBatch({ records: [{ timestamp: 5, key: null, value: null }] })
    const crc = batchCrc(bytes, 0)
    setBatchBaseOffset(bytes, 0, 2 ** 40)
    setBatchLeaderEpoch(bytes, 0, 12)
    setBatchMaxTimestamp(bytes, 0, 'CreateTime', 5)
    expect(batchCrc(bytes, 0)).toBe(crc)
    expect(checkBatch(bytes, 0, bytes.length)).toBe('NONE')

    setBatchMaxTimestamp(bytes, 0, 'LogAppendTime', 1234)
    expect(timestampTypeOf(batchAttributes(bytes, 0))).toBe('LogAppendTime')
    expect(batchCrc(bytes, 0)).not.toBe(crc)
    setBatchProducer(bytes, 0, 77, 8, 2 ** 31 - 1)
    expect(checkBatch(bytes, 0, bytes.length)).toBe('NONE')
    expect(decodeBatch(bytes, 0, limits)).toMatchObject([
      { offset: 2 ** 40, timestamp: 1234, sequence: 2 ** 31 - 1 },
    ])
  })

  it('may have gaps, an end beyond its last record, and a delete horizon, as compaction leaves it', () => {
    const records = [
      { offset: 12, timestamp: 1000, key: Uint8Array.of(1), value: null },
      { offset: 15, timestamp: 900, key: Uint8Array.of(2), value: null },
    ]
    const bytes = encodeBatch({
      baseOffset: 10,
      lastOffset: 20,
      records,
      deleteHorizonMs: 5000,
      baseSequence: 3,
    })
    expect(batchLastOffset(bytes, 0)).toBe(20)
    expect(batchLastSequence(bytes, 0)).toBe(13)
    expect(hasDeleteHorizon(batchAttributes(bytes, 0))).toBe(true)
    expect(batchBaseTimestamp(bytes, 0)).toBe(5000)
    expect(decodeBatch(bytes, 0, limits)).toMatchObject([
      { offset: 12, timestamp: 1000, sequence: 5 },
      { offset: 15, timestamp: 900, sequence: 8 },
    ])
  })

  it('without records has a place in the log, whatever its codec', () => {
    const bytes = encodeBatch({
      baseOffset: 10,
      lastOffset: 20,
      maxTimestamp: 7,
      records: [],
      compression: 'gzip',
    })
    expect(bytes.length).toBe(BATCH_HEADER_BYTES)
    expect(batchLastOffset(bytes, 0)).toBe(20)
    expect(decodeBatch(bytes, 0, limits)).toEqual([])
  })

  it('whose records go back is not written', () => {
    const records = [
      { offset: 4, timestamp: 1, key: null, value: null },
      { offset: 4, timestamp: 1, key: null, value: null },
    ]
    expect(() => encodeBatch({ records })).toThrow(RangeError)
    expect(() => encodeBatch({ baseOffset: 5, records: records.slice(1) })).toThrow(RangeError)
  })

  it('with raw snappy inside is read', () => {
    const plain = encodeBatch({ records: [{ timestamp: 1, key: null, value: new Uint8Array(500) }] })
    const payload = snappyBlock.compress(plain.subarray(BATCH_HEADER_BYTES))
    const bytes = Uint8Array.from([...plain.subarray(0, BATCH_HEADER_BYTES), ...payload])
    writeInt32(bytes, 8, bytes.length - 12)
    bytes[22] = 2
    updateBatchCrc(bytes, 0)
    expect(decodeBatch(bytes, 0, limits)[0]!.value!.length).toBe(500)
  })
})

describe('a damaged batch', () => {
  const mutation = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))

  /** Damages the content and makes the checksum right again: what a hostile producer can send. */
  function damage(bytes: Uint8Array, mutations: [number, number][]): Uint8Array {
    const damaged = bytes.slice()
    for (const [at, bits] of mutations) damaged[21 + (at % (bytes.length - 21))]! ^= bits
    if (batchLength(damaged, 0) === damaged.length) updateBatchCrc(damaged, 0)
    return damaged
  }

  it('with a right checksum decodes to something or is refused', () => {
    const damages = fc.array(mutation, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(records, anyCodec, damages, (content, compression, mutations) => {
        const bytes = damage(encodeBatch({ records: content, compression }), mutations)
        expectRefusalOnly(() => visitBatch(bytes, 0, limits, () => {}))
        expectRefusalOnly(() => downConvert(bytes, 1, limits))
      }),
      { numRuns: 500 },
    )
  })

  it('that is cut off is none', () => {
    const bytes = encodeBatch({ records: [{ timestamp: 5, key: null, value: null }] })
    for (let end = 0; end < bytes.length; end++) {
      expect(nextBatch(bytes, 0, end)).toBe(-1)
      expect(checkBatch(bytes, 0, end)).toBe('CORRUPT_MESSAGE')
      expect(() => decodeBatch(bytes.subarray(0, end), 0, limits)).toThrow(MalformedError)
    }
  })

  it('with an impossible length, magic or codec is refused', () => {
    const fresh = () => encodeBatch({ records: [{ timestamp: 5, key: null, value: null }] })
    for (const length of [-12, -1, 0, 13, 48, 2 ** 31 - 1]) {
      const bytes = fresh()
      writeInt32(bytes, 8, length)
      expect(checkBatch(bytes, 0, bytes.length)).toBe('CORRUPT_MESSAGE')
    }
    for (const magic of [3, 127, 128, 255]) {
      const bytes = fresh()
      bytes[16] = magic
      expect(statedBatchLength(bytes, 0)).toBe(-1)
      expect(checkBatch(bytes, 0, bytes.length)).toBe('CORRUPT_MESSAGE')
    }
    const bytes = fresh()
    bytes[22] = 5
    updateBatchCrc(bytes, 0)
    expect(checkBatch(bytes, 0, bytes.length)).toBe('CORRUPT_MESSAGE')
  })

  it('that states more or fewer records than it has is refused', () => {
    for (const count of [-1, 0x7fffffff, 1, 3]) {
      const two = [1, 2].map(timestamp => ({ timestamp, key: null, value: null }))
      const bytes = encodeBatch({ records: two })
      writeInt32(bytes, 57, count)
      expect(() => decodeBatch(bytes, 0, limits)).toThrow(MalformedError)
    }
  })

  it('that inflates to more than allowed is refused, with every codec', async () => {
    for (const compression of compressions.slice(1)) {
      const records = [{ timestamp: 1, key: null, value: new Uint8Array(1 << 20) }]
      const bytes = encodeBatch({ records, compression })
      expect(() => decodeBatch(bytes, 0, limits)).toThrow(/more than|too small|damaged/)
      await expect(decodeBatchAsync(bytes, 0, limits)).rejects.toThrow(MalformedError)
      expect(decodeBatch(bytes, 0, { maxInflatedBytes: 1 << 21 }).length).toBe(1)
    }
  })
})

function expectRefusalOnly(decode: () => unknown): void {
  try {
    decode()
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
  }
}

describe('a message set', () => {
  const isSame = (
    decoded: readonly { key: Uint8Array | null; value: Uint8Array | null }[],
    content: RecordContent[],
  ) =>
    decoded.length === content.length &&
    decoded.every(({ key, value }, i) => same(key, content[i]!.key) && same(value, content[i]!.value))
  const same = (a: Uint8Array | null, b: Uint8Array | null) => (a && b ? equalBytes(a, b) : a === b)

  it('decodes to what was encoded, whatever the codec', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0 as const, 1 as const),
        records,
        offset,
        oldCodec,
        (magic, content, base, compression) => {
          const placed = content.map((one, index) => ({ ...one, offset: base + 3 * index }))
          const decoded = decodeMessageSet(encodeMessageSet(magic, placed, { compression }), limits)
          expect(isSame(decoded, content)).toBe(true)
          expect(decoded.map(one => one.timestamp)).toEqual(
            content.map(one => (magic === 0 ? -1 : one.timestamp)),
          )
          const isFromLibrdkafka = base === 0 && content.length === 1
          if (!isFromLibrdkafka) expect(decoded.map(one => one.offset)).toEqual(placed.map(one => one.offset))
        },
      ),
    )
  })

  it('becomes a batch with the same records and back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0 as const, 1 as const),
        records,
        oldCodec,
        (magic, content, compression) => {
          const batch = upConvert(encodeMessageSet(magic, content, { compression }), limits)
          expect(isSame(decodeBatch(batch, 0, limits), content)).toBe(true)
          const back = downConvert(batch, magic, limits) as Uint8Array
          expect(isSame(decodeMessageSet(back, limits), content)).toBe(true)
        },
      ),
    )
  })

  it('of librdkafka, whose compressed message has the offset 0, counts from 0', () => {
    const records = [1, 2, 3].map(byte => ({ timestamp: 9, key: null, value: Uint8Array.of(byte) }))
    const bytes = encodeMessageSet(1, records, { compression: 'gzip' })
    setBatchBaseOffset(bytes, 0, 0)
    expect(decodeMessageSet(bytes, limits).map(record => record.offset)).toEqual([0, 1, 2])
  })

  it('inside of a message with the time of appending has that time', () => {
    const records = [1, 2].map(timestamp => ({ timestamp, key: null, value: null }))
    const options = { compression: 'snappy', timestampType: 'LogAppendTime', appendTimestamp: 1234 } as const
    const decoded = decodeMessageSet(encodeMessageSet(1, records, options), limits)
    expect(decoded.map(record => record.timestamp)).toEqual([1234, 1234])
  })

  it('inside of another compressed message is refused', () => {
    const inner = encodeMessageSet(1, [{ timestamp: 1, key: null, value: null }], { compression: 'gzip' })
    expect(decodeMessageSet(inner, limits).length).toBe(1)
    expect(() => decodeMessageSet(nested(inner), limits)).toThrow(/inside of another/)
  })

  /** A gzip message around `set`. */
  function nested(set: Uint8Array): Uint8Array {
    const wrapper = encodeMessageSet(1, [{ timestamp: 1, key: null, value: gzip.compress(set) }])
    wrapper[17] = 1
    return withMessageCrc(wrapper)
  }

  function withMessageCrc(message: Uint8Array): Uint8Array {
    writeUint32(message, 12, crc32(message, 16, message.length))
    return message
  }

  it('that inflates to more than allowed in all of its messages together is refused', () => {
    const one = encodeMessageSet(1, [{ timestamp: 1, key: null, value: new Uint8Array(500_000) }], {
      compression: 'gzip',
    })
    const three = Uint8Array.from([...one, ...one, ...one])
    expect(decodeMessageSet(three, { maxInflatedBytes: 1_600_000 }).length).toBe(3)
    expect(() => decodeMessageSet(three, limits)).toThrow(/more than/)
  })

  it('with a wrong checksum, outside or inside, is refused', () => {
    const bytes = encodeMessageSet(0, [{ timestamp: 1, key: null, value: Uint8Array.of(1, 2, 3) }])
    bytes[bytes.length - 1]! ^= 1
    expect(() => decodeMessageSet(bytes, limits)).toThrow(/checksum/)
    expect(() => decodeMessageSet(nested(bytes), limits)).toThrow(/checksum/)
  })

  it('that is damaged decodes to something or is refused', () => {
    const mutation = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(
        records,
        oldCodec,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (content, compression, mutations) => {
          const bytes = encodeMessageSet(1, content, { compression })
          for (const [at, bits] of mutations) bytes[17 + (at % (bytes.length - 17))]! ^= bits
          if (compression !== 'none') withMessageCrc(bytes)
          expectRefusalOnly(() => decodeMessageSet(bytes, limits))
          expectRefusalOnly(() => upConvert(bytes, limits))
          expectRefusalOnly(() => downConvert(bytes, 0, limits))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('may be cut off at the end, but not damaged in the middle', () => {
    const records = [1, 2, 3].map(timestamp => ({ timestamp, key: null, value: null }))
    const bytes = encodeMessageSet(1, records)
    const second = nextBatch(bytes, 0, bytes.length)
    expect(decodeMessageSet(bytes.subarray(0, bytes.length - 1), limits).length).toBe(2)
    writeInt32(bytes, second + 8, 3)
    expect(() => decodeMessageSet(bytes, limits)).toThrow(/impossible length/)
    expect(() => downConvert(bytes, 0, limits)).toThrow(/impossible length/)
  })

  it('without a whole message is refused', () => {
    expect(() => decodeMessageSet(new Uint8Array(25), limits)).toThrow(MalformedError)
    expect(() => upConvert(new Uint8Array(0), limits)).toThrow(MalformedError)
  })
})
