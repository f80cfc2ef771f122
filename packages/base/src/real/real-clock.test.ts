import { describe, expect, it } from 'vitest'
import { RealClock } from './real-clock.ts'

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
})

function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) {}
}
