import { describe, expect, it } from 'vitest'
import { RefusedBatches } from './refused-batches.ts'

describe('refused batches', () => {
  it('are remembered of ten thousand producers: a full disk may refuse any number of them', () => {
    const refused = new RefusedBatches()
    const add = (producerId: number) => refused.add(producerId, 0, { firstSequence: 5, timestamp: 0 })
    const isRemembered = (producerId: number) => refused.overtakenBy(producerId, 0, 6) === 5
    for (let producerId = 0; producerId < 10_000; producerId++) add(producerId)
    add(0)
    add(10_000)
    expect([0, 1, 2, 10_000].map(isRemembered)).toEqual([true, false, true, true])
  })
})
