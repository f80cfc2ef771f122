import { simulatedWorld } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilePool } from './file-pool.ts'
import { OffsetIndex } from './offset-index.ts'
import { TimeIndex } from './time-index.ts'

// An index finds what a walk over a list of its entries finds, wherever its entries are: in memory, written, or cached.

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('add' as const), gap: fc.integer({ min: 1, max: 50 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'flush' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('cut' as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  ),
  { maxLength: 40 },
)
const BASE = 1000

describe('an offset index', () => {
  it('finds the last entry at or below an offset or position, as a walk would', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 900 }), (taken, burst) => {
        const { disk } = simulatedWorld(1)
        disk.makeDirectory('d')
        const pool = new FilePool(disk, { indexPagesMax: 2, openFilesMax: 1 })
        let index = new OffsetIndex(pool, 'd/index', BASE)
        let model: { offset: number; position: number }[] = []
        const add = (gap: number) => {
          const last = model.at(-1) ?? { offset: BASE, position: 0 }
          const entry = { offset: last.offset + gap, position: last.position + gap * 7 }
          model.push(entry)
          index.add(entry.offset, entry.position)
        }
        const reopen = () => {
          index.entries.release()
          index = new OffsetIndex(pool, 'd/index', BASE)
        }
        for (let i = 0; i < burst; i++) add(1 + (i % 3))
        for (const step of taken) {
          if (step.do === 'add') add(step.gap)
          else if (step.do === 'flush') index.entries.flush()
          else if (step.do === 'reopen') reopen()
          else {
            const offset = BASE + Math.floor(step.share * ((model.at(-1)?.offset ?? BASE) - BASE + 2))
            index.cut(offset)
            model = model.filter(entry => entry.offset < offset)
          }
          expect(index.entries.count).toBe(model.length)
          for (const share of [0, 0.1, 0.5, 0.9, 1]) {
            const target = BASE + Math.floor(share * ((model.at(-1)?.offset ?? BASE) - BASE + 3))
            const expected = model.findLast(entry => entry.offset <= target)
            const found =
              index.lookup(target) < 0
                ? undefined
                : { offset: index.foundOffset, position: index.foundPosition }
            expect(found).toEqual(expected)
            const position = (target - BASE) * 7
            expect(index.lookupPosition(position)).toBe(
              model.findLastIndex(entry => entry.position <= position),
            )
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a time index', () => {
  it('keeps growing timestamps only, and finds the last one at or below another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }),
        fc.integer({ min: -1, max: 402 }),
        (timestamps, sought) => {
          const { disk } = simulatedWorld(1)
          disk.makeDirectory('d')
          const index = new TimeIndex(new FilePool(disk), 'd/timeindex', BASE)
          const model: { timestamp: number; offset: number }[] = []
          for (const [i, timestamp] of timestamps.entries()) {
            index.addIfLater(timestamp, BASE + i)
            if (timestamp > (model.at(-1)?.timestamp ?? -1)) model.push({ timestamp, offset: BASE + i })
            if (i % 50 === 49) index.entries.release()
          }
          const check = () => {
            expect(index.entries.count).toBe(model.length)
            index.lookup(sought)
            const expected = model.findLast(entry => entry.timestamp <= sought) ?? {
              timestamp: -1,
              offset: BASE,
            }
            expect({ timestamp: index.foundTimestamp, offset: index.foundOffset }).toEqual(expected)
          }
          check()
          const offset = BASE + Math.floor(timestamps.length / 2)
          index.cut(offset)
          model.splice(model.findLastIndex(entry => entry.offset < offset) + 1)
          check()
        },
      ),
      { numRuns: 100 },
    )
  })
})
