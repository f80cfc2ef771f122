import { ZERO_UUID } from '@samsa/base'
import {
  CreatePartitions,
  CreateTopics,
  DeleteTopics,
  DescribeLogDirs,
  InitProducerId,
  Metadata,
  type RequestDraftOf,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker, codesOf } from '../testing/test-broker.ts'

type NewTopic = RequestDraftOf<typeof CreateTopics>['topics'][number]

const topicOf = (name: string, more: Partial<NewTopic> = {}): NewTopic => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...more,
})

function create(broker: TestBroker, topics: NewTopic[], version = 7, validateOnly = false) {
  const more = version >= 1 ? { validateOnly } : {}
  return broker.ask(CreateTopics, version, { topics, timeoutMs: 1000, ...more })
}

async function namesIn(broker: TestBroker) {
  return (await broker.ask(Metadata, 12, { topics: null })).topics.map(({ name }) => name)
}

describe('CreateTopics', () => {
  it('makes topics in every version, ready for records when it answers', async () => {
    const broker = await TestBroker.start()
    for (let version = 0; version <= 7; version++) {
      const { topics } = await create(broker, [topicOf(`t${version}`)], version)
      expect(codesOf(topics)).toEqual(['NONE'])
      expect(await broker.write(`t${version}`, ['a'])).toBe(0)
    }
  })

  it('tells from version 5 on what the topic got', async () => {
    const broker = await TestBroker.start({ 'num.partitions': '4' })
    const wanted = topicOf('orders', {
      numPartitions: -1,
      replicationFactor: -1,
      configs: [{ name: 'retention.ms', value: '1000' }],
    })
    const { topics } = await create(broker, [wanted])
    expect(topics[0]).toMatchObject({ numPartitions: 4, replicationFactor: 1, topicConfigErrorCode: 'NONE' })
    const configs = new Map(topics[0]!.configs!.map(config => [config.name, config]))
    expect(configs.get('retention.ms')).toMatchObject({ value: '1000', configSource: 1 })
    expect(configs.get('cleanup.policy')).toMatchObject({ value: 'delete', configSource: 5 })
  })

  it.each<[string, NewTopic, string]>([
    ['a name that is none', topicOf('not a name'), 'INVALID_TOPIC_EXCEPTION'],
    ['no partitions', topicOf('t', { numPartitions: 0 }), 'INVALID_PARTITIONS'],
    ['more replicas than brokers', topicOf('t', { replicationFactor: 2 }), 'INVALID_REPLICATION_FACTOR'],
    ['an unknown key', topicOf('t', { configs: [{ name: 'no.such', value: '1' }] }), 'INVALID_CONFIG'],
    ['a wrong value', topicOf('t', { configs: [{ name: 'retention.ms', value: 'x' }] }), 'INVALID_CONFIG'],
    [
      'a broker that is not there',
      topicOf('t', {
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [9] }],
      }),
      'INVALID_REPLICA_ASSIGNMENT',
    ],
  ])('refuses %s, says why, and makes the others of the request', async (_, wrong, error) => {
    const broker = await TestBroker.start()
    const { topics } = await create(broker, [wrong, topicOf('right')])
    expect(codesOf(topics)).toEqual([error, 'NONE'])
    expect(topics[0]!.errorMessage).toBeTruthy()
    expect(await namesIn(broker)).toEqual(['right'])
  })

  it('refuses a topic that is there, and one that is named twice', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    expect(codesOf((await create(broker, [topicOf('orders')])).topics)).toEqual(['TOPIC_ALREADY_EXISTS'])
    const twice = await create(broker, [topicOf('a'), topicOf('a')])
    expect(new Set(codesOf(twice.topics))).toEqual(new Set(['INVALID_REQUEST']))
  })

  it('only looks whether it could when asked to', async () => {
    const broker = await TestBroker.start()
    expect(codesOf((await create(broker, [topicOf('orders')], 7, true)).topics)).toEqual(['NONE'])
    expect(await namesIn(broker)).toEqual([])
  })
})

