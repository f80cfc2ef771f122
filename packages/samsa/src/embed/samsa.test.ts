import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Producer, type Samsa, type SamsaOptions, serdes, simulatedWorld, startSamsa } from './index.ts'

let samsa: Samsa

async function start(options: SamsaOptions = {}): Promise<Samsa> {
  samsa = await startSamsa({ topics: ['orders'], ...options })
  return samsa
}

afterEach(() => samsa?.close())

const HOUR_MS = 3_600_000

async function valuesIn(topic: string, count: number): Promise<(string | null)[]> {
  return (await samsa.records(topic, count)).map(({ value }) => value)
}

describe('an embedded broker', () => {
  it('serves clients in its own process', async () => {
    await start()
    const { offset } = await samsa.producer().send({ topic: 'orders', key: 'a', value: 'coffee' })
    expect(offset).toBe(0)
    const consumer = samsa.consumer({ 'group.id': 'kitchen' }, { value: serdes.string })
    consumer.subscribe(['orders'])
    for await (const record of consumer) {
      expect(record.value).toBe('coffee')
      break
    }
    await consumer.commit()
    expect(await samsa.admin().listTopics()).toMatchObject([{ name: 'orders' }])
  })

  it('serves clients made from its configuration', async () => {
    await start()
    await using producer = new Producer({ ...samsa.clientConfig, acks: 1 }, samsa.outside)
    await producer.send({ topic: 'orders', value: 'tea' })
    expect(await valuesIn('orders', 1)).toEqual(['tea'])
  })

  it('makes topics with partitions and configurations', async () => {
    await start({ topics: [{ name: 'a', partitions: 3, configs: { 'retention.ms': 1000 } }, 'b'] })
    const admin = samsa.admin()
    expect((await admin.describeTopic('a')).partitions).toHaveLength(3)
    const resource = { type: 'TOPIC' as const, name: 'a' }
    const configs = (await admin.describeConfigs([resource])).get(resource)
    expect(configs.get('retention.ms')?.value).toBe('1000')
  })

  it('takes configuration by Kafka’s keys, and says what is wrong with it', async () => {
    await start({ config: { 'num.partitions': 2 } })
    expect((await samsa.admin().describeTopic('orders')).partitions).toHaveLength(2)
    const wrong = { 'num.partitons': 2 } as SamsaOptions['config'] & object
    await expect(startSamsa({ config: wrong })).rejects.toThrow('num.partitions')
    await expect(startSamsa({ topics: ['no/slash'] })).rejects.toMatchObject({
      code: 'INVALID_TOPIC_EXCEPTION',
    })
  })

  it('says how many records there are when there are fewer than wanted', async () => {
    await start()
    await samsa.producer().send({ topic: 'orders', value: 'tea' })
    await expect(samsa.records('orders', 2, { timeoutMs: 200 })).rejects.toThrow(
      '1 of 2 records after 200 ms: tea',
    )
  })

  it('listens on a free port when asked to, and keeps it over a restart', async () => {
    await start({ sockets: true })
    const servers = samsa.bootstrapServers
    expect(servers).toMatch(/^127\.0\.0\.1:\d+$/)
    await using producer = new Producer({ 'bootstrap.servers': servers }, { logger: samsa.outside.logger })
    await producer.send({ topic: 'orders', value: 'tea' })
    await samsa.restart()
    expect(samsa.bootstrapServers).toBe(servers)
    await producer.send({ topic: 'orders', value: 'milk' })
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })

  it('stores in a temporary directory, which is gone afterwards, or in one that stays', async () => {
    await start({ storage: 'temporary' })
    await samsa.producer().send({ topic: 'orders', value: 'tea' })
    await samsa.close()
    const directory = mkdtempSync(join(tmpdir(), 'samsa-kept-'))
    try {
      await start({ storage: directory })
      await samsa.producer().send({ topic: 'orders', value: 'tea' })
      await samsa.close()
      await start({ storage: directory })
      expect(await valuesIn('orders', 1)).toEqual(['tea'])
      await samsa.close()
      expect(existsSync(join(directory, 'orders-0'))).toBe(true)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('runs in a simulated world', async () => {
    const world = simulatedWorld(7)
    samsa = await world.finish(startSamsa({ topics: ['orders'], world }))
    const producer = samsa.producer()
    await world.finish(producer.send({ topic: 'orders', value: 'tea' }))
    const [record] = await world.finish(samsa.records('orders', 1))
    expect(record).toMatchObject({ value: 'tea', timestamp: expect.closeTo(1_704_067_200_000, -4) })
    await world.finish(samsa.close())
  })

  it('tells which option is misspelt, or has a value that is not one of it', async () => {
    const wrong: [object, string][] = [
      [{ topic: ['orders'] }, "Did you mean 'topics'?"],
      [{ topics: 'orders' }, 'a list of names'],
      [{ topics: [{ name: 'orders', partition: 3 }] }, "Did you mean 'partitions'?"],
      [{ sockets: 99_999 }, 'a port'],
      [{ clock: 'fake' }, "'real' or 'manual'"],
      [{ storage: '' }, 'a directory'],
      [{ log: 'loud' }, "'silent'"],
    ]
    for (const [options, hint] of wrong)
      await expect(startSamsa(options as SamsaOptions)).rejects.toThrow(hint)
  })

  it('says so when it is used after its end', async () => {
    await start()
    await samsa.close()
    expect(() => samsa.producer()).toThrow('closed')
    await expect(samsa.records('orders', 1)).rejects.toThrow('closed')
    await expect(samsa.start()).rejects.toThrow('closed')
  })

  it('is not confused by options that contradict each other', async () => {
    await expect(startSamsa({ world: simulatedWorld(1), sockets: true })).rejects.toThrow('leave out sockets')
  })
})

describe('the life of an embedded broker', () => {
  it('ends and begins again while its clients stay', async () => {
    await start()
    const producer = samsa.producer()
    await producer.send({ topic: 'orders', value: 'tea' })
    await samsa.stop()
    expect(samsa.isRunning).toBe(false)
    const sent = producer.send({ topic: 'orders', value: 'milk' })
    await samsa.start()
    await sent
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })

  it.each(['memory', 'temporary'] as const)(
    'can be killed under load, with what was acknowledged kept in %s',
    async storage => {
      await start({ storage, log: 'silent' })
      const producer = samsa.producer()
      const acknowledged = new Set<number>()
      let isDone = false
      const load = (async () => {
        for (let n = 0; !isDone; n++) {
          await producer.send({ topic: 'orders', value: String(n) })
          acknowledged.add(n)
        }
      })()
      for (let round = 0; round < 3; round++) {
        const before = acknowledged.size
        while (acknowledged.size < before + 20) await new Promise(resolve => setImmediate(resolve))
        await samsa.kill()
        await samsa.start()
      }
      isDone = true
      await load
      const values = await valuesIn('orders', acknowledged.size)
      expect(values.map(Number)).toEqual([...acknowledged])
    },
  )

  it('is closed once for all', async () => {
    await start()
    await Promise.all([samsa.close(), samsa.close()])
    await expect(samsa.start()).rejects.toThrow('start another one')
    await expect(async () => samsa.compact()).rejects.toThrow('closed')
  })

  it('loses its connections when told to, and its clients come back', async () => {
    await start()
    const producer = samsa.producer()
    await producer.send({ topic: 'orders', value: 'tea' })
    expect(samsa.dropConnections()).toBeGreaterThan(0)
    await producer.send({ topic: 'orders', value: 'milk' })
    expect(await valuesIn('orders', 2)).toEqual(['tea', 'milk'])
  })
})

describe('the time of an embedded broker', () => {
  it('is not that of a test with timers of its own', async () => {
    vi.useFakeTimers()
    try {
      await start()
      await samsa.producer().send({ topic: 'orders', value: 'tea' })
      expect(await valuesIn('orders', 1)).toEqual(['tea'])
      await samsa.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it('jumps, and what is too old is gone', async () => {
    await start({ topics: [{ name: 'orders', configs: { 'retention.ms': HOUR_MS } }] })
    const producer = samsa.producer()
    await producer.send({ topic: 'orders', value: 'old' })
    await samsa.advance(2 * HOUR_MS)
    await samsa.applyRetention()
    await producer.send({ topic: 'orders', value: 'new' })
    expect(await valuesIn('orders', 1)).toEqual(['new'])
  })

  it('goes on by itself unless it is manual', async () => {
    await start({ clock: 'manual' })
    const before = samsa.now()
    await new Promise(resolve => setTimeout(resolve, 5))
    expect(samsa.now()).toBe(before)
    const sent = await samsa.producer().send({ topic: 'orders', value: 'tea' })
    expect(sent.timestamp).toBe(before)
    await samsa.advance(10 * 24 * HOUR_MS)
    expect(samsa.now()).toBe(before + 10 * 24 * HOUR_MS)
    await samsa.applyRetention()
    await samsa.producer().send({ topic: 'orders', value: 'milk' })
    expect(await valuesIn('orders', 1)).toEqual(['milk'])
  })

  it('ends the sessions of members that are silent while it jumps', async () => {
    await start()
    let lost = 0
    let assigned = 0
    const consumer = samsa.consumer(
      { 'group.id': 'kitchen', 'heartbeat.interval.ms': 20 },
      { value: serdes.string },
    )
    consumer.subscribe(['orders'], {
      onAssigned: () => void assigned++,
      onLost: () => void lost++,
    })
    const running = consumer.run({ eachRecord: async () => {} })
    while (assigned < 1) await new Promise(resolve => setTimeout(resolve, 5))
    await samsa.advance(60_000)
    while (assigned < 2) await new Promise(resolve => setTimeout(resolve, 5))
    expect(lost).toBe(1)
    await consumer.close()
    await running
  })

  it('compacts when told to', async () => {
    await start({ topics: [{ name: 'prices', configs: { 'cleanup.policy': 'compact' } }] })
    const producer = samsa.producer()
    for (const value of ['1', '2', '3']) await producer.send({ topic: 'prices', key: 'tea', value })
    expect(await samsa.compact()).toBe(1)
    expect(await valuesIn('prices', 1)).toEqual(['3'])
    expect(await samsa.compact()).toBe(0)
  })
})
