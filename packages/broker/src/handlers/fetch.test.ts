import { ZERO_UUID, concatBytes } from '@samsa/base'
import {
  BATCH_HEADER_BYTES,
  CreateTopics,
  DeleteTopics,
  Fetch,
  Produce,
  type RequestDraftOf,
  batchMagic,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { batchOf, recordsOf, valuesOf } from '../testing/records.ts'
import { TestBroker, fetchRequest, produceRequest } from '../testing/test-broker.ts'
import type { TestClient } from '../testing/test-client.ts'

type Partition = RequestDraftOf<typeof Fetch>['topics'][number]['partitions'][number]

async function brokerWithTopic(values: readonly string[] = [], configs: Record<string, string> = {}) {
  const broker = await TestBroker.start()
  const topicId = await broker.createTopic('orders', configs)
  for (const value of values) await broker.write('orders', [value])
  return { broker, topicId, now: broker.world.clock.now() }
}

/** One answered partition, or the reason why there is none. */
interface CodesOnly {
  readonly responses: readonly { readonly partitions: readonly { readonly errorCode: string }[] }[]
}

async function only(answer: Promise<CodesOnly>) {
  return (await answer).responses[0]!.partitions[0]!.errorCode
}

/** Starts asking, and tells when the answer came. */
function pending<T>(answer: Promise<T>) {
  const state = { isAnswered: false, answer }
  const note = () => {
    state.isAnswered = true
  }
  answer.then(note, () => {})
  return state
}

describe('Fetch', () => {
  it('returns whole batches from the one that holds the offset on, in every version', async () => {
    const { broker, now } = await brokerWithTopic()
    await broker.produce('orders', batchOf({ values: ['a', 'b', 'c'] }, now))
    await broker.write('orders', ['d'])
    for (let version = 4; version <= 12; version++) {
      const { errorCode, highWatermark, records } = await broker.fetch('orders', 1, { version })
      expect([errorCode, highWatermark, valuesOf(records)]).toEqual(['NONE', 4, ['a', 'b', 'c', 'd']])
    }
  })

  it('at the end returns nothing, and beyond it or before the start an error', async () => {
    const { broker } = await brokerWithTopic(['a'])
    expect(await broker.fetch('orders', 1)).toMatchObject({ errorCode: 'NONE', highWatermark: 1 })
    for (const offset of [2, -1]) {
      const refused = await broker.fetch('orders', offset)
      expect(refused).toMatchObject({ errorCode: 'OFFSET_OUT_OF_RANGE', highWatermark: -1 })
    }
    expect((await broker.fetch('orders', 0, { partition: 7 })).errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect((await broker.fetch('missing', 0)).errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  })

  it('is fenced by leader epochs that are not the leader’s', async () => {
    const { broker } = await brokerWithTopic(['a'])
    const code = async (currentLeaderEpoch: number) =>
      (await broker.fetch('orders', 0, { currentLeaderEpoch })).errorCode
    expect(await code(0)).toBe('NONE')
    expect(await code(5)).toBe('UNKNOWN_LEADER_EPOCH')
  })

  it('tells a follower of history that went another way where to go back to', async () => {
    const { broker } = await brokerWithTopic(['a', 'b'])
    const request = fetchRequest('orders', 2)
    const asking = (lastFetchedEpoch: number, fetchOffset: number) => {
      const partitions = [{ ...request.topics[0]!.partitions[0]!, lastFetchedEpoch, fetchOffset }]
      return broker.ask(Fetch, 12, { ...request, topics: [{ topic: 'orders', partitions }] })
    }
    const same = (await asking(0, 2)).responses[0]!.partitions[0]!
    expect(same).toMatchObject({ errorCode: 'NONE', divergingEpoch: { epoch: -1, endOffset: -1 } })
    const other = (await asking(0, 9)).responses[0]!.partitions[0]!
    expect(other).toMatchObject({ errorCode: 'NONE', divergingEpoch: { epoch: 0, endOffset: 2 } })
    expect(other.records).toHaveLength(0)
  })

  it('is out of range after an epoch that never was, and takes any epoch below zero for none', async () => {
    const { broker } = await brokerWithTopic(['a'])
    const ask = (partition: Partial<Partition>) => {
      const request = fetchRequest('orders', 0)
      const topics = [
        { topic: 'orders', partitions: [{ ...request.topics[0]!.partitions[0]!, ...partition }] },
      ]
      return only(broker.ask(Fetch, 12, { ...request, topics }))
    }
    expect(await ask({ lastFetchedEpoch: 9 })).toBe('OFFSET_OUT_OF_RANGE')
    expect(await ask({ lastFetchedEpoch: 0 })).toBe('NONE')
    expect(await ask({ lastFetchedEpoch: -7, currentLeaderEpoch: -7 })).toBe('NONE')
  })

  it('of a broker that takes itself for a replica is refused, and told who leads', async () => {
    const { broker, topicId } = await brokerWithTopic(['a'])
    const request = fetchRequest('orders', 0)
    for (const version of [4, 12])
      expect(await only(broker.ask(Fetch, version, { ...request, replicaId: 5 }))).toBe(
        'NOT_LEADER_OR_FOLLOWER',
      )
    const { partitions } = request.topics[0]!
    const replicaState = { replicaId: 5, replicaEpoch: -1 }
    const answer = await broker.ask(Fetch, 16, {
      ...request,
      topics: [{ topicId, partitions }],
      replicaState,
    })
    expect(answer.responses[0]!.partitions[0]).toMatchObject({
      errorCode: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leaderId: 1, leaderEpoch: 0 },
    })
  })

  it('names topics by id from version 13 on', async () => {
    const { broker, topicId } = await brokerWithTopic(['a'])
    const partitions = fetchRequest('', 0).topics[0]!.partitions as Partition[]
    const ask = (id: string) =>
      broker.ask(Fetch, 18, { ...fetchRequest('', 0), topics: [{ topicId: id, partitions }] })
    const { responses } = await ask(topicId)
    expect(responses[0]!.topicId).toBe(topicId)
    expect(valuesOf(responses[0]!.partitions[0]!.records)).toEqual(['a'])
    expect(await only(ask('AAAAAAAAAAAAAAAAAAAABQ'))).toBe('UNKNOWN_TOPIC_ID')
    expect(await only(ask(ZERO_UUID))).toBe('UNKNOWN_TOPIC_ID')
  })
})

describe('how much Fetch returns', () => {
  const batchBytes = (broker: TestBroker, value: string) =>
    batchOf({ values: [value] }, broker.world.clock.now()).length

  it('is bounded by the partition’s bytes and by those of the whole answer', async () => {
    const { broker } = await brokerWithTopic(['a', 'b', 'c', 'd'])
    const one = batchBytes(broker, 'a')
    const count = async (options: { maxBytes?: number; partitionMaxBytes?: number }) =>
      recordsOf((await broker.fetch('orders', 0, options)).records).length
    expect(await count({ partitionMaxBytes: 3 * one })).toBe(3)
    expect(await count({ partitionMaxBytes: 3 * one - 1 })).toBe(2)
    expect(await count({ maxBytes: 2 * one })).toBe(2)
  })

  it('is at least the first batch, however large, but only in the first partition that has one', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, 3)
    for (let partition = 0; partition < 3; partition++)
      await broker.write('orders', ['x'.repeat(500)], { partition })
    const partitions = [0, 1, 2].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 10 }))
    const { responses } = await broker.ask(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [{ topic: 'orders', partitions }],
    })
    const sizes = responses[0]!.partitions.map(({ records }) => recordsOf(records).length)
    expect(sizes).toEqual([1, 0, 0])
  })

  it('before version 3 is cut at the limit, even within the first batch', async () => {
    const { broker } = await brokerWithTopic(['x'.repeat(500)])
    const { records } = await broker.fetch('orders', 0, { version: 2, partitionMaxBytes: 100 })
    expect(records!.length).toBe(100)
  })

  it('is nothing for partitions after the answer is full', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, 2)
    for (const partition of [0, 1]) await broker.write('orders', ['x'.repeat(500)], { partition })
    const partitions = [0, 1].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }))
    const { responses } = await broker.ask(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 700,
      topics: [{ topic: 'orders', partitions }],
    })
    expect(responses[0]!.partitions.map(({ records }) => recordsOf(records).length)).toEqual([1, 0])
    expect(responses[0]!.partitions[1]).toMatchObject({ errorCode: 'NONE', highWatermark: 1 })
  })
})

