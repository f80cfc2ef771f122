import { decodeUtf8, encodeUtf8, equalBytes } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compressions } from '../compression/compression.ts'
import { BatchBuilder, type Content, recordBytesMax } from './batch-builder.ts'
import { checkBatch } from './batch-check.ts'
import { encodeBatch } from './batch-encoder.ts'
import { BATCH_HEADER_BYTES, setBatchProducer } from './batch-header.ts'

const content: fc.Arbitrary<Content> = fc.oneof(
  fc.constant(null),
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
)
const record = fc.record({
  timestamp: fc.oneof(
    fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
    fc.constantFrom(-1, 0, 2 ** 52),
  ),
  key: content,
  value: content,
  headers: fc.array(
    fc.record({ key: fc.string({ unit: 'grapheme' }), value: fc.option(fc.uint8Array({ maxLength: 40 })) }),
    { maxLength: 3 },
  ),
})
const records = fc.array(record, { minLength: 1, maxLength: 30 })
const UNLIMITED = 2 ** 30

const bytesOf = (one: Content) => (typeof one === 'string' ? encodeUtf8(one) : one)

describe('a batch built record by record', () => {
  it('has the bytes of one encoded as a whole, whatever memory it began with', async () => {
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.constantFrom(...compressions),
        fc.boolean(),
        fc.integer({ min: 0, max: 4000 }),
        async (list, compression, isTransactional, bytesExpected) => {
          const build = () => {
            const builder = new BatchBuilder(bytesExpected)
            for (const { timestamp, key, value, headers } of list)
              builder.add(timestamp, key, value, headers, UNLIMITED)
            return builder
          }
          const producer = { producerId: 7, producerEpoch: 3, baseSequence: 11 }
          const whole = encodeBatch({
            records: list.map(one => ({ ...one, key: bytesOf(one.key), value: bytesOf(one.value) })),
            compression,
            isTransactional,
            ...producer,
          })
          const sealed = build().seal({ compression, isTransactional })
          setBatchProducer(sealed, 0, 7, 3, 11)
          expect(checkBatch(sealed, 0, sealed.length)).toBe('NONE')
          expect(equalBytes(sealed, whole)).toBe(true)
          const later = await build().sealAsync({ compression, isTransactional })
          setBatchProducer(later, 0, 7, 3, 11)
          expect(checkBatch(later, 0, later.length)).toBe('NONE')
        },
      ),
      { numRuns: 100 },
    )
  })

  it('says how many bytes each record took, never more than was foretold', () => {
    fc.assert(
      fc.property(records, list => {
        const builder = new BatchBuilder(100)
        let length = BATCH_HEADER_BYTES
        for (const { timestamp, key, value, headers } of list) {
          const taken = builder.add(timestamp, key, value, headers, UNLIMITED)
          expect(taken).toBeLessThanOrEqual(recordBytesMax(key, value, headers))
          length += taken
          expect(builder.length).toBe(length)
        }
        expect(builder.seal()).toHaveLength(length)
      }),
    )
  })

  it('refuses a record beyond the limit and stays as it was', () => {
    const builder = new BatchBuilder(100)
    const taken = builder.add(1, null, 'a'.repeat(20), [], 100)
    expect(taken).toBeGreaterThan(20)
    expect(builder.add(2, null, 'b'.repeat(20), [], 100)).toBe(0)
    expect(builder.recordCount).toBe(1)
    expect(builder.maxTimestamp).toBe(1)
    expect(decodeUtf8(builder.seal())).not.toContain('b')
  })

  it('gives memory back when it outgrows it, when it is released, and when compression made it unneeded', () => {
    const lent = new Set<Uint8Array>()
    const memory = {
      take(bytesMin: number) {
        const bytes = new Uint8Array(bytesMin)
        lent.add(bytes)
        return bytes
      },
      give(bytes: Uint8Array) {
        expect(lent.delete(bytes)).toBe(true)
      },
    }
    const plain = new BatchBuilder(64, memory)
    plain.add(1, 'k', 'v'.repeat(1000), [], UNLIMITED)
    expect(lent.size).toBe(1)
    plain.release()
    plain.release()
    expect(lent.size).toBe(0)
    const compressed = new BatchBuilder(64, memory)
    compressed.add(1, 'k', 'v'.repeat(1000), [], UNLIMITED)
    compressed.seal({ compression: 'gzip' })
    expect(lent.size).toBe(0)
  })

  it('takes no timestamp that is not one', () => {
    expect(() => new BatchBuilder(64).add(Number.NaN, null, null, [], 100)).toThrow(RangeError)
  })
})
