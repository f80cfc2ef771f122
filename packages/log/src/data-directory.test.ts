import type { SimulatedWorld } from '@samsa/base'
import { beforeEach, describe, expect, it } from 'vitest'
import { readOffsetCheckpoint, replaceFile, writeOffsetCheckpoint } from './checkpoint-file.ts'
import {
  leaveCleanShutdownMark,
  listPartitions,
  readMetaProperties,
  takeCleanShutdownMark,
  writeMetaProperties,
} from './data-directory.ts'
import { deletedDirectoryName, parsePartitionDirectoryName } from './file-names.ts'
import { worldWithData } from './testing/log-fixture.ts'

let world: SimulatedWorld
beforeEach(async () => {
  world = await worldWithData(1)
})

describe('a checkpoint of offsets', () => {
  const offsets = [
    { topic: 'orders', partition: 0, offset: 42 },
    { topic: 'with.dots_and-dashes', partition: 11, offset: 0 },
  ]

  it('is read as it was written, after a power cut too', async () => {
    await world.finish(writeOffsetCheckpoint(world.disk, 'data/checkpoint', offsets))
    world.powerCut()
    expect(readOffsetCheckpoint(world.disk, 'data/checkpoint')).toEqual(offsets)
  })

  it('is the old or the new one when the power is cut while it is replaced', async () => {
    await world.finish(writeOffsetCheckpoint(world.disk, 'data/checkpoint', offsets))
    void writeOffsetCheckpoint(world.disk, 'data/checkpoint', [{ ...offsets[0]!, offset: 43 }]).catch(
      () => {},
    )
    await world.advance(0.5)
    world.powerCut()
    expect([42, 43]).toContain(readOffsetCheckpoint(world.disk, 'data/checkpoint')[0]!.offset)
  })

  it('is empty when the file is missing', () => {
    expect(readOffsetCheckpoint(world.disk, 'data/checkpoint')).toEqual([])
  })

  it('is empty when the file is, as Apache Kafka makes them', async () => {
    await world.finish(replaceFile(world.disk, 'data/checkpoint', ''))
    expect(readOffsetCheckpoint(world.disk, 'data/checkpoint')).toEqual([])
  })

  it.each([
    ['7\n0\n', 'version'],
    ['0\n2\norders 0 1\n', 'announces 2 lines'],
    ['0\n1\norders zero 1\n', 'is not "topic partition offset"'],
  ])('is refused when damaged: %j', async (content, reason) => {
    await world.finish(replaceFile(world.disk, 'data/checkpoint', content))
    expect(() => readOffsetCheckpoint(world.disk, 'data/checkpoint')).toThrow(reason)
  })
})

describe('a data directory', () => {
  it('says whose it is', async () => {
    expect(readMetaProperties(world.disk, 'data')).toBeUndefined()
    const properties = {
      clusterId: 'MkU3OEVBNTcwNTJENDM2Qg',
      nodeId: 3,
      directoryId: 'Z1hKdlVLdGtRVE9HVFZITg',
    }
    await world.finish(writeMetaProperties(world.disk, 'data', properties))
    expect(readMetaProperties(world.disk, 'data')).toMatchObject(properties)
  })

  it('may be one that Apache Kafka wrote, of this version or before KRaft', async () => {
    const kraft =
      '#\n#Sat Nov 21 09:40:56 UTC 2026\nnode.id=1\ndirectory.id=GN8qVkOLvnlW0HTA1JF6lA\nversion=1\ncluster.id=abc\n'
    await world.finish(replaceFile(world.disk, 'data/meta.properties', kraft))
    expect(readMetaProperties(world.disk, 'data')).toMatchObject({ clusterId: 'abc', nodeId: 1 })
    await world.finish(
      replaceFile(world.disk, 'data/meta.properties', 'broker.id=4\nversion=0\ncluster.id=abc\n'),
    )
    expect(readMetaProperties(world.disk, 'data')).toMatchObject({ nodeId: 4, directoryId: undefined })
    await world.finish(replaceFile(world.disk, 'data/meta.properties', 'hello\n'))
    expect(() => readMetaProperties(world.disk, 'data')).toThrow('does not say')
  })

  it('remembers one stop in good order once', async () => {
    expect(await world.finish(takeCleanShutdownMark(world.disk, 'data'))).toBe(false)
    await world.finish(leaveCleanShutdownMark(world.disk, 'data'))
    world.powerCut()
    expect(await world.finish(takeCleanShutdownMark(world.disk, 'data'))).toBe(true)
    world.powerCut()
    expect(await world.finish(takeCleanShutdownMark(world.disk, 'data'))).toBe(false)
  })

  it('lists its partitions', () => {
    for (const name of ['orders-0', 'a-b-12', 'orders-1.0f3c-delete', 'x-2.77-future', 'lost+found']) {
      world.disk.makeDirectory(`data/${name}`)
    }
    expect(listPartitions(world.disk, 'data')).toEqual([
      { topic: 'a-b', partition: 12, state: 'live', directory: 'data/a-b-12' },
      { topic: 'orders', partition: 0, state: 'live', directory: 'data/orders-0' },
      { topic: 'orders', partition: 1, state: 'deleted', directory: 'data/orders-1.0f3c-delete' },
      { topic: 'x', partition: 2, state: 'future', directory: 'data/x-2.77-future' },
    ])
  })

  it('has names for deleted partitions that file systems accept', () => {
    const name = deletedDirectoryName('t'.repeat(249), 123, '0123456789abcdef0123456789abcdef')
    expect(name.length).toBe(255)
    expect(parsePartitionDirectoryName(name)).toMatchObject({ partition: 123, state: 'deleted' })
  })
})
