import { type SimulatedWorld, ZERO_UUID, encodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import { type NewTopic, decideAlterConfigs, decideCreateTopics, decideDeleteTopics } from '@samsa/cluster'
import { describe, expect, it } from 'vitest'
import type { FoundPartition } from './found-topics.ts'
import { openMetadata } from './metadata.ts'
import { setStraysAside } from './stray-partitions.ts'

const allowAll = { listDefault: () => undefined, check: () => undefined }

function open(
  world: SimulatedWorld,
  found: FoundPartition[] = [],
  clusterId?: string,
  rewriteAfterBytes?: number,
) {
  return openMetadata({
    world,
    logger: silentLogger,
    directory: '/data',
    nodeId: 1,
    clusterId,
    found,
    ...(rewriteAfterBytes !== undefined && { rewriteAfterBytes }),
  })
}

async function openWithBroker(world: SimulatedWorld, rewriteAfterBytes?: number) {
  const metadata = await open(world, [], undefined, rewriteAfterBytes)
  await metadata.registerBroker([{ listener: 'PLAINTEXT', host: 'localhost', port: 9092 }], null)
  return metadata
}

function create(metadata: Awaited<ReturnType<typeof open>>, world: SimulatedWorld, ...names: string[]) {
  const topics = names.map(
    (name): NewTopic => ({ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }),
  )
  const context = {
    random: world.random,
    defaults: { numPartitions: 1, replicationFactor: 1 },
    checkConfig: () => undefined,
    validateOnly: false,
  }
  return metadata.submitItems(
    image => decideCreateTopics(image, topics, context),
    outcome => names.map(name => ({ name, ...outcome })),
  )
}

describe('the metadata on a disk', () => {
  it('comes back after a restart: topics with their ids, configurations, the cluster id', async () => {
    const world = simulatedWorld(1)
    world.disk.makeDirectory('/data')
    const before = await world.finish(openWithBroker(world))
    await world.finish(create(before, world, 'orders'))
    const what = { 'retention.ms': '1000' }
    const change = { resource: { type: 'topic', name: 'orders' } as const, what }
    await world.finish(before.submit(image => decideAlterConfigs(image, [change], allowAll, false)))
    await world.finish(before.close())

    const after = await world.finish(open(world))
    expect(after.image().clusterId).toBe(before.image().clusterId)
    expect(after.image().topic('orders')).toEqual(before.image().topic('orders'))
    expect(after.image().topicConfig('orders')).toEqual(what)
    expect(after.image().brokers()).toEqual([])
    await world.finish(after.close())
  })

  it('holds every topic it acknowledged after any power cut, and never a part of a request', async () => {
    let acknowledgedInAll = 0
    for (let seed = 1; seed <= 200; seed++) {
      const world = simulatedWorld(seed)
      world.disk.makeDirectory('/data')
      await world.finish(world.disk.syncDirectory('/'))
      // Every other run rewrites the journal at nearly every write.
      const metadata = await world.finish(openWithBroker(world, seed % 2 === 0 ? 100 : undefined))
      const acknowledged = new Set<string>()
      for (let request = 0; request < 6; request++) {
        const names = [`a-${request}`, `b-${request}`]
        void create(metadata, world, ...names).then(created => {
          for (const { name, error } of created) if (error === 'NONE') acknowledged.add(name)
        })
        await world.advance(world.random.integer(3))
      }
      world.powerCut()
      const after = await world.finish(open(world))
      for (const name of acknowledged) {
        expect(after.image().topic(name), `seed ${seed}: ${name} was acknowledged`).toBeDefined()
      }
      for (let request = 0; request < 5; request++) {
        const halves = [`a-${request}`, `b-${request}`].map(name => after.image().topic(name) !== undefined)
        expect(halves[0], `seed ${seed}: request ${request} was torn`).toBe(halves[1])
      }
      await world.finish(after.close())
      acknowledgedInAll += acknowledged.size
    }
    expect(acknowledgedInAll).toBeGreaterThan(200)
  })

  it('never gives out a producer id twice, whatever power cuts come between', async () => {
    const world = simulatedWorld(7)
    world.disk.makeDirectory('/data')
    await world.finish(world.disk.syncDirectory('/'))
    const given: number[] = []
    for (let start = 0; start < 5; start++) {
      const metadata = await world.finish(open(world))
      const ids = Array.from({ length: 3 }, () => metadata.producerIds.next())
      given.push(...((await world.finish(Promise.all(ids))) as number[]))
      world.powerCut()
    }
    expect(new Set(given).size).toBe(15)
    expect([...given].sort((a, b) => a - b)).toEqual(given)
  })

  it('goes on after its disk was full, with what it had before', async () => {
    const world = simulatedWorld(3)
    world.disk.makeDirectory('/data')
    const metadata = await world.finish(openWithBroker(world))
    await world.finish(create(metadata, world, 'before'))
    world.disk.capacityBytes = 0
    const [refused] = await world.finish(create(metadata, world, 'refused'))
    expect(refused!.error).toBe('KAFKA_STORAGE_ERROR')
    world.disk.capacityBytes = Number.POSITIVE_INFINITY
    const [made] = await world.finish(create(metadata, world, 'refused'))
    expect(made!.error).toBe('NONE')
    await world.finish(metadata.close())
    const after = await world.finish(open(world))
    expect(after.image().sortedTopicNames()).toEqual(['before', 'refused'])
  })

  it('rewrites its journal, and starts from what is left of it', async () => {
    const world = simulatedWorld(5)
    world.disk.makeDirectory('/data')
    const metadata = await world.finish(openWithBroker(world))
    const resource = { type: 'broker', name: 'default' } as const
    for (let i = 0; i < 60; i++) {
      const what = { 'metric.reporters': `${i}-`.padEnd(50_000, 'x') }
      await world.finish(
        metadata.submit(image => decideAlterConfigs(image, [{ resource, what }], allowAll, false)),
      )
    }
    const directory = '/data/__samsa_metadata-0'
    const bytes = world.disk
      .list(directory)
      .filter(({ name }) => name.endsWith('.log'))
      .reduce((sum, { name }) => sum + world.disk.size(`${directory}/${name}`), 0)
    expect(bytes).toBeLessThan(2_000_000)
    await world.finish(metadata.close())
    const after = await world.finish(open(world))
    expect(after.image().brokerConfig('default')['metric.reporters']).toMatch(/^59-x/)
  })

  it('adopts topics it finds on disk, once, with the ids and the cluster id they came with', async () => {
    const world = simulatedWorld(9)
    const topicId = '6pBm7q6iS1iQ0Nn2Qc0mPg'
    const found = ['orders-0', 'orders-2', '__cluster_metadata-0', 'unnamed-0'].map(name => {
      const [topic, partition] = name.split('-') as [string, string]
      const directory = `/data/${name}`
      world.disk.makeDirectory(directory)
      if (topic !== 'unnamed') {
        const file = world.disk.open(`${directory}/partition.metadata`, { create: true })
        file.write([encodeUtf8(`version: 0\ntopic_id: ${topicId}\n`)], 0)
        file.close()
      }
      return { topic, partition: Number(partition), directory }
    })
    const first = await world.finish(open(world, found, 'cluster-of-kafka'))
    expect(first.image().clusterId).toBe('cluster-of-kafka')
    expect(first.image().sortedTopicNames()).toEqual(['orders'])
    expect(
      first
        .image()
        .topicById(topicId)
        ?.partitions.map(({ leader }) => leader),
    ).toEqual([1, 1, 1])
    const { revision } = first.image()
    await world.finish(first.close())
    const second = await world.finish(open(world, found, 'cluster-of-kafka'))
    expect(second.image().revision).toBe(revision)
  })

  it('gives topics ids that Kafka wrote before topics had any, and keeps their records until they are configured', async () => {
    const world = simulatedWorld(10)
    const found = ['orders-0', 'orders-1', '__consumer_offsets-3'].map(name => {
      const [topic, partition] = name.split('-') as [string, string]
      const directory = `/data/${name}`
      world.disk.makeDirectory(directory)
      return { topic, partition: Number(partition), directory }
    })
    const first = await world.finish(open(world, found, 'cluster-of-kafka'))
    const image = first.image()
    const orders = image.topic('orders')!
    expect(orders.partitions).toHaveLength(2)
    expect(orders.topicId).not.toBe(ZERO_UUID)
    expect(image.topicConfig('orders')).toEqual({ 'retention.ms': '-1', 'retention.bytes': '-1' })
    expect(image.topicConfig('__consumer_offsets')).toEqual({ 'cleanup.policy': 'compact' })
    await world.finish(first.close())
    const second = await world.finish(open(world, found, 'cluster-of-kafka'))
    expect(second.image().topic('orders')!.topicId).toBe(orders.topicId)

    const other = simulatedWorld(11)
    for (const { directory } of found) other.disk.makeDirectory(directory)
    const ofNobody = await other.finish(open(other, found))
    expect(ofNobody.image().topicCount).toBe(0)
  })

  it('does not bring a deleted topic back whose files are still there, but sets them aside', async () => {
    const world = simulatedWorld(11)
    world.disk.makeDirectory('/data/orders-0')
    const file = world.disk.open('/data/orders-0/partition.metadata', { create: true })
    file.write([encodeUtf8('version: 0\ntopic_id: 6pBm7q6iS1iQ0Nn2Qc0mPg\n')], 0)
    file.close()
    const found = [{ topic: 'orders', partition: 0, directory: '/data/orders-0' }]
    const first = await world.finish(open(world, found))
    const orders = [{ name: 'orders', topicId: ZERO_UUID }]
    const [deleted] = await world.finish(first.submit(image => decideDeleteTopics(image, orders)))
    expect(deleted!.error).toBe('NONE')
    await world.finish(first.close())

    const second = await world.finish(open(world, found))
    expect(second.image().topic('orders')).toBeUndefined()
    const aside: string[] = []
    const unnamed = { topic: 'returns', partition: 0, directory: '/data/returns-0' }
    const directories = {
      found: () => [...found, unnamed],
      setAside: (topic: string) => aside.push(topic),
    }
    await world.finish(setStraysAside(directories, second.image(), { ...world, logger: silentLogger }))
    expect(aside).toEqual(['orders', 'returns'])
  })
})
