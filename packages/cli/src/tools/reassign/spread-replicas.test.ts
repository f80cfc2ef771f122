import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spreadReplicas } from './spread-replicas.ts'

const brokersOf = (racks: readonly (string | undefined)[]) => racks.map((rack, id) => ({ id, rack }))
const first = () => 0

describe('replicas are spread', () => {
  it('with leaders going round, and followers at distances that change', () => {
    const brokers = brokersOf([undefined, undefined, undefined])
    expect(spreadReplicas(brokers, 6, 2, first)).toEqual([
      [0, 1],
      [1, 2],
      [2, 0],
      [0, 2],
      [1, 0],
      [2, 1],
    ])
  })

  it('over all racks before one is used twice, on distinct brokers, evenly', () => {
    const racks = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(racks, fc.nat(30), fc.nat(8), fc.nat(8), (racks, partitions, more, start) => {
        const replicas = 1 + (more % racks.length)
        const spread = spreadReplicas(brokersOf(racks), partitions, replicas, below => start % below)
        expect(spread).toHaveLength(partitions)
        for (const ids of spread) {
          expect(new Set(ids).size).toBe(replicas)
          const used = new Set(ids.map(id => racks[id]))
          expect(used.size).toBe(Math.min(replicas, new Set(racks).size))
        }
        const leads = racks.map((_, id) => spread.filter(([leader]) => leader === id).length)
        expect(Math.max(...leads) - Math.min(...leads)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('only where there are enough brokers', () => {
    expect(() => spreadReplicas(brokersOf(['a']), 1, 2, first)).toThrow(
      'The target replication factor of 2 cannot be reached because only 1 broker(s) are registered',
    )
    expect(() => spreadReplicas([], 1, 1, first)).toThrow('All brokers are currently fenced')
  })
})