describe('DeleteTopics', () => {
  it('deletes by name in every version, and by id from version 6 on', async () => {
    const broker = await TestBroker.start()
    for (let version = 0; version <= 5; version++) {
      await broker.createTopic('orders')
      const { responses } = await broker.ask(DeleteTopics, version, {
        topicNames: ['orders'],
        timeoutMs: 1000,
      })
      expect(codesOf(responses)).toEqual(['NONE'])
    }
    const topicId = await broker.createTopic('orders')
    const byId = { topics: [{ name: null, topicId }], timeoutMs: 1000 }
    const { responses } = await broker.ask(DeleteTopics, 6, byId)
    expect(responses[0]).toMatchObject({ errorCode: 'NONE', name: 'orders', topicId })
    const again = await broker.ask(DeleteTopics, 6, byId)
    expect(codesOf(again.responses)).toEqual(['UNKNOWN_TOPIC_ID'])
    const unknown = { topics: [{ name: 'orders', topicId: ZERO_UUID }], timeoutMs: 1000 }
    expect(codesOf((await broker.ask(DeleteTopics, 6, unknown)).responses)).toEqual([
      'UNKNOWN_TOPIC_OR_PARTITION',
    ])
  })

  it('leaves nothing of them on the disk', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, 2)
    await broker.write('orders', ['a'], { partition: 1 })
    await broker.ask(DeleteTopics, 5, { topicNames: ['orders'], timeoutMs: 1000 })
    await broker.advance(2000)
    expect(broker.world.disk.list('/data').filter(({ name }) => name.startsWith('orders'))).toEqual([])
  })

  it('is refused where delete.topic.enable is false, as each version can say it', async () => {
    const broker = await TestBroker.start({ 'delete.topic.enable': 'false' })
    await broker.createTopic('orders')
    const code = async (version: number) =>
      codesOf(
        (await broker.ask(DeleteTopics, version, { topicNames: ['orders'], timeoutMs: 1000 })).responses,
      )
    expect(await code(2)).toEqual(['INVALID_REQUEST'])
    expect(await code(3)).toEqual(['TOPIC_DELETION_DISABLED'])
    expect(await namesIn(broker)).toEqual(['orders'])
  })
})

describe('CreatePartitions', () => {
  it('gives a topic more partitions, which take records at once', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    const grow = async (count: number, version = 3, name = 'orders') => {
      const topics = [{ name, count, assignments: null }]
      const request = { topics, timeoutMs: 1000, validateOnly: false }
      return codesOf((await broker.ask(CreatePartitions, version, request)).results)
    }
    for (let version = 0; version <= 3; version++) expect(await grow(version + 2, version)).toEqual(['NONE'])
    expect(await broker.write('orders', ['a'], { partition: 4 })).toBe(0)
    expect(await grow(5)).toEqual(['INVALID_PARTITIONS'])
    expect(await grow(3)).toEqual(['INVALID_PARTITIONS'])
    expect(await grow(3, 3, 'missing')).toEqual(['UNKNOWN_TOPIC_OR_PARTITION'])
  })
})

describe('InitProducerId', () => {
  const ask = (broker: TestBroker, version: number, more: object = {}) =>
    broker.ask(InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 1000, ...more })

  it('gives every producer another id, in every version and over restarts', async () => {
    const broker = await TestBroker.start()
    const ids = new Set<number>()
    for (let version = 0; version <= 5; version++) {
      const answer = await ask(broker, version)
      expect(answer).toMatchObject({ errorCode: 'NONE', producerEpoch: 0 })
      ids.add(answer.producerId)
    }
    await broker.stop()
    await broker.start()
    ids.add((await ask(broker, 5)).producerId)
    expect(ids.size).toBe(7)
  })

  it('refuses half of a producer’s identity, and an empty transactional id', async () => {
    const broker = await TestBroker.start()
    expect((await ask(broker, 4, { producerId: 5 })).errorCode).toBe('INVALID_REQUEST')
    expect((await ask(broker, 4, { producerEpoch: 5 })).errorCode).toBe('INVALID_REQUEST')
    expect((await ask(broker, 4, { transactionalId: '' })).errorCode).toBe('INVALID_REQUEST')
  })
})

describe('DescribeLogDirs', () => {
  it('tells how large each partition is, and how much room is left', async () => {
    const broker = await TestBroker.start({ 'log.dirs': '/data,/more' })
    broker.world.disk.capacityBytes = 1e9
    await broker.createTopic('orders', {}, 4)
    await broker.write('orders', ['x'.repeat(1000)], { partition: 2 })
    for (const topics of [null, [{ topic: 'orders', partitions: [0, 1, 2, 3] }]]) {
      const { results } = await broker.ask(DescribeLogDirs, 4, { topics })
      expect(results.map(({ logDir, errorCode }) => [logDir, errorCode])).toEqual([
        ['/data', 'NONE'],
        ['/more', 'NONE'],
      ])
      for (const { totalBytes, usableBytes } of results) {
        expect(totalBytes).toBe(1e9)
        expect(usableBytes).toBeLessThan(1e9)
      }
      const sizes = results.flatMap(result => result.topics).flatMap(({ partitions }) => partitions)
      expect(sizes.map(({ partitionIndex }) => partitionIndex).sort()).toEqual([0, 1, 2, 3])
      expect(sizes.find(({ partitionIndex }) => partitionIndex === 2)!.partitionSize).toBeGreaterThan(1000)
    }
  })
})
