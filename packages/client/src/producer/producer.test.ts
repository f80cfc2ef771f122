import { type SimulatedWorld, silentLogger, simulatedWorld } from '@samsa/base'
import { InitProducerId, Metadata, Produce, batchProducerEpoch } from '@samsa/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KafkaError } from '../errors.ts'
import { type Fate, ModelledBroker } from '../testing/modelled-broker.ts'
import { metadataAnswer } from '../testing/scripted-peer.ts'
import { BulkSendError } from './delivery.ts'
import type { ProducerConfigEntries } from './producer-config.ts'
import { Producer, type ProducerOptions } from './producer.ts'

let world: SimulatedWorld
let broker: ModelledBroker
let open: { close(options?: { timeoutMs?: number }): Promise<void> }[]

async function setUp(partitions = 1, seed = 1): Promise<void> {
  world = simulatedWorld(seed, { name: 'client' })
  broker = await ModelledBroker.start(world, 'kafka', partitions)
  open = []
}

beforeEach(() => setUp())

afterEach(async () => {
  for (const one of open) await world.finish(one.close({ timeoutMs: 0 }))
  await world.finish(broker.peer.close())
})

type Texts = Producer<string | Uint8Array, string | Uint8Array>

function producerOf(
  entries: ProducerConfigEntries = {},
  options: ProducerOptions<string | Uint8Array, string | Uint8Array> = {},
): Texts {
  const config = { 'bootstrap.servers': 'kafka:9092', ...entries }
  const producer = new Producer(config, { world, logger: silentLogger, ...options })
  open.push(producer)
  return producer
}

const send = (producer: Texts, value: string, partition = 0) =>
  producer.send({ topic: 'orders', partition, value })

/** What a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<KafkaError & { mayBeStored?: boolean }> {
  const outcome = await world.finish(
    promise.then(
      () => undefined,
      error => error,
    ),
  )
  expect(outcome).toBeInstanceOf(KafkaError)
  return outcome as KafkaError
}

/** The first fates happen in this order, whatever the partition; everything after them is stored. */
function fates(...list: Fate[]): void {
  broker.fate = () => list.shift() ?? 'store'
}

describe('batching', () => {
  it('sends together what comes within linger.ms', async () => {
    const producer = producerOf({ 'linger.ms': 50 })
    await world.finish(send(producer, 'first'))
    const sent = [send(producer, 'a')]
    await world.advance(30)
    sent.push(send(producer, 'b'))
    await world.advance(19)
    expect(broker.requests).toHaveLength(1)
    await world.finish(Promise.all(sent))
    expect(broker.requests.at(-1)).toEqual({ 0: 2 })
  })

  it('does not linger with a batch of batch.size', async () => {
    const producer = producerOf({ 'linger.ms': 10_000, 'batch.size': 300 })
    const before = world.clock.monotonicMs()
    await world.finish(send(producer, 'x'.repeat(400)))
    expect(world.clock.monotonicMs() - before).toBeLessThan(1000)
  })

  it('sends what is given at once together, without waiting for a turn of the event loop', async () => {
    const producer = producerOf({ 'linger.ms': 0 })
    await world.finish(send(producer, 'first'))
    const defer = vi.spyOn(world.clock, 'defer')
    await world.finish(Promise.all(['a', 'b', 'c'].map(value => send(producer, value))))
    expect(broker.requests.at(-1)).toEqual({ 0: 3 })
    expect(defer).not.toHaveBeenCalled()
  })

  it('sends in one request what goes to one broker, a batch a partition', async () => {
    await setUp(4)
    const producer = producerOf({ 'linger.ms': 0 })
    const sent = [0, 1, 2, 3, 0, 1].map(partition => send(producer, 'v', partition))
    await world.finish(Promise.all(sent))
    expect(broker.requests).toEqual([{ 0: 2, 1: 2, 2: 1, 3: 1 }])
  })

  it('keeps requests within max.request.size, and a batch alone where it must', async () => {
    await setUp(3)
    const producer = producerOf({ 'linger.ms': 0, 'max.request.size': 1000 })
    const sent = [0, 1, 2].map(partition => send(producer, 'v'.repeat(600), partition))
    await world.finish(Promise.all(sent))
    expect(broker.requests).toEqual([{ 0: 1 }, { 1: 1 }, { 2: 1 }])
  })

  it('lets a batch grow while it cannot leave', async () => {
    const producer = producerOf({ 'linger.ms': 0, 'batch.size': 100 })
    const sent = Array.from({ length: 1000 }, (_, index) => send(producer, `${index}`))
    await world.finish(Promise.all(sent))
    expect(broker.requests.length).toBeLessThan(5)
    expect(broker.partitions[0]!.values).toEqual(sent.map((_, index) => `${index}`))
  })

  it('has at most max.in.flight.requests.per.connection requests under way', async () => {
    await setUp(20)
    broker.delayMs = () => 100
    const producer = producerOf({ 'linger.ms': 0, 'max.in.flight.requests.per.connection': 2 })
    await world.finish(send(producer, 'first'))
    const sent: Promise<unknown>[] = []
    for (let partition = 0; partition < 20; partition++) {
      sent.push(send(producer, 'v', partition))
      await world.advance(5)
    }
    await world.finish(Promise.all(sent))
    expect(broker.underWayMax).toBe(2)
  })

  it('lets the network have its turn when a loop sends without waiting for answers', async () => {
    const producer = producerOf({ acks: 0, 'linger.ms': 0 })
    await world.finish(send(producer, 'first'))
    const defer = vi.spyOn(world.clock, 'defer')
    const loop = async () => {
      for (let left = 10; left > 0; left--) await send(producer, 'v')
    }
    await world.finish(loop())
    expect(defer.mock.calls.length).toBeGreaterThanOrEqual(10)
  })

  it('does not wait for answers with acks=0', async () => {
    const producer = producerOf({ acks: 0, 'linger.ms': 0 })
    expect(await world.finish(send(producer, 'v'))).toMatchObject({ partition: 0, offset: -1 })
    await world.advance(100)
    expect(broker.partitions[0]!.values).toEqual(['v'])
    expect(producer.config['enable.idempotence']).toBe(false)
  })
})

