import { type SimulatedWorld, decodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import { type Broker, startBroker } from '@samsa/broker'
import { type Cluster, Cluster as ClusterClass, Producer, clientConfig, readConfig } from '@samsa/client'
import { CreateTopics, Fetch, type Record, decodeBatch, nextBatch } from '@samsa/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const bootstrap = 'broker:9092'
let machine: SimulatedWorld
let world: SimulatedWorld
let broker: Broker
let cluster: Cluster
let open: { close(): Promise<void> }[] = []

beforeEach(async () => {
  machine = simulatedWorld(7, { name: 'broker' })
  world = machine.host('client')
  const config = { listeners: `PLAINTEXT://${bootstrap}`, 'node.id': '1', 'log.dirs': '/data' }
  broker = await machine.finish(startBroker({ world: machine, config, logger: silentLogger }))
  cluster = new ClusterClass(readConfig(clientConfig, { 'bootstrap.servers': bootstrap }), {
    world,
    logger: silentLogger,
  })
  open = [cluster]
})

afterEach(async () => {
  for (const one of open) await world.finish(one.close())
  await machine.finish(broker.stop())
})

function producerOf(entries: ConstructorParameters<typeof Producer>[0] = {}): Producer {
  const producer = new Producer(
    { 'bootstrap.servers': bootstrap, ...entries },
    { world, logger: silentLogger },
  )
  open.push(producer)
  return producer
}

async function createTopic(name: string, numPartitions = 1, configs: { [key: string]: string } = {}) {
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: entries }
  const answer = cluster.send(CreateTopics, 'any', { topics: [topic], timeoutMs: 1000, validateOnly: false })
  expect((await world.finish(answer)).topics[0]!.errorCode).toBe('NONE')
}

async function recordsOf(topic: string, partition = 0): Promise<Record[]> {
  const records: Record[] = []
  for (;;) {
    const fetchOffset = (records.at(-1)?.offset ?? -1) + 1
    const answer = await world.finish(
      cluster.send(
        Fetch,
        'any',
        {
          maxWaitMs: 0,
          minBytes: 0,
          maxBytes: 1 << 26,
          topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 26 }] }],
        },
        { maxVersion: 12 },
      ),
    )
    const bytes = answer.responses[0]!.partitions[0]!.records
    if (bytes === null || bytes.length === 0) return records
    for (let at = 0; at >= 0 && at < bytes.length; at = nextBatch(bytes, at, bytes.length))
      records.push(...decodeBatch(bytes, at, { maxInflatedBytes: 1 << 26 }))
  }
}

const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : decodeUtf8(bytes))

describe('a producer at a real broker', () => {
  it('stores a record as it was given, and says where', async () => {
    await createTopic('orders')
    const producer = producerOf()
    const metadata = await world.finish(
      producer.send({ topic: 'orders', key: 'k', value: 'v', headers: { trace: '1' }, timestamp: 1234 }),
    )
    expect(metadata).toEqual({ topic: 'orders', partition: 0, offset: 0, timestamp: 1234 })
    const [record] = await recordsOf('orders')
    expect(record).toMatchObject({ offset: 0, timestamp: 1234, sequence: 0 })
    expect([textOf(record!.key), textOf(record!.value)]).toEqual(['k', 'v'])
    expect(record!.headers.map(({ key, value }) => [key, textOf(value)])).toEqual([['trace', '1']])
  })

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('compresses with %s', async codec => {
    await createTopic('packed')
    const producer = producerOf({ 'compression.type': codec })
    // Larger batches are compressed on other threads, for which simulated time does not wait.
    const values = Array.from({ length: 200 }, (_, index) => `value ${index} ${'x'.repeat(40)}`)
    const ranges = producer.sendAll(values.map(value => ({ topic: 'packed', value })))
    expect(await world.finish(ranges)).toEqual([
      { topic: 'packed', partition: 0, firstOffset: 0, lastOffset: 199, count: 200 },
    ])
    expect((await recordsOf('packed')).map(({ value }) => textOf(value))).toEqual(values)
  })

  it('keeps the order of each partition, also over many batches, singles and bulks', async () => {
    await createTopic('many', 5)
    const producer = producerOf({ 'batch.size': 200, 'linger.ms': 0 })
    const sent = Array.from({ length: 2000 }, (_, index) =>
      producer.send({ topic: 'many', key: `${index % 17}`, value: `${index}` }),
    )
    const places = await world.finish(Promise.all(sent))
    for (let partition = 0; partition < 5; partition++) {
      const expected = places.flatMap((place, index) => (place.partition === partition ? [`${index}`] : []))
      expect((await recordsOf('many', partition)).map(({ value }) => textOf(value))).toEqual(expected)
    }
  })

  it('resends in parts what the topic finds too large', async () => {
    await createTopic('small', 1, { 'max.message.bytes': '1000' })
    const producer = producerOf()
    const values = Array.from({ length: 500 }, (_, index) => `${index}-${'y'.repeat(90)}`)
    await world.finish(producer.sendAll(values.map(value => ({ topic: 'small', value }))))
    expect((await recordsOf('small')).map(({ value }) => textOf(value))).toEqual(values)
    expect(producer.metrics()['batch-split-total']).toBeGreaterThan(0)
    const error = await world.finish(
      producer.send({ topic: 'small', value: 'z'.repeat(2000) }).then(
        () => undefined,
        reason => reason,
      ),
    )
    expect(error).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      topic: 'small',
      partition: 0,
      mayBeStored: false,
    })
    await world.finish(producer.send({ topic: 'small', value: 'again' }))
  })

  it('goes on after the topic was deleted and made anew', async () => {
    await createTopic('phoenix')
    const producer = producerOf()
    for (const value of ['1', '2']) await world.finish(producer.send({ topic: 'phoenix', value }))
    const { DeleteTopics } = await import('@samsa/protocol')
    await world.finish(
      cluster.send(DeleteTopics, 'any', { topicNames: ['phoenix'], timeoutMs: 1000 }, { maxVersion: 5 }),
    )
    await createTopic('phoenix')
    const { offset } = await world.finish(producer.send({ topic: 'phoenix', value: '3' }))
    expect(offset).toBe(0)
    expect((await recordsOf('phoenix')).map(({ value }) => textOf(value))).toEqual(['3'])
  })

  it('loses, duplicates and reorders nothing while connections break', async () => {
    await createTopic('shaken', 2)
    const producer = producerOf({ 'batch.size': 100, 'linger.ms': 0, 'retry.backoff.ms': 5 })
    const sent: Promise<unknown>[] = []
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 25; i++)
        sent.push(producer.send({ topic: 'shaken', partition: i % 2, value: `${round * 25 + i}` }))
      await world.advance(3)
      if (round % 2 === 0) machine.wires.dropConnections({ chance: 0.7 })
    }
    await world.finish(Promise.all(sent))
    for (const partition of [0, 1]) {
      const expected = sent.map((_, index) => index).filter(index => (index % 25) % 2 === partition)
      expect((await recordsOf('shaken', partition)).map(({ value }) => Number(textOf(value)))).toEqual(
        expected,
      )
    }
  })
})
