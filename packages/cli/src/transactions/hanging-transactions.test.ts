import type { Admin, ProducerState } from '@samsa/client'
import { describe, expect, it } from 'vitest'
import { findHanging } from './hanging-transactions.ts'
import { paddedTable } from './padded-table.ts'

const NOW = 1_000_000

function producer(producerId: number, lastTimestamp: number, start?: number): ProducerState {
  return {
    producerId,
    producerEpoch: 0,
    lastSequence: 0,
    lastTimestamp,
    coordinatorEpoch: undefined,
    currentTransactionStartOffset: start,
  }
}

/** An Admin that knows one topic of two partitions, on brokers 1 and 2. */
function adminWith(producers: readonly ProducerState[]): Admin {
  const results = (outcomes: object[]) => ({
    results: () => Promise.resolve(outcomes),
    values: () => Promise.resolve(outcomes.map(one => (one as { value: unknown }).value)),
  })
  const partitions = [0, 1].map(partition => ({ partition, replicas: [partition + 1] }))
  return {
    listTopics: () => Promise.resolve([{ name: 'orders' }]),
    describeTopics: () => results([{ value: { name: 'orders', partitions } }]),
    describeProducers: (at: object[]) => results(at.map(item => ({ item, value: producers }))),
    listTransactions: () =>
      Promise.resolve([
        { producerId: 1, transactionalId: 'at-work' },
        { producerId: 2, transactionalId: 'elsewhere' },
        { producerId: 3, transactionalId: 'gone' },
      ]),
    describeTransactions: () =>
      results([
        { item: 'at-work', value: { partitions: [{ topic: 'orders', partition: 0 }] } },
        { item: 'elsewhere', value: { partitions: [{ topic: 'orders', partition: 1 }] } },
        { item: 'gone', error: { code: 'TRANSACTIONAL_ID_NOT_FOUND' } },
      ]),
  } as unknown as Admin
}

describe('hanging transactions', () => {
  it('are open for too long, and not the work of any coordinator', async () => {
    const admin = adminWith([
      producer(1, 0, 5),
      producer(2, 0, 6),
      producer(3, 0, 7),
      producer(4, 0, 8),
      producer(5, NOW - 10, 9),
      producer(6, 0),
    ])
    const found = await findHanging(admin, { topic: 'orders', partition: 0, olderThanMs: 1000, now: NOW })
    expect(found.map(one => one.producer.producerId)).toEqual([2, 3, 4])
  })

  it('are looked for in the partitions that a broker holds', async () => {
    const admin = adminWith([producer(9, 0, 5)])
    const found = await findHanging(admin, { broker: 2, olderThanMs: 1000, now: NOW })
    expect(found.map(({ topic, partition }) => [topic, partition])).toEqual([['orders', 1]])
  })

  it('are shown in columns as wide as their widest cell', () => {
    expect(paddedTable(['A', 'Long'], [['abc', 'd']])).toBe('A  \tLong\t\nabc\td   \t\n')
  })
})
