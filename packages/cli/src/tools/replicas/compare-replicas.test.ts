import { encodeBatch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { compareReplicas } from './compare-replicas.ts'

const none = new Uint8Array()

function batchesOf(...batches: (readonly [firstOffset: number, ...values: string[]])[]): Uint8Array {
  const parts = batches.map(([baseOffset, ...values]) =>
    encodeBatch({
      baseOffset,
      records: values.map((value, at) => ({
        offset: baseOffset + at,
        timestamp: 1,
        key: null,
        value: new TextEncoder().encode(value),
        headers: [],
      })),
    }),
  )
  return new Uint8Array(Buffer.concat(parts))
}

const replica = (broker: number, records: Uint8Array, highWatermark = 100) => ({
  broker,
  records,
  highWatermark,
})

describe('replicas of a partition', () => {
  it('agree when their batches end and are summed alike, up to the shortest', () => {
    const [long, short] = [batchesOf([0, 'a', 'b'], [2, 'c'], [3, 'd']), batchesOf([0, 'a', 'b'], [2, 'c'])]
    expect(compareReplicas('t-0', [replica(1, long), replica(2, short)], 0)).toEqual({
      problems: [],
      isFatal: false,
      nextOffset: 3,
    })
    expect(compareReplicas('t-0', [replica(1, long), replica(2, none, -1)], 7).nextOffset).toBe(7)
  })

  it('are compared up to the high watermark only', () => {
    const [one, other] = [batchesOf([0, 'a'], [1, 'b']), batchesOf([0, 'a'], [1, 'x'])]
    const { problems, nextOffset } = compareReplicas('t-0', [replica(1, one, 1), replica(2, other, 1)], 0)
    expect([problems, nextOffset]).toEqual([[], 1])
  })

  it('may have other records', () => {
    const [one, other] = [batchesOf([0, 'a'], [1, 'b']), batchesOf([0, 'a'], [1, 'x'])]
    const { problems, isFatal, nextOffset } = compareReplicas('t-0', [replica(1, one), replica(2, other)], 0)
    expect(problems).toEqual([
      expect.stringMatching(
        /^partition t-0 has unmatched checksum at offset 1; replica 1's checksum \d+; replica 2's checksum \d+$/,
      ),
    ])
    expect([isFatal, nextOffset]).toEqual([false, 2])
  })

  it('may have other batches, and are compared no further', () => {
    const [one, other] = [batchesOf([0, 'a', 'b']), batchesOf([0, 'a'], [1, 'b'])]
    expect(compareReplicas('t-0', [replica(1, one), replica(2, other)], 0)).toEqual({
      problems: ["partition t-0: replica 1's offset 1 doesn't match replica 2's offset 0"],
      isFatal: true,
      nextOffset: 0,
    })
  })
})
