import type { SimulatedWorld } from '@samsa/base'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

const HOUR = 3_600_000

let world: SimulatedWorld
let log: PartitionLog

beforeEach(async () => {
  world = await worldWithData(1)
})

const small = { 'internal.segment.bytes': 500, 'index.interval.bytes': 100 }

async function fill(count: number, changes: Parameters<typeof logConfig>[0] = {}): Promise<void> {
  log = openTestLog(world, { config: logConfig({ ...small, ...changes }) })
  for (let i = 0; i < count; i++) {
    appendTo(log, batchOf({ values: ['x'.repeat(50)] }, world.clock.now()), { leaderEpoch: i })
    // There are no further segments before the first one is sure to be found.
    if (i === 0) await world.finish(log.sync())
  }
  log.advanceHighWatermark(count)
}

const files = () => world.disk.list('data/orders-0').map(entry => entry.name)
const logFiles = () => files().filter(name => name.endsWith('.log'))
const firstReadable = () => {
  const outcome = log.read({ offset: log.startOffset, maxBytes: 1, upTo: log.endOffset, minOneBatch: true })
  return outcome.error === 'NONE' ? outcome.nextOffset - 1 : outcome.error
}

describe('retention', () => {
  it('drops the oldest segments while the log is larger than retention.bytes', async () => {
    await fill(40, { 'retention.bytes': 1500 })
    const before = log.sizeBytes
    const freed = log.applyRetention(world.clock.now())
    expect(log.sizeBytes).toBe(before - freed)
    expect(log.sizeBytes).toBeGreaterThanOrEqual(1500)
    expect(log.sizeBytes).toBeLessThan(1500 + 500)
    expect(log.startOffset).toBeGreaterThan(0)
    expect(firstReadable()).toBe(log.startOffset)
    await world.run()
    expect(logFiles().length).toBe(log.segmentCount)
    expect(log.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: log.startOffset })
  })

  it('drops segments whose records are all older than retention.ms, the growing one too', async () => {
    await fill(40, { 'retention.ms': HOUR })
    expect(log.applyRetention(world.clock.now() + HOUR)).toBe(0)
    log.applyRetention(world.clock.now() + HOUR + 1)
    expect(log).toMatchObject({ startOffset: 40, endOffset: 40, sizeBytes: 0, segmentCount: 1 })
    appendTo(log, batchOf({}), { leaderEpoch: 40 })
    expect(log.endOffset).toBe(41)
    await world.finish(log.close())
    log = openTestLog(world, { wasClean: true, recoveryPoint: 41, startOffset: 40 })
    expect(log).toMatchObject({ startOffset: 40, endOffset: 41 })
  })

  it('tells where the log is to start before it drops anything', async () => {
    await fill(40, { 'retention.bytes': 1500 })
    const start = log.startAfterRetention(world.clock.now())
    expect(start).toBeGreaterThan(0)
    expect(log.startOffset).toBe(0)
    const freed = log.startAt(start)
    expect(freed).toBeGreaterThan(0)
    expect(log.startOffset).toBe(start)
    expect(log.startAfterRetention(world.clock.now())).toBe(start)
  })

  it('frees the growing segment, although the start stays, once its deleted records are too old', async () => {
    await fill(3, { 'retention.ms': HOUR })
    log.deleteRecordsBefore(3)
    expect(log.applyRetention(world.clock.now() + HOUR)).toBe(0)
    expect(log.applyRetention(world.clock.now() + HOUR + 1)).toBeGreaterThan(0)
    expect(log).toMatchObject({ startOffset: 3, endOffset: 3, sizeBytes: 0, segmentCount: 1 })
  })

  it('never drops what is not committed', async () => {
    await fill(40, { 'retention.ms': 0 })
    log.write()
    world.kill()
    log = openTestLog(world, { config: logConfig({ ...small, 'retention.ms': 0 }) })
    log.advanceHighWatermark(20)
    log.applyRetention(world.clock.now() + HOUR)
    expect(log.startOffset).toBeLessThanOrEqual(20)
    expect(log.startOffset).toBeGreaterThan(0)
  })

  it('leaves a compacted topic alone, except for what lies before its start', async () => {
    await fill(40, { 'retention.ms': 0, 'cleanup.policy': ['compact'] })
    expect(log.applyRetention(world.clock.now() + HOUR)).toBe(0)
  })
})

describe('deleting records', () => {
  it('moves the start at once, and frees whole segments', async () => {
    await fill(40)
    expect(log.deleteRecordsBefore(25)).toBe('NONE')
    expect(log.startOffset).toBe(25)
    expect(firstReadable()).toBe(25)
    expect(log.read({ offset: 24, maxBytes: 1, upTo: 40, minOneBatch: true })).toEqual({
      error: 'OFFSET_OUT_OF_RANGE',
    })
    await world.run()
    expect(log.segmentCount).toBe(logFiles().length)
    expect(log.deleteRecordsBefore(10)).toBe('NONE')
    expect(log.startOffset).toBe(25)
    expect(log.deleteRecordsBefore(41)).toBe('OFFSET_OUT_OF_RANGE')
  })

  it('survives a restart through the checkpoint of start offsets', async () => {
    await fill(40)
    log.deleteRecordsBefore(38)
    await world.finish(log.close())
    log = openTestLog(world, { wasClean: true, recoveryPoint: 40, startOffset: 38 })
    expect(log.startOffset).toBe(38)
    expect(firstReadable()).toBe(38)
  })
})

