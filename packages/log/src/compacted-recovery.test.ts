import type { SimulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

const config = logConfig({
  'internal.segment.bytes': 300,
  'index.interval.bytes': 100,
  'cleanup.policy': ['compact'],
})

/** A log of which not everything is durable, over several segments, after a power cut. */
async function cutWhileWriting(seed: number): Promise<SimulatedWorld> {
  const world = await worldWithData(seed)
  world.disk.syncMs = [5, 30]
  const log = openTestLog(world, { config })
  appendTo(log, batchOf({ values: ['x'.repeat(50)] }))
  await world.finish(log.sync())
  for (let i = 0; i < 30; i++) {
    appendTo(log, batchOf({ values: ['x'.repeat(50)] }))
    await world.advance(1)
  }
  world.powerCut()
  return world
}

/** Where a record is missing; undefined when none is. */
function gapOf(log: PartitionLog): number | undefined {
  for (let offset = log.startOffset; offset < log.endOffset; offset++) {
    const outcome = log.read({ offset, maxBytes: 1, upTo: log.endOffset, minOneBatch: true })
    if (outcome.error !== 'NONE' || outcome.nextOffset !== offset + 1) return offset
  }
  return undefined
}

describe('the log of a compacted topic, after a power cut', () => {
  it('has no gap where nothing was compacted: a producer would find later records before lost ones', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const world = await cutWhileWriting(seed)
      expect(gapOf(openTestLog(world, { config, cleanedOffset: 0 }))).toBe(undefined)
    }
  })

  it('keeps all that follows a gap where Apache Kafka may have compacted', async () => {
    const gaps = { kept: 0, cut: 0 }
    for (let seed = 1; seed <= 60; seed++) {
      const unknown = openTestLog(await cutWhileWriting(seed), { config })
      const compacted = openTestLog(await cutWhileWriting(seed), { config, cleanedOffset: 1000 })
      expect(compacted.endOffset).toBe(unknown.endOffset)
      if (gapOf(unknown) !== undefined) gaps.kept++
      const known = openTestLog(await cutWhileWriting(seed), { config, cleanedOffset: 0 })
      if (known.endOffset < unknown.endOffset) gaps.cut++
    }
    expect(gaps.kept).toBeGreaterThan(0)
    expect(gaps.cut).toBe(gaps.kept)
  })
})
