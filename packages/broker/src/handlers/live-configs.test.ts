import { DescribeConfigs, IncrementalAlterConfigs, Metadata } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../testing/records.ts'
import { TestBroker } from '../testing/test-broker.ts'

const TOPIC = 2
const BROKER = 4
const SET = 0
const DELETE = 1

async function alter(
  broker: TestBroker,
  resourceType: number,
  resourceName: string,
  name: string,
  value: string | null,
) {
  const configs = [{ name, value, configOperation: value === null ? DELETE : SET }]
  const { responses } = await broker.ask(IncrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly: false,
  })
  return responses[0]!.errorCode
}

const large = (broker: TestBroker) => batchOf({ values: ['x'.repeat(1000)] }, broker.world.clock.now())

describe('a configuration that changes', () => {
  it('of a topic counts from the next request on, and its deletion too', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    const code = async () => (await broker.produce('orders', large(broker))).errorCode
    expect(await code()).toBe('NONE')
    expect(await alter(broker, TOPIC, 'orders', 'max.message.bytes', '500')).toBe('NONE')
    expect(await code()).toBe('MESSAGE_TOO_LARGE')
    expect(await alter(broker, TOPIC, 'orders', 'max.message.bytes', null)).toBe('NONE')
    expect(await code()).toBe('NONE')
  })

  it('of all brokers is the default of topics without their own', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    await broker.createTopic('own', { 'max.message.bytes': '2000' })
    expect(await alter(broker, BROKER, '', 'message.max.bytes', '500')).toBe('NONE')
    expect((await broker.produce('orders', large(broker))).errorCode).toBe('MESSAGE_TOO_LARGE')
    expect((await broker.produce('own', large(broker))).errorCode).toBe('NONE')
    const { results } = await broker.ask(DescribeConfigs, 4, {
      resources: [
        { resourceType: TOPIC, resourceName: 'orders', configurationKeys: ['max.message.bytes'] },
        { resourceType: TOPIC, resourceName: 'own', configurationKeys: ['max.message.bytes'] },
      ],
      includeSynonyms: true,
    })
    const shown = results.map(({ configs }) => [configs[0]!.value, configs[0]!.configSource])
    expect(shown).toEqual([
      ['500', 3],
      ['2000', 1],
    ])
  })

  it('is there after a restart', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    await alter(broker, TOPIC, 'orders', 'max.message.bytes', '500')
    await broker.stop()
    await broker.start()
    expect((await broker.produce('orders', large(broker))).errorCode).toBe('MESSAGE_TOO_LARGE')
  })

  it('to write.caching=true answers without the disk, and back waits for it', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    await broker.write('orders', ['a'])
    broker.world.disk.syncMs = [500, 500]
    await alter(broker, TOPIC, 'orders', 'write.caching', 'true')
    const timed = async () => {
      const before = broker.world.clock.monotonicMs()
      await broker.write('orders', ['a'])
      return broker.world.clock.monotonicMs() - before
    }
    expect(await timed()).toBeLessThan(100)
    await alter(broker, TOPIC, 'orders', 'write.caching', 'false')
    expect(await timed()).toBeGreaterThanOrEqual(500)
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(3)
  })

  it('of one listener counts there, and is refused where no listener has such a key', async () => {
    const broker = await TestBroker.start()
    const key = 'listener.name.plaintext.max.connections'
    expect(await alter(broker, BROKER, '', key, '1')).toBe('NONE')
    const second = await broker.connect()
    await expect(broker.finish(second.ask(Metadata, 4, { topics: [] }))).rejects.toThrow()
    expect(await alter(broker, BROKER, '', key, null)).toBe('NONE')
    const third = await broker.connect()
    expect(await broker.finish(third.ask(Metadata, 4, { topics: [] }))).toMatchObject({ controllerId: 1 })
    expect(await alter(broker, BROKER, '', 'listener.name.plaintext.max.conections', '1')).toBe(
      'INVALID_CONFIG',
    )
    expect(await alter(broker, BROKER, '', 'listener.name.other.max.connections', '1')).toBe('INVALID_CONFIG')
    expect(await alter(broker, BROKER, '', key, '-1')).toBe('INVALID_REQUEST')
  })

  it('that only a start can change is refused', async () => {
    const broker = await TestBroker.start()
    expect(await alter(broker, BROKER, '1', 'auto.create.topics.enable', 'false')).toBe('INVALID_REQUEST')
    const { topics } = await broker.ask(Metadata, 4, {
      topics: [{ name: 't' }],
      allowAutoTopicCreation: true,
    })
    expect(topics[0]!.errorCode).toBe('NONE')
  })

  it('frees by retention what a topic no longer keeps, and never the segment in use', async () => {
    const broker = await TestBroker.start({ 'log.retention.check.interval.ms': '1000' })
    await broker.createTopic('orders', { 'segment.bytes': '1048576' })
    for (let i = 0; i < 3; i++) await broker.write('orders', ['x'.repeat(600_000)])
    await alter(broker, TOPIC, 'orders', 'retention.bytes', '700000')
    await broker.advance(3000)
    const { errorCode, logStartOffset } = await broker.fetch('orders', 2)
    expect([errorCode, logStartOffset]).toEqual(['NONE', 1])
  })
})
