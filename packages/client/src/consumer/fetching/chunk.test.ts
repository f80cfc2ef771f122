import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import { type Compression, decodeBatch, encodeBatch, encodeEndTransactionMarker } from '@samsa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts'
import { Chunk } from './chunk.ts'
import { decodeRecords } from './decode-records.ts'

const options = { topic: 't', partition: 0, checkCrcs: true, maxInflatedBytes: 1 << 20 }
const bytesOf = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]))

function written(baseOffset: number, values: readonly string[], producerId = -1): Uint8Array {
  const records = values.map(value => ({ timestamp: 1, key: null, value: encodeUtf8(value) }))
  const isTransactional = producerId >= 0
  const producer = isTransactional ? { producerId, producerEpoch: 0, baseSequence: 0 } : {}
  return encodeBatch({ baseOffset, leaderEpoch: 4, records, isTransactional, ...producer })
}

const marker = (type: 'ABORT' | 'COMMIT', baseOffset: number, producerId: number) =>
  encodeEndTransactionMarker({
    type,
    baseOffset,
    producerId,
    producerEpoch: 0,
    coordinatorEpoch: 0,
    timestamp: 1,
  })

function valuesOf(chunk: Chunk, fromOffset = 0): string[] {
  const values: string[] = []
  let position = fromOffset
  for (let batch = chunk.take(position); batch !== undefined; batch = chunk.take(position)) {
    for (const { value } of batch.records) values.push(decodeUtf8(value as Uint8Array))
    position = batch.nextOffset
  }
  return values
}

describe('a chunk', () => {
  it('gives batch after batch, from an offset in the middle of one on', () => {
    const bytes = bytesOf(written(0, ['a', 'b']), written(2, ['c']))
    const chunk = new Chunk(bytes, options, undefined)
    expect(chunk.nextOffset).toBe(3)
    expect(chunk.lastEpoch).toBe(4)
    expect(valuesOf(chunk, 1)).toEqual(['b', 'c'])
    expect(chunk.remainingBytes).toBe(0)
  })

  it('leaves a batch that was cut off for the next answer', () => {
    const bytes = bytesOf(written(0, ['a']), written(1, ['b']).subarray(0, 40))
    const chunk = new Chunk(bytes, options, undefined)
    expect(chunk.nextOffset).toBe(1)
    expect(valuesOf(chunk)).toEqual(['a'])
  })

  it('leaves out aborted transactions with read_committed only, and markers always', () => {
    const bytes = bytesOf(
      written(0, ['a1'], 1),
      written(1, ['b1'], 2),
      marker('ABORT', 2, 1),
      written(3, ['a2'], 1),
      marker('COMMIT', 4, 2),
      marker('COMMIT', 5, 1),
      written(6, ['c']),
    )
    const aborted = [{ producerId: 1, firstOffset: 0 }]
    expect(valuesOf(new Chunk(bytes, options, aborted))).toEqual(['b1', 'a2', 'c'])
    expect(valuesOf(new Chunk(bytes, options, undefined))).toEqual(['a1', 'b1', 'a2', 'c'])
  })
})

describe('a large compressed batch', () => {
  /** Bytes that cannot be compressed. */
  function noise(bytes: number, seed: number): Uint8Array {
    let state = seed
    return Uint8Array.from({ length: bytes }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state & 255
    })
  }
  const large = (compression: Compression) =>
    encodeBatch({
      baseOffset: 0,
      leaderEpoch: 4,
      compression,
      records: [1, 2, 3].map(timestamp => ({ timestamp, key: null, value: noise(40_000, timestamp) })),
    })

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    it(`is inflated before its turn (${compression})`, async () => {
      const chunk = new Chunk(bytesOf(written(0, ['a']), large(compression)), options, undefined)
      expect(chunk.isReady(() => {})).toBe(true)
      expect(chunk.take(0)!.records).toHaveLength(1)
      let isReady = false
      await new Promise<void>(resolve => {
        isReady = chunk.isReady(resolve)
      })
      expect(isReady).toBe(false)
      expect(chunk.isReady(() => {})).toBe(true)
      const taken = chunk.take(0)!
      expect(taken.records.map(({ timestamp }) => timestamp)).toEqual([1, 2, 3])
      expect(taken.records[2]!.value).toEqual(noise(40_000, 3))
    })
  }

  it('that is damaged is told of when it is taken', async () => {
    const damaged = large('gzip')
    damaged[damaged.length - 9]! ^= 1
    const checked = new Chunk(damaged, options, undefined)
    expect(checked.isReady(() => {})).toBe(true)
    expect(() => checked.take(0)).toThrow('fails its checksum')
    const unchecked = new Chunk(damaged, { ...options, checkCrcs: false }, undefined)
    await new Promise<void>(resolve => unchecked.isReady(resolve))
    expect(() => unchecked.take(0)).toThrow('cannot be read')
  })
})

describe('decoding records', () => {
  it("agrees with the protocol's own decoder", () => {
    const anyBytes = fc.option(fc.uint8Array({ maxLength: 20 }))
    const anyRecord = fc.record({
      timestamp: fc.nat(),
      key: anyBytes,
      value: anyBytes,
      headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: anyBytes }), { maxLength: 3 }),
    })
    const anyCodec = fc.constantFrom<Compression>('none', 'gzip', 'snappy', 'lz4', 'zstd')
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 20 }),
        anyCodec,
        fc.nat(20),
        (records, compression, from) => {
          const bytes = encodeBatch({ baseOffset: 100, records, compression })
          const expected = decodeBatch(bytes, 0, options).filter(({ offset }) => offset >= 100 + from)
          const decoded = decodeRecords(bytes, 0, { ...options, fromOffset: 100 + from })
          expect(
            decoded.map(({ offset, timestamp, key, value, headers }) => ({
              offset,
              timestamp,
              key,
              value,
              headers,
            })),
          ).toEqual(expected.map(({ sequence: _, ...rest }) => rest))
        },
      ),
    )
  })
})

describe('aborted transactions', () => {
  it('are those whose data lies between their first offset and their marker', () => {
    const anyHistory = fc.array(
      fc.record({ producer: fc.nat(2), end: fc.constantFrom('none', 'abort', 'commit') }),
      {
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(anyHistory, history => {
        const openSince = new Map<number, number>()
        const aborted: AbortedTransaction[] = []
        const owner: { transaction: { isAborted: boolean } }[] = []
        const transactions = new Map<number, { isAborted: boolean }>()
        const batches = history.map(({ producer, end }, offset) => {
          if (!openSince.has(producer)) openSince.set(producer, offset)
          const transaction = transactions.get(producer) ?? { isAborted: false }
          transactions.set(producer, transaction)
          if (end === 'abort') {
            aborted.push({ producerId: producer, firstOffset: openSince.get(producer)! })
            transaction.isAborted = true
          }
          if (end !== 'none') {
            openSince.delete(producer)
            transactions.delete(producer)
          }
          owner.push({ transaction })
          const isControl = end !== 'none'
          return {
            producerId: producer,
            lastOffset: offset,
            isTransactional: true,
            isControl,
            isAbort: () => end === 'abort',
          }
        })
        const filter = new AbortedTransactions(aborted)
        const visible = batches.map(batch => filter.isVisible(batch))
        const expected = batches.map(
          (batch, index) => !batch.isControl && !owner[index]!.transaction.isAborted,
        )
        expect(visible).toEqual(expected)
      }),
    )
  })
})