describe('order and duplicates', () => {
  it('sends again what was not answered, and stores it once', async () => {
    fates('store', 'store and cut')
    const producer = producerOf({ 'linger.ms': 0 })
    for (const value of ['a', 'b', 'c']) await world.finish(send(producer, value))
    expect(broker.partitions[0]!.values).toEqual(['a', 'b', 'c'])
  })

  it.each(['NOT_ENOUGH_REPLICAS', 'NOT_LEADER_OR_FOLLOWER', 'CORRUPT_MESSAGE', 'cut'] as const)(
    'keeps the order when the first of several batches meets %s',
    async fate => {
      broker.delayMs = () => 20
      const producer = producerOf({ 'linger.ms': 0 })
      await world.finish(send(producer, '0'))
      fates(fate)
      const sent: Promise<unknown>[] = []
      for (const value of ['1', '2', '3', '4']) {
        sent.push(send(producer, value))
        await world.advance(2)
      }
      await world.finish(Promise.all(sent))
      expect(broker.partitions[0]!.values).toEqual(['0', '1', '2', '3', '4'])
    },
  )

  it('begins with one batch, as a broker takes any sequence number of a producer it does not know', async () => {
    broker.delayMs = () => 20
    fates('NOT_ENOUGH_REPLICAS')
    const producer = producerOf({ 'linger.ms': 0 })
    const sent: Promise<unknown>[] = []
    for (const value of ['1', '2', '3']) {
      sent.push(send(producer, value))
      await world.advance(5)
    }
    await world.finish(Promise.all(sent))
    expect(broker.partitions[0]!.values).toEqual(['1', '2', '3'])
  })

  it('goes on after a batch that was refused for good: those after it take its numbers', async () => {
    broker.delayMs = () => 20
    const producer = producerOf({ 'linger.ms': 0 })
    await world.finish(send(producer, '0'))
    fates('INVALID_RECORD')
    const refused = send(producer, 'refused').catch(error => error)
    await world.advance(2)
    const sent = ['1', '2'].map(value => send(producer, value))
    expect(await world.finish(refused)).toMatchObject({ code: 'INVALID_RECORD', mayBeStored: false })
    await world.finish(Promise.all(sent))
    expect(broker.partitions[0]!.values).toEqual(['0', '1', '2'])
    expect(broker.peer.of(InitProducerId)).toHaveLength(1)
  })

  it.each(['OUT_OF_ORDER_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID'] as const)(
    'starts over with a new epoch after %s (KIP-360)',
    async fate => {
      broker.delayMs = () => 20
      const producer = producerOf({ 'linger.ms': 0 })
      await world.finish(send(producer, '0'))
      fates(fate)
      const sent: Promise<unknown>[] = []
      for (const value of ['1', '2', '3']) {
        sent.push(send(producer, value))
        await world.advance(2)
      }
      await world.finish(Promise.all(sent))
      expect(broker.partitions[0]!.values).toEqual(['0', '1', '2', '3'])
      const last = broker.peer.of(Produce).at(-1)!.request.topicData[0]!.partitionData[0]!.records!
      expect(batchProducerEpoch(last, 0)).toBe(1)
    },
  )

  it('takes a duplicate the broker no longer knows the place of for stored', async () => {
    fates('DUPLICATE_SEQUENCE_NUMBER')
    const producer = producerOf({ 'linger.ms': 0 })
    expect(await world.finish(send(producer, 'a'))).toMatchObject({ offset: -1 })
  })

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'stores each record once and in order whatever happens (seed %i)',
    async seed => {
      await setUp(3, seed)
      const chance = world.random
      const outcomes: Fate[] = ['store and cut', 'cut', 'NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS']
      broker.fate = () => (chance.integer(100) < 25 ? outcomes[chance.integer(outcomes.length)]! : 'store')
      broker.delayMs = () => chance.integer(30)
      const producer = producerOf({
        'linger.ms': chance.integer(5),
        'batch.size': 100,
        'retry.backoff.ms': 10,
      })
      const sent: Promise<unknown>[] = []
      for (let index = 0; index < 150; index++) {
        sent.push(send(producer, `${index}`, index % 3))
        if (chance.integer(3) === 0) await world.advance(chance.integer(20))
      }
      await world.finish(Promise.all(sent))
      for (const [partition, { values }] of broker.partitions.entries())
        expect(values).toEqual(
          sent.map((_, index) => `${index}`).filter(value => Number(value) % 3 === partition),
        )
    },
  )

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'tells the truth about each record when some are refused or expire, and keeps the order of the rest (seed %i)',
    async seed => {
      await setUp(2, 1000 + seed)
      const chance = world.random
      const outcomes: Fate[] = [
        'store and cut',
        'cut',
        'silence',
        'INVALID_RECORD',
        'MESSAGE_TOO_LARGE',
        'UNKNOWN_SERVER_ERROR',
      ]
      broker.fate = () => (chance.integer(100) < 30 ? outcomes[chance.integer(outcomes.length)]! : 'store')
      broker.delayMs = () => chance.integer(30)
      const producer = producerOf({
        'linger.ms': 1,
        'batch.size': 100,
        'request.timeout.ms': 300,
        'delivery.timeout.ms': 1000,
        'retry.backoff.ms': 10,
      })
      const sent: Promise<{ value: string; fate: 'stored' | 'unsure' | 'not stored' }>[] = []
      for (let index = 0; index < 100; index++) {
        const value = `${index}`
        sent.push(
          send(producer, value, index % 2).then(
            () => ({ value, fate: 'stored' as const }),
            error => ({ value, fate: error.mayBeStored ? ('unsure' as const) : ('not stored' as const) }),
          ),
        )
        if (chance.integer(3) === 0) await world.advance(chance.integer(40))
      }
      const outcome = await world.finish(Promise.all(sent))
      await world.advance(2000)
      for (const [partition, { values }] of broker.partitions.entries()) {
        const mine = outcome.filter(({ value }) => Number(value) % 2 === partition)
        expect(values).toEqual([...new Set(values)])
        expect(values.map(Number)).toEqual(values.map(Number).sort((a, b) => a - b))
        for (const { value, fate } of mine)
          if (fate !== 'unsure') expect([value, values.includes(value)]).toEqual([value, fate === 'stored'])
      }
      broker.fate = () => 'store'
      await world.finish(send(producer, 'still alive'))
    },
  )
})

