import {
  CreateTopics,
  DeleteTopics,
  DescribeConfigs,
  DescribeTopicPartitions,
  FindCoordinator,
  IncrementalAlterConfigs,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
} from '@samsa/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

// Requests with more items than are decided about or looked up in one go: they are answered as small ones are.

const COUNT = 350
const names = Array.from({ length: COUNT }, (_, i) => `topic-${i}`)
const newTopic = (name: string) => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
})

describe('a request with many items', () => {
  let broker: TestBroker

  beforeAll(async () => {
    broker = await TestBroker.start()
    const { topics } = await broker.ask(CreateTopics, 7, {
      topics: [...names, 'topic-0', '__cluster_metadata', 'topic-340', 'topic-340'].map(newTopic),
      timeoutMs: 1000,
      validateOnly: false,
    })
    expect(topics.filter(({ errorCode }) => errorCode === 'NONE')).toHaveLength(COUNT - 2)
    const refused = topics.filter(({ errorCode }) => errorCode !== 'NONE')
    expect(refused.map(({ name, errorCode }) => [name, errorCode]).sort()).toEqual([
      ['__cluster_metadata', 'INVALID_REQUEST'],
      ['topic-0', 'INVALID_REQUEST'],
      ['topic-340', 'INVALID_REQUEST'],
    ])
    await broker.createTopic('topic-0')
    await broker.createTopic('topic-340', {}, 1200)
  })

  it('is answered with every topic asked for, each once and in its place', async () => {
    const { topics } = await broker.ask(Metadata, 12, {
      topics: [...names, ...names].map(name => ({ name, topicId: undefined as never })),
    })
    expect(topics.map(({ name }) => name)).toEqual(names)
    expect(topics.every(({ errorCode }) => errorCode === 'NONE')).toBe(true)
  })

  it('gets pages of topics in the order of their names', async () => {
    const { topics } = await broker.ask(DescribeTopicPartitions, 0, {
      topics: [...names].reverse().map(name => ({ name })),
      responsePartitionLimit: 100,
      cursor: null,
    })
    expect(topics.map(({ name }) => name)).toEqual([...names].sort().slice(0, 100))
  })

  it('may alter and describe the configuration of each', async () => {
    const { responses } = await broker.ask(IncrementalAlterConfigs, 1, {
      resources: [...names, 'missing'].map((resourceName, i) => ({
        resourceType: 2,
        resourceName,
        configs: [{ name: 'retention.ms', configOperation: 0, value: `${1000 + (i % 3)}` }],
      })),
      validateOnly: false,
    })
    expect(responses.map(({ resourceName }) => resourceName)).toEqual([...names, 'missing'])
    expect(responses.filter(({ errorCode }) => errorCode !== 'NONE')).toHaveLength(1)
    const { results } = await broker.ask(DescribeConfigs, 4, {
      resources: names.map(resourceName => ({
        resourceType: 2,
        resourceName,
        configurationKeys: ['retention.ms'],
      })),
    })
    expect(results.map(({ configs }) => configs[0]?.value)).toEqual(names.map((_, i) => `${1000 + (i % 3)}`))
  })

  it('may name many partitions of one topic, and of many topics', async () => {
    const partitions = Array.from({ length: 1200 }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    }))
    const { topics } = await broker.ask(ListOffsets, 7, {
      replicaId: -1,
      topics: [{ name: 'topic-340', partitions }],
    })
    expect(topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual(
      partitions.map(({ partitionIndex }) => partitionIndex),
    )
    expect(topics[0]!.partitions.every(({ errorCode, offset }) => errorCode === 'NONE' && offset === 0)).toBe(
      true,
    )
  })

  it.each([1, 7, 8])('may commit and fetch the offsets of many partitions (v%i)', async version => {
    await broker.ask(FindCoordinator, 1, { key: 'group', keyType: 0 })
    const indexes = Array.from({ length: 1200 }, (_, i) => i)
    const committed = await broker.ask(OffsetCommit, 3, {
      groupId: 'group',
      topics: [
        {
          name: 'topic-340',
          partitions: indexes.map(partitionIndex => ({
            partitionIndex,
            committedOffset: partitionIndex,
            committedMetadata: '',
          })),
        },
        { name: 'missing', partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: '' }] },
      ],
    })
    expect(committed.topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['missing', 1],
      ['topic-340', 1200],
    ])
    const asked = [
      { name: 'topic-1', partitionIndexes: [0] },
      { name: 'topic-340', partitionIndexes: indexes },
      { name: 'topic-2', partitionIndexes: [0] },
    ]
    const answer =
      version >= 8
        ? await broker.ask(OffsetFetch, version, { groups: [{ groupId: 'group', topics: asked }] })
        : await broker.ask(OffsetFetch, version, { groupId: 'group', topics: asked })
    const topics = (version >= 8 ? answer.groups?.[0]?.topics : answer.topics) ?? []
    expect(topics.map(({ name }) => name)).toEqual(asked.map(({ name }) => name))
    expect(topics[1]!.partitions.map(({ committedOffset }) => committedOffset)).toEqual(indexes)
  })

  it('may delete them all', async () => {
    const { responses } = await broker.ask(DeleteTopics, 5, {
      topicNames: [...names, 'missing', 'topic-1'],
      timeoutMs: 1000,
    })
    const codes = new Map(responses.map(({ name, errorCode }) => [name, errorCode]))
    expect(codes.get('missing')).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(codes.get('topic-1')).toBe('INVALID_REQUEST')
    expect(responses.filter(({ errorCode }) => errorCode === 'NONE')).toHaveLength(COUNT - 1)
  })
})
