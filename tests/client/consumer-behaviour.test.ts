import { Postponed } from '@samsa/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerBroker, numbered, take } from './consumer-broker.ts'

let broker: ConsumerBroker
const at = { topic: 't', partition: 0 }

beforeEach(async () => {
  broker = new ConsumerBroker()
  await broker.start()
  await broker.createTopic('t')
})

afterEach(() => broker.end())

const committedOffset = async (consumer: ReturnType<ConsumerBroker['consumer']>) =>
  (await broker.finish(consumer.committed([at])))[0]?.offset

describe('what is committed', () => {
  it('is what the application asked to go on from, in the background', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const loop = consumer.records()
    for (let count = 0; count < 3; count++) await broker.finish(loop.next())
    await broker.advance(6000)
    expect(await committedOffset(consumer)).toBe(2)
  })

  it('is what a loop was handed, when it says commit', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer({ 'enable.auto.commit': false })
    consumer.subscribe(['t'])
    const loop = consumer.records()
    await broker.finish(loop.next())
    await broker.finish(consumer.commit())
    expect(await committedOffset(consumer)).toBe(1)
    const { value: record } = await broker.finish(loop.next())
    await broker.finish(consumer.commitRecord(record!, 'half'))
    expect(await broker.finish(consumer.committed([at]))).toEqual([
      { offset: 2, leaderEpoch: 0, metadata: 'half' },
    ])
  })

  it('is not taken back by the commit of a close, when the loop was left at a record committed before', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const reading = (async () => {
      for await (const record of consumer) {
        if (record.value !== 'v1') continue
        await consumer.commitRecord(record)
        break
      }
    })()
    await broker.finish(reading)
    await broker.finish(consumer.close())
    expect(await committedOffset(broker.consumer())).toBe(2)
  })

  it('is everything handlers finished, when the consumer is closed', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const seen: string[] = []
    const running = consumer.run({
      async eachRecord({ value }) {
        await new Promise<void>(resolve => broker.world.clock.timer(100, resolve))
        seen.push(value!)
      },
    })
    await broker.advance(1000)
    await broker.finish(consumer.close())
    await broker.finish(running)
    const other = broker.consumer()
    other.subscribe(['t'])
    expect(await committedOffset(other)).toBe(seen.length)
    expect(seen).toEqual(numbered(5).slice(0, seen.length))
  })

  it('needs a group', async () => {
    const consumer = broker.consumer({ 'group.id': null })
    consumer.assign([at])
    await expect(broker.finish(consumer.commit())).rejects.toMatchObject({ code: 'INVALID_GROUP_ID' })
  })
})