describe('old consumers', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ])('of version %i get messages of format %i', async (version, magic) => {
    const { broker, now } = await brokerWithTopic(['a'])
    await broker.produce('orders', batchOf({ values: ['b', 'c'], compression: 'gzip' }, now))
    const { errorCode, records } = await broker.fetch('orders', 0, { version })
    expect(errorCode).toBe('NONE')
    expect(batchMagic(records!, 0)).toBe(magic)
    const read = recordsOf(records)
    expect(valuesOf(records)).toEqual(['a', 'b', 'c'])
    expect(read.map(({ offset }) => offset)).toEqual([0, 1, 2])
    expect(read.every(({ timestamp }) => (magic === 0 ? timestamp === -1 : timestamp > 0))).toBe(true)
  })

  it('that know no batches are not given zstd', async () => {
    const { broker, now } = await brokerWithTopic()
    await broker.produce('orders', batchOf({ values: ['a'], compression: 'zstd' }, now))
    for (const version of [0, 3])
      expect((await broker.fetch('orders', 0, { version })).errorCode).toBe('UNSUPPORTED_COMPRESSION_TYPE')
    expect(valuesOf((await broker.fetch('orders', 0, { version: 10 })).records)).toEqual(['a'])
  })

  it('of version 9 and before are not given zstd that the topic itself asks for', async () => {
    const { broker } = await brokerWithTopic(['a'], { 'compression.type': 'zstd' })
    expect((await broker.fetch('orders', 0, { version: 9 })).errorCode).toBe('UNSUPPORTED_COMPRESSION_TYPE')
    expect(valuesOf((await broker.fetch('orders', 0, { version: 10 })).records)).toEqual(['a'])
  })
})

