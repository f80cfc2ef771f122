import type { SimulatedWorld } from '@samsa/base'
import { silentLogger } from '@samsa/base'
import {
  type Compression,
  batchAttributes,
  batchRecordCount,
  decodeBatch,
  encodeBatch,
  isControl,
  nextBatch,
} from '@samsa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilePool } from '../file-pool.ts'
import type { PartitionLog } from '../partition-log.ts'
import { appendTo, bytesOf, logConfig, openTestLog, textOf, worldWithData } from '../testing/log-fixture.ts'
import { LogCleaner } from './log-cleaner.ts'

const DAY = 24 * 3_600_000
const settings = { keyMapBytes: 24 * 64, bytesPerSecondMax: 1e9, idleMs: 1000 }

const config = logConfig({
  'cleanup.policy': ['compact'],
  'internal.segment.bytes': 700,
  'index.interval.bytes': 100,
  'min.cleanable.dirty.ratio': 0,
  'message.timestamp.after.max.ms': Number.MAX_SAFE_INTEGER,
})

function open(world: SimulatedWorld, wasClean = false, recoveryPoint = 0): PartitionLog {
  return openTestLog(world, {
    config,
    wasClean,
    recoveryPoint,
    // Compaction of our own leaves no gaps between segments, whatever the checkpoint says.
    cleanedOffset: 0,
    files: new FilePool(world.disk, { openFilesMax: 4 }),
  })
}

function cleanerOf(world: SimulatedWorld, log: PartitionLog, keyMapBytes = settings.keyMapBytes): LogCleaner {
  const { disk, clock, random } = world
  return new LogCleaner({
    disk,
    clock,
    random,
    logger: silentLogger,
    logs: () => [log],
    settings: () => ({ ...settings, keyMapBytes }),
  })
}

interface Entry {
  offset: number
  key: string
  value: string | null
  timestamp: number
}

function readAll(log: PartitionLog): Entry[] {
  const found: Entry[] = []
  let offset = log.startOffset
  while (offset < log.endOffset) {
    const outcome = log.read({ offset, maxBytes: 2000, upTo: log.endOffset, minOneBatch: true })
    if (outcome.error !== 'NONE') throw new Error(outcome.error)
    for (
      let at = 0;
      at >= 0 && at < outcome.records.length;
      at = nextBatch(outcome.records, at, outcome.records.length)
    ) {
      for (const record of decodeBatch(outcome.records, at, { maxInflatedBytes: 1e9 })) {
        if (record.offset < offset) continue
        const value = record.value === null ? null : textOf(record.value)
        found.push({ offset: record.offset, key: textOf(record.key!), value, timestamp: record.timestamp })
      }
    }
    if (outcome.nextOffset === offset) break
    offset = outcome.nextOffset
  }
  return found
}

/** The last entry of each key, and for checking which entries may have stayed. */
function latestOf(entries: readonly Entry[]): Map<string, Entry> {
  const latest = new Map<string, Entry>()
  for (const entry of entries) latest.set(entry.key, entry)
  return latest
}

const keyed = (key: string, value: string | null, timestamp: number) => ({
  key: bytesOf(key),
  value: value === null ? null : bytesOf(value),
  timestamp,
})

