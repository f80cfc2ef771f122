import { ZERO_UUID } from '@samsa/base'
import {
  type CompleteResponseOf,
  DescribeCluster,
  DescribeTopicPartitions,
  Metadata,
  type RequestDraftOf,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

type Query = RequestDraftOf<typeof Metadata>

const ask = (broker: TestBroker, version: number, query: Query) => broker.ask(Metadata, version, query)

const byName = (name: string, allowAutoTopicCreation = true): Query => ({
  topics: [{ name }],
  allowAutoTopicCreation,
})

describe('Metadata', () => {
  it('tells the brokers and topics in every version', async () => {
    const broker = await TestBroker.start({ 'broker.rack': 'r1' })
    const topicId = await broker.createTopic('orders', {}, 2)
    for (let version = 0; version <= 13; version++) {
      const answer = await ask(broker, version, byName('orders'))
      const rack = version >= 1 ? 'r1' : null
      expect(answer.brokers).toEqual([{ nodeId: 1, host: 'broker', port: 9092, rack }])
      if (version >= 1) expect(answer.controllerId).toBe(1)
      if (version >= 2) expect(answer.clusterId).toBe(broker.broker.clusterId)
      const [topic] = answer.topics
      expect(topic).toMatchObject({ errorCode: 'NONE', name: 'orders', isInternal: false })
      expect(topic!.topicId).toBe(version >= 10 ? topicId : ZERO_UUID)
      expect(topic!.partitions).toHaveLength(2)
      expect(topic!.partitions[1]).toMatchObject({
        errorCode: 'NONE',
        partitionIndex: 1,
        leaderId: 1,
        replicaNodes: [1],
        isrNodes: [1],
      })
    }
  })

  it('lists all topics for null, and for an empty list in version 0 only', async () => {
    const broker = await TestBroker.start()
    for (const name of ['b', 'a']) await broker.createTopic(name)
    const names = async (version: number, query: Query) =>
      (await ask(broker, version, query)).topics.map(({ name }) => name)
    expect(await names(0, { topics: [] })).toEqual(['a', 'b'])
    expect(await names(1, { topics: [] })).toEqual([])
    for (const version of [1, 12]) expect(await names(version, { topics: null })).toEqual(['a', 'b'])
  })

  it('refuses a request that names topics by id before version 12, though it has the field', async () => {
    const broker = await TestBroker.start()
    const topicId = await broker.createTopic('orders')
    for (const version of [10, 11]) {
      for (const name of [null, 'orders']) {
        const answer = await ask(broker, version, { topics: [{ name, topicId }] })
        expect(answer.brokers).toEqual([])
        expect(answer.topics).toMatchObject([{ errorCode: 'INVALID_REQUEST', name: name ?? '', topicId }])
      }
    }
  })

  it('finds topics by id from version 12 on', async () => {
    const broker = await TestBroker.start()
    const topicId = await broker.createTopic('orders')
    const strange = 'AAAAAAAAAAAAAAAAAAAABQ'
    const { topics } = await ask(broker, 12, {
      topics: [
        { topicId, name: null },
        { topicId: strange, name: null },
      ],
    })
    expect(topics.map(({ errorCode, name }) => [errorCode, name])).toEqual([
      ['NONE', 'orders'],
      ['UNKNOWN_TOPIC_ID', null],
    ])
  })

  it('creates a topic that is asked for, where the client and the broker allow it', async () => {
    const broker = await TestBroker.start({ 'num.partitions': '3' })
    expect((await ask(broker, 4, byName('forbidden', false))).topics[0]!.errorCode).toBe(
      'UNKNOWN_TOPIC_OR_PARTITION',
    )
    const made = await ask(broker, 4, byName('made'))
    expect(made.topics[0]).toMatchObject({ errorCode: 'NONE', name: 'made' })
    expect(made.topics[0]!.partitions).toHaveLength(3)
    // Versions before 4 cannot say no.
    expect((await ask(broker, 3, { topics: [{ name: 'old' }] })).topics[0]!.errorCode).toBe('NONE')
    expect((await ask(broker, 4, byName('not a name'))).topics[0]!.errorCode).toBe('INVALID_TOPIC_EXCEPTION')
    expect((await ask(broker, 4, { topics: null })).topics.map(({ name }) => name)).toEqual(['made', 'old'])
  })

  it('creates nothing where auto.create.topics.enable is false', async () => {
    const broker = await TestBroker.start({ 'auto.create.topics.enable': 'false' })
    const { topics } = await ask(broker, 12, byName('made'))
    expect(topics[0]!.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect((await ask(broker, 12, { topics: null })).topics).toEqual([])
  })

  it('tells authorised operations only to those who ask', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    const silent = await ask(broker, 10, byName('orders'))
    expect(silent.clusterAuthorizedOperations).toBe(-2147483648)
    expect(silent.topics[0]!.topicAuthorizedOperations).toBe(-2147483648)
    const asked = await ask(broker, 10, {
      ...byName('orders'),
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    })
    expect(asked.clusterAuthorizedOperations).toBeGreaterThan(0)
    expect(asked.topics[0]!.topicAuthorizedOperations).toBeGreaterThan(0)
  })
})

describe('DescribeCluster', () => {
  it('tells who is in the cluster in every version', async () => {
    const broker = await TestBroker.start()
    for (let version = 0; version <= 2; version++) {
      const answer = await broker.ask(DescribeCluster, version, { includeClusterAuthorizedOperations: false })
      expect(answer).toMatchObject({
        errorCode: 'NONE',
        clusterId: broker.broker.clusterId,
        controllerId: 1,
        brokers: [{ brokerId: 1, host: 'broker', port: 9092, rack: null }],
      })
    }
  })

  it('knows no controllers here, and no other kind of endpoint', async () => {
    const broker = await TestBroker.start()
    const code = async (endpointType: number) =>
      (await broker.ask(DescribeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType }))
        .errorCode
    expect(await code(2)).toBe('MISMATCHED_ENDPOINT_TYPE')
    expect(await code(7)).toBe('UNSUPPORTED_ENDPOINT_TYPE')
  })
})