describe('a Fetch that waits', () => {
  async function waiting(options: Parameters<typeof fetchRequest>[2] = {}, offset = 0) {
    const { broker, now } = await brokerWithTopic()
    const consumer = await broker.connect()
    const request = fetchRequest('orders', offset, { maxWaitMs: 5000, ...options })
    const state = pending(consumer.ask(Fetch, 12, request))
    await broker.advance(1000)
    return { broker, consumer, state, now }
  }

  it('is answered when something arrives', async () => {
    const { broker, state } = await waiting()
    expect(state.isAnswered).toBe(false)
    await broker.write('orders', ['a'])
    const { responses } = await broker.finish(state.answer)
    expect(valuesOf(responses[0]!.partitions[0]!.records)).toEqual(['a'])
  })

  it('is answered without records when its time is over', async () => {
    const { broker, state } = await waiting()
    await broker.advance(3900)
    expect(state.isAnswered).toBe(false)
    await broker.advance(300)
    expect(state.isAnswered).toBe(true)
    expect((await state.answer).responses[0]!.partitions[0]).toMatchObject({ errorCode: 'NONE' })
  })

  it('waits until there are as many bytes as it wants', async () => {
    const { broker, state } = await waiting({ minBytes: 1000 })
    await broker.write('orders', ['x'.repeat(500)])
    await broker.advance(100)
    expect(state.isAnswered).toBe(false)
    await broker.write('orders', ['y'.repeat(500)])
    await broker.advance(100)
    expect(state.isAnswered).toBe(true)
    expect(recordsOf((await state.answer).responses[0]!.partitions[0]!.records)).toHaveLength(2)
  })

  it('is not answered by records that are not yet durable', async () => {
    const { broker, state, now } = await waiting({ maxWaitMs: 60_000 })
    broker.world.disk.syncMs = [1000, 1000]
    const producer = await broker.connect()
    producer.tell(Produce, 12, produceRequest('orders', batchOf({ values: ['a'] }, now), { acks: 0 }))
    await broker.advance(800)
    expect(state.isAnswered).toBe(false)
    await broker.advance(10_000)
    expect(state.isAnswered).toBe(true)
  })

  it('is answered at once where one partition has an error', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    const partitions = [0, 1].map(partition => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }))
    const client = await broker.client()
    const topics = [{ topic: 'orders', partitions }]
    const state = pending(client.ask(Fetch, 12, { maxWaitMs: 5000, minBytes: 1, topics }))
    await broker.advance(100)
    expect(state.isAnswered).toBe(true)
  })

  it('is told when its topic is deleted', async () => {
    const { broker, state } = await waiting()
    await broker.ask(DeleteTopics, 5, { topicNames: ['orders'], timeoutMs: 1000 })
    await broker.advance(100)
    expect(state.isAnswered).toBe(true)
    expect((await state.answer).responses[0]!.partitions[0]!.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  })

  it('is answered with what there is when the broker stops', async () => {
    const { broker, state } = await waiting()
    const before = broker.world.clock.monotonicMs()
    await broker.stop()
    expect(broker.world.clock.monotonicMs() - before).toBeLessThan(2000)
    expect(state.isAnswered).toBe(true)
    expect((await state.answer).responses[0]!.partitions[0]!.errorCode).toBe('NONE')
  })

  it('is forgotten when its client leaves', async () => {
    const { broker, consumer } = await waiting()
    consumer.close()
    await broker.advance(100)
    await broker.write('orders', ['a'])
    expect(broker.lines.filter(line => line.startsWith('error'))).toEqual([])
  })
})

