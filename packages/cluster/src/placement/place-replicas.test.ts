import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testRandom } from '../testing/test-random.ts'
import { type UsableBroker, placeReplicas } from './place-replicas.ts'

const broker = fc.record({ rack: fc.constantFrom(null, 'r1', 'r2', 'r3'), fenced: fc.boolean() })
const cluster = fc
  .array(broker, { minLength: 1, maxLength: 9 })
  .map((all): UsableBroker[] => all.map((one, id) => ({ id, ...one })))

function place(brokers: readonly UsableBroker[], partitions: number, replicas: number, seed = 1): number[][] {
  const placed = placeReplicas(brokers, partitions, replicas, testRandom(seed))
  if ('problem' in placed) throw new Error(placed.problem)
  return placed.assignment
}

describe('placement', () => {
  it('puts each replica on another broker and every leader on one that is not fenced', () => {
    fc.assert(
      fc.property(
        cluster,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        fc.nat(),
        (brokers, count, factor, seed) => {
          fc.pre(brokers.some(({ fenced }) => !fenced))
          const replicationFactor = 1 + (factor % brokers.length)
          for (const replicas of place(brokers, count, replicationFactor, seed)) {
            expect(new Set(replicas).size).toBe(replicationFactor)
            expect(brokers[replicas[0]!]!.fenced).toBe(false)
          }
        },
      ),
    )
  })

  it('uses as many racks as a partition has replicas, while racks are equally large', () => {
    const brokers = Array.from({ length: 9 }, (_, id) => ({ id, rack: `r${id % 3}`, fenced: false }))
    fc.assert(
      fc.property(fc.nat(), seed => {
        for (const replicas of place(brokers, 30, 3, seed)) {
          expect(new Set(replicas.map(id => id % 3)).size).toBe(3)
        }
      }),
    )
  })

  it('gives every broker the same number of leaders when the partitions divide evenly', () => {
    const brokers = Array.from({ length: 5 }, (_, id) => ({ id, rack: null, fenced: false }))
    fc.assert(
      fc.property(fc.nat(), seed => {
        const leaders = new Map<number, number>()
        for (const [leader] of place(brokers, 50, 3, seed))
          leaders.set(leader!, (leaders.get(leader!) ?? 0) + 1)
        expect([...leaders.values()]).toEqual([10, 10, 10, 10, 10])
      }),
    )
  })

  it('says why there is no placement', () => {
    const fenced = [{ id: 1, rack: null, fenced: true }]
    expect(placeReplicas(fenced, 1, 1, testRandom(1))).toMatchObject({
      problem: expect.stringMatching(/fenced/),
    })
    expect(placeReplicas([], 1, 1, testRandom(1))).toHaveProperty('problem')
    const one = [{ id: 1, rack: null, fenced: false }]
    expect(placeReplicas(one, 1, 2, testRandom(1))).toMatchObject({
      problem: expect.stringMatching(/only 1 broker/),
    })
  })
})