describe('failure', () => {
  it('names topic and partition, what happened and what to do when time runs out', async () => {
    broker.fate = () => 'NOT_ENOUGH_REPLICAS'
    const producer = producerOf({ 'delivery.timeout.ms': 2000, 'request.timeout.ms': 500, 'linger.ms': 0 })
    const error = await failure(send(producer, 'v'))
    expect(error).toMatchObject({ code: 'TIMED_OUT', topic: 'orders', partition: 0, mayBeStored: false })
    expect(error.message).toMatch(/orders-0: .*delivery\.timeout\.ms \(2000 ms\).*NOT_ENOUGH_REPLICAS/)
  })

  it('says so when a record that is not reported as stored may be', async () => {
    broker.fate = () => 'silence'
    const producer = producerOf({ 'delivery.timeout.ms': 2000, 'request.timeout.ms': 500, 'linger.ms': 0 })
    expect(await failure(send(producer, 'v'))).toMatchObject({ code: 'TIMED_OUT', mayBeStored: true })
  })

  it('tells each record of a batch what was wrong with it', async () => {
    const producer = producerOf({ 'linger.ms': 5 })
    broker.peer.on(Produce, ({ request }) => ({
      responses: request.topicData.map(({ topicId, name }) => ({
        name,
        topicId,
        partitionResponses: [
          {
            index: 0,
            errorCode: 'INVALID_RECORD' as const,
            baseOffset: -1,
            recordErrors: [{ batchIndex: 1, batchIndexErrorMessage: 'no key' }],
            errorMessage: 'one record is wrong',
          },
        ],
      })),
    }))
    const sent = ['a', 'b', 'c'].map(value => send(producer, value).catch(error => error.message))
    const messages = await world.finish(Promise.all(sent))
    expect(messages[1]).toMatch(/no key/)
    for (const index of [0, 2]) expect(messages[index]).toMatch(/another record of the same batch/)
  })

  it('refuses a record larger than max.request.size at once', async () => {
    const producer = producerOf({ 'max.request.size': 1000 })
    const error = await failure(send(producer, 'x'.repeat(1000)))
    expect(error).toMatchObject({ code: 'MESSAGE_TOO_LARGE', topic: 'orders' })
    expect(broker.requests).toHaveLength(0)
  })

  it('names a partition that does not exist, after asking for fresh metadata', async () => {
    const producer = producerOf()
    expect(await failure(send(producer, 'v', 7))).toMatchObject({ code: 'INVALID_ARGUMENT', partition: 7 })
  })

  it('says what is wrong with a topic', async () => {
    broker.peer.on(Metadata, () =>
      metadataAnswer({ 1: broker.peer.address }, [{ name: 'orders', error: 'TOPIC_AUTHORIZATION_FAILED' }]),
    )
    const error = await failure(send(producerOf(), 'v'))
    expect(error).toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED', topic: 'orders' })
    expect(error.message).toMatch(/Grant/)
  })

  it('waits max.block.ms for a topic that does not exist', async () => {
    broker.peer.on(Metadata, () =>
      metadataAnswer({ 1: broker.peer.address }, [{ name: 'orders', error: 'UNKNOWN_TOPIC_OR_PARTITION' }]),
    )
    const before = world.clock.monotonicMs()
    const error = await failure(send(producerOf({ 'max.block.ms': 3000 }), 'v'))
    expect(error.code).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(world.clock.monotonicMs() - before).toBeLessThanOrEqual(3100)
  })

  it('says why no broker could be asked about the topic, and what to do', async () => {
    const producer = producerOf({ 'bootstrap.servers': 'nobody:9092', 'max.block.ms': 3000 })
    const error = await failure(send(producer, 'v'))
    expect(error.code).toBe('TIMED_OUT')
    expect(error.message).toMatch(
      /no metadata of the topic could be had within max\.block\.ms \(3000 ms\): .*nobody:9092.*See that bootstrap\.servers is right/s,
    )
  })

  it('reports a serializer that fails, and goes on', async () => {
    const value = {
      serialize(_topic: string, data: string | Uint8Array) {
        if (data === 'bad') throw new Error('not this one')
        return new Uint8Array([1])
      },
    }
    const producer = producerOf({}, { value })
    expect((await failure(send(producer, 'bad'))).message).toMatch(/not this one/)
    await world.finish(send(producer, 'good'))
  })

  it('keeps the order of records whose serializer takes its time', async () => {
    let pause = 50
    const value = {
      async serialize(_topic: string, data: string | Uint8Array) {
        pause -= 10
        await new Promise<void>(resolve => world.clock.timer(pause, resolve))
        return new TextEncoder().encode(String(data))
      },
    }
    const producer = producerOf({}, { value })
    await world.finish(Promise.all(['a', 'b', 'c'].map(text => send(producer, text))))
    expect(broker.partitions[0]!.values).toEqual(['a', 'b', 'c'])
  })

  it('fails records when no producer id can be had, and asks again for the next', async () => {
    broker.peer.on(InitProducerId, () => ({
      errorCode: 'CLUSTER_AUTHORIZATION_FAILED' as const,
      producerId: -1,
      producerEpoch: -1,
    }))
    const producer = producerOf()
    expect(await failure(send(producer, 'v'))).toMatchObject({ code: 'CLUSTER_AUTHORIZATION_FAILED' })
    broker.peer.on(InitProducerId, () => ({ errorCode: 'NONE' as const, producerId: 5, producerEpoch: 0 }))
    await world.finish(send(producer, 'w'))
  })

  it('follows a leader that the refusal names, without asking for metadata (KIP-951)', async () => {
    const other = await ModelledBroker.start(world, 'other')
    open.push(other.peer)
    const producer = producerOf({ 'linger.ms': 0, 'retry.backoff.ms': 5000 })
    await world.finish(send(producer, 'a'))
    const asked = broker.peer.of(Metadata).length
    broker.peer.on(Produce, ({ request }) => ({
      responses: request.topicData.map(({ topicId, name }) => ({
        name,
        topicId,
        partitionResponses: [
          {
            index: 0,
            errorCode: 'NOT_LEADER_OR_FOLLOWER' as const,
            baseOffset: -1,
            currentLeader: { leaderId: 2, leaderEpoch: 1 },
          },
        ],
      })),
      nodeEndpoints: [{ nodeId: 2, host: 'other', port: 9092 }],
    }))
    await world.finish(send(producer, 'b'))
    expect(other.partitions[0]!.values).toEqual(['b'])
    expect(broker.peer.of(Metadata)).toHaveLength(asked)
  })
})