describe('a Fetch of a topic made anew', () => {
  it('does not serve the records of the one before', async () => {
    const { broker, topicId } = await brokerWithTopic(['old'])
    await broker.ask(DeleteTopics, 6, { topics: [{ name: 'orders', topicId: ZERO_UUID }], timeoutMs: 1000 })
    expect((await broker.fetch('orders', 0)).errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    const topic = { name: 'orders', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    const created = await broker.ask(CreateTopics, 7, { topics: [topic], timeoutMs: 1000 })
    expect(created.topics[0]!.topicId).not.toBe(topicId)
    await broker.advance(1000)
    expect(await broker.fetch('orders', 0)).toMatchObject({ errorCode: 'NONE', highWatermark: 0 })
    expect(await broker.write('orders', ['new'])).toBe(0)
    expect(valuesOf((await broker.fetch('orders', 0)).records)).toEqual(['new'])
    const partitions = fetchRequest('', 0).topics[0]!.partitions as Partition[]
    const byOldId = broker.ask(Fetch, 18, { ...fetchRequest('', 0), topics: [{ topicId, partitions }] })
    expect(await only(byOldId)).toBe('UNKNOWN_TOPIC_ID')
  })
})

describe('a fetch session', () => {
  async function session(partitionCount = 3) {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, partitionCount)
    const client = await broker.connect()
    return { broker, client }
  }

  const partition = (index: number, fetchOffset = 0) => ({
    partition: index,
    fetchOffset,
    partitionMaxBytes: 1 << 20,
  })

  function ask(
    broker: TestBroker,
    client: TestClient,
    session: { id: number; epoch: number },
    indexes: readonly ReturnType<typeof partition>[],
    more: { forgotten?: number[]; maxWaitMs?: number; version?: number } = {},
  ) {
    const { forgotten = [] } = more
    return broker.finish(
      client.ask(Fetch, more.version ?? 12, {
        maxWaitMs: more.maxWaitMs ?? 0,
        minBytes: 1,
        sessionId: session.id,
        sessionEpoch: session.epoch,
        topics: indexes.length === 0 ? [] : [{ topic: 'orders', partitions: [...indexes] }],
        forgottenTopicsData: forgotten.length === 0 ? [] : [{ topic: 'orders', partitions: forgotten }],
      }),
    )
  }

  const indexesOf = ({ responses }: Awaited<ReturnType<typeof ask>>) =>
    responses.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex))

  it('names its partitions once, and is then told only what is new', async () => {
    const { broker, client } = await session()
    const full = await ask(
      broker,
      client,
      { id: 0, epoch: 0 },
      [0, 1, 2].map(index => partition(index)),
    )
    expect(full.sessionId).toBeGreaterThan(0)
    expect(indexesOf(full)).toEqual([0, 1, 2])
    const id = full.sessionId
    expect(indexesOf(await ask(broker, client, { id, epoch: 1 }, []))).toEqual([])
    await broker.write('orders', ['a'], { partition: 1 })
    expect(indexesOf(await ask(broker, client, { id, epoch: 2 }, []))).toEqual([1])
    expect(indexesOf(await ask(broker, client, { id, epoch: 3 }, [partition(1, 1)]))).toEqual([])
  })

  it('drops partitions that are forgotten', async () => {
    const { broker, client } = await session()
    const { sessionId: id } = await ask(broker, client, { id: 0, epoch: 0 }, [partition(0), partition(1)])
    for (const index of [0, 1]) await broker.write('orders', ['a'], { partition: index })
    const answer = await ask(broker, client, { id, epoch: 1 }, [partition(2)], { forgotten: [0] })
    expect(indexesOf(answer).sort()).toEqual([1, 2])
  })

  it('tells of an error each time, and that it is over', async () => {
    const { broker, client } = await session()
    const { sessionId: id } = await ask(broker, client, { id: 0, epoch: 0 }, [partition(0, 9), partition(1)])
    expect(indexesOf(await ask(broker, client, { id, epoch: 1 }, []))).toEqual([0])
    expect(indexesOf(await ask(broker, client, { id, epoch: 2 }, [partition(0, 0)]))).toEqual([0])
    expect(indexesOf(await ask(broker, client, { id, epoch: 3 }, []))).toEqual([])
  })

  it('is refused when its id or epoch is wrong, or it is over', async () => {
    const { broker, client } = await session()
    const { sessionId: id } = await ask(broker, client, { id: 0, epoch: 0 }, [partition(0)])
    expect((await ask(broker, client, { id: id + 1, epoch: 1 }, [])).errorCode).toBe(
      'FETCH_SESSION_ID_NOT_FOUND',
    )
    expect((await ask(broker, client, { id, epoch: 7 }, [])).errorCode).toBe('INVALID_FETCH_SESSION_EPOCH')
    const last = await ask(broker, client, { id, epoch: -1 }, [partition(0)])
    expect(last).toMatchObject({ errorCode: 'NONE', sessionId: 0 })
    expect((await ask(broker, client, { id, epoch: 1 }, [])).errorCode).toBe('FETCH_SESSION_ID_NOT_FOUND')
  })

  it('does not change from names to ids', async () => {
    const { broker, client } = await session()
    const { sessionId: id } = await ask(broker, client, { id: 0, epoch: 0 }, [partition(0)])
    const answer = await ask(broker, client, { id, epoch: 1 }, [], { version: 13 })
    expect(answer.errorCode).toBe('FETCH_SESSION_TOPIC_ID_ERROR')
  })

  it('tells of a topic that was deleted and made again since it began, and answers unknown ones last', async () => {
    const broker = await TestBroker.start()
    const ids = new Map<string, string>()
    for (const name of ['orders', 'stays']) ids.set(name, await broker.createTopic(name))
    const client = await broker.connect()
    const unknown = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const byId = (id: number, epoch: number, wanted: readonly (readonly [string, number])[]) =>
      broker.finish(
        client.ask(Fetch, 13, {
          maxWaitMs: 0,
          minBytes: 1,
          sessionId: id,
          sessionEpoch: epoch,
          topics: wanted.map(([topicId, index]) => ({ topicId, partitions: [partition(index)] })),
        }),
      )
    const told = ({ responses }: Awaited<ReturnType<typeof byId>>) =>
      responses.flatMap(({ topicId, partitions }) =>
        partitions.map(({ partitionIndex, errorCode }) => [topicId, partitionIndex, errorCode]),
      )
    const [orders, stays] = [ids.get('orders')!, ids.get('stays')!]
    const full = await byId(0, 0, [
      [orders, 0],
      [orders, 5],
      [unknown, 0],
      [stays, 0],
    ])
    expect(told(full)).toEqual([
      [orders, 0, 'NONE'],
      [stays, 0, 'NONE'],
      [unknown, 0, 'UNKNOWN_TOPIC_ID'],
      [orders, 5, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ])
    await broker.ask(DeleteTopics, 6, { topics: [{ name: 'orders', topicId: ZERO_UUID }], timeoutMs: 1000 })
    const deleted = told(await byId(full.sessionId, 1, []))
    expect(deleted).toContainEqual([orders, 0, 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(deleted).toContainEqual([orders, 5, 'UNKNOWN_TOPIC_OR_PARTITION'])
    await broker.createTopic('orders')
    await broker.advance(1000)
    const again = told(await byId(full.sessionId, 2, []))
    expect(again).toContainEqual([orders, 0, 'INCONSISTENT_TOPIC_ID'])
    expect(again).toContainEqual([orders, 5, 'UNKNOWN_TOPIC_OR_PARTITION'])
  })

  it('gives each partition its turn when answers are full', async () => {
    const { broker, client } = await session()
    const value = 'x'.repeat(1000)
    for (const index of [0, 1, 2]) {
      const now = broker.world.clock.now()
      const batches = batchOf({ values: [value] }, now)
      for (let i = 0; i < 3; i++) await broker.produce('orders', concatBytes([batches]), { partition: index })
    }
    const small = (index: number) => ({ partition: index, fetchOffset: 0, partitionMaxBytes: 1200 })
    const request = (id: number, epoch: number, indexes: number[]) =>
      broker.finish(
        client.ask(Fetch, 12, {
          maxWaitMs: 0,
          minBytes: 1,
          maxBytes: 1200,
          sessionId: id,
          sessionEpoch: epoch,
          topics: indexes.length === 0 ? [] : [{ topic: 'orders', partitions: indexes.map(small) }],
        }),
      )
    const withRecords = ({ responses }: Awaited<ReturnType<typeof request>>) =>
      responses.flatMap(({ partitions }) =>
        partitions
          .filter(({ records }) => (records?.length ?? 0) > BATCH_HEADER_BYTES)
          .map(({ partitionIndex }) => partitionIndex),
      )
    const first = await request(0, 0, [0, 1, 2])
    const turns = [withRecords(first)]
    for (let epoch = 1; epoch < 5; epoch++) turns.push(withRecords(await request(first.sessionId, epoch, [])))
    // The full answer leaves the order as the client gave it, as Apache Kafka's does.
    expect(turns.flat()).toEqual([0, 0, 1, 2, 0])
  })
})
