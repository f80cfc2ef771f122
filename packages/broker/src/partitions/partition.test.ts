import { type SimulatedWorld, defaultsOf, encodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import { openLog, topicConfig } from '@samsa/log'
import { encodeBatch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { Partition } from './partition.ts'

async function worldWithData(seed: number): Promise<SimulatedWorld> {
  const world = simulatedWorld(seed)
  world.disk.makeDirectory('/data')
  await world.finish(world.disk.syncDirectory('/'))
  return world
}

function openPartition(world: SimulatedWorld, isWriteCached = false): Partition {
  const { disk, clock, random } = world
  const config = { ...defaultsOf(topicConfig), 'write.caching': isWriteCached }
  const logger = silentLogger
  const log = openLog({
    disk,
    clock,
    random,
    logger,
    directory: '/data/orders-0',
    topic: 'orders',
    partition: 0,
    config,
    wasClean: false,
    recoveryPoint: 0,
    startOffset: 0,
  })
  return new Partition({ log, topicId: '', leaderEpoch: 0, clock, logger, config })
}

function append(partition: Partition, value = 'v'): number {
  const records = [{ timestamp: 1, key: null, value: encodeUtf8(value) }]
  const outcome = partition.append(encodeBatch({ records }), 'client')
  if (outcome.error !== 'NONE') throw new Error(outcome.error)
  return outcome.lastOffset + 1
}

function fillDisk({ disk }: SimulatedWorld): void {
  const { totalBytes, freeBytes } = disk.space('/data')
  disk.capacityBytes = totalBytes - freeBytes
}

describe('a partition', () => {
  it('tells whoever waits for the write that a full disk did not take it', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world)
    await world.finish(partition.whenWritten(append(partition)))
    fillDisk(world)
    const lost = partition.whenWritten(append(partition))
    expect(await world.finish(lost)).toBe('KAFKA_STORAGE_ERROR')
    world.disk.capacityBytes = Number.POSITIVE_INFINITY
    const end = append(partition)
    expect(end).toBe(2)
    expect(await world.finish(partition.whenWritten(end))).toBe('NONE')
  })

  it('lets a few readers know of records before the producer, and many after it', async () => {
    for (const [readers, expected] of [
      [1, ['reader', 'producer']],
      [5, ['producer', ...Array(5).fill('reader')]],
    ] as const) {
      const world = await worldWithData(1)
      const partition = openPartition(world)
      const told: string[] = []
      for (let i = 0; i < readers; i++) {
        const tell = () => {
          // As an answer to a fetch, which takes some promises to make.
          void Promise.resolve()
            .then(() => Promise.resolve())
            .then(() => told.push('reader'))
        }
        partition.listen({ advanced: tell, gone: tell })
      }
      const committed = partition.whenCommitted(append(partition))
      void Promise.resolve(committed).then(() => told.push('producer'))
      await world.finish(Promise.resolve(committed))
      await world.advance(1)
      expect(told).toEqual(expected)
    }
  })

  it('tells it also when a later append of the turn took the place of the dropped one', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world)
    fillDisk(world)
    const lost = partition.whenWritten(append(partition))
    partition.log.write()
    world.disk.capacityBytes = Number.POSITIVE_INFINITY
    const kept = partition.whenWritten(append(partition))
    expect(await world.finish(Promise.all([lost, kept]))).toEqual(['KAFKA_STORAGE_ERROR', 'NONE'])
  })

  it('has not caught up after a crash before what its log holds is durable', async () => {
    const world = await worldWithData(1)
    const before = openPartition(world)
    await world.finish(before.whenCommitted(append(before)) as Promise<string>)
    expect(before.isCaughtUp).toBe(true)
    world.kill()
    const after = openPartition(world)
    expect(after.isCaughtUp).toBe(false)
    await world.finish(after.whenCommitted(1) as Promise<string>)
    expect(after.isCaughtUp).toBe(true)
  })

  it('shows and acknowledges nothing of a caching topic before the system has it', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world, true)
    const committed = partition.whenCommitted(append(partition))
    expect(committed).toBeInstanceOf(Promise)
    expect(partition.log.highWatermark).toBe(0)
    expect(await world.finish(committed as Promise<string>)).toBe('NONE')
    expect(partition.log.highWatermark).toBe(1)
    world.kill()
    expect(openPartition(world, true).log.endOffset).toBe(1)
  })

  it('keeps each who waits for the disk as long as that one has patience, and commits all the same', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world)
    // A new log syncs its file and its directory.
    world.disk.syncMs = [4000, 4000]
    const startMs = world.clock.monotonicMs()
    const answered: string[] = []
    const wait = async (patienceMs?: number) => {
      const error = await partition.whenCommitted(append(partition), patienceMs)
      answered.push(`${error} after ${Math.round((world.clock.monotonicMs() - startMs) / 1000)} s`)
    }
    await world.finish(Promise.all([wait(3000), wait(1000), wait(9000), wait()]))
    const late = ['REQUEST_TIMED_OUT after 1 s', 'REQUEST_TIMED_OUT after 3 s']
    expect(answered).toEqual([...late, 'NONE after 8 s', 'NONE after 8 s'])
    expect(partition.log.highWatermark).toBe(4)
  })

  it('makes what it holds readable once a full disk has room, without another append', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world)
    world.disk.inject({ operation: 'sync', code: 'NO_SPACE', path: 'orders-0', times: 3 })
    const end = append(partition)
    expect(await world.finish(partition.whenCommitted(end) as Promise<string>)).toBe('KAFKA_STORAGE_ERROR')
    expect([partition.log.highWatermark, partition.log.endOffset]).toEqual([0, 1])
    await world.advance(5000)
    expect(partition.log.highWatermark).toBe(1)
  })

  it('tells producers of a caching topic that a full disk did not take their records', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world, true)
    fillDisk(world)
    const lost = partition.whenCommitted(append(partition))
    expect(await world.finish(lost as Promise<string>)).toBe('KAFKA_STORAGE_ERROR')
    expect(partition.log.highWatermark).toBe(0)
  })

  it('makes a caching topic durable when flush.ms has passed', async () => {
    const world = await worldWithData(1)
    const partition = openPartition(world, true)
    partition.reconfigure({ ...partition.log.config, 'flush.ms': 1000 })
    await world.finish(partition.whenCommitted(append(partition)) as Promise<string>)
    expect(partition.log.durableOffset).toBe(0)
    await world.advance(2000)
    expect(partition.log.durableOffset).toBe(1)
  })
})
