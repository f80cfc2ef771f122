import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Samsa, serdes, startSamsa } from '../index.ts'

let samsa: Samsa

beforeEach(async () => {
  samsa = await startSamsa({ topics: ['orders', 'other'] })
})

afterEach(() => samsa.close())

const valuesIn = async (topic: string, count: number) =>
  (await samsa.records(topic, count)).map(({ value }) => value)

const tick = () => new Promise(resolve => setTimeout(resolve, 5))

describe('a fault that says what it cannot mean', () => {
  it('is refused when it is injected', () => {
    const { faults } = samsa
    expect(() => faults.fail('Prodce', 'INVALID_RECORD')).toThrow("Did you mean 'Produce'?")
    expect(() => faults.fail('Produce', 'INVALID_RECRD' as 'NONE')).toThrow("Did you mean 'INVALID_RECORD'?")
    expect(() => faults.fail('Produce', 'NONE')).toThrow('is no error')
    expect(() => faults.drop('Produce', { time: 2 } as object)).toThrow("Did you mean 'times'?")
    expect(() => faults.drop('Produce', { times: 0 })).toThrow('not 0')
    expect(() => faults.delay('Produce', -1)).toThrow('not -1')
  })
})

describe('an error in place of an answer', () => {
  it('is told to as many requests as wanted, of which nothing is stored', async () => {
    const fault = samsa.faults.fail('Produce', 'NOT_LEADER_OR_FOLLOWER', { times: 2 })
    const producer = samsa.producer({ 'retry.backoff.ms': 1 })
    const { offset } = await producer.send({ topic: 'orders', value: 'tea' })
    expect([offset, fault.met]).toEqual([0, 2])
    await fault.done
    await producer.send({ topic: 'orders', value: 'milk' })
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })

  it('reaches the caller when it cannot be retried', async () => {
    samsa.faults.fail('Produce', 'TOPIC_AUTHORIZATION_FAILED')
    const sent = samsa.producer().send({ topic: 'orders', value: 'tea' })
    await expect(sent).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED', topic: 'orders' })
  })

  it('may come after the work was done: idempotence keeps the retry from storing twice', async () => {
    const fault = samsa.faults.fail('Produce', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', { after: true })
    const producer = samsa.producer({ 'retry.backoff.ms': 1 })
    await producer.send({ topic: 'orders', value: 'tea' })
    await producer.send({ topic: 'orders', value: 'milk' })
    expect(fault.met).toBe(1)
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })

  it('concerns one topic of a request only, if that was wanted', async () => {
    samsa.faults.fail('Produce', 'INVALID_RECORD', { topic: 'orders' })
    const producer = samsa.producer({ 'linger.ms': 20 })
    const sent = await Promise.allSettled([
      producer.send({ topic: 'orders', value: 'tea' }),
      producer.send({ topic: 'other', value: 'milk' }),
    ])
    expect(sent.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await valuesIn('other', 1)).toEqual(['milk'])
  })

  it('concerns the client of one name only, if that was wanted', async () => {
    samsa.faults.fail('Produce', 'INVALID_RECORD', { clientId: 'bad' })
    await samsa.producer({ 'client.id': 'good' }).send({ topic: 'orders', value: 'tea' })
    const sent = samsa.producer({ 'client.id': 'bad' }).send({ topic: 'orders', value: 'milk' })
    await expect(sent).rejects.toMatchObject({ code: 'INVALID_RECORD' })
  })

  it('keeps records from a consumer until it is over', async () => {
    await samsa.producer().send({ topic: 'orders', value: 'tea' })
    const fault = samsa.faults.fail('Fetch', 'NOT_LEADER_OR_FOLLOWER', { topic: 'orders', times: 2 })
    const consumer = samsa.consumer({ 'retry.backoff.ms': 1 }, { value: serdes.string })
    consumer.assign([{ topic: 'orders', partition: 0, offset: 0 }])
    for await (const { value } of consumer) {
      expect([value, fault.met]).toEqual(['tea', 2])
      break
    }
  })

  it.each([
    ['CreateTopics', 'POLICY_VIOLATION', () => samsa.admin().createTopic({ name: 'new' })],
    ['DeleteTopics', 'TOPIC_DELETION_DISABLED', () => samsa.admin().deleteTopics(['orders'])],
    [
      'CreatePartitions',
      'INVALID_PARTITIONS',
      () => samsa.admin().createPartitions([{ topic: 'orders', count: 2 }]),
    ],
    ['ListGroups', 'CLUSTER_AUTHORIZATION_FAILED', () => samsa.admin().listGroups()],
    [
      'DeleteRecords',
      'POLICY_VIOLATION',
      () => samsa.admin().deleteRecords([{ topic: 'orders', partition: 0, offset: 0 }]),
    ],
    [
      'DescribeConfigs',
      'TOPIC_AUTHORIZATION_FAILED',
      () => samsa.admin().describeConfigs([{ type: 'TOPIC', name: 'orders' }]),
    ],
    [
      'ListOffsets',
      'TOPIC_AUTHORIZATION_FAILED',
      () => samsa.admin().listOffsets([{ topic: 'orders', partition: 0, at: 'latest' }]),
    ],
    ['DeleteGroups', 'NON_EMPTY_GROUP', () => samsa.admin().deleteGroups(['kitchen'])],
  ] as const)('is an answer of its own for %s', async (api, error, ask) => {
    samsa.faults.fail(api, error)
    await expect(Promise.resolve(ask())).rejects.toMatchObject({ code: error })
    expect(await samsa.admin().listTopics()).toHaveLength(2)
  })

  it('is told of a group', async () => {
    const fault = samsa.faults.fail('JoinGroup', 'COORDINATOR_LOAD_IN_PROGRESS', { times: 2 })
    await samsa.producer().send({ topic: 'orders', value: 'tea' })
    const consumer = samsa.consumer(
      { 'group.id': 'kitchen', 'retry.backoff.ms': 1 },
      { value: serdes.string },
    )
    consumer.subscribe(['orders'])
    for await (const { value } of consumer) {
      expect(value).toBe('tea')
      break
    }
    expect(fault.met).toBe(2)
  })

  it('is over at the end of its block', async () => {
    {
      using fault = samsa.faults.fail('Produce', 'INVALID_RECORD', { times: Number.POSITIVE_INFINITY })
      const sent = samsa.producer().send({ topic: 'orders', value: 'tea' })
      await expect(sent).rejects.toMatchObject({ code: 'INVALID_RECORD' })
      expect(fault.met).toBe(1)
    }
    await samsa.producer().send({ topic: 'orders', value: 'milk' })
  })

  it('names what was probably meant', () => {
    expect(() => samsa.faults.fail('Produced', 'INVALID_RECORD')).toThrow("Did you mean 'Produce'?")
    expect(() => samsa.faults.fail('Produce', 'NOT_LEADER' as 'INVALID_RECORD')).toThrow('is no error')
  })
})

describe('other faults', () => {
  it('drop the connection before or after the work', async () => {
    const before = samsa.faults.drop('Produce')
    const after = samsa.faults.drop('Produce', { after: true })
    const producer = samsa.producer({ 'retry.backoff.ms': 1, 'reconnect.backoff.ms': 1 })
    await producer.send({ topic: 'orders', value: 'tea' })
    await producer.send({ topic: 'orders', value: 'milk' })
    expect([before.met, after.met]).toEqual([1, 1])
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })

  it('hold requests up, and those behind them', async () => {
    const fault = samsa.faults.delay('Produce', 60_000, { topic: 'orders' })
    const producer = samsa.producer()
    const done: string[] = []
    const first = producer.send({ topic: 'orders', value: 'tea' }).then(() => done.push('tea'))
    while (fault.met === 0) await tick()
    const second = producer.send({ topic: 'orders', value: 'milk' }).then(() => done.push('milk'))
    await tick()
    expect(done).toEqual([])
    await samsa.advance(60_000)
    await Promise.all([first, second])
    expect(done).toEqual(['tea', 'milk'])
  })

  it('let nothing be answered by a broker that is paused', async () => {
    const producer = samsa.producer()
    await producer.send({ topic: 'orders', value: 'tea' })
    samsa.faults.pause()
    expect(samsa.faults.isPaused).toBe(true)
    let isSent = false
    const sent = producer.send({ topic: 'orders', value: 'milk' }).then(() => {
      isSent = true
    })
    await tick()
    expect(isSent).toBe(false)
    samsa.faults.resume()
    await sent
  })

  it('do not keep a broker from closing', async () => {
    samsa.faults.pause()
    samsa.faults.delay('Metadata', 60_000)
    samsa
      .producer()
      .send({ topic: 'orders', value: 'tea' })
      .catch(() => {})
    await tick()
    await samsa.close()
  })
})
