import { simulatedWorld } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { GroupTimers } from './group-timers.ts'

function timersOf(seed = 1) {
  const world = simulatedWorld(seed)
  const start = world.clock.monotonicMs()
  const fired: string[] = []
  const timers = new GroupTimers(world.clock, (groupId, key) =>
    fired.push(`${groupId}/${key} at ${world.clock.monotonicMs() - start}`),
  )
  return { world, fired, timers }
}

describe('timers of groups', () => {
  test('go off once, when they are due', async () => {
    const { world, fired, timers } = timersOf()
    timers.set('g', 'join', 10)
    timers.set('h', 'join', 5)
    await world.advance(100)
    expect(fired).toEqual(['h/join at 5', 'g/join at 10'])
  })

  test('that are put off again and again go off after the last time', async () => {
    const { world, fired, timers } = timersOf()
    for (let i = 0; i < 5; i++) {
      timers.set('g', 'session/a', 10)
      await world.advance(8)
    }
    expect(fired).toEqual([])
    await world.advance(100)
    expect(fired).toEqual(['g/session/a at 42'])
  })

  test('that are brought forward go off earlier', async () => {
    const { world, fired, timers } = timersOf()
    timers.set('g', 'join', 100)
    timers.set('g', 'join', 10)
    await world.advance(1000)
    expect(fired).toEqual(['g/join at 10'])
  })

  test('that are cancelled, alone or with their group, do not go off', async () => {
    const { world, fired, timers } = timersOf()
    timers.set('g', 'join', 10)
    timers.cancel('g', 'join')
    timers.set('h', 'join', 10)
    timers.set('h', 'sync', 10)
    timers.cancelGroup('h')
    timers.set('i', 'join', 10)
    timers.cancelAll()
    timers.set('g', 'sync', 10)
    await world.advance(1000)
    expect(fired).toEqual(['g/sync at 10'])
  })
})