describe('a loop', () => {
  it('hands nothing out of a paused partition, and goes on where it was', async () => {
    await broker.produce('t', numbered(4))
    const consumer = broker.consumer()
    consumer.assign([at])
    const loop = consumer.records()
    await broker.finish(loop.next())
    consumer.pause([at])
    let isThere = false
    const waiting = loop.next().then(result => {
      isThere = true
      return result
    })
    await broker.advance(5000)
    expect(isThere).toBe(false)
    consumer.resume([at])
    expect(await broker.finish(waiting)).toMatchObject({ value: { value: 'v1' } })
  })

  it('seeks in the middle of a batch', async () => {
    await broker.produce('t', numbered(10))
    const consumer = broker.consumer()
    consumer.assign([at])
    const loop = consumer.records()
    await broker.finish(loop.next())
    consumer.seek({ ...at, offset: 8 })
    expect(await broker.finish(loop.next())).toMatchObject({ value: { value: 'v8' } })
    consumer.seek({ ...at, offset: 2 })
    expect(await broker.finish(loop.next())).toMatchObject({ value: { value: 'v2' } })
  })

  it('ends when its signal is given, and with the consumer', async () => {
    const consumer = broker.consumer()
    consumer.assign([at])
    const done = new AbortController()
    const waiting = consumer.records({ signal: done.signal }).next()
    await broker.advance(1000)
    done.abort()
    expect(await broker.finish(waiting)).toEqual({ done: true, value: undefined })
    const again = consumer.batches().next()
    await broker.finish(consumer.close())
    expect(await broker.finish(again)).toEqual({ done: true, value: undefined })
  })

  it('is woken up', async () => {
    const consumer = broker.consumer()
    consumer.assign([at])
    const waiting = consumer.records().next()
    waiting.catch(() => {})
    await broker.advance(1000)
    consumer.wakeup()
    await expect(broker.finish(waiting)).rejects.toMatchObject({ code: 'ABORTED' })
    await broker.produce('t', ['a'])
    expect(await broker.finish(take(consumer, 1))).toEqual(['a'])
  })

  it('may close its consumer: the record at hand comes again', async () => {
    await broker.produce('t', numbered(3))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const startedMs = broker.world.clock.now()
    const reading = (async () => {
      for await (const record of consumer) if (record.value === 'v1') await consumer.close()
    })()
    await broker.finish(reading)
    expect(broker.world.clock.now() - startedMs).toBeLessThan(10_000)
    const other = broker.consumer()
    other.subscribe(['t'])
    expect(await broker.finish(take(other, 2))).toEqual(['v1', 'v2'])
  })

  it('is the only one at a time', () => {
    const consumer = broker.consumer()
    consumer.assign([at])
    consumer.records()
    expect(() => consumer.batches()).toThrow(/one loop or run at a time/)
  })

  it('stops before a record that cannot be deserialized, and goes on behind it after a seek', async () => {
    await broker.produce('t', ['1', '2', 'three', '4'])
    const number = {
      deserialize: (_: string, bytes: Uint8Array) => {
        const value = Number(new TextDecoder().decode(bytes))
        if (Number.isNaN(value)) throw new Error('not a number')
        return String(value * 10)
      },
    }
    const consumer = broker.consumer({}, { value: number })
    consumer.assign([at])
    const seen: string[] = []
    const reading = (async () => {
      for await (const record of consumer) seen.push(record.value!)
    })()
    await expect(broker.finish(reading)).rejects.toMatchObject({
      code: 'DESERIALIZATION',
      message: expect.stringContaining('Seek to 3'),
    })
    expect(seen).toEqual(['10', '20'])
    consumer.seek({ ...at, offset: 3 })
    expect(await broker.finish(take(consumer, 1))).toEqual(['40'])
  })

  it('waits for deserializers that take their time, and keeps the order', async () => {
    await broker.produce('t', numbered(20))
    let turn = 0
    const slow = {
      deserialize: async (_: string, bytes: Uint8Array) => {
        const waitMs = 50 - 2 * turn++
        await new Promise<void>(resolve => broker.world.clock.timer(waitMs, resolve))
        return new TextDecoder().decode(bytes)
      },
    }
    const consumer = broker.consumer({}, { value: slow })
    consumer.assign([at])
    expect(await broker.finish(take(consumer, 20))).toEqual(numbered(20))
  })

  it('hands out batches of at most max.poll.records', async () => {
    await broker.produce('t', numbered(25))
    const consumer = broker.consumer({ 'max.poll.records': 10 })
    consumer.assign([at])
    const loop = consumer.batches()
    const sizes: number[] = []
    for (let count = 0; count < 3; count++) {
      const { value } = await broker.finish(loop.next())
      sizes.push(value!.records.length)
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(25)
    expect(Math.max(...sizes)).toBe(10)
  })
})

describe('a rebalance', () => {
  it('takes nothing back of what others committed: who lost its place is not heard, even if nobody else is there', async () => {
    await broker.produce('t', numbered(10))
    const config = { 'session.timeout.ms': 6000, 'enable.auto.commit': false }
    const machine = broker.machine.host('late')
    const late = broker.consumer(config, { world: machine })
    late.subscribe(['t'])
    expect(await broker.finish(take(late, 3))).toEqual(['v0', 'v1', 'v2'])
    const before = late.groupMetadata()
    broker.machine.wires.partition('late', 'broker')
    const outcome = late.commit([{ ...at, offset: 3 }]).catch(error => error.code)
    await broker.advance(8000)
    const other = broker.consumer(config)
    other.subscribe(['t'])
    await broker.finish(take(other, 10))
    await broker.finish(other.commit())
    await broker.finish(other.close())
    broker.machine.wires.heal()
    expect(await broker.finish(outcome)).toMatch(/UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION/)
    expect(await committedOffset(late)).toBe(10)
    // What a transaction commits in the name of the member it was is refused as well.
    expect(before.memberId).not.toBe('')
    expect(late.groupMetadata().generationId).toBeGreaterThan(0)
  })

  it('waits for the record at hand, commits it, and tells the listener in order', async () => {
    await broker.createTopic('two', 2)
    await broker.produce('two', numbered(5), 0)
    await broker.produce('two', numbered(5), 1)
    const trace: string[] = []
    const one = broker.consumer({ 'heartbeat.interval.ms': 100 })
    one.subscribe(['two'], {
      onAssigned: partitions => void trace.push(`+${partitions.length}`),
      onRevoked: partitions => void trace.push(`-${partitions.length}`),
    })
    const running = one.run({
      async eachRecord({ partition, value }) {
        trace.push(`begin ${partition} ${value}`)
        await new Promise<void>(resolve => broker.world.clock.timer(2000, resolve))
        trace.push(`end ${partition} ${value}`)
      },
    })
    await broker.advance(1000)
    const other = broker.consumer({ 'heartbeat.interval.ms': 100 })
    other.subscribe(['two'])
    const seen: string[] = []
    const otherRunning = other.run({
      eachRecord: ({ partition, value }) => void seen.push(`${partition} ${value}`),
    })
    await broker.advance(6000)
    expect(trace.slice(0, 5)).toEqual(['+2', 'begin 0 v0', 'end 0 v0', '-2', '+1'])
    await broker.advance(20_000)
    await broker.finish(one.close())
    await broker.advance(5000)
    await broker.finish(other.close())
    await broker.finish(Promise.all([running, otherRunning]))
    const ended = trace.filter(line => line.startsWith('end')).map(line => line.slice(4))
    expect([...ended, ...seen].sort()).toEqual(
      [0, 1].flatMap(partition => numbered(5).map(value => `${partition} ${value}`)).sort(),
    )
  })

  it('takes partitions from a member whose handler is stuck, and gives it some when it is not', async () => {
    await broker.produce('t', numbered(3))
    const stuck = broker.consumer({
      'max.poll.interval.ms': 5000,
      'heartbeat.interval.ms': 500,
      'session.timeout.ms': 10_000,
    })
    let release = () => {}
    const lost: unknown[] = []
    stuck.subscribe(['t'], { onLost: partitions => void lost.push(...partitions) })
    const running = stuck.run({
      eachRecord: () =>
        new Promise<void>(resolve => {
          release = resolve
        }),
    })
    await broker.advance(1000)
    const other = broker.consumer({ 'heartbeat.interval.ms': 500, 'max.poll.interval.ms': 5000 })
    other.subscribe(['t'])
    const seen = take(other, 3)
    expect(await broker.finish(seen)).toEqual(numbered(3))
    await broker.advance(3000)
    expect(lost).toEqual([at])
    expect(broker.lines.some(line => line.includes('max.poll.interval.ms'))).toBe(true)
    await broker.finish(other.close())
    release()
    await broker.advance(5000)
    expect(stuck.assignment()).toEqual([at])
    release()
    const closing = stuck.close()
    await broker.advance(100)
    release()
    await broker.finish(closing)
    await broker.finish(running)
  })

  it('follows a topic that gets more partitions or is subscribed to later', async () => {
    await broker.createTopic('later', 2)
    const consumer = broker.consumer({ 'heartbeat.interval.ms': 500 })
    consumer.subscribe(['t'])
    const waiting = consumer.records().next()
    await broker.advance(2000)
    expect(consumer.assignment()).toHaveLength(1)
    consumer.subscribe(['t', 'later'])
    await broker.advance(3000)
    expect(consumer.assignment()).toHaveLength(3)
    await broker.produce('later', ['x'], 1)
    expect(await broker.finish(waiting)).toMatchObject({ value: { topic: 'later', value: 'x' } })
  })
})

describe('a run', () => {
  it('keeps records with the same key in order, and handles others of the partition meanwhile', async () => {
    const keys = numbered(40).map((_, index) => `k${index % 4}`)
    await broker.produce('t', numbered(40), 0, keys)
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const byKey = new Map<string, string[]>()
    let active = 0
    let most = 0
    let count = 0
    const done = new AbortController()
    await broker.finish(
      consumer.run({
        concurrency: 4,
        orderedBy: 'key',
        signal: done.signal,
        async eachRecord({ key, value }) {
          most = Math.max(most, ++active)
          const waitMs = 1 + ((count * 7) % 13)
          await new Promise<void>(resolve => broker.world.clock.timer(waitMs, resolve))
          byKey.set(key!, [...(byKey.get(key!) ?? []), value!])
          active--
          if (++count === 40) done.abort()
        },
      }),
    )
    expect(most).toBe(4)
    for (const [key, values] of byKey) {
      expect(values).toEqual(numbered(40).filter((_, index) => keys[index] === key))
    }
    await broker.finish(consumer.commit())
    expect(await committedOffset(consumer)).toBe(40)
  })

  it('does again what onError says, or skips it', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.subscribe(['t'])
    const seen: string[] = []
    const done = new AbortController()
    await broker.finish(
      consumer.run({
        signal: done.signal,
        onError: (_error, { value }, failures) => (value === 'v1' && failures < 3 ? 'retry' : 'skip'),
        eachRecord({ value }, { failures }) {
          seen.push(`${value}/${failures}`)
          if (value === 'v4') done.abort()
          if (value === 'v1' || value === 'v3') throw new Error('no')
        },
      }),
    )
    expect(seen).toEqual(['v0/0', 'v1/0', 'v1/1', 'v1/2', 'v2/0', 'v3/0', 'v4/0'])
  })

  it('has what a handler failed at again, and commits nothing of it, while other handlers might have taken on more', async () => {
    // One stored batch is worked on, the next one has come already.
    await broker.produce('t', numbered(3))
    await broker.produce('t', numbered(3, 'w'))
    const consumer = broker.consumer({ 'auto.commit.interval.ms': 100 })
    consumer.subscribe(['t'])
    const eachRecord = async ({ value }: { value: string | null }) => {
      await new Promise<void>(done => broker.world.clock.timer(1000, done))
      if (value === 'v1') throw new Error('not this one')
    }
    const failed = consumer.run({ eachRecord, concurrency: 3 })
    await broker.finish(expect(failed).rejects.toMatchObject({ code: 'HANDLER' }))
    await broker.advance(500)
    expect(await committedOffset(consumer)).toBe(1)
    expect(await broker.finish(take(consumer, 5))).toEqual(['v1', 'v2', 'w0', 'w1', 'w2'])
  })

  it('lets a handler postpone a record, while other partitions go on', async () => {
    await broker.createTopic('two', 2)
    await broker.produce('two', ['a0', 'a1'], 0)
    await broker.produce('two', ['b0', 'b1'], 1)
    const consumer = broker.consumer()
    consumer.subscribe(['two'])
    const seen: string[] = []
    const dueMs = broker.world.clock.now() + 10_000
    const done = new AbortController()
    await broker.finish(
      consumer.run({
        signal: done.signal,
        eachRecord({ value }) {
          if (value === 'a0' && broker.world.clock.now() < dueMs) throw new Postponed(dueMs)
          seen.push(value!)
          if (seen.length === 4) done.abort()
        },
      }),
    )
    expect(seen).toEqual(['b0', 'b1', 'a0', 'a1'])
  })

  it('keeps no more than its bound while a handler is stuck', async () => {
    const consumer = broker.consumer({ 'max.partition.fetch.bytes': 10_000 })
    consumer.subscribe(['t'])
    let release = () => {}
    const running = consumer.run({
      eachRecord: () =>
        new Promise<void>(resolve => {
          release = resolve
        }),
    })
    const value = 'x'.repeat(1000)
    for (let round = 0; round < 50; round++) {
      await broker.produce(
        't',
        Array.from({ length: 20 }, () => value),
      )
      await broker.advance(2000)
      expect(consumer.metrics()['queued-bytes']).toBeLessThan(60_000)
    }
    const closing = consumer.close()
    release()
    await broker.finish(Promise.all([closing, running]))
  })
})

describe('a topic made anew', () => {
  it('is read from its beginning', async () => {
    await broker.produce('t', numbered(5))
    const consumer = broker.consumer()
    consumer.assign([at])
    expect(await broker.finish(take(consumer, 5))).toEqual(numbered(5))
    const waiting = take(consumer, 2)
    await broker.deleteTopic('t')
    await broker.advance(2000)
    await broker.createTopic('t')
    await broker.produce('t', ['n0', 'n1'])
    expect(await broker.finish(waiting)).toEqual(['n0', 'n1'])
    expect(broker.lines.some(line => line.includes('made anew'))).toBe(true)
  })
})
