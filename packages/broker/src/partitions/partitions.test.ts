import { type SimulatedWorld, ZERO_UUID, randomUuid, silentLogger, simulatedWorld } from '@samsa/base'
import { FilePool } from '@samsa/log'
import { encodeBatch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { LiveConfig } from '../config/live-config.ts'
import { LogDirectories } from './log-directories.ts'
import { Partitions } from './partitions.ts'

async function openPartitions(world = simulatedWorld(1)) {
  world.disk.makeDirectory('/data')
  await world.finish(world.disk.syncDirectory('/'))
  const directories = await world.finish(LogDirectories.open(world.disk, ['/data'], silentLogger))
  const config = new LiveConfig({})
  const files = new FilePool(world.disk)
  return { world, partitions: new Partitions({ world, logger: silentLogger, config, directories, files }) }
}

describe('the partitions of a broker', () => {
  it('are all opened soon, although several topics come in one turn and nobody asks for them', async () => {
    const { world, partitions } = await openPartitions()
    for (const name of ['orders', 'returns', 'visits']) {
      const topicId = randomUuid(world.random)
      partitions.host({ name, topicId, leaderEpochs: [0, 0], overrides: {} })
    }
    await world.advance(1)
    expect(Array.from(partitions.openLogs())).toHaveLength(6)
    await world.finish(partitions.close())
  })

  it('are opened although they come when the last ones were just opened', async () => {
    const { world, partitions } = await openPartitions()
    for (let i = 0; i < 5; i++) {
      partitions.host({ name: `topic-${i}`, topicId: `${ZERO_UUID}${i}`, leaderEpochs: [0], overrides: {} })
      for (let turn = 0; turn < i; turn++) await Promise.resolve()
    }
    await world.advance(1)
    expect(Array.from(partitions.openLogs())).toHaveLength(5)
    await world.finish(partitions.close())
  })

  it('are not checkpointed before all are open', async () => {
    const { world, partitions } = await openPartitions()
    for (let i = 0; i < 50; i++) {
      partitions.host({ name: `topic-${i}`, topicId: `${ZERO_UUID}${i}`, leaderEpochs: [0], overrides: {} })
    }
    expect(Array.from(partitions.openLogs())).toHaveLength(0)
    await world.finish(partitions.checkpoint())
    expect(Array.from(partitions.openLogs())).toHaveLength(50)
    expect(world.disk.exists('/data/recovery-point-offset-checkpoint')).toBe(true)
    await world.finish(partitions.close())
  })

  it('are removed when their topics are deleted, however many at once, opened or not', async () => {
    const { world, partitions } = await openPartitions()
    const names = Array.from({ length: 50 }, (_, i) => `topic-${i}`)
    for (const name of names) {
      partitions.host({ name, topicId: randomUuid(world.random), leaderEpochs: [0, 0, 0], overrides: {} })
    }
    for (const name of names.slice(0, 25)) partitions.lookUp(name, 1)
    for (const name of names) partitions.drop(name)
    await world.finish(partitions.close())
    expect(directoriesOf(world)).toEqual([])
  })

  it('of a new topic do not begin where those of a deleted one of its name did, also after a crash', async () => {
    const { world, partitions } = await openPartitions()
    partitions.host({ name: 'orders', topicId: randomUuid(world.random), leaderEpochs: [0], overrides: {} })
    await write(world, partitions, 10)
    openedPartition(partitions).log.deleteRecordsBefore(10)
    await world.finish(partitions.checkpoint())
    partitions.drop('orders')
    const topicId = randomUuid(world.random)
    partitions.host({ name: 'orders', topicId, leaderEpochs: [0], overrides: {} })
    await world.advance(1000)
    await write(world, partitions, 3)
    world.powerCut()

    const again = await openPartitions(world)
    again.partitions.host({ name: 'orders', topicId, leaderEpochs: [0], overrides: {} })
    const { log } = openedPartition(again.partitions)
    expect([log.startOffset, log.endOffset]).toEqual([0, 3])
  })

  it('never go back to an earlier start than was told, whether records were deleted or too old', async () => {
    for (const end of ['kill', 'powerCut'] as const) {
      const { world, partitions } = await openPartitions()
      const topicId = randomUuid(world.random)
      const orders = { name: 'orders', topicId, leaderEpochs: [0], overrides: { 'retention.ms': '60000' } }
      partitions.host(orders)
      await write(world, partitions, 10)
      const { log } = openedPartition(partitions)
      log.advanceHighWatermark(10)
      expect((await world.finish(partitions.deleteRecordsBefore(new Map([[log, 4]])))).get(log)).toBe('NONE')
      expect(log.startOffset).toBe(4)
      world[end]()
      const second = await openPartitions(world)
      second.partitions.host(orders)
      const reopened = openedPartition(second.partitions).log
      expect(reopened.startOffset).toBe(4)

      reopened.advanceHighWatermark(10)
      world.clock.jump(60_001)
      await world.finish(second.partitions.applyRetention())
      expect(reopened.startOffset).toBe(10)
      world[end]()
      const third = await openPartitions(world)
      third.partitions.host(orders)
      expect(openedPartition(third.partitions).log.startOffset).toBe(10)
    }
  })

  it('start where they did when a new start cannot be written down, and go on', async () => {
    const { world, partitions } = await openPartitions()
    const orders = { name: 'orders', topicId: randomUuid(world.random), leaderEpochs: [0], overrides: {} }
    partitions.host(orders)
    await write(world, partitions, 10)
    const { log } = openedPartition(partitions)
    log.advanceHighWatermark(10)
    world.disk.inject({ operation: 'sync', code: 'IO', path: 'log-start-offset-checkpoint', times: 1 })
    const starts = new Map([[log, 4]])
    expect((await world.finish(partitions.deleteRecordsBefore(starts))).get(log)).toBe('KAFKA_STORAGE_ERROR')
    expect(log.startOffset).toBe(0)
    expect((await world.finish(partitions.deleteRecordsBefore(starts))).get(log)).toBe('NONE')
    expect(log.startOffset).toBe(4)
  })

  it('deleted while a checkpoint tells of them are not taken for new ones of their name', async () => {
    const { world, partitions } = await openPartitions()
    partitions.host({ name: 'orders', topicId: randomUuid(world.random), leaderEpochs: [0], overrides: {} })
    await write(world, partitions, 10)
    openedPartition(partitions).log.advanceHighWatermark(10)
    const deleted = partitions.deleteRecordsBefore(new Map([[openedPartition(partitions).log, 10]]))
    partitions.drop('orders')
    const topicId = randomUuid(world.random)
    partitions.host({ name: 'orders', topicId, leaderEpochs: [0], overrides: {} })
    await world.finish(deleted)
    await world.advance(1000)
    await write(world, partitions, 3)
    world.powerCut()

    const again = await openPartitions(world)
    again.partitions.host({ name: 'orders', topicId, leaderEpochs: [0], overrides: {} })
    const { log } = openedPartition(again.partitions)
    expect([log.startOffset, log.endOffset]).toEqual([0, 3])
  })

  it('are not in order after a stop when one of them could not be closed', async () => {
    const { world, partitions } = await openPartitions()
    const orders = { name: 'orders', topicId: randomUuid(world.random), leaderEpochs: [0], overrides: {} }
    partitions.host(orders)
    await write(world, partitions, 3)
    await world.finish(partitions.close())
    world.kill()

    const second = await openPartitions(world)
    second.partitions.host(orders)
    await write(world, second.partitions, 1)
    world.disk.inject({ operation: 'sync', code: 'IO', path: '/data/orders-0', times: 1 })
    await world.finish(second.partitions.close())
    world.kill()

    const third = await world.finish(LogDirectories.open(world.disk, ['/data'], silentLogger))
    expect(third.placeOf('orders', 0).wasClean).toBe(false)
  })

  it('of a new topic are not those of a deleted one whose removal a power cut took back', async () => {
    const { world, partitions } = await openPartitions()
    partitions.host({
      name: 'orders',
      topicId: randomUuid(world.random),
      leaderEpochs: [0, 0],
      overrides: {},
    })
    await write(world, partitions, 10)
    openedPartition(partitions).log.deleteRecordsBefore(5)
    await world.finish(partitions.checkpoint())
    world.powerCut()

    const topicId = randomUuid(world.random)
    const second = await openPartitions(world)
    second.partitions.host({ name: 'orders', topicId, leaderEpochs: [0, 0], overrides: {} })
    await world.advance(1000)
    await write(world, second.partitions, 3)
    const aside = directoriesOf(world).filter(({ name }) => name.endsWith('-stray'))
    expect(aside[0]?.name).toMatch(/^orders-0\./)
    world.powerCut()

    const third = await openPartitions(world)
    third.partitions.host({ name: 'orders', topicId, leaderEpochs: [0, 0], overrides: {} })
    const { log } = openedPartition(third.partitions)
    expect([log.startOffset, log.endOffset]).toEqual([0, 3])
  })
})

const directoriesOf = (world: SimulatedWorld) =>
  world.disk.list('/data').filter(({ kind }) => kind === 'directory')

function openedPartition(partitions: Partitions) {
  const found = partitions.lookUp('orders', 0)
  if ('error' in found) throw new Error(found.error)
  return found.partition
}

async function write(world: SimulatedWorld, partitions: Partitions, count: number): Promise<void> {
  const partition = openedPartition(partitions)
  for (let i = 0; i < count; i++) {
    const batch = encodeBatch({ records: [{ timestamp: 1, key: null, value: new Uint8Array(10) }] })
    expect(partition.append(batch, 'client')).toMatchObject({ error: 'NONE' })
  }
  expect(await world.finish(Promise.resolve(partition.whenCommitted(count)))).toBe('NONE')
}
