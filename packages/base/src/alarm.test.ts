import { describe, expect, it } from 'vitest'
import { Alarm } from './alarm.ts'
import { simulatedWorld } from './simulated/simulated-world.ts'

/** An alarm that notes when it rings, in milliseconds from now. */
function listened() {
  const world = simulatedWorld(1)
  const startMs = world.clock.monotonicMs()
  const rings: number[] = []
  const alarm = new Alarm(world.clock, () => rings.push(Math.round(world.clock.monotonicMs() - startMs)))
  return { world, rings, cancel: () => alarm.cancel(), setFor: (ms: number) => alarm.setFor(startMs + ms) }
}

describe('an alarm', () => {
  it('rings once, at the earliest of the moments it was set for', async () => {
    const { world, rings, setFor } = listened()
    for (const ms of [300, 100, 200]) setFor(ms)
    await world.advance(1000)
    expect(rings).toEqual([100])
  })

  it('can be set again once it has rung, also for a moment that has passed', async () => {
    const { world, rings, setFor } = listened()
    setFor(100)
    await world.advance(200)
    setFor(400)
    setFor(150)
    await world.advance(1000)
    expect(rings).toEqual([100, 200])
  })

  it('does not ring for what it was set for before it was cancelled, nor ever for Infinity', async () => {
    const { world, rings, setFor, cancel } = listened()
    setFor(100)
    cancel()
    setFor(Number.POSITIVE_INFINITY)
    await world.advance(1000)
    setFor(1500)
    await world.advance(1000)
    expect(rings).toEqual([1500])
  })
})
