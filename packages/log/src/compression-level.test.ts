import { batchAttributes, compressionOf } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { appendTo, batchOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'
import type { LogConfig } from './topic-config.ts'

/** Text that repeats itself now and then: the harder a codec looks, the less is left of it. */
const text = Array.from({ length: 4000 }, (_, i) => `${(i * 7919) % 613} ${(i * 104_729) % 89} `).join('')

async function sizeOnDisk(changes: Partial<LogConfig>) {
  const world = await worldWithData(1)
  const log = openTestLog(world, { config: logConfig(changes) })
  appendTo(log, batchOf({ values: [text] }))
  const outcome = log.read({ offset: 0, maxBytes: 1 << 20, upTo: 1, minOneBatch: true })
  if (outcome.error !== 'NONE') throw new Error(outcome.error)
  return { size: log.sizeBytes, codec: compressionOf(batchAttributes(outcome.records, 0)) }
}

describe('a topic with a codec of its own', () => {
  it.each([
    ['gzip', 'compression.gzip.level', 1, 9],
    ['zstd', 'compression.zstd.level', -50, 19],
  ] as const)('compresses with %s at the level of %s', async (codec, key, low, high) => {
    const fast = await sizeOnDisk({ 'compression.type': codec, [key]: low })
    const thorough = await sizeOnDisk({ 'compression.type': codec, [key]: high })
    expect([fast.codec, thorough.codec]).toEqual([codec, codec])
    expect(thorough.size).toBeLessThan(fast.size)
  })
})
