import { describe, expect, it } from 'vitest'
import { endOffsetForEpoch, epochOfStart } from './partition-epochs.ts'

/** A log whose records are of the given epochs, one each, led in an epoch that may be later. */
function led(epochs: readonly number[], leaderEpoch: number, startOffset = 0) {
  const log = {
    startOffset,
    endOffset: epochs.length,
    latestEpoch: epochs.at(-1) ?? -1,
    epochAt: (offset: number) => epochs[offset] ?? -1,
    endOffsetForEpoch: (epoch: number) => {
      const at = epochs.lastIndexOf(epoch)
      return at < 0 ? { epoch: -1, endOffset: -1 } : { epoch, endOffset: at + 1 }
    },
  }
  return { log, leaderEpoch }
}

describe('epochs of a partition', () => {
  it('of an empty one: its start and end are of the leader’s', () => {
    expect(epochOfStart(led([], 3))).toBe(3)
    expect(endOffsetForEpoch(led([], 3), 3)).toEqual({ epoch: 3, endOffset: 0 })
    expect(endOffsetForEpoch(led([], 3), 1)).toEqual({ epoch: 1, endOffset: 0 })
  })

  it('the leader’s epoch ends where the log does, with records of its own or without', () => {
    expect(endOffsetForEpoch(led([0, 2], 2), 2)).toEqual({ epoch: 2, endOffset: 2 })
    expect(endOffsetForEpoch(led([0, 2], 5), 5)).toEqual({ epoch: 5, endOffset: 2 })
  })

  it('one without records, before the leader’s, is answered with the last that has some', () => {
    expect(endOffsetForEpoch(led([0, 2], 5), 4)).toEqual({ epoch: 2, endOffset: 2 })
    expect(endOffsetForEpoch(led([0, 2], 5), 2)).toEqual({ epoch: 2, endOffset: 2 })
    expect(endOffsetForEpoch(led([0, 2], 5), 0)).toEqual({ epoch: 0, endOffset: 1 })
  })

  it('one that never was is unknown', () => {
    for (const epoch of [6, -1, -7])
      expect(endOffsetForEpoch(led([0, 2], 5), epoch)).toEqual({ epoch: -1, endOffset: -1 })
  })

  it('the start of a log with records is of the first one’s', () => {
    expect(epochOfStart(led([0, 2], 5, 1))).toBe(2)
    expect(epochOfStart(led([0, 2], 5, 2))).toBe(5)
  })
})
