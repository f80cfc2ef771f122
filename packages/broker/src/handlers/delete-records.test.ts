import { DeleteRecords, ListOffsets } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

async function brokerWithRecords(configs: Record<string, string> = {}, count = 5) {
  const broker = await TestBroker.start()
  await broker.createTopic('orders', configs)
  for (let i = 0; i < count; i++) await broker.write('orders', [`${i}`])
  return broker
}

async function deleteBefore(
  broker: TestBroker,
  offset: number,
  name = 'orders',
  partitionIndex = 0,
  version = 2,
) {
  const { topics } = await broker.ask(DeleteRecords, version, {
    topics: [{ name, partitions: [{ partitionIndex, offset }] }],
    timeoutMs: 1000,
  })
  const { errorCode, lowWatermark } = topics[0]!.partitions[0]!
  return [errorCode, lowWatermark]
}

describe('DeleteRecords', () => {
  it('drops what lies before an offset, in every version, and never comes back', async () => {
    const broker = await brokerWithRecords()
    for (const version of [0, 1, 2])
      expect(await deleteBefore(broker, version + 1, 'orders', 0, version)).toEqual(['NONE', version + 1])
    expect(await deleteBefore(broker, 1)).toEqual(['NONE', 3])
    expect((await broker.fetch('orders', 2)).errorCode).toBe('OFFSET_OUT_OF_RANGE')
    expect(await broker.fetch('orders', 3)).toMatchObject({ errorCode: 'NONE', logStartOffset: 3 })
    await broker.stop()
    await broker.start()
    const { topics } = await broker.ask(ListOffsets, 5, {
      replicaId: -1,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -2 }] }],
    })
    expect(topics[0]!.partitions[0]!.offset).toBe(3)
  })

  it('drops everything that is committed for -1', async () => {
    const broker = await brokerWithRecords()
    expect(await deleteBefore(broker, -1)).toEqual(['NONE', 5])
    expect(await broker.write('orders', ['next'])).toBe(5)
  })

  it('refuses offsets that are not there, unknown partitions, and compacted or internal topics', async () => {
    const broker = await brokerWithRecords()
    expect(await deleteBefore(broker, 6)).toEqual(['OFFSET_OUT_OF_RANGE', -1])
    expect(await deleteBefore(broker, -2)).toEqual(['OFFSET_OUT_OF_RANGE', -1])
    expect(await deleteBefore(broker, 0, 'missing')).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', -1])
    expect(await deleteBefore(broker, 0, 'orders', 8)).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', -1])
    await broker.createTopic('compacted', { 'cleanup.policy': 'compact' })
    expect(await deleteBefore(broker, 0, 'compacted')).toEqual(['POLICY_VIOLATION', -1])
    await broker.createTopic('both', { 'cleanup.policy': 'compact,delete' })
    expect(await deleteBefore(broker, 0, 'both')).toEqual(['NONE', 0])
    await broker.createTopic('__consumer_offsets')
    expect(await deleteBefore(broker, 0, '__consumer_offsets')).toEqual(['INVALID_TOPIC_EXCEPTION', -1])
  })
})
