import { type SimulatedWorld, decodeUtf8, encodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import {
  type ErrorName,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetForLeaderEpoch,
  type RequestOf,
  encodeBatch,
} from '@samsa/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Asked, ScriptedPeer, metadataAnswer } from '../../testing/scripted-peer.ts'
import { Consumer, type ConsumerEntries } from '../consumer.ts'

const id = 'AAAAAAAAAAAAAAAAAAAAAQ'
const brokers = { 1: 'one:9092', 2: 'two:9092' }
const at = { topic: 't', partition: 0 }
let world: SimulatedWorld
let one: ScriptedPeer
let two: ScriptedPeer
let consumer: Consumer
/** The leader and its epoch, as metadata says. */
let leader: readonly [id: number, epoch: number]

type PartitionPart = { errorCode?: ErrorName; records?: Uint8Array | null; [field: string]: unknown }

beforeEach(async () => {
  world = simulatedWorld(3)
  one = await ScriptedPeer.listen(world, { host: 'one' })
  two = await ScriptedPeer.listen(world, { host: 'two' })
  leader = [1, 0]
  for (const peer of [one, two]) {
    peer.on(Metadata, () => metadataAnswer(brokers, [{ name: 't', id, leaders: [leader] }]))
    peer.on(ListOffsets, () => ({
      topics: [
        {
          name: 't',
          partitions: [{ partitionIndex: 0, errorCode: 'NONE' as const, offset: 0, leaderEpoch: 0 }],
        },
      ],
    }))
    peer.on(Fetch, () => ({ errorCode: 'NONE' as const, responses: [] }))
  }
})

afterEach(async () => {
  await world.finish(consumer.close())
  await world.finish(Promise.all([one.close(), two.close()]))
})

function open(entries: ConsumerEntries = {}): Consumer {
  consumer = new Consumer(
    { 'bootstrap.servers': 'one:9092', 'auto.offset.reset': 'earliest', ...entries },
    { world: world.host('client'), logger: silentLogger },
  )
  consumer.assign([{ ...at, offset: 0 }])
  return consumer
}

/** A batch of values at an offset, by a leader of an epoch. */
function batch(baseOffset: number, leaderEpoch: number, values: readonly string[]): Uint8Array {
  const records = values.map(value => ({ timestamp: 1, key: null, value: encodeUtf8(value) }))
  return encodeBatch({ baseOffset, leaderEpoch, records })
}

function answer(part: PartitionPart, session = 0, endpoints: unknown[] = []) {
  const partition = {
    partitionIndex: 0,
    errorCode: 'NONE',
    highWatermark: 100,
    records: null,
    ...part,
  }
  return {
    errorCode: 'NONE',
    sessionId: session,
    responses: [{ topicId: id, partitions: [partition] }],
    nodeEndpoints: endpoints,
  } as never
}

const nothing = (session = 0) => ({ errorCode: 'NONE', sessionId: session, responses: [] }) as never

/** Serves each batch to whom asks for its offset; nothing later, after a wait. */
function serve(peer: ScriptedPeer, batches: ReadonlyMap<number, Uint8Array>): void {
  peer.on(Fetch, async asked => {
    const records = batches.get(offsetIn(asked.request))
    if (records !== undefined) return answer({ records })
    await new Promise<void>(resolve => peer.world.clock.timer(100, resolve))
    return nothing()
  })
}

const offsetIn = (request: RequestOf<typeof Fetch>) => request.topics[0]?.partitions[0]?.fetchOffset ?? -1

async function take(count: number): Promise<string[]> {
  const values: string[] = []
  for await (const record of consumer) {
    values.push(decodeUtf8(record.value!))
    if (values.length === count) break
  }
  return values
}

describe('a fetcher', () => {
  it('goes back to where a new leader parts from what was read (KIP-320)', async () => {
    const before = new Map([[0, batch(0, 0, ['a', 'b', 'c', 'd'])]])
    serve(one, before)
    open({ 'metadata.max.age.ms': 1000 })
    expect(await world.finish(take(4))).toEqual(['a', 'b', 'c', 'd'])
    leader = [2, 1]
    two.on(OffsetForLeaderEpoch, ({ request }) => {
      expect(request.topics[0]!.partitions[0]).toMatchObject({ currentLeaderEpoch: 1, leaderEpoch: 0 })
      const end = { partition: 0, errorCode: 'NONE' as const, leaderEpoch: 0, endOffset: 2 }
      return { topics: [{ topic: 't', partitions: [end] }] }
    })
    serve(two, new Map([[2, batch(2, 1, ['C', 'D'])]]))
    expect(await world.finish(take(2))).toEqual(['C', 'D'])
    expect(two.of(OffsetForLeaderEpoch)).toHaveLength(1)
  })

  it('says so instead when auto.offset.reset is none', async () => {
    serve(one, new Map([[0, batch(0, 0, ['a', 'b', 'c'])]]))
    open({ 'metadata.max.age.ms': 1000, 'auto.offset.reset': 'none' })
    await world.finish(take(3))
    leader = [2, 1]
    const end = { partition: 0, errorCode: 'NONE' as const, leaderEpoch: 0, endOffset: 1 }
    two.on(OffsetForLeaderEpoch, () => ({ topics: [{ topic: 't', partitions: [end] }] }))
    await expect(world.finish(take(1))).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringContaining('truncated to 1'),
    })
  })

  it('follows the leader a broker names, without asking for metadata (KIP-951)', async () => {
    open()
    serve(two, new Map([[0, batch(0, 1, ['a'])]]))
    const endpoint = { nodeId: 2, host: 'two', port: 9092, rack: null }
    const currentLeader = { leaderId: 2, leaderEpoch: 1 }
    one.on(Fetch, () => answer({ errorCode: 'NOT_LEADER_OR_FOLLOWER', currentLeader }, 0, [endpoint]))
    expect(await world.finish(take(1))).toEqual(['a'])
  })

  it('reads from the follower a leader prefers, and from the leader where that lags behind (KIP-392)', async () => {
    open({ 'client.rack': 'r2' })
    one.on(Fetch, ({ request }) => {
      expect(request.rackId).toBe('r2')
      return offsetIn(request) === 0
        ? answer({ preferredReadReplica: 2 })
        : answer({ records: batch(1, 0, ['b']) })
    })
    two.on(Fetch, ({ request }) =>
      offsetIn(request) === 0
        ? answer({ records: batch(0, 0, ['a']) })
        : answer({ errorCode: 'OFFSET_OUT_OF_RANGE' }),
    )
    expect(await world.finish(take(2))).toEqual(['a', 'b'])
  })

  it('names only what changed within a session, and everything again when the broker forgot it (KIP-227)', async () => {
    open()
    let mode: 'session' | 'forgotten' = 'session'
    one.on(Fetch, async ({ request }) => {
      await new Promise<void>(resolve => one.world.clock.timer(100, resolve))
      if (mode === 'forgotten' && request.sessionEpoch > 0) {
        return { errorCode: 'FETCH_SESSION_ID_NOT_FOUND' as const, responses: [] }
      }
      return offsetIn(request) === 0 ? answer({ records: batch(0, 0, ['a']) }, 77) : nothing(77)
    })
    await world.finish(take(1))
    const waiting = consumer.records().next()
    await world.advance(500)
    const shapes = () => one.of(Fetch).map(({ request }) => [request.sessionEpoch, request.topics.length])
    expect(shapes().slice(0, 4)).toEqual([
      [0, 1],
      [1, 1],
      [2, 0],
      [3, 0],
    ])
    mode = 'forgotten'
    await world.advance(300)
    const after = one.of(Fetch).map(({ request }: Asked<typeof Fetch>) => request)
    expect(
      after.some(({ sessionEpoch, topics }, index) => index > 3 && sessionEpoch === 0 && topics.length === 1),
    ).toBe(true)
    await world.finish(consumer.close())
    await waiting
  })

  it('refuses a damaged batch by its offset, once what came before is read', async () => {
    const damaged = batch(1, 0, ['b', 'c'])
    damaged[damaged.length - 2]! ^= 1
    const both = new Uint8Array([...batch(0, 0, ['a']), ...damaged])
    serve(
      one,
      new Map([
        [0, both],
        [3, batch(3, 0, ['d'])],
      ]),
    )
    open()
    expect(await world.finish(take(1))).toEqual(['a'])
    await expect(world.finish(take(1))).rejects.toMatchObject({
      code: 'CORRUPT_MESSAGE',
      message: expect.stringContaining('Seek to 3'),
    })
    consumer.seek({ ...at, offset: 3 })
    expect(await world.finish(take(1))).toEqual(['d'])
  })

  it('leaves the bytes of a broken answer alone', async () => {
    one.on(Fetch, () => answer({ records: encodeUtf8('this is no batch, whatever its length may be') }))
    open()
    await expect(world.finish(take(1))).rejects.toMatchObject({ code: 'RECORD_LIST_TOO_LARGE' })
  })

  it('resets an offset that is out of range by its policy', async () => {
    open()
    one.on(ListOffsets, ({ request }) => {
      expect(request.topics[0]!.partitions[0]!.timestamp).toBe(-2)
      const found = { partitionIndex: 0, errorCode: 'NONE' as const, offset: 5, leaderEpoch: 0 }
      return { topics: [{ name: 't', partitions: [found] }] }
    })
    one.on(Fetch, ({ request }) =>
      offsetIn(request) === 0
        ? answer({ errorCode: 'OFFSET_OUT_OF_RANGE' })
        : answer({ records: batch(5, 0, ['f']) }),
    )
    expect(await world.finish(take(1))).toEqual(['f'])
  })

  it('does not pause before the first records: it only waits until leaders are known', async () => {
    serve(one, new Map([[0, batch(0, 0, ['a'])]]))
    open({ 'retry.backoff.ms': 10_000, 'retry.backoff.max.ms': 10_000 })
    const startMs = world.clock.monotonicMs()
    expect(await world.finish(take(1))).toEqual(['a'])
    expect(world.clock.monotonicMs() - startMs).toBeLessThan(5000)
  })

  it('tries again while errors pass, and tells those that do not', async () => {
    open()
    let asked = 0
    one.on(Fetch, () => {
      asked++
      if (asked === 1) return 'cut'
      if (asked === 2) return answer({ errorCode: 'LEADER_NOT_AVAILABLE' })
      if (asked === 3) return answer({ errorCode: 'UNKNOWN_LEADER_EPOCH' })
      return answer({ errorCode: 'TOPIC_AUTHORIZATION_FAILED' })
    })
    await expect(world.finish(take(1))).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
    expect(asked).toBe(4)
  })
})