const batches = fc.array(
  fc.record({
    compression: fc.constantFrom<Compression>('none', 'none', 'lz4', 'gzip'),
    records: fc.array(fc.tuple(fc.nat(12), fc.oneof(fc.nat(60), fc.constant(null))), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  { minLength: 5, maxLength: 60 },
)

describe('compaction', () => {
  it('keeps the last record of each key, at its offset, through restarts and power cuts', async () => {
    const disturbance = fc.constantFrom('none', 'reopen', 'powerCut', 'cutWithin')
    await fc.assert(
      fc.asyncProperty(
        batches,
        disturbance,
        fc.nat(),
        fc.nat(300),
        async (written, disturbed, seed, cutMs) => {
          const world = await worldWithData(seed)
          let log = open(world)
          await world.finish(log.sync())
          for (const { compression, records } of written) {
            const contents = records.map(([key, size], i) =>
              keyed(
                `key${key}`,
                size === null ? null : `${log.endOffset + i}`.padEnd(size, '.'),
                1000 + log.endOffset + i,
              ),
            )
            appendTo(log, encodeBatch({ records: contents, compression }))
          }
          await world.finish(log.checkpoint())
          log.advanceHighWatermark(log.endOffset)
          const before = readAll(log)
          const { endOffset } = log
          const cleaning = cleanerOf(world, log).cleanAll()
          if (disturbed === 'cutWithin') {
            cleaning.catch(() => {})
            await world.advance(cutMs / 10)
            world.powerCut()
            log = open(world, false, endOffset)
          } else {
            await world.finish(cleaning)
            if (disturbed === 'reopen') {
              await world.finish(log.close())
              log = open(world, true, endOffset)
            } else if (disturbed === 'powerCut') {
              world.powerCut()
              log = open(world, false, endOffset)
            }
          }
          expect(log.endOffset).toBe(endOffset)
          const after = readAll(log)
          const byOffset = new Map(before.map(entry => [entry.offset, entry]))
          for (const entry of after) expect(entry).toEqual(byOffset.get(entry.offset))
          expect([...latestOf(after)].sort()).toEqual([...latestOf(before)].sort())
          for (const entry of after) {
            const found = log.findByTimestamp(entry.timestamp, log.endOffset)
            expect(found).toEqual({ offset: entry.offset, timestamp: entry.timestamp, leaderEpoch: 0 })
          }
        },
      ),
      { numRuns: Number(globalThis.process?.env['SAMSA_RUNS'] ?? 150) },
    )
  })

  it('leaves one record of each key in the part it cleaned', async () => {
    const world = await worldWithData(1)
    const log = open(world)
    for (let i = 0; i < 200; i++) {
      appendTo(log, encodeBatch({ records: [keyed(`key${i % 7}`, `value${i}`, 1000)] }))
      if (i === 0) await world.finish(log.sync())
    }
    log.advanceHighWatermark(log.endOffset)
    expect(await world.finish(cleanerOf(world, log).cleanAll())).toBe(1)
    const active = log.compaction.segments.last.baseOffset
    const cleaned = readAll(log).filter(entry => entry.offset < active)
    expect(new Set(cleaned.map(entry => entry.key)).size).toBe(cleaned.length)
    expect(cleaned.length).toBe(7)
  })

  it('drops the marker of a deleted key only when its time has passed since a first pass', async () => {
    const world = await worldWithData(2)
    const log = open(world)
    const write = (key: string, value: string | null) =>
      appendTo(log, encodeBatch({ records: [keyed(key, value, world.clock.now())] }))
    const cleaner = cleanerOf(world, log)
    const fill = () => {
      for (let i = 0; i < 20; i++) write('filler', 'x'.repeat(60))
      log.roll()
      write('filler', 'last')
      log.advanceHighWatermark(log.endOffset)
    }
    write('gone', 'here')
    write('gone', null)
    fill()
    await world.finish(cleaner.cleanAll())
    expect(readAll(log).filter(entry => entry.key === 'gone')).toMatchObject([{ value: null }])
    await world.advance(DAY - 10_000)
    fill()
    await world.finish(cleaner.cleanAll())
    expect(readAll(log).filter(entry => entry.key === 'gone')).toMatchObject([{ value: null }])
    await world.advance(20_000)
    fill()
    await world.finish(cleaner.cleanAll())
    expect(readAll(log).filter(entry => entry.key === 'gone')).toEqual([])
  })

  it('drops the records of aborted transactions, then their markers, and keeps producers recognisable', async () => {
    const world = await worldWithData(3)
    let log = open(world)
    const cleaner = cleanerOf(world, log)
    const sequences = new Map<number, number>()
    const write = (producerId: number, key: string) => {
      const baseSequence = sequences.get(producerId) ?? 0
      sequences.set(producerId, baseSequence + 1)
      const records = [keyed(key, `of ${producerId}`, world.clock.now())]
      appendTo(
        log,
        encodeBatch({ records, producerId, producerEpoch: 0, baseSequence, isTransactional: true }),
      )
    }
    const end = (producerId: number, isAborted: boolean) => {
      const records = [
        {
          timestamp: world.clock.now(),
          key: Uint8Array.of(0, 0, 0, isAborted ? 0 : 1),
          value: Uint8Array.of(0, 0, 0, 0, 0, 1),
        },
      ]
      const marker = { records, producerId, producerEpoch: 0, isTransactional: true, isControl: true }
      appendTo(log, encodeBatch(marker), { origin: 'coordinator' })
    }
    const pass = async () => {
      for (let i = 0; i < 20; i++)
        appendTo(log, encodeBatch({ records: [keyed('filler', 'x'.repeat(60), world.clock.now())] }))
      log.roll()
      appendTo(log, encodeBatch({ records: [keyed('filler', 'last', world.clock.now())] }))
      log.advanceHighWatermark(log.endOffset)
      await world.finish(cleaner.cleanAll())
    }
    const controlBatches = () => {
      const outcome = log.read({ offset: 0, maxBytes: 1e6, upTo: log.endOffset, minOneBatch: true })
      if (outcome.error !== 'NONE') throw new Error(outcome.error)
      let count = 0
      for (
        let at = 0;
        at >= 0 && at < outcome.records.length;
        at = nextBatch(outcome.records, at, outcome.records.length)
      ) {
        if (isControl(batchAttributes(outcome.records, at)) && batchRecordCount(outcome.records, at) > 0)
          count++
      }
      return count
    }
    write(1, 'a')
    end(1, false)
    write(2, 'a')
    end(2, true)
    write(1, 'b')
    write(2, 'c')
    end(1, true)
    end(2, false)
    await pass()
    const values = () =>
      readAll(log).filter(entry => ['a', 'b', 'c'].includes(entry.key) && entry.value !== '')
    const data = () => values().filter(entry => entry.value?.startsWith('of') === true)
    expect(data().map(entry => [entry.key, entry.value])).toEqual([
      ['a', 'of 1'],
      ['c', 'of 2'],
    ])
    const markersAtFirst = controlBatches()
    await pass()
    await world.advance(DAY + 1000)
    await pass()
    await pass()
    expect(data().length).toBe(2)
    expect(controlBatches()).toBeLessThan(markersAtFirst)
    const { endOffset } = log
    await world.finish(log.close())
    for (const name of world.disk.list('data/orders-0').map(entry => entry.name)) {
      if (name.endsWith('.snapshot')) world.disk.remove(`data/orders-0/${name}`)
    }
    log = open(world, false, 0)
    expect(log.endOffset).toBe(endOffset)
    expect(log.activeProducers().map(({ producerId, lastSequence }) => [producerId, lastSequence])).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  it('lets each batch that a producer may repeat be recognised, also when all snapshots are lost', async () => {
    const world = await worldWithData(3)
    let log = open(world)
    const batch = (baseSequence: number) => {
      const records = [keyed('key', `${baseSequence}`, world.clock.now())]
      return encodeBatch({ records, producerId: 7, producerEpoch: 0, baseSequence })
    }
    for (let sequence = 0; sequence < 5; sequence++) appendTo(log, batch(sequence))
    for (let i = 0; i < 20; i++)
      appendTo(log, encodeBatch({ records: [keyed('key', 'x'.repeat(60), world.clock.now())] }))
    await world.finish(log.sync())
    log.roll()
    log.advanceHighWatermark(log.endOffset)
    await world.finish(cleanerOf(world, log).cleanAll())
    expect(readAll(log)).toHaveLength(1)
    world.kill()
    for (const { name } of world.disk.list('data/orders-0')) {
      if (name.endsWith('.snapshot')) world.disk.remove(`data/orders-0/${name}`)
    }
    log = open(world)
    for (let sequence = 0; sequence < 5; sequence++) {
      expect(appendTo(log, batch(sequence))).toMatchObject({ duplicate: true, firstOffset: sequence })
    }
  })

  it('works through more keys than fit into memory in several passes', async () => {
    const world = await worldWithData(4)
    const log = open(world)
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 100; i++)
        appendTo(log, encodeBatch({ records: [keyed(`key${i}`, `round ${round}`, 1000)] }))
    }
    log.roll()
    log.advanceHighWatermark(log.endOffset)
    expect(await world.finish(cleanerOf(world, log, 24 * 30).cleanAll())).toBeGreaterThan(3)
    expect(readAll(log).map(entry => entry.key)).toEqual(Array.from({ length: 100 }, (_, i) => `key${i}`))
  })

  it('leaves records alone that are younger than min.compaction.lag.ms, and hurries with those over the maximum', async () => {
    const world = await worldWithData(5)
    const log = open(world)
    const lagging = { ...config, 'min.compaction.lag.ms': 10_000, 'min.cleanable.dirty.ratio': 1 }
    log.reconfigure(lagging)
    for (let i = 0; i < 50; i++)
      appendTo(log, encodeBatch({ records: [keyed('same', `${i}`, world.clock.now())] }))
    log.roll()
    log.advanceHighWatermark(log.endOffset)
    const cleaner = cleanerOf(world, log)
    log.reconfigure({ ...lagging, 'max.compaction.lag.ms': 5_000 })
    expect(await world.finish(cleaner.cleanAll())).toBe(0)
    await world.advance(6_000)
    expect(await world.finish(cleaner.cleanAll())).toBe(0)
    await world.advance(6_000)
    expect(await world.finish(cleaner.cleanAll())).toBe(1)
    expect(readAll(log).length).toBe(1)
  })

  it('gives way to traffic, retention and the end of its log', async () => {
    const world = await worldWithData(6)
    const log = open(world)
    for (let i = 0; i < 400; i++)
      appendTo(log, encodeBatch({ records: [keyed(`key${i % 9}`, 'x'.repeat(50), 1000)] }))
    log.advanceHighWatermark(log.endOffset)
    const { disk, clock, random } = world
    const slow = { ...settings, keyMapBytes: 1e6, bytesPerSecondMax: 20_000 }
    const options = { disk, clock, random, logger: silentLogger, logs: () => [log], settings: () => slow }
    const cleaner = new LogCleaner(options)
    cleaner.start()
    await world.advance(500)
    appendTo(log, encodeBatch({ records: [keyed('meanwhile', 'x', 1000)] }))
    log.advanceHighWatermark(log.endOffset)
    expect(log.deleteRecordsBefore(200)).toBe('NONE')
    await world.advance(100_000)
    expect(readAll(log).some(entry => entry.key === 'meanwhile')).toBe(true)
    expect(readAll(log).length).toBeLessThan(60)
    await world.finish(log.close())
    await world.finish(cleaner.close())
    const left = world.disk.list('data/orders-0').filter(({ name }) => /cleaned|swap|deleted/.test(name))
    expect(left).toEqual([])
  })
})
