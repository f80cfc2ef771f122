import { describe, expect, it } from 'vitest'
import { type SamsaOptions, startSamsa } from './index.ts'

const COUNT = 200

/** What keeps the process alive, by kind: sockets, servers, timers, files that are being worked on. */
function openResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Mostly as tests use it; now and then with everything there is to leave open. */
const optionsOf = (n: number): SamsaOptions =>
  n % 20 === 0 ? { topics: ['orders'], sockets: true, storage: 'temporary' } : { topics: ['orders'] }

describe('many embedded brokers in one process', () => {
  it('leave no socket, server, timer or listener behind', { timeout: 120_000 }, async () => {
    const before = openResources()
    const listeners = process.eventNames().map(name => process.listenerCount(name))
    for (let n = 0; n < COUNT; n++) {
      const samsa = await startSamsa(optionsOf(n))
      await samsa.producer().send({ topic: 'orders', value: `${n}` })
      if (n % 10 === 0) expect(await samsa.records('orders', 1)).toMatchObject([{ value: `${n}` }])
      await samsa.close()
    }
    await expect.poll(openResources, { timeout: 10_000 }).toEqual(before)
    expect(process.eventNames().map(name => process.listenerCount(name))).toEqual(listeners)
  })
})
