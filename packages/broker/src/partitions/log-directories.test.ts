import { parseConfig, silentLogger, simulatedWorld } from '@samsa/base'
import {
  leaveCleanShutdownMark,
  offsetCheckpoints,
  openLog,
  topicConfig,
  writeOffsetCheckpoint,
} from '@samsa/log'
import { describe, expect, it } from 'vitest'
import { LogDirectories } from './log-directories.ts'

function worldWith(...directories: string[]) {
  const world = simulatedWorld(1)
  for (const directory of directories) world.disk.makeDirectory(directory)
  const open = (...paths: string[]) => world.finish(LogDirectories.open(world.disk, paths, silentLogger))
  return { world, open }
}

describe('log directories', () => {
  it('give new partitions to the directory with the fewest, and find those that are there', async () => {
    const { open } = worldWith('/a/orders-0', '/a/orders-1', '/b/orders-2')
    const directories = await open('/a', '/b')
    expect(directories.placeOf('orders', 1).directory).toBe('/a/orders-1')
    expect(directories.placeOf('new', 0).directory).toBe('/b/new-0')
    expect(directories.placeOf('new', 0).directory).toBe('/b/new-0')
    expect([...directories.found()].map(({ directory }) => directory).sort()).toEqual([
      '/a/orders-0',
      '/a/orders-1',
      '/b/new-0',
      '/b/orders-2',
    ])
  })

  it('believe checkpoints of partitions that are there, and start new ones from nothing', async () => {
    const { world, open } = worldWith('/a/orders-0')
    const entries = ['orders', 'gone'].map(topic => ({ topic, partition: 0, offset: 7 }))
    await world.finish(writeOffsetCheckpoint(world.disk, `/a/${offsetCheckpoints.recoveryPoint}`, entries))
    const directories = await open('/a')
    expect(directories.placeOf('orders', 0)).toMatchObject({
      wasClean: false,
      recoveryPoint: 7,
      startOffset: 0,
    })
    expect(directories.placeOf('gone', 0)).toMatchObject({ wasClean: true, recoveryPoint: 0 })
  })

  it('ignore a damaged checkpoint: reading the logs only takes longer', async () => {
    const { world, open } = worldWith('/a/orders-0')
    const file = world.disk.open(`/a/${offsetCheckpoints.recoveryPoint}`, { create: true })
    file.write([Uint8Array.of(0xff, 0, 1)], 0)
    file.close()
    expect((await open('/a')).placeOf('orders', 0).recoveryPoint).toBe(0)
  })

  it('count as clean once only: a stop that is not orderly shows at the next start', async () => {
    const { world, open } = worldWith('/a/orders-0')
    await world.finish(leaveCleanShutdownMark(world.disk, '/a'))
    expect((await open('/a')).placeOf('orders', 0).wasClean).toBe(true)
    expect((await open('/a')).placeOf('orders', 0).wasClean).toBe(false)
  })

  it('know after a stop in good order what lies in the partitions, and after no other', async () => {
    const { world, open } = worldWith('/a')
    const directories = await open('/a')
    const log = openLog({
      ...world,
      logger: silentLogger,
      topic: 'orders',
      partition: 0,
      topicId: '6pBm7q6iS1iQ0Nn2Qc0mPg',
      config: parseConfig(topicConfig, {}).values,
      ...directories.placeOf('orders', 0),
    })
    await world.finish(log.close())
    await world.finish(directories.closeCleanly([log]))
    const place = (await open('/a')).placeOf('orders', 0)
    expect(place.contents?.names).toEqual(world.disk.list('/a/orders-0').map(({ name }) => name))
    expect((await open('/a')).placeOf('orders', 0).contents).toBe(undefined)
  })

  it('are left in order only when every partition of an unclean start was opened and closed', async () => {
    const { world, open } = worldWith('/a/orders-0')
    const unclean = await open('/a')
    await world.finish(unclean.closeCleanly([]))
    expect((await open('/a')).placeOf('orders', 0).wasClean).toBe(false)
    await world.finish(leaveCleanShutdownMark(world.disk, '/a'))
    const clean = await open('/a')
    await world.finish(clean.closeCleanly([]))
    expect((await open('/a')).placeOf('orders', 0).wasClean).toBe(true)
  })

  it('finish deletions that a stop cut short', async () => {
    const { world, open } = worldWith(`/a/orders-0.${'0'.repeat(32)}-delete`, '/a/orders-1')
    const directories = await open('/a')
    expect([...directories.found()].map(({ partition }) => partition)).toEqual([1])
    expect(world.disk.list('/a').filter(({ name }) => name.endsWith('-delete'))).toEqual([])
  })
})
