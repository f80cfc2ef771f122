import type { SimulatedWorld } from '@samsa/base'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

let world: SimulatedWorld
let log: PartitionLog

beforeEach(async () => {
  world = await worldWithData(1)
  log = openTestLog(world)
  appendTo(log, batchOf({ values: ['a', 'b'] }))
  await world.finish(log.sync())
})

const large = (producer = {}) => batchOf({ values: ['x'.repeat(100_000)], ...producer })
const append = (batch: Uint8Array) => log.append(batch, { leaderEpoch: 0, origin: 'client' })
const nextOffsetRead = () => {
  const outcome = log.read({ offset: 0, maxBytes: 1e6, upTo: log.endOffset, minOneBatch: true })
  return outcome.error === 'NONE' ? outcome.nextOffset : outcome.error
}

describe('a full disk', () => {
  it('refuses a large append and harms nothing: it goes on once there is room', async () => {
    const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE' })
    expect(append(large())).toMatchObject({ error: 'KAFKA_STORAGE_ERROR' })
    expect(log.failed).toBeUndefined()
    expect(nextOffsetRead()).toBe(2)
    end()
    expect(append(large())).toMatchObject({ error: 'NONE', firstOffset: 2 })
    await world.finish(log.sync())
    world.powerCut()
    log = openTestLog(world)
    expect(log.endOffset).toBe(3)
    expect(nextOffsetRead()).toBe(3)
  })

  it('takes back small appends that waited to be written, and their producer may send them again', async () => {
    const idempotent = (baseSequence: number) => batchOf({ producerId: 9, baseSequence })
    append(idempotent(0))
    log.write()
    const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log' })
    expect(append(idempotent(1))).toMatchObject({ error: 'NONE', firstOffset: 3 })
    expect(append(idempotent(2))).toMatchObject({ error: 'NONE', firstOffset: 4 })
    log.advanceHighWatermark(5)
    await expect(world.finish(log.sync())).rejects.toMatchObject({ code: 'NO_SPACE' })
    expect(log).toMatchObject({ endOffset: 3, highWatermark: 3, failed: undefined })
    end()
    expect(append(idempotent(1))).toMatchObject({ error: 'NONE', firstOffset: 3 })
    await world.finish(log.sync())
    expect(log.durableOffset).toBe(4)
  })

  it('does not let a producer go on behind first batches that were taken back', async () => {
    const idempotent = (baseSequence: number) => batchOf({ producerId: 9, baseSequence })
    const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log' })
    expect(append(idempotent(0))).toMatchObject({ error: 'NONE', firstOffset: 2 })
    expect(log.write()).toBe(false)
    for (let i = 0; i < 2; i++) {
      expect(append(idempotent(1))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
      expect(append(idempotent(0))).toMatchObject({ error: 'NONE', firstOffset: 2 })
      expect(log.write()).toBe(false)
    }
    end()
    expect(append(idempotent(1))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(append(idempotent(0))).toMatchObject({ error: 'NONE', firstOffset: 2 })
    expect(append(idempotent(1))).toMatchObject({ error: 'NONE', firstOffset: 3 })
  })

  describe('and a producer of which nothing is known, in the middle of its sequence', () => {
    const large = 'v'.repeat(70_000)
    const idempotent = (baseSequence: number, value = 'v', producerEpoch = 0) =>
      batchOf({ producerId: 9, producerEpoch, baseSequence, values: [value] })

    it.each([
      ['taken back', 'v', 'NONE'],
      ['refused at once', large, 'KAFKA_STORAGE_ERROR'],
    ] as const)('do not let later batches overtake the first one that was %s', (_, value, answer) => {
      for (let i = 0; i < 2; i++) {
        const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log' })
        expect(append(idempotent(37, value))).toMatchObject({ error: answer })
        log.write()
        end()
        expect(append(idempotent(38))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
        expect(append(idempotent(39, large))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
        expect(log.activeProducers()).toEqual([])
      }
      expect(append(idempotent(37, value))).toMatchObject({ error: 'NONE', firstOffset: 2 })
      expect(append(idempotent(38))).toMatchObject({ error: 'NONE', firstOffset: 3 })
    })

    it('let it begin with the first of several, with an earlier one, and anew in the next epoch', () => {
      for (const [sequence, epoch] of [
        [37, 0],
        [36, 0],
        [0, 1],
      ] as const) {
        log.truncateFully(2)
        const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log' })
        append(idempotent(37))
        append(idempotent(38))
        expect(log.write()).toBe(false)
        end()
        expect(append(idempotent(sequence, 'v', epoch))).toMatchObject({ error: 'NONE', firstOffset: 2 })
        expect(append(idempotent(sequence + 1, 'v', epoch))).toMatchObject({ error: 'NONE' })
      }
    })

    it('forget what was refused of it once that is old, or the log goes on elsewhere', () => {
      for (const forget of [() => log.expireProducers(1000 + 24 * 3_600_000), () => log.truncateFully(2)]) {
        world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log', times: 1 })
        append(idempotent(37, large))
        expect(append(idempotent(38))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
        forget()
        expect(append(idempotent(38))).toMatchObject({ error: 'NONE' })
        log.truncateFully(2)
      }
    })
  })

  it('that appears at the end of a turn is noticed there', async () => {
    world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log', times: 1 })
    append(batchOf({}))
    await world.advance(10)
    expect(log).toMatchObject({ endOffset: 2, failed: undefined })
    expect(append(batchOf({}))).toMatchObject({ firstOffset: 2 })
  })

  it('does not let a segment be begun, nor anything be lost', async () => {
    log.reconfigure(logConfig({ 'internal.segment.bytes': 100 }))
    const end = world.disk.inject({ operation: 'open', code: 'NO_SPACE', path: '00000000000000000002' })
    expect(append(batchOf({}))).toMatchObject({ error: 'KAFKA_STORAGE_ERROR' })
    end()
    expect(append(batchOf({}))).toMatchObject({ error: 'NONE', firstOffset: 2 })
    await world.finish(log.close())
    log = openTestLog(world)
    expect(log.endOffset).toBe(3)
  })

  it('leaves no gap before an append that asks for what was gathered to be synced', async () => {
    world = await worldWithData(1)
    log = openTestLog(world, { config: logConfig({ 'internal.segment.bytes': 100 }) })
    world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log', times: 1 })
    expect(append(batchOf({}))).toMatchObject({ error: 'NONE', firstOffset: 0 })
    // The only segment has to take it, as its name is not durable yet.
    expect(append(batchOf({}))).toMatchObject({ error: 'NONE', firstOffset: 1 })
    await world.advance(10)
    expect(log).toMatchObject({ endOffset: 0, failed: undefined })
    expect(append(batchOf({}))).toMatchObject({ error: 'NONE', firstOffset: 0 })
    expect(nextOffsetRead()).toBe(1)
  })

  it('is noticed after an append that is to be synced with every message', async () => {
    log.reconfigure(logConfig({ 'flush.messages': 1 }))
    world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log', times: 1 })
    expect(append(batchOf({}))).toMatchObject({ error: 'NONE', firstOffset: 2 })
    expect([log.endOffset, log.write(), log.endOffset]).toEqual([3, false, 2])
  })

  it('costs index entries at most', async () => {
    world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: 'index' })
    log.reconfigure(logConfig({ 'index.interval.bytes': 10 }))
    for (let i = 0; i < 400; i++) appendTo(log, batchOf({ values: ['x'.repeat(50)] }))
    expect(log.read({ offset: 399, maxBytes: 1, upTo: 402, minOneBatch: true })).toMatchObject({
      nextOffset: 400,
    })
  })
})

describe('a disk that fails to sync', () => {
  it('stops the log for good: what it holds and what is on disk may differ', async () => {
    append(batchOf({}))
    world.disk.inject({ operation: 'sync', code: 'IO', times: 1 })
    await expect(world.finish(log.sync())).rejects.toThrow('stopped')
    expect(log.durableOffset).toBe(2)
    expect(log.failed).toBeDefined()
    expect(append(batchOf({}))).toMatchObject({ error: 'KAFKA_STORAGE_ERROR' })
    expect(nextOffsetRead()).toBe('KAFKA_STORAGE_ERROR')
    await expect(log.sync()).rejects.toBe(log.failed)
    await expect(world.finish(log.close())).rejects.toBe(log.failed)
    log = openTestLog(world, { recoveryPoint: 2 })
    expect(log.endOffset).toBeGreaterThanOrEqual(2)
  })
})

describe('a process after one whose disk failed to sync', () => {
  it.each(['IO', 'NO_SPACE'] as const)('finds nothing that only looks durable (%s)', async code => {
    for (let seed = 1; seed <= 20; seed++) {
      world = await worldWithData(seed)
      log = openTestLog(world, { config: logConfig({ 'internal.segment.bytes': 400 }) })
      appendTo(log, batchOf({ values: ['a', 'b'] }))
      await world.finish(log.sync())
      for (let i = 0; i < 10; i++) appendTo(log, batchOf({ values: ['x'.repeat(100)] }))
      world.disk.inject({ operation: 'sync', code, times: 1, path: '.log' })
      // It may have been a sync in the background that failed.
      await world.finish(log.sync().catch(() => {}))
      world.kill()
      log = openTestLog(world, { recoveryPoint: 2 })
      expect(log.endOffset).toBe(12)
      await world.finish(log.sync())
      world.powerCut()
      log = openTestLog(world, { recoveryPoint: 2 })
      expect(log.endOffset).toBe(12)
    }
  })
})

describe('a group commit', () => {
  it('is shared by those who ask while one is running, and covers what they appended', async () => {
    let syncs = 0
    const open = world.disk.open.bind(world.disk)
    world.disk.open = (path, options) => {
      const file = open(path, options)
      const sync = file.sync.bind(file)
      file.sync = () => {
        syncs++
        return sync()
      }
      return file
    }
    log = openTestLog(world, { recoveryPoint: 2 })
    append(batchOf({}))
    const first = log.sync()
    append(batchOf({}))
    const others = [log.sync(), log.sync(), log.sync()]
    await world.finish(first)
    expect(log.durableOffset).toBe(3)
    await world.finish(Promise.all(others))
    expect(log.durableOffset).toBe(4)
    expect(syncs).toBe(2)
  })
})
