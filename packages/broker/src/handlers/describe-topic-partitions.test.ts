import { DescribeTopicPartitions } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

describe('DescribeTopicPartitions', () => {
  it('refuses a cursor that is none of the request for each topic, and tells no operations with it', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    for (const cursor of [
      { topicName: 'orders', partitionIndex: -1 },
      { topicName: 'missing', partitionIndex: 0 },
    ]) {
      const { topics, nextCursor } = await broker.ask(DescribeTopicPartitions, 0, {
        topics: [{ name: 'orders' }],
        responsePartitionLimit: 100,
        cursor,
      })
      expect(topics).toMatchObject([
        { errorCode: 'INVALID_REQUEST', partitions: [], topicAuthorizedOperations: -2_147_483_648 },
      ])
      expect(nextCursor).toBeNull()
    }
  })
})
