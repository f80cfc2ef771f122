import { Fetch, Metadata, OffsetForLeaderEpoch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker, fetchRequest } from '../testing/test-broker.ts'

async function brokerWithTopics() {
  const broker = await TestBroker.start()
  await broker.createTopic('cached', { 'write.caching': 'true' }, 2)
  await broker.createTopic('durable')
  const epochs = async () => {
    const topics = ['cached', 'durable'].map(name => ({ name }))
    const answer = await broker.ask(Metadata, 8, { topics, allowAutoTopicCreation: false })
    return answer.topics.map(({ partitions }) => partitions.map(({ leaderEpoch }) => leaderEpoch))
  }
  return { broker, epochs }
}

describe('leader epochs at a restart', () => {
  it('rise after a crash where records were shown before they were durable', async () => {
    const { broker, epochs } = await brokerWithTopics()
    for (let i = 0; i < 5; i++) await broker.write('cached', ['x'])
    expect((await broker.fetch('cached', 4)).highWatermark).toBe(5)
    broker.world.powerCut()
    broker.kill()
    await broker.start()
    expect(await epochs()).toEqual([[1, 1], [0]])

    // A consumer that was at offset 5 in epoch 0 is fenced, asks where that epoch ends, and learns that it is too far.
    const stale = await broker.ask(Fetch, 12, fetchRequest('cached', 5, { currentLeaderEpoch: 0 }))
    expect(stale.responses[0]!.partitions[0]!.errorCode).toBe('FENCED_LEADER_EPOCH')
    const next = await broker.write('cached', ['y'])
    const partitions = [{ partition: 0, currentLeaderEpoch: 1, leaderEpoch: 0 }]
    const end = await broker.ask(OffsetForLeaderEpoch, 4, { topics: [{ topic: 'cached', partitions }] })
    expect(end.topics[0]!.partitions[0]).toMatchObject({ errorCode: 'NONE', endOffset: next })
    expect(next).toBeLessThan(5)
  })

  it('stay after a stop in order', async () => {
    const { broker, epochs } = await brokerWithTopics()
    await broker.stop()
    await broker.start()
    expect(await epochs()).toEqual([[0, 0], [0]])
  })
})
