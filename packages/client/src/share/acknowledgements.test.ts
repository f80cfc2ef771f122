import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Acknowledgements, GAP, acknowledgeCodes } from './acknowledgements.ts'

const said = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4 })))

describe('acknowledgements', () => {
  it('come out of batches as they went in, whatever the order; the last word on an offset counts', () => {
    fc.assert(
      fc.property(said, words => {
        const acknowledgements = new Acknowledgements()
        for (const [offset, code] of words) acknowledgements.add(offset, code)
        const out = acknowledgements.batches().flatMap(({ firstOffset, lastOffset, acknowledgeTypes }) => {
          const length = lastOffset - firstOffset + 1
          expect([1, length]).toContain(acknowledgeTypes.length)
          return Array.from({ length }, (_, at) => [
            firstOffset + at,
            acknowledgeTypes[at] ?? acknowledgeTypes[0],
          ])
        })
        expect(out).toEqual([...new Map(words)].sort(([a], [b]) => a - b))
      }),
    )
  })

  it('are one batch for each run of offsets, and one type where all are the same', () => {
    const acknowledgements = new Acknowledgements()
    for (const offset of [7, 1, 0, 2]) acknowledgements.add(offset, acknowledgeCodes.ACCEPT)
    acknowledgements.add(8, acknowledgeCodes.REJECT)
    expect(acknowledgements.batches()).toEqual([
      { firstOffset: 0, lastOffset: 2, acknowledgeTypes: [1] },
      { firstOffset: 7, lastOffset: 8, acknowledgeTypes: [1, 3] },
    ])
  })

  it('tell of records, not of gaps, and let renewals be taken out', () => {
    const acknowledgements = new Acknowledgements()
    acknowledgements.add(3, GAP)
    acknowledgements.add(2, acknowledgeCodes.RENEW)
    acknowledgements.add(1, acknowledgeCodes.ACCEPT)
    expect(acknowledgements.offsets()).toEqual([1, 2])
    expect(acknowledgements.hasRenewals).toBe(true)
    expect(acknowledgements.dropRenewals()).toEqual([2])
    expect(acknowledgements.hasRenewals).toBe(false)
    expect(acknowledgements.size).toBe(2)
  })
})