describe('truncation', () => {
  it('removes the end, with everything derived from it', async () => {
    await fill(40)
    await world.finish(log.sync())
    log.truncateTo(17)
    expect(log).toMatchObject({ endOffset: 17, highWatermark: 17, durableOffset: 17, latestEpoch: 16 })
    expect(log.findByTimestamp(0, 99)?.offset).toBe(0)
    expect(appendTo(log, batchOf({ values: ['new'] }), { leaderEpoch: 50 }).firstOffset).toBe(17)
    await world.finish(log.sync())
    world.powerCut()
    log = openTestLog(world, { recoveryPoint: 17 })
    expect(log).toMatchObject({ endOffset: 18, latestEpoch: 50 })
  })

  it('goes back to before a batch it would split', async () => {
    log = openTestLog(world)
    for (let i = 0; i < 3; i++) appendTo(log, batchOf({ values: ['a', 'b', 'c'] }))
    log.truncateTo(4)
    expect(log.endOffset).toBe(3)
  })

  it('may remove everything and go on elsewhere', async () => {
    await fill(40)
    const syncing = log.sync()
    log.truncateFully(1000)
    expect(log).toMatchObject({ startOffset: 1000, endOffset: 1000, highWatermark: 1000, sizeBytes: 0 })
    appendTo(log, batchOf({}), { leaderEpoch: 99 })
    await world.finish(syncing)
    await world.finish(log.sync())
    expect(logFiles()).toEqual(['00000000000000001000.log'])
    world.powerCut()
    log = openTestLog(world)
    expect(log).toMatchObject({ startOffset: 1000, endOffset: 1001 })
  })

  it('may begin anew in the very segment that is being synced', async () => {
    log = openTestLog(world)
    appendTo(log, batchOf({ values: ['old'] }))
    const syncing = log.sync()
    log.truncateFully(0)
    appendTo(log, batchOf({ values: ['new', 'er'] }))
    await world.finish(syncing)
    await world.finish(log.sync())
    expect(log.durableOffset).toBe(2)
    world.powerCut()
    log = openTestLog(world)
    expect(log.endOffset).toBe(2)
  })
})

describe('a removed log', () => {
  it('leaves nothing behind, also while it is being synced', async () => {
    await fill(10)
    const syncing = log.sync()
    syncing.catch(() => {})
    await world.finish(log.remove())
    expect(world.disk.list('data')).toEqual([])
    expect(log.append(batchOf({}), { leaderEpoch: 0, origin: 'client' })).toMatchObject({
      error: 'NOT_LEADER_OR_FOLLOWER',
    })
    await world.run()
    expect(world.disk.list('data')).toEqual([])
  })

  it('leaves nothing behind, whenever during a checkpoint it is removed', async () => {
    for (let elapsedMs = 0; elapsedMs < 12; elapsedMs += 0.25) {
      world = await worldWithData(1)
      await fill(10)
      const checkpoint = log.checkpoint()
      checkpoint.catch(() => {})
      await world.advance(elapsedMs)
      await world.finish(log.remove())
      expect(world.disk.list('data'), `removed after ${elapsedMs} ms`).toEqual([])
    }
  })
})

describe('a power cut while old segments are removed', () => {
  it('leaves no gap, and so takes nothing of what is kept', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      world = await worldWithData(seed)
      await fill(40)
      await world.finish(log.sync())
      for (const offset of [10, 20, 30]) {
        log.deleteRecordsBefore(offset)
        await world.advance(world.random.integer(4))
      }
      world.powerCut()
      log = openTestLog(world, { config: logConfig(small) })
      expect(log.endOffset).toBe(40)
      expect(log.startOffset).toBeLessThanOrEqual(30)
      expect(firstReadable()).toBe(log.startOffset)
    }
  })
})

describe('a power cut in the first moments of a log', () => {
  it('never leaves a later segment without the first one', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      world = await worldWithData(seed)
      log = openTestLog(world, { config: logConfig(small) })
      for (let i = 0; i < 40; i++) {
        appendTo(log, batchOf({ values: ['x'.repeat(50)] }))
        if (world.random.integer(10) === 0) await world.advance(1)
      }
      world.powerCut()
      log = openTestLog(world, { config: logConfig(small) })
      expect(log.startOffset).toBe(0)
    }
  })
})

describe('a power cut beside checkpoints', () => {
  it('makes no segment look older than it is, so that retention takes it', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      world = await worldWithData(seed)
      await fill(3)
      let checkpoint = Promise.resolve()
      for (let i = 0; i < 40; i++) {
        appendTo(log, batchOf({ values: ['x'.repeat(50)] }, world.clock.now()), { leaderEpoch: 40 })
        if (i % 10 === 0) checkpoint = checkpoint.then(() => log.checkpoint())
        if (world.random.integer(3) === 0) void log.sync()
        await world.advance(world.random.integer(2))
      }
      const { recoveryPoint } = log
      const startedMs = world.clock.now() - HOUR
      world.powerCut()
      log = openTestLog(world, { config: logConfig(small), recoveryPoint })
      for (const segment of log.compaction.segments.all)
        expect(segment.ageTimestamp).toBeGreaterThan(startedMs)
    }
  })
})
