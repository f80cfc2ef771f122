import { silentLogger } from '@samsa/base'
import { Admin } from '@samsa/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerBroker, numbered, take } from './consumer-broker.ts'

let broker: ConsumerBroker
let admin: Admin

beforeEach(async () => {
  broker = new ConsumerBroker()
  await broker.start()
  admin = new Admin({ 'bootstrap.servers': 'broker:9092' }, { world: broker.world, logger: silentLogger })
})

afterEach(async () => {
  await broker.finish(admin.close())
  await broker.end()
})

const done = <T>(work: PromiseLike<T>): Promise<T> => broker.finish(Promise.resolve(work))

describe('topics', () => {
  it('are created, described, listed and deleted, each for itself', async () => {
    const created = await done(
      admin.createTopics([{ name: 'a', partitions: 3 }, { name: 'b' }, { name: '..' }]).results(),
    )
    expect(created.get('a').partitions).toBe(3)
    expect(created.errorOf('..')?.code).toBe('INVALID_TOPIC_EXCEPTION')
    const described = await done(admin.describeTopics(['a', 'c'], { partitionsPerAnswer: 1 }).results())
    expect(described.get('a').partitions.map(({ partition, leader }) => [partition, leader])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ])
    expect(described.errorOf('c')?.code).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect((await done(admin.listTopics())).map(({ name }) => name)).toEqual(['a', 'b'])
    const id = described.get('a').topicId!
    expect((await done(admin.describeTopicsById([id]))).get(id).name).toBe('a')
    await done(admin.deleteTopicsById([id]))
    await done(admin.deleteTopics(['b']))
    expect(await done(admin.listTopics())).toEqual([])
  })

  it('get more partitions', async () => {
    await done(admin.createTopic({ name: 'a' }))
    await done(admin.createPartitions([{ topic: 'a', count: 2 }]))
    expect((await done(admin.describeTopic('a'))).partitions).toHaveLength(2)
    const less = await done(admin.createPartitions([{ topic: 'a', count: 1 }]).results())
    expect(less.errorOf('a')?.code).toBe('INVALID_PARTITIONS')
  })

  it('lose records before an offset', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(10))
    const partition = { topic: 't', partition: 0 }
    const deleted = await done(admin.deleteRecords([{ ...partition, offset: 4 }]))
    expect(deleted.get(partition)).toBe(4)
    const earliest = await done(admin.listOffsets([{ ...partition, at: 'earliest' }]))
    expect(earliest.get(partition).offset).toBe(4)
  })
})

describe('configurations', () => {
  it('change key by key', async () => {
    await done(admin.createTopic({ name: 'a', configs: { 'retention.ms': 1000 } }))
    const resource = { type: 'TOPIC' as const, name: 'a' }
    const entries = async () => (await done(admin.describeConfigs([resource]))).get(resource)
    expect((await entries()).get('retention.ms')).toMatchObject({
      value: '1000',
      source: 'DYNAMIC_TOPIC_CONFIG',
      isDefault: false,
    })
    await done(
      admin.incrementalAlterConfigs([
        { ...resource, delete: ['retention.ms'], append: { 'cleanup.policy': ['compact'] } },
      ]),
    )
    expect((await entries()).get('retention.ms')?.isDefault).toBe(true)
    expect((await entries()).get('cleanup.policy')?.value).toBe('delete,compact')
  })
})

describe('groups', () => {
  it('are described with their members, and lose them', async () => {
    await broker.createTopic('t')
    await broker.produce('t', ['a'])
    const consumer = broker.consumer({ 'group.id': 'g', 'group.instance.id': 'one' })
    consumer.subscribe(['t'])
    await broker.finish(take(consumer, 1))
    const group = (await done(admin.describeConsumerGroups(['g']))).get('g')
    expect(group).toMatchObject({ type: 'classic', state: 'Stable', assignor: 'range' })
    expect(group.members[0]).toMatchObject({ instanceId: 'one', assignment: [{ topic: 't', partition: 0 }] })
    const removed = await done(admin.removeGroupMembers('g'))
    expect([...removed].map(({ item }) => item)).toEqual([{ instanceId: 'one' }])
  })

  it('have their offsets altered, listed and deleted while nobody is in them', async () => {
    await broker.createTopic('t', 2)
    const at = (partition: number) => ({ topic: 't', partition })
    await done(admin.alterGroupOffsets('g', [{ ...at(0), offset: 3, metadata: 'x' }]))
    const offsets = (await done(admin.listGroupOffsets([{ groupId: 'g', partitions: [at(0), at(1)] }]))).get(
      'g',
    )
    expect(offsets.get(at(0))).toMatchObject({ offset: 3, metadata: 'x' })
    expect(offsets.get(at(1))).toBeUndefined()
    await done(admin.deleteGroupOffsets('g', [at(0)]))
    expect((await done(admin.listGroupOffsets([{ groupId: 'g' }]))).get('g').size).toBe(0)
    expect((await done(admin.deleteGroups(['nobody']).results())).errorOf('nobody')?.code).toBe(
      'GROUP_ID_NOT_FOUND',
    )
  })
})

describe('the cluster', () => {
  it('is described, with what its brokers speak and their log directories', async () => {
    await broker.createTopic('t')
    const { brokers, controller } = await done(admin.describeCluster())
    expect(brokers).toMatchObject([{ id: 1, host: 'broker', port: 9092 }])
    expect(controller?.id).toBe(1)
    const dirs = (await done(admin.describeLogDirs([1]))).get(1)
    expect(dirs.get('/data')?.replicas.map(({ topic }) => topic)).toContain('t')
    const versions = (await done(admin.describeApiVersions([1]))).get(1)
    expect(versions.find(({ name }) => name === 'Produce')?.maxVersion).toBeGreaterThan(8)
  })

  it('is asked again when the broker died meanwhile', async () => {
    await done(admin.createTopic({ name: 'a' }))
    broker.kill()
    await broker.start()
    expect((await done(admin.describeTopic('a'))).partitions).toHaveLength(1)
  })

  it('says what it does not know', async () => {
    const error = await done(admin.describeMetadataQuorum().catch(error => error))
    expect(error).toMatchObject({ code: 'UNSUPPORTED' })
    expect(error.message).toContain('does not know DescribeQuorum')
  })
})
