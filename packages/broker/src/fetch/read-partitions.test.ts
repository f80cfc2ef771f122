import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

describe('aborted transactions in an answer', () => {
  it('are null where nobody asked for them, and an empty list where there is no such partition', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    for (const version of [4, 12]) {
      const of = async (topic: string, partition: number, isolationLevel = 0) =>
        (await broker.fetch(topic, 0, { partition, version, isolationLevel })).abortedTransactions
      expect(await of('orders', 0)).toBeNull()
      expect(await of('orders', 0, 1)).toEqual([])
      expect(await of('orders', 7)).toEqual([])
      expect(await of('missing', 0)).toEqual([])
    }
  })
})
