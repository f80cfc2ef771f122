import { simulatedWorld } from '@samsa/base'
import { expect, it } from 'vitest'
import { IdleRatio } from './idle-ratio.ts'

it('tells which part of the last one or two windows was spent waiting', async () => {
  const world = simulatedWorld(1)
  const ratio = new IdleRatio(world.clock, 30_000)
  const wait = async (ms: number) => {
    const waiting = ratio.during(new Promise(resolve => world.clock.timer(ms, resolve)))
    await world.advance(ms)
    await waiting
  }
  expect(ratio.average).toBeNaN()
  for (let second = 0; second < 60; second++) {
    await wait(250)
    await world.advance(750)
  }
  expect(ratio.average).toBeCloseTo(0.25, 2)
  await world.advance(70_000)
  await wait(10)
  await world.advance(30_000)
  expect(ratio.average).toBeLessThan(0.01)
  const forever = ratio.during(new Promise(() => {}))
  await world.advance(300_000)
  expect(ratio.average).toBeGreaterThan(0.9)
  void forever
})