type DescribeTopicPartitionsAnswer = CompleteResponseOf<typeof DescribeTopicPartitions>

describe('DescribeTopicPartitions', () => {
  async function pages(broker: TestBroker, names: string[], responsePartitionLimit: number) {
    const seen: string[][] = []
    let cursor: { topicName: string; partitionIndex: number } | null = null
    do {
      const topics = names.map(name => ({ name }))
      const answer: DescribeTopicPartitionsAnswer = await broker.ask(DescribeTopicPartitions, 0, {
        topics,
        responsePartitionLimit,
        cursor,
      })
      seen.push(
        answer.topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`),
        ),
      )
      cursor = answer.nextCursor
    } while (cursor !== null)
    return seen
  }

  it('goes through all topics in pages', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('b', {}, 2)
    await broker.createTopic('a', {}, 3)
    const all = ['a-0', 'a-1', 'a-2', 'b-0', 'b-1']
    for (const limit of [1, 2, 3, 4, 5, 100]) {
      const seen = await pages(broker, [], limit)
      expect(seen.flat()).toEqual(all)
      expect(Math.max(...seen.map(page => page.length))).toBeLessThanOrEqual(limit)
    }
    expect((await pages(broker, ['b'], 10)).flat()).toEqual(['b-0', 'b-1'])
  })

  it('says which topics are not there', async () => {
    const broker = await TestBroker.start()
    const { topics } = await broker.ask(DescribeTopicPartitions, 0, {
      topics: [{ name: 'missing' }, { name: 'not a name' }],
      responsePartitionLimit: 10,
      cursor: null,
    })
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['missing', 'UNKNOWN_TOPIC_OR_PARTITION'],
      ['not a name', 'INVALID_TOPIC_EXCEPTION'],
    ])
  })

  it('refuses a cursor that does not belong to the request', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('a')
    for (const cursor of [
      { topicName: 'a', partitionIndex: -1 },
      { topicName: '0', partitionIndex: 0 },
    ]) {
      const { topics } = await broker.ask(DescribeTopicPartitions, 0, {
        topics: [{ name: 'a' }],
        responsePartitionLimit: 10,
        cursor,
      })
      expect(topics.map(({ errorCode }) => errorCode)).toEqual(['INVALID_REQUEST'])
    }
  })
})
