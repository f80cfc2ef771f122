import { OffsetForLeaderEpoch } from '@samsa/protocol'
import { expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

it('OffsetForLeaderEpoch tells where the records of an epoch end, or why not', async () => {
  const broker = await TestBroker.start()
  await broker.createTopic('orders')
  for (const value of ['a', 'b']) await broker.write('orders', [value])
  const ask = async (leaderEpoch: number, more: { currentLeaderEpoch?: number; partition?: number } = {}) => {
    const { topics } = await broker.ask(OffsetForLeaderEpoch, 4, {
      replicaId: -1,
      topics: [
        {
          topic: 'orders',
          partitions: [
            {
              partition: more.partition ?? 0,
              currentLeaderEpoch: more.currentLeaderEpoch ?? -1,
              leaderEpoch,
            },
          ],
        },
      ],
    })
    const { errorCode, leaderEpoch: epoch, endOffset } = topics[0]!.partitions[0]!
    return [errorCode, epoch, endOffset]
  }
  expect(await ask(0)).toEqual(['NONE', 0, 2])
  expect(await ask(0, { currentLeaderEpoch: 0 })).toEqual(['NONE', 0, 2])
  expect(await ask(7)).toEqual(['NONE', -1, -1])
  expect(await ask(0, { currentLeaderEpoch: 3 })).toEqual(['UNKNOWN_LEADER_EPOCH', -1, -1])
  expect(await ask(0, { partition: 2 })).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', -1, -1])
})

it('OffsetForLeaderEpoch answers in every version', async () => {
  const broker = await TestBroker.start()
  await broker.createTopic('orders')
  await broker.write('orders', ['a'])
  for (let version = 0; version <= 4; version++) {
    const { topics } = await broker.ask(OffsetForLeaderEpoch, version, {
      replicaId: -1,
      topics: [{ topic: 'orders', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
    })
    expect(topics[0]!.partitions[0]).toMatchObject({
      errorCode: 'NONE',
      endOffset: 1,
      leaderEpoch: version >= 1 ? 0 : -1,
    })
  }
})
