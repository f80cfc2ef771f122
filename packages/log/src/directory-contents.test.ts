import { beforeEach, describe, expect, it } from 'vitest'
import { CONTENTS_FILE, lookInto, takeContents, writeContents } from './directory-contents.ts'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, openTestLog, worldWithData } from './testing/log-fixture.ts'

type TestWorld = Awaited<ReturnType<typeof worldWithData>>

const topicId = '6pBm7q6iS1iQ0Nn2Qc0mPg'
const path = `data/${CONTENTS_FILE}`
let world: TestWorld
let log: PartitionLog

/** A log of three records and several segments, closed and written down. */
beforeEach(async () => {
  world = await worldWithData(1)
  log = openTestLog(world, { topicId })
  for (const value of ['a', 'b', 'c']) {
    appendTo(log, batchOf({ values: [value] }))
    log.roll()
  }
  await world.finish(log.close())
  await world.finish(writeContents(world.disk, 'data', [log]))
})

const take = (recoveryPoint = 3) => takeContents(world.disk, 'data').take('orders-0', recoveryPoint)

describe('what lay in the directories of partitions at a stop in good order', () => {
  it('is what one would find there', () => {
    const contents = take()
    expect(contents).toEqual(lookInto(world.disk, log.directory))
    expect(contents?.topicId).toBe(topicId)
    expect([...contents!.logBytes.values()]).toEqual([70, 70, 70, 0])
    const { disk } = world
    const again = openTestLog(world, { topicId, wasClean: true, recoveryPoint: 3, contents })
    expect([again.startOffset, again.endOffset]).toEqual([0, 3])
    expect(disk.list(log.directory).map(({ name }) => name)).toEqual(contents!.names)
  })

  it('survives a power cut, and is told once', () => {
    world.powerCut()
    const known = takeContents(world.disk, 'data')
    expect(known.take('orders-0', 3)).toBeDefined()
    expect(known.take('orders-0', 3)).toBe(undefined)
    expect(known.take('orders-1', 0)).toBe(undefined)
    expect(world.disk.exists(path)).toBe(false)
    expect(take()).toBe(undefined)
  })

  it('is not believed when somebody appended since', () => {
    expect(take(4)).toBe(undefined)
  })

  it('is not believed when somebody made or removed a file since', () => {
    world.disk.remove(`${log.directory}/00000000000000000000.log`)
    expect(take()).toBe(undefined)
  })

  it('is not believed when a byte of it changed', () => {
    const file = world.disk.open(path)
    file.write([new TextEncoder().encode('9')], file.size() - 30)
    file.close()
    expect(() => take()).toThrow('checksum')
    expect(take()).toBe(undefined)
  })

  it('says nothing of a directory where somebody put a file with an unusual name', async () => {
    world.disk.open(`${log.directory}/00 - copy.log`, { create: true }).close()
    await world.finish(writeContents(world.disk, 'data', [log]))
    expect(take()).toBe(undefined)
  })

  it('fails for a directory that is gone as opening it would', () => {
    world.disk.remove(log.directory)
    expect(() => take()).toThrow('no such file or directory')
  })
})