describe('the buffer', () => {
  it('lets records wait in order for room, and tells when there is some', async () => {
    broker.delayMs = () => 50
    const producer = producerOf({ 'buffer.memory': 1000, 'linger.ms': 0 })
    const sent = Array.from({ length: 25 }, (_, index) => send(producer, `${index}`.padStart(100, '.')))
    expect(producer.hasRoom).toBe(false)
    let isReady = false
    const ready = producer.ready().then(() => {
      isReady = true
    })
    await world.advance(10)
    expect(isReady).toBe(false)
    await world.finish(ready)
    await world.finish(Promise.all(sent))
    expect(broker.partitions[0]!.values.map(Number)).not.toContain(Number.NaN)
    expect(broker.partitions[0]!.values).toEqual(sent.map((_, index) => `${index}`.padStart(100, '.')))
    expect(producer.metrics()).toMatchObject({ 'buffer-available-bytes': 1000, 'records-waiting': 0 })
  })

  it('gives up after max.block.ms what found no room', async () => {
    broker.fate = () => 'silence'
    const producer = producerOf({ 'buffer.memory': 500, 'linger.ms': 0, 'max.block.ms': 1000 })
    const sent = Array.from({ length: 10 }, () => send(producer, 'x'.repeat(100)))
    for (const one of sent) one.catch(() => {})
    expect(await failure(sent[9]!)).toMatchObject({ code: 'BUFFER_FULL', topic: 'orders' })
  })
})

