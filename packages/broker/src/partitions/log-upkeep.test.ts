import { randomUuid, silentLogger, simulatedWorld } from '@samsa/base'
import { FilePool, PartitionLog } from '@samsa/log'
import { encodeBatch } from '@samsa/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LiveConfig } from '../config/live-config.ts'
import { LogDirectories } from './log-directories.ts'
import { Partitions } from './partitions.ts'

const PARTITIONS = 20
const RETENTION_MS = 60_000

/** A topic of many partitions that has been looked after until nothing was left to do. */
async function atRest() {
  const world = simulatedWorld(1)
  world.disk.makeDirectory('/data')
  const directories = await world.finish(LogDirectories.open(world.disk, ['/data'], silentLogger))
  const [config, files] = [new LiveConfig({}), new FilePool(world.disk)]
  const partitions = new Partitions({ world, logger: silentLogger, config, directories, files })
  const leaderEpochs = new Array(PARTITIONS).fill(0)
  const overrides = { 'retention.ms': String(RETENTION_MS) }
  partitions.host({ name: 'orders', topicId: randomUuid(world.random), leaderEpochs, overrides })
  const append = async (index: number) => {
    const found = partitions.lookUp('orders', index)
    if ('error' in found) throw new Error(found.error)
    const records = [{ timestamp: world.clock.now(), key: null, value: new Uint8Array(10) }]
    expect(found.partition.append(encodeBatch({ records }), 'client')).toMatchObject({ error: 'NONE' })
    await world.finish(Promise.resolve(found.partition.whenCommitted(1)))
    return found.partition.log
  }
  const lookAfter = async () => {
    await world.finish(partitions.checkpoint())
    await world.finish(partitions.applyRetention())
  }
  for (let index = 0; index < PARTITIONS; index++) await append(index)
  for (let round = 0; round < 3; round++) await lookAfter()
  return { world, partitions, append, lookAfter }
}

/** Counts how often checkpoints and retention look at logs. */
function watchLooks() {
  const points = vi.spyOn(PartitionLog.prototype, 'recoveryPoint', 'get')
  const expiries = vi.spyOn(PartitionLog.prototype, 'startAfterRetention')
  return () => ({ points: points.mock.calls.length, expiries: expiries.mock.calls.length })
}

const checkpointOf = (world: Awaited<ReturnType<typeof atRest>>['world'], name: string) => {
  const path = `/data/${name}`
  const file = world.disk.open(path)
  const bytes = new Uint8Array(world.disk.size(path))
  file.read(bytes, 0)
  file.close()
  return String.fromCharCode(...bytes)
}

describe('the upkeep of logs', () => {
  afterEach(() => vi.restoreAllMocks())

  it('looks at no log and touches no file while nothing moves', async () => {
    const { world, lookAfter } = await atRest()
    const looks = watchLooks()
    const events = world.trace.events
    for (let round = 0; round < 10; round++) await lookAfter()
    expect(looks()).toEqual({ points: 0, expiries: 0 })
    expect(world.trace.events).toBe(events)
  })

  it('looks at the log that moved, and writes down how far it is durable', async () => {
    const { world, append, lookAfter } = await atRest()
    const looks = watchLooks()
    await append(7)
    await lookAfter()
    expect(looks().expiries).toBe(1)
    expect(checkpointOf(world, 'recovery-point-offset-checkpoint')).toContain('orders 7 2\n')
    await lookAfter()
    const { points } = looks()
    for (let round = 0; round < 3; round++) await lookAfter()
    expect(looks()).toEqual({ points, expiries: 1 })
  })

  it('looks at all once something may have expired, and removes it', async () => {
    const { world, partitions, lookAfter } = await atRest()
    const looks = watchLooks()
    world.clock.jump(RETENTION_MS - 1000)
    await lookAfter()
    expect(looks().expiries).toBe(0)
    world.clock.jump(1001)
    await lookAfter()
    expect(looks().expiries).toBe(PARTITIONS)
    expect(Array.from(partitions.openLogs(), log => log.startOffset)).toEqual(new Array(PARTITIONS).fill(1))
  })

  it('looks at logs again whose settings changed', async () => {
    const { world, partitions, lookAfter } = await atRest()
    world.clock.jump(RETENTION_MS / 2)
    await lookAfter()
    const [first] = partitions.openLogs()
    first!.reconfigure({ ...first!.config, 'retention.ms': 1000 })
    await lookAfter()
    expect(Array.from(partitions.openLogs(), log => log.startOffset)).toEqual([
      1,
      ...new Array(PARTITIONS - 1).fill(0),
    ])
  })

  it('forgets producers long silent, although nothing moved', async () => {
    const { world, partitions, lookAfter } = await atRest()
    const found = partitions.lookUp('orders', 0)
    if ('error' in found) throw new Error(found.error)
    const { partition } = found
    const records = [
      { timestamp: world.clock.now() + 10 * RETENTION_MS, key: null, value: new Uint8Array(10) },
    ]
    partition.append(encodeBatch({ records, producerId: 5, producerEpoch: 0, baseSequence: 0 }), 'client')
    await world.finish(Promise.resolve(partition.whenCommitted(2)))
    await lookAfter()
    expect(partition.log.activeProducers()).toHaveLength(1)
    await lookAfter()
    world.clock.jump(25 * 60 * 60 * 1000)
    await lookAfter()
    expect(partition.log.activeProducers()).toEqual([])
  })

  it('tries again what the disk refused', async () => {
    const { world, append, lookAfter, partitions } = await atRest()
    await append(3)
    world.disk.inject({ operation: 'sync', code: 'IO', path: 'recovery-point-offset-checkpoint', times: 1 })
    await expect(world.finish(partitions.checkpoint())).rejects.toThrow('IO')
    await lookAfter()
    expect(checkpointOf(world, 'recovery-point-offset-checkpoint')).toContain('orders 3 2\n')
  })

  it('writes that deleted topics are gone', async () => {
    const { world, partitions, lookAfter } = await atRest()
    expect(checkpointOf(world, 'replication-offset-checkpoint')).toContain('orders 0 ')
    partitions.drop('orders')
    await world.advance(1000)
    await lookAfter()
    expect(checkpointOf(world, 'replication-offset-checkpoint')).toBe('0\n0\n')
  })
})
