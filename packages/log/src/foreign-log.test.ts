import { describe, expect, it } from 'vitest'
import { ForeignLogError } from './log-error.ts'
import { readTopicId } from './partition-metadata.ts'
import { appendTo, batchOf, bytesOf, directory, openTestLog, worldWithData } from './testing/log-fixture.ts'

const topicId = '6pBm7q6iS1iQ0Nn2Qc0mPg'
const otherId = 'AAAAAAAAAAAAAAAAAAAABQ'

describe('the directory of a partition that belongs to another topic', () => {
  it.each([true, false])('is refused and left as it is (clean stop: %s)', async wasClean => {
    const world = await worldWithData(1)
    const log = openTestLog(world, { topicId })
    appendTo(log, batchOf({ values: ['a'] }))
    await world.finish(log.close())
    const open = () => openTestLog(world, { topicId: otherId, wasClean })
    expect(open).toThrow(ForeignLogError)
    expect(open).toThrow(/data\/orders-0 belongs to a topic with the id 6pBm7q6iS1iQ0Nn2Qc0mPg.*Move it out/)
    expect(readTopicId(world.disk, directory)).toBe(topicId)
    const again = openTestLog(world, { topicId })
    expect(again.endOffset).toBe(1)
    await world.finish(again.close())
  })

  it('is taken when a power cut left only a part of the id', async () => {
    const world = await worldWithData(1)
    await world.finish(openTestLog(world, { topicId }).close())
    for (const torn of [
      'version: 0\ntopic_id: 6pBm7q6i\0\0\0\0\0\0\0\0\0\0\0\0\0\0',
      'version: 0\ntopic_id: 6pBm7q',
    ]) {
      const file = world.disk.open(`${directory}/partition.metadata`)
      file.truncate(0)
      file.write([bytesOf(torn)], 0)
      file.close()
      await world.finish(openTestLog(world, { topicId }).close())
      expect(readTopicId(world.disk, directory)).toBe(topicId)
    }
  })

  it('is taken when it does not say whose it is, as directories of Kafka before 2.8 do', async () => {
    const world = await worldWithData(1)
    const log = openTestLog(world)
    appendTo(log, batchOf({ values: ['a'] }))
    await world.finish(log.close())
    const named = openTestLog(world, { topicId })
    expect(named.endOffset).toBe(1)
    await world.finish(named.close())
    expect(readTopicId(world.disk, directory)).toBe(topicId)
  })
})
