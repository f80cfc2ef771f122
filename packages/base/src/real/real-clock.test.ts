import { afterEach, describe, expect, it, vi } from 'vitest'
import { RealClock } from './real-clock.ts'

afterEach(() => void vi.useRealTimers())

describe('the real clock', () => {
  it('lets other work in between when what was deferred takes long, and keeps the order', async () => {
    const clock = new RealClock()
    const ran: (number | 'other')[] = []
    setImmediate(() => setImmediate(() => ran.push('other')))
    await new Promise<void>(resolve => {
      for (let number = 0; number < 64; number++) {
        clock.defer(() => {
          ran.push(number)
          work(1)
          if (number === 63) resolve()
        })
      }
    })
    expect(ran.filter(entry => entry !== 'other')).toEqual(Array.from({ length: 64 }, (_, number) => number))
    expect(ran.indexOf('other')).toBeGreaterThan(0)
    expect(ran.at(-1)).toBe(63)
  })

  it('goes on by itself where a test has put its own timers in place', async () => {
    vi.useFakeTimers({
      now: 0,
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'],
    })
    const clock = new RealClock()
    expect(clock.now()).toBeGreaterThan(0)
    const order: string[] = []
    await new Promise<void>(resolve => {
      clock.timer(5, resolve)
      clock.timer(5, () => order.push('cancelled')).cancel()
      clock.defer(() => order.push('deferred'))
    })
    expect(order).toEqual(['deferred'])
  })
})

function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) {}
}
