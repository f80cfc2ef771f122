import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FetchItem, FetchSession } from './fetch-session.ts'

const item = (partition: number, fetchOffset = 0): FetchItem => ({
  topic: 't',
  topicId: 'id',
  partition,
  fetchOffset,
  currentLeaderEpoch: 0,
  partitionMaxBytes: 100,
})

describe('a fetch session', () => {
  it('has the broker know exactly what is asked for, whatever happens to it', () => {
    const anyStep = fc.oneof(
      fc.record({ kind: fc.constant('answer' as const), session: fc.constantFrom(0, 7) }),
      fc.record({ kind: fc.constant('forget' as const), session: fc.constant(0) }),
      fc.record({ kind: fc.constant('cut' as const), session: fc.constant(0) }),
    )
    const anyItems = fc.uniqueArray(fc.record({ partition: fc.nat(4), offset: fc.nat(2) }), {
      selector: ({ partition }) => partition,
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(anyItems, anyStep)), steps => {
        const session = new FetchSession()
        /** What the broker remembers. */
        let remembered = new Map<number, number>()
        for (const [wanted, step] of steps) {
          const request = session.next(wanted.map(({ partition, offset }) => item(partition, offset)))
          const told = request.items.map(one => [one.partition, one.fetchOffset] as const)
          if (request.sessionEpoch === 0) remembered = new Map(told)
          else {
            for (const { partition } of request.forgotten) remembered.delete(partition)
            for (const [partition, offset] of told) remembered.set(partition, offset)
          }
          const expected = wanted.map(({ partition, offset }) => [partition, offset])
          expect([...remembered].sort()).toEqual(expected.sort())
          if (step.kind === 'cut') session.broken()
          else if (step.kind === 'forget') session.answered('FETCH_SESSION_ID_NOT_FOUND', 0)
          else session.answered('NONE', step.session)
        }
      }),
    )
  })

  it('forgets a topic that was made anew under its old id', () => {
    const session = new FetchSession()
    session.next([item(0)])
    session.answered('NONE', 7)
    const { items, forgotten } = session.next([{ ...item(0), topicId: 'other' }])
    expect(items.map(({ topicId }) => topicId)).toEqual(['other'])
    expect(forgotten.map(({ topicId }) => topicId)).toEqual(['id'])
  })
})
