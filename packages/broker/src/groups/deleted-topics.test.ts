import { DeleteTopics, FindCoordinator, OffsetCommit, OffsetFetch } from '@samsa/protocol'
import { expect, test } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

async function committedTopics(broker: TestBroker): Promise<string[]> {
  const { topics } = await broker.ask(OffsetFetch, 7, { groupId: 'g', topics: null })
  return topics.map(({ name }) => name)
}

test('offsets of a topic that is deleted before its groups are loaded are gone once they are', async () => {
  const broker = await TestBroker.start()
  // Makes the topic that holds the groups.
  await broker.ask(FindCoordinator, 1, { key: 'g', keyType: 0 })
  for (const name of ['kept', 'deleted']) {
    await broker.createTopic(name)
    const { topics } = await broker.ask(OffsetCommit, 2, {
      groupId: 'g',
      topics: [{ name, partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }] }],
    })
    expect(topics[0]!.partitions[0]!.errorCode).toBe('NONE')
  }
  expect((await committedTopics(broker)).sort()).toEqual(['deleted', 'kept'])
  await broker.stop()

  await broker.start()
  const request = { topicNames: ['deleted'], timeoutMs: 1000 }
  expect((await broker.ask(DeleteTopics, 3, request)).responses[0]!.errorCode).toBe('NONE')
  await broker.advance(5000)
  expect(await committedTopics(broker)).toEqual(['kept'])
  await broker.stop()
})
