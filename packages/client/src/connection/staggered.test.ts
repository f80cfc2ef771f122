import { simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { AllFailed, firstOf } from './staggered.ts'

const world = simulatedWorld(3)
const { clock } = world

/** Settles after so many milliseconds: negative fails. */
function after(ms: number): Promise<number> {
  return new Promise((resolve, reject) =>
    clock.timer(Math.abs(ms), () => (ms < 0 ? reject(new Error(`failed ${ms}`)) : resolve(ms))),
  )
}

async function tryAll(attempts: number[]): Promise<{ outcome: unknown; tookMs: number; late: number[] }> {
  const late: number[] = []
  const startMs = clock.monotonicMs()
  const options = { clock, staggerMs: 100, discard: (value: number) => late.push(value) }
  const outcome = await world.finish(firstOf(attempts, after, options).catch(error => error))
  const tookMs = clock.monotonicMs() - startMs
  await world.advance(10_000)
  return { outcome, tookMs, late }
}

describe('staggered attempts', () => {
  it('take the first one that succeeds and start no other', async () => {
    expect(await tryAll([50, 1])).toMatchObject({ outcome: 50, tookMs: 50, late: [] })
  })

  it('go on at once after a failure', async () => {
    expect(await tryAll([-10, 20])).toMatchObject({ outcome: 20, tookMs: 30 })
  })

  it('start the next beside one that takes long, and discard what comes late', async () => {
    expect(await tryAll([5000, 20])).toMatchObject({ outcome: 20, tookMs: 120, late: [5000] })
  })

  it('fail with every failure once all have failed', async () => {
    const { outcome } = await tryAll([-300, -10])
    expect((outcome as AllFailed).failures.map(one => (one as Error).message)).toEqual([
      'failed -300',
      'failed -10',
    ])
  })

  it('fail without candidates', async () => {
    expect((await tryAll([])).outcome).toBeInstanceOf(AllFailed)
  })
})
