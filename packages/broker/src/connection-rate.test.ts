import { describe, expect, it } from 'vitest'
import { ConnectionRate } from './connection-rate.ts'
import { ManualClock } from './testing/manual-clock.ts'

describe('a rate of connections', () => {
  it('lets as many pass at once as its window allows, and delays those after in even steps', () => {
    const rate = new ConnectionRate(new ManualClock(), 2000)
    const delays = Array.from({ length: 8 }, () => rate.delayMs(2))
    expect(delays).toEqual([0, 0, 0, 0, 500, 1000, 1500, 2000])
  })

  it('forgets what lies behind the window', () => {
    const clock = new ManualClock()
    const rate = new ConnectionRate(clock, 1000)
    expect([rate.delayMs(1), rate.delayMs(1), rate.delayMs(1)]).toEqual([0, 1000, 2000])
    clock.spend(2500)
    expect([rate.delayMs(1), rate.delayMs(1)]).toEqual([500, 1500])
    clock.spend(60_000)
    expect(rate.delayMs(1)).toBe(0)
  })

  it('refuses those that would wait for more than half a minute, and does not count them', () => {
    const clock = new ManualClock()
    const rate = new ConnectionRate(clock, 1000)
    const delays = Array.from({ length: 40 }, () => rate.delayMs(1))
    expect(delays.filter(Number.isFinite)).toHaveLength(31)
    clock.spend(1000)
    expect([rate.delayMs(1), rate.delayMs(1)]).toEqual([30_000, Number.POSITIVE_INFINITY])
  })

  it('of none lets one through in half a minute, so that it can be taken back', () => {
    const clock = new ManualClock()
    const rate = new ConnectionRate(clock, 1000)
    expect([rate.delayMs(0), rate.delayMs(0)]).toEqual([29_000, Number.POSITIVE_INFINITY])
    clock.spend(30_000)
    expect([rate.delayMs(0), rate.delayMs(0)]).toEqual([29_000, Number.POSITIVE_INFINITY])
  })
})
