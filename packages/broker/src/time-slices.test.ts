import { describe, expect, it } from 'vitest'
import { ManualClock } from './testing/manual-clock.ts'
import { Slices, forEachInSlices } from './time-slices.ts'

describe('forEachInSlices', () => {
  it('works on every item in order and lets others in between, however many there are', async () => {
    const clock = new ManualClock()
    const items = Array.from({ length: 1000 }, (_, i) => i)
    const done: number[] = []
    const finished = forEachInSlices(clock, items, item => {
      clock.spend(1)
      done.push(item)
    })
    expect(done.length).toBeLessThan(10)
    expect(await clock.runAll()).toBeLessThan(10)
    await finished
    expect(done).toEqual(items)
  })

  it('takes no turn of its own when there is little to do', async () => {
    const clock = new ManualClock()
    let count = 0
    await forEachInSlices(clock, [1, 2, 3], () => count++)
    expect([count, clock.turns]).toEqual([3, 0])
  })

  it('rejects with what an item throws, and goes no further', async () => {
    const clock = new ManualClock()
    const done: number[] = []
    const failing = forEachInSlices(clock, [1, 2, 3], item => {
      if (item === 2) throw new Error('two')
      done.push(item)
    })
    await expect(failing).rejects.toThrow('two')
    expect(done).toEqual([1])
  })

  it('looks for items while it works: those that come meanwhile have their turn', async () => {
    const clock = new ManualClock()
    const items = new Set([1])
    const done: number[] = []
    const finished = forEachInSlices(clock, items, item => {
      clock.spend(6)
      done.push(item)
      if (item < 4) items.add(item + 1)
    })
    await clock.runAll()
    await finished
    expect(done).toEqual([1, 2, 3, 4])
  })
})

describe('slices', () => {
  it('are shared: what many do side by side holds up the loop no longer than one would', async () => {
    const clock = new ManualClock()
    const slices = new Slices(clock)
    let count = 0
    const work = async () => {
      for (let piece = 0; piece < 5; piece++) {
        await slices.run(() => {
          clock.spend(1)
          count++
        })
      }
    }
    const all = Promise.all(Array.from({ length: 50 }, work))
    expect(await clock.runAll()).toBeLessThan(10)
    await all
    expect(count).toBe(250)
    expect(clock.turns).toBeGreaterThan(25)
  })

  it('settle as the work does, in the order it came', async () => {
    const clock = new ManualClock()
    const slices = new Slices(clock)
    const begun: number[] = []
    const outcomes = Promise.allSettled(
      [1, 2, 3].map(number =>
        slices.run(() => {
          begun.push(number)
          if (number === 2) throw new Error('two')
          return number === 3 ? Promise.resolve('three') : 'one'
        }),
      ),
    )
    expect(begun).toEqual([])
    await clock.runAll()
    expect(begun).toEqual([1, 2, 3])
    expect((await outcomes).map(outcome => ('value' in outcome ? outcome.value : 'failed'))).toEqual([
      'one',
      'failed',
      'three',
    ])
  })
})
