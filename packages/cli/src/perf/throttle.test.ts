import { describe, expect, it } from 'vitest'
import { Throttle } from './throttle.ts'

describe('a throttle', () => {
  it('without a limit only lets others have their turn now and then', async () => {
    const throttle = new Throttle(-1)
    const waits = Array.from({ length: 1000 }, (_, sent) => throttle.wait(sent + 1))
    expect(waits.filter(wait => wait !== undefined)).toHaveLength(3)
    await Promise.all(waits)
  })

  it('gives up waiting when it is told to', async () => {
    const stop = new AbortController()
    const nothing = new Throttle(0).wait(1, stop.signal)
    const slow = new Throttle(0.001).wait(1, stop.signal)
    stop.abort()
    await Promise.all([nothing, slow, new Throttle(0).wait(1, stop.signal)])
  })
})
