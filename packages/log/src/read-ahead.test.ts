import { type Disk, type SimulatedWorld, decodeUtf8, silentLogger } from '@samsa/base'
import { decodeBatch, nextBatch } from '@samsa/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { LogCleaner } from './cleaner/log-cleaner.ts'
import { FilePool } from './file-pool.ts'
import type { PartitionLog } from './partition-log.ts'
import type { ReadOutcome, ReadRequest } from './read.ts'
import { appendTo, batchOf, bytesOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'
import type { LogConfig } from './topic-config.ts'

const BATCHES = 60

let world: SimulatedWorld
let log: PartitionLog

/** A log of small segments, one record a batch, opened anew: nothing of it counts as appended lately. */
async function openCold(changes: Partial<LogConfig> = {}, valueBytes = 40): Promise<void> {
  const config = logConfig({ 'internal.segment.bytes': 1000, 'index.interval.bytes': 100, ...changes })
  log = openTestLog(world, { config })
  for (let i = 0; i < BATCHES; i++) {
    const record = {
      timestamp: world.clock.now(),
      key: bytesOf(`k${i % 7}`),
      value: bytesOf(`${i}`.padEnd(valueBytes)),
    }
    appendTo(log, batchOf({ records: [record] }))
    if (i === 0) await world.finish(log.sync())
  }
  await world.finish(log.close())
  const files = new FilePool(watch(world.disk), { openFilesMax: 3, recentBytesMax: 1000 })
  log = openTestLog(world, { config, wasClean: true, recoveryPoint: BATCHES, cleanedOffset: 0, files })
  log.advanceHighWatermark(BATCHES)
}

/** What was read although it had not been brought into the page cache before. */
const coldReads: string[] = []
let bytesAhead = 0

/** Notes which bytes are brought into the page cache, and which of those that files began with are read without. */
function watch(disk: Disk): Disk {
  const warm = new Map<string, Uint8Array>()
  const open = disk.open.bind(disk)
  disk.open = (path, options) => {
    const file = open(path, options)
    const isWarm = warm.get(path) ?? new Uint8Array(file.size())
    warm.set(path, isWarm)
    const [read, readAhead] = [file.read.bind(file), file.readAhead.bind(file)]
    file.read = (target, position) => {
      const count = read(target, position)
      const cold = isWarm.indexOf(0, position)
      if (cold >= 0 && cold < position + count) coldReads.push(`${path} at ${cold}`)
      return count
    }
    file.readAhead = async (position, byteCount) => {
      bytesAhead += byteCount
      await readAhead(position, byteCount)
      isWarm.fill(1, position, position + byteCount)
    }
    return file
  }
  return disk
}

async function readPrepared(wanted: ReadRequest): Promise<ReadOutcome> {
  await log.prepareRead(wanted)
  return log.read(wanted)
}

const request = (offset: number, maxBytes = 300): ReadRequest => ({
  offset,
  maxBytes,
  upTo: log.endOffset,
  minOneBatch: true,
})

function offsetsIn(outcome: ReadOutcome): number[] | string {
  if (outcome.error !== 'NONE') return outcome.error
  const { records } = outcome
  const offsets: number[] = []
  for (let at = 0; at >= 0 && at < records.length; at = nextBatch(records, at, records.length)) {
    for (const record of decodeBatch(records, at, { maxInflatedBytes: 1e6 })) {
      expect(decodeUtf8(record.value!).trim()).toBe(`${record.offset}`)
      offsets.push(record.offset)
    }
  }
  return offsets
}

describe('reading what may not be in the page cache', () => {
  beforeEach(async () => {
    world = await worldWithData(1)
    world.disk.readMs = [10, 10]
  })

  it('is prepared where it was appended long ago, in bytes, or by another process', async () => {
    await openCold()
    const isPrepared = (offset: number) => log.prepareRead(request(offset)) !== undefined
    expect([0, BATCHES - 1, BATCHES].map(isPrepared)).toEqual([true, true, false])
    appendTo(log, batchOf({ values: ['new'] }))
    expect([BATCHES - 1, BATCHES].map(isPrepared)).toEqual([true, false])
    for (let i = 0; i < 10; i++) appendTo(log, batchOf({ values: ['x'.repeat(200)] }))
    expect([BATCHES, log.endOffset - 1].map(isPrepared)).toEqual([true, false])
    await world.run()
  })

  it('finds all of it in the page cache then, from every offset on, in pieces of any size', async () => {
    for (const segmentBytes of [1000, 100_000]) {
      for (let offset = 0; offset < BATCHES; offset += 9) {
        await openCold({ 'internal.segment.bytes': segmentBytes })
        coldReads.length = 0
        for (const maxBytes of [300, 1, 5000]) {
          expect(offsetsIn(await world.finish(readPrepared(request(offset, maxBytes))))).toContain(offset)
        }
        expect(coldReads).toEqual([])
        await world.finish(log.close())
        world.disk.remove('data/orders-0')
      }
    }
  })

  it('finds the first batch whole, however little of it was asked for', async () => {
    for (const intervalBytes of [100, 1_000_000_000]) {
      for (const start of [0, 7]) {
        await openCold(
          { 'internal.segment.bytes': 1_000_000_000, 'index.interval.bytes': intervalBytes },
          150_000,
        )
        coldReads.length = 0
        for (let offset = start; offset < start + 5; offset++) {
          expect(offsetsIn(await world.finish(readPrepared(request(offset, 1000))))).toEqual([offset])
        }
        expect(coldReads).toEqual([])
        await world.finish(log.close())
        world.disk.remove('data/orders-0')
      }
    }
  })

  it('need not be prepared again by a reader that goes on while what follows was read ahead', async () => {
    await openCold({ 'internal.segment.bytes': 100_000 })
    coldReads.length = 0
    expect(offsetsIn(await world.finish(readPrepared(request(0))))).toEqual([0, 1])
    await world.run()
    let waits = 0
    for (let offset = 2; offset < BATCHES; offset += 2) {
      const ready = log.prepareRead(request(offset))
      if (ready !== undefined) waits++
      await world.finish(Promise.resolve(ready))
      expect(offsetsIn(log.read(request(offset)))).toEqual([offset, offset + 1])
    }
    expect(waits).toBe(0)
    expect(coldReads).toEqual([])
  })

  it('is prepared anew when much time has passed, as the system may have forgotten it', async () => {
    await openCold({ 'internal.segment.bytes': 100_000 })
    await world.finish(readPrepared(request(0)))
    await world.advance(9000)
    expect(log.prepareRead(request(2))).toBeUndefined()
    await world.advance(11_000)
    expect(log.prepareRead(request(4))).toBeDefined()
    await world.run()
  })

  it('looks at the ends of what follows only, while it turns out to be in the page cache', async () => {
    await openCold({ 'internal.segment.bytes': 1_000_000_000 })
    const value = new Uint8Array(10_000)
    for (let i = 0; i < 200; i++)
      appendTo(log, batchOf({ records: [{ timestamp: world.clock.now(), key: null, value }] }))
    log.advanceHighWatermark(log.endOffset)
    world.disk.readMs = [0.1, 0.1]
    bytesAhead = 0
    for (let offset = BATCHES; offset < BATCHES + 150; offset += 10) {
      await world.finish(readPrepared(request(offset, 102_000)))
      await world.run()
    }
    expect(bytesAhead).toBeGreaterThan(100_000)
    expect(bytesAhead).toBeLessThan(600_000)
  })

  it('meets the failure of the disk when it reads', async () => {
    await openCold()
    world.disk.inject({ operation: 'read', code: 'IO', path: '.log' })
    const ready = log.prepareRead(request(30))
    await world.finish(Promise.resolve(ready))
    expect(log.failed).toBeUndefined()
    expect(offsetsIn(log.read(request(30)))).toBe('KAFKA_STORAGE_ERROR')
    expect(log.failed).toBeDefined()
  })

  it('never returns what was deleted meanwhile', async () => {
    await openCold()
    const [gone, kept] = [readPrepared(request(3)), readPrepared(request(45))]
    await world.advance(15)
    expect(log.deleteRecordsBefore(40)).toBe('NONE')
    expect(offsetsIn(await world.finish(gone))).toBe('OFFSET_OUT_OF_RANGE')
    expect(offsetsIn(await world.finish(kept))).toContain(45)
    await world.run()
  })

  it('leaves no file open when the log is removed or closed meanwhile', async () => {
    for (const end of ['remove', 'close'] as const) {
      for (const afterMs of [0, 5, 15, 25, 35]) {
        world = await worldWithData(afterMs)
        world.disk.readMs = [10, 10]
        await openCold()
        const reads = [readPrepared(request(3)), readPrepared(request(33))]
        await world.advance(afterMs)
        const ended = log[end]()
        for (const read of reads) {
          const outcome = await world.finish(read)
          if (outcome.error !== 'NONE') expect(outcome.error).toBe('NOT_LEADER_OR_FOLLOWER')
        }
        await world.finish(ended)
        await world.run()
        // The simulated disk refuses that while any file below is open.
        world.disk.remove('data')
      }
    }
  })

  it('returns what is there while compaction exchanges segments, and finds its way afterwards', async () => {
    for (let afterMs = 0; afterMs < 30; afterMs += 2) {
      world = await worldWithData(afterMs)
      await openCold({ 'cleanup.policy': ['compact'], 'min.cleanable.dirty.ratio': 0 })
      const cleaner = new LogCleaner({
        ...world,
        logger: silentLogger,
        logs: () => [log],
        settings: () => ({ keyMapBytes: 24 * 64, bytesPerSecondMax: 1e9, idleMs: 1000 }),
      })
      const cleaned = cleaner.cleanNow()
      let isOver = false
      cleaned.finally(() => {
        isOver = true
      })
      await world.advance(afterMs / 5)
      for (let offset = 0, reads = 0; reads < 200 && (!isOver || offset > 0); reads++) {
        const offsets = offsetsIn(await world.finish(readPrepared(request(offset))))
        if (typeof offsets === 'string') throw new Error(offsets)
        if (offsets.length > 0) expect(offsets[0]).toBeGreaterThanOrEqual(offset)
        offset = offsets.length === 0 ? 0 : offsets.at(-1)! + 1
      }
      expect(await world.finish(cleaned)).toBe(1)
      await world.finish(log.close())
    }
  })
})