describe('a bulk', () => {
  it('tells where its records went, by runs of offsets', async () => {
    await setUp(2)
    const producer = producerOf()
    const records = [0, 0, 1, 0, 1].map((partition, index) => ({
      topic: 'orders',
      partition,
      value: `${index}`,
    }))
    expect(await world.finish(producer.sendAll(records))).toEqual([
      { topic: 'orders', partition: 0, firstOffset: 0, lastOffset: 2, count: 3 },
      { topic: 'orders', partition: 1, firstOffset: 0, lastOffset: 1, count: 2 },
    ])
    expect(await world.finish(producer.sendAll([]))).toEqual([])
  })

  it('of any length passes through a small buffer', async () => {
    const producer = producerOf({ 'buffer.memory': 5000, 'linger.ms': 0 })
    function* source() {
      for (let index = 0; index < 3000; index++) {
        expect(producer.metrics()['records-waiting']).toBeLessThan(3)
        yield { topic: 'orders', value: `${index}` }
      }
    }
    const ranges = await world.finish(producer.sendAll(source()))
    expect(ranges).toEqual([{ topic: 'orders', partition: 0, firstOffset: 0, lastOffset: 2999, count: 3000 }])
    expect(broker.partitions[0]!.values).toEqual(Array.from({ length: 3000 }, (_, index) => `${index}`))
  })

  it('follows the one before it, also from an asynchronous source', async () => {
    const producer = producerOf({ 'linger.ms': 0 })
    async function* slow() {
      for (let index = 0; index < 5; index++) {
        await new Promise<void>(resolve => world.clock.timer(20, resolve))
        yield { topic: 'orders', value: `slow ${index}` }
      }
    }
    const bulks = [producer.sendAll(slow()), producer.sendAll([{ topic: 'orders', value: 'next' }])]
    await world.finish(Promise.all(bulks))
    expect(broker.partitions[0]!.values).toEqual(['slow 0', 'slow 1', 'slow 2', 'slow 3', 'slow 4', 'next'])
  })

  it('lists each record that failed, and what was stored nevertheless', async () => {
    await setUp(2)
    const producer = producerOf({ 'linger.ms': 0 })
    await world.finish(Promise.all([send(producer, 'x', 0), send(producer, 'x', 1)]))
    broker.fate = (_asked, partition) => (partition === 1 ? 'INVALID_RECORD' : 'store')
    const records = [0, 1, 0, 1].map((partition, index) => ({
      topic: 'orders',
      partition,
      value: `${index}`,
    }))
    const error = await failure(
      producer.sendAll([...records, { topic: 'orders', value: 'x'.repeat(2_000_000) }]),
    )
    expect(error).toBeInstanceOf(BulkSendError)
    const { failures, delivered } = error as BulkSendError
    expect(failures.map(({ index, error }) => [index, error.code])).toEqual([
      [1, 'INVALID_RECORD'],
      [3, 'INVALID_RECORD'],
      [4, 'MESSAGE_TOO_LARGE'],
    ])
    expect(delivered).toEqual([{ topic: 'orders', partition: 0, firstOffset: 1, lastOffset: 2, count: 2 }])
  })

  it('rejects with what its source threw, while what came before is sent', async () => {
    const producer = producerOf({ 'linger.ms': 0 })
    function* broken() {
      yield { topic: 'orders', value: 'one' }
      throw new Error('the source broke')
    }
    expect((await failure(producer.sendAll(broken()))).message).toMatch(/the source broke/)
    await world.finish(producer.flush())
    expect(broker.partitions[0]!.values).toEqual(['one'])
  })
})

