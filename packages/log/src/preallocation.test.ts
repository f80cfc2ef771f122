import { describe, expect, it } from 'vitest'
import { appendTo, batchOf, directory, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

const SEGMENT_BYTES = 2000
const config = logConfig({
  'internal.segment.bytes': SEGMENT_BYTES,
  'index.interval.bytes': 100,
  preallocate: true,
})

async function filledLog(count: number, seed = 1) {
  const world = await worldWithData(seed)
  const log = openTestLog(world, { config })
  for (let i = 0; i < count; i++) {
    appendTo(log, batchOf({ values: [`${i}`, 'x'.repeat(100)] }, 1000 + i))
    await world.finish(log.sync())
  }
  const sizes = () =>
    world.disk
      .list(directory)
      .filter(({ name }) => name.endsWith('.log'))
      .map(({ name }) => world.disk.size(`${directory}/${name}`))
  return { world, log, sizes }
}

type Filled = Awaited<ReturnType<typeof filledLog>>

function expectAll({ world }: Filled, log: ReturnType<typeof openTestLog>, count: number): void {
  expect(log.endOffset).toBe(2 * count)
  log.advanceHighWatermark(2 * count)
  for (let offset = 0; offset < 2 * count; offset += 2) {
    const outcome = log.read({ offset, maxBytes: 1 << 20, upTo: 2 * count, minOneBatch: true })
    expect(outcome).toMatchObject({ error: 'NONE' })
    if (outcome.error === 'NONE') expect(outcome.records[16]).toBe(2)
  }
  appendTo(log, batchOf({ values: ['more', 'y'.repeat(100)] }, 9000))
  expect(world.disk.list(directory).length).toBeGreaterThan(0)
}

describe('with preallocate', () => {
  it('the growing segment has its whole size at once, and closed ones have what they hold', async () => {
    const { log, sizes } = await filledLog(20)
    const last = sizes().length - 1
    expect(last).toBeGreaterThan(0)
    expect(sizes()[last]).toBe(SEGMENT_BYTES)
    const before = sizes().slice(0, -1)
    for (const size of before) expect(size).toBeLessThan(SEGMENT_BYTES)
    expect(log.sizeBytes).toBeLessThan(before.reduce((sum, size) => sum + size, SEGMENT_BYTES))
  })

  it('a stop in good order gives back what was not needed', async () => {
    const filled = await filledLog(20)
    const { world, log, sizes } = filled
    const { sizeBytes, endOffset } = log
    await world.finish(log.close())
    expect(sizes().reduce((sum, size) => sum + size, 0)).toBe(sizeBytes)
    expectAll(filled, openTestLog(world, { config, wasClean: true, recoveryPoint: endOffset }), 20)
  })

  it('a killed process leaves room that the next one tells from batches', async () => {
    for (const recoveryPoint of [0, 6, 40]) {
      const filled = await filledLog(20)
      filled.world.kill()
      expect(Math.max(...filled.sizes())).toBe(SEGMENT_BYTES)
      expectAll(filled, openTestLog(filled.world, { config, recoveryPoint }), 20)
    }
  })

  it('a power cut never brings room back between the batches of two segments', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const filled = await filledLog(20, seed)
      await filled.world.finish(filled.log.checkpoint())
      const { recoveryPoint } = filled.log
      filled.world.powerCut()
      expectAll(filled, openTestLog(filled.world, { config, recoveryPoint }), 20)
    }
  })
})
