import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerBroker, numbered, take } from './consumer-broker.ts'

let broker: ConsumerBroker

beforeEach(async () => {
  broker = new ConsumerBroker()
  await broker.start()
})

afterEach(() => broker.end())

describe('a consumer alone', () => {
  it('reads an assigned partition from its beginning, in order', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(1000))
    const consumer = broker.consumer()
    consumer.assign([{ topic: 't', partition: 0 }])
    expect(await broker.finish(take(consumer, 1000))).toEqual(numbered(1000))
  })

  it('tells all of a record', async () => {
    await broker.createTopic('t')
    await broker.produce('t', ['a'])
    const consumer = broker.consumer()
    consumer.assign([{ topic: 't', partition: 0 }])
    const loop = consumer.records()
    const { value: record } = await broker.finish(loop.next())
    expect(record).toMatchObject({
      topic: 't',
      partition: 0,
      offset: 0,
      timestampType: 'CREATE_TIME',
      key: 'k',
      value: 'a',
      headers: [],
      leaderEpoch: 0,
      serializedKeySize: 1,
      serializedValueSize: 1,
    })
  })

  it('starts at the offset it is given', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(10))
    const consumer = broker.consumer()
    consumer.assign([{ topic: 't', partition: 0, offset: 7 }])
    expect(await broker.finish(take(consumer, 3))).toEqual(['v7', 'v8', 'v9'])
  })

  it('seeks, by offset, by time, and to both ends', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(10))
    await broker.advance(60_000)
    const laterMs = broker.world.clock.now()
    await broker.produce('t', numbered(10, 'w'))
    const consumer = broker.consumer()
    const partition = { topic: 't', partition: 0 }
    consumer.assign([partition])
    consumer.seek({ ...partition, offset: 5 })
    expect(await broker.finish(take(consumer, 1))).toEqual(['v5'])
    await broker.finish(consumer.seekToTime(laterMs))
    expect(await broker.finish(take(consumer, 1))).toEqual(['w0'])
    await broker.finish(consumer.seekToBeginning())
    expect(await broker.finish(take(consumer, 1))).toEqual(['v0'])
    await broker.finish(consumer.seekToEnd())
    expect(await broker.finish(consumer.position(partition))).toBe(20)
    expect(await broker.finish(consumer.endOffsets([partition]))).toMatchObject([{ offset: 20 }])
    expect(
      await broker.finish(consumer.offsetsForTimes([{ ...partition, timestamp: laterMs }])),
    ).toMatchObject([{ offset: 10 }])
  })

  it('says which partitions a topic has, and at once that there is no such topic', async () => {
    await broker.createTopic('t', 2)
    const consumer = broker.consumer()
    const partitions = await broker.finish(consumer.partitionsFor('t'))
    expect(partitions).toEqual([0, 1].map(partition => ({ topic: 't', partition })))
    const missing = await broker.finish(consumer.partitionsFor('nope').catch(error => error))
    expect(missing).toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })
})

describe('a group', () => {
  it('gives each member its part, and a new one a part of it', async () => {
    await broker.createTopic('t', 4)
    for (let partition = 0; partition < 4; partition++)
      await broker.produce('t', [`p${partition}`], partition)
    const one = broker.consumer()
    one.subscribe(['t'])
    expect((await broker.finish(take(one, 4))).sort()).toEqual(['p0', 'p1', 'p2', 'p3'])
    const other = broker.consumer()
    other.subscribe(['t'])
    const waiting = [one.records(), other.records()].map(loop => loop.next())
    await broker.advance(10_000)
    expect(one.assignment()).toHaveLength(2)
    expect(other.assignment()).toHaveLength(2)
    for (let partition = 0; partition < 4; partition++)
      await broker.produce('t', [`q${partition}`], partition)
    await broker.finish(Promise.all(waiting))
  })

  it('goes on from what was finished, after a restart', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(10))
    const one = broker.consumer()
    one.subscribe(['t'])
    const loop = one.records()
    for (let at = 0; at < 5; at++) await broker.finish(loop.next())
    // The fifth is in hand and not finished.
    await broker.finish(loop.return())
    await broker.finish(one.close())
    const other = broker.consumer()
    other.subscribe(['t'])
    expect(await broker.finish(take(other, 6))).toEqual(numbered(10).slice(4))
  })

  it('survives a killed broker without a restart of its own', async () => {
    await broker.createTopic('t', 2)
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    expect(await broker.finish(take(consumer, 5))).toEqual(numbered(5))
    broker.kill()
    const waiting = consumer.records().next()
    await broker.advance(20_000)
    await broker.start()
    await broker.produce('t', ['after'])
    expect(await broker.finish(waiting)).toMatchObject({ value: { value: 'after' } })
  })
})

describe('a run', () => {
  it('handles partitions side by side, each in its order', async () => {
    await broker.createTopic('t', 3)
    for (let partition = 0; partition < 3; partition++) await broker.produce('t', numbered(50), partition)
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const seen = new Map<number, string[]>()
    let active = 0
    let mostActive = 0
    const done = new AbortController()
    let count = 0
    await broker.finish(
      consumer.run({
        concurrency: 3,
        signal: done.signal,
        async eachRecord({ partition, value }) {
          mostActive = Math.max(mostActive, ++active)
          await new Promise<void>(resolve => broker.world.clock.timer(5, resolve))
          seen.set(partition, [...(seen.get(partition) ?? []), value!])
          active--
          if (++count === 150) done.abort()
        },
      }),
    )
    expect(mostActive).toBe(3)
    for (let partition = 0; partition < 3; partition++) expect(seen.get(partition)).toEqual(numbered(50))
  })

  it('ends with the error of a handler, and begins again with the record that failed', async () => {
    await broker.createTopic('t')
    await broker.produce('t', numbered(10))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const seen: string[] = []
    const failing = consumer.run({
      eachRecord({ value }) {
        if (value === 'v3') throw new Error('no')
        seen.push(value!)
      },
    })
    await expect(broker.finish(failing)).rejects.toMatchObject({ code: 'HANDLER' })
    expect(seen).toEqual(['v0', 'v1', 'v2'])
    const done = new AbortController()
    await broker.finish(
      consumer.run({
        signal: done.signal,
        eachRecord({ value }) {
          seen.push(value!)
          if (value === 'v9') done.abort()
        },
      }),
    )
    expect(seen).toEqual(numbered(10))
  })
})