describe('the end', () => {
  it('flush sends without lingering and waits for all', async () => {
    const producer = producerOf({ 'linger.ms': 60_000 })
    const sent = ['a', 'b'].map(value => send(producer, value))
    const before = world.clock.monotonicMs()
    await world.finish(producer.flush())
    expect(world.clock.monotonicMs() - before).toBeLessThan(1000)
    expect(broker.partitions[0]!.values).toEqual(['a', 'b'])
    await world.finish(Promise.all(sent))
  })

  it('close delivers everything first', async () => {
    const producer = producerOf({ 'linger.ms': 60_000 })
    const sent = ['a', 'b'].map(value => send(producer, value))
    await world.finish(producer.close())
    await world.finish(Promise.all(sent))
    expect(await failure(send(producer, 'c'))).toMatchObject({ code: 'CLOSED' })
  })

  it('close gives up what is not done at its deadline', async () => {
    broker.fate = () => 'silence'
    const producer = producerOf({ 'linger.ms': 0 })
    const sent = send(producer, 'a').catch(error => error)
    const before = world.clock.monotonicMs()
    await world.finish(producer.close({ timeoutMs: 500 }))
    expect(world.clock.monotonicMs() - before).toBeLessThan(1000)
    expect(await sent).toMatchObject({ code: 'CLOSED', mayBeStored: true })
  })

  it('close ends in time when no broker answers at all', async () => {
    const producer = new Producer({ 'bootstrap.servers': 'nowhere:1' }, { world, logger: silentLogger })
    const sent = producer.send({ topic: 'orders', value: 'v' }).catch(error => error)
    await world.finish(producer.close({ timeoutMs: 200 }))
    expect(await sent).toMatchObject({ code: 'CLOSED' })
  })

  it('abort gives everything up at once', async () => {
    const producer = producerOf({ 'linger.ms': 60_000 })
    const sent = send(producer, 'a').catch(error => error)
    await world.finish(producer.abort())
    expect(await sent).toMatchObject({ code: 'ABORTED' })
    expect(broker.partitions[0]!.values).toEqual([])
  })

  it('leaves no timer behind', async () => {
    const producer = producerOf({ 'linger.ms': 5 })
    await world.finish(send(producer, 'a'))
    await world.finish(producer.close())
    const before = world.clock.monotonicMs()
    await world.finish(broker.peer.close())
    await world.run()
    expect(world.clock.monotonicMs() - before).toBeLessThan(600_000)
  })
})
