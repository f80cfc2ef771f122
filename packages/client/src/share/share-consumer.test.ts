import { encodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import {
  FindCoordinator,
  Metadata,
  type RequestOf,
  ShareAcknowledge,
  ShareFetch,
  ShareGroupHeartbeat,
  encodeBatch,
} from '@samsa/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KafkaError } from '../errors.ts'
import { serdes } from '../serializers/serdes.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'
import { ShareConsumer, type ShareConsumerOptions } from './share-consumer.ts'

const world = simulatedWorld(1, { name: 'client' })
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
let hosts = 0
let peer: ScriptedPeer
let host: string
let consumer: ShareConsumer<string, string>
let acknowledged: string[]

const done = <T>(work: PromiseLike<T>): Promise<T> => world.finish(Promise.resolve(work))

async function failure(work: PromiseLike<unknown>): Promise<KafkaError> {
  const outcome = await done(
    Promise.resolve(work).then(
      () => undefined,
      error => error,
    ),
  )
  expect(outcome).toBeInstanceOf(KafkaError)
  return outcome as KafkaError
}

beforeEach(async () => {
  host = `peer${hosts++}`
  acknowledged = []
  peer = await done(ScriptedPeer.listen(world, { host }))
  peer.on(Metadata, () =>
    metadataAnswer({ 1: `${host}:9092` }, [{ name: 't', id: topicId, leaders: [1, 1] }]),
  )
  peer.on(FindCoordinator, ({ request }) => ({
    coordinators: request.coordinatorKeys.map(key => ({
      key,
      nodeId: 1,
      host,
      port: 9092,
      errorCode: 'NONE' as const,
      errorMessage: null,
    })),
  }))
  peer.on(ShareGroupHeartbeat, ({ request }) => ({
    errorCode: 'NONE' as const,
    memberEpoch: request.memberEpoch < 0 ? -1 : 1,
    heartbeatIntervalMs: 1000,
    assignment: request.memberEpoch === 0 ? { topicPartitions: [{ topicId, partitions: [0] }] } : null,
  }))
  peer.on(ShareAcknowledge, ({ request }) => acknowledgeAnswer(request))
})

afterEach(async () => {
  await done(consumer.close())
  await done(peer.close())
})

function consume(
  entries: Record<string, string | number> = {},
  options: ShareConsumerOptions<string, string> = {},
): ShareConsumer<string, string> {
  consumer = new ShareConsumer<string, string>(
    {
      'bootstrap.servers': `${host}:9092`,
      'group.id': 'g',
      'share.acknowledgement.mode': 'explicit',
      ...entries,
    },
    {
      world,
      logger: silentLogger,
      value: serdes.string,
      onAcknowledged: ({ partition }, offsets, error) =>
        void acknowledged.push(`${partition}: ${offsets} ${error?.code ?? 'ok'}`),
      ...options,
    },
  )
  consumer.subscribe(['t'])
  return consumer
}

function acknowledgeAnswer(
  { topics }: RequestOf<typeof ShareAcknowledge>,
  errorCode: 'NONE' | 'INVALID_RECORD_STATE' = 'NONE',
) {
  return {
    errorCode: 'NONE' as const,
    responses: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode,
        currentLeader: { leaderId: 0, leaderEpoch: 0 },
      })),
    })),
    nodeEndpoints: [],
  }
}

/** An answer with the records of some offsets, of which some are acquired. */
function fetched(
  offsets: readonly number[],
  acquired: readonly [first: number, last: number][],
  deliveryCount = 1,
) {
  const records =
    offsets.length === 0
      ? null
      : encodeBatch({
          baseOffset: offsets[0]!,
          records: offsets.map(offset => ({
            offset,
            timestamp: 0,
            key: null,
            value: encodeUtf8(`v${offset}`),
            headers: [],
          })),
        } as never)
  return {
    errorCode: 'NONE' as const,
    acquisitionLockTimeoutMs: 30_000,
    responses: [
      {
        topicId,
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 'NONE' as const,
            acknowledgeErrorCode: 'NONE' as const,
            currentLeader: { leaderId: 0, leaderEpoch: 0 },
            records,
            acquiredRecords: acquired.map(([firstOffset, lastOffset]) => {
              return { firstOffset, lastOffset, deliveryCount }
            }),
          },
        ],
      },
    ],
    nodeEndpoints: [],
  }
}

/** What the broker was told of each record, by offset. */
function toldTypes(): number[] {
  const types: number[] = []
  for (const { request } of [...peer.of(ShareFetch), ...peer.of(ShareAcknowledge)])
    for (const { partitions } of request.topics)
      for (const { firstOffset, lastOffset, acknowledgeTypes } of partitions.flatMap(
        ({ acknowledgementBatches }) => acknowledgementBatches,
      ))
        for (let offset = firstOffset; offset <= lastOffset; offset++)
          types[offset] = acknowledgeTypes[offset - firstOffset] ?? acknowledgeTypes[0]!
  return types
}

const nothing = async (ms = 100) => {
  await new Promise<void>(resolve => peer.world.clock.timer(ms, resolve))
  return { errorCode: 'NONE' as const, responses: [], nodeEndpoints: [] }
}

/** Answers the first fetches in turn, then with nothing. */
function fetches(...answers: (() => ReturnType<typeof fetched>)[]): void {
  peer.on(ShareFetch, () => answers.shift()?.() ?? nothing())
}

describe('a share consumer', () => {
  it('gives out acquired records only, and says that acquired offsets without a record are gaps', async () => {
    fetches(() =>
      fetched(
        [0, 1, 2, 3],
        [
          [1, 2],
          [4, 5],
        ],
      ),
    )
    const records = await done(consume().poll())
    expect(records.map(({ value, deliveryCount }) => [value, deliveryCount])).toEqual([
      ['v1', 1],
      ['v2', 1],
    ])
    expect(consumer.acquisitionLockTimeoutMs).toBe(30_000)
    consumer.acknowledge(records[0]!)
    consumer.acknowledge(records[1]!, 'RELEASE')
    await done(consumer.commit())
    expect(peer.of(ShareAcknowledge)[0]!.request).toMatchObject({
      shareSessionEpoch: 1,
      topics: [
        {
          partitions: [
            {
              acknowledgementBatches: [
                { firstOffset: 1, lastOffset: 2, acknowledgeTypes: [1, 2] },
                { firstOffset: 4, lastOffset: 5, acknowledgeTypes: [0] },
              ],
            },
          ],
        },
      ],
    })
  })

  it('lets acknowledgements ride along with the next fetch, and names partitions once a session', async () => {
    fetches(
      () => fetched([0], [[0, 0]]),
      () => fetched([1], [[1, 1]]),
    )
    const [first] = await done(consume().poll())
    consumer.acknowledge(first!)
    await done(consumer.poll())
    const [one, two] = peer.of(ShareFetch).map(({ request }) => request)
    expect(one).toMatchObject({ shareSessionEpoch: 0, topics: [{ partitions: [{ partitionIndex: 0 }] }] })
    expect(two).toMatchObject({
      shareSessionEpoch: 1,
      topics: [{ partitions: [{ acknowledgementBatches: [{ firstOffset: 0, lastOffset: 0 }] }] }],
    })
    expect(peer.of(ShareAcknowledge)).toEqual([])
    expect(acknowledged).toEqual(['0: 0 ok'])
  })

  it('accepts records implicitly when asked for more', async () => {
    fetches(
      () => fetched([0, 1], [[0, 1]]),
      () => fetched([2], [[2, 2]]),
    )
    consume({ 'share.acknowledgement.mode': 'implicit' })
    const loop = consumer[Symbol.asyncIterator]()
    await done(loop.next())
    await done(loop.next())
    await done(loop.next())
    await done(loop.return(undefined))
    await done(consumer.commit())
    expect(acknowledged).toEqual(['0: 0,1 ok', '0: 2 ok'])
  })

  it('tells the broker by itself when nobody asks for more', async () => {
    fetches(() => fetched([0], [[0, 0]]))
    const [record] = await done(consume().poll())
    consumer.acknowledge(record!, 'REJECT')
    await world.advance(1000)
    expect(acknowledged).toEqual(['0: 0 ok'])
  })

  it('begins a new session when the broker lost it, and says that the records are given out again', async () => {
    fetches(() => fetched([0], [[0, 0]]))
    const [record] = await done(consume().poll())
    peer.on(ShareAcknowledge, () => ({
      errorCode: 'SHARE_SESSION_NOT_FOUND' as const,
      responses: [],
      nodeEndpoints: [],
    }))
    consumer.acknowledge(record!)
    const results = await done(consumer.commit())
    expect(results.errorOf({ topic: 't', partition: 0 })?.code).toBe('SHARE_SESSION_NOT_FOUND')
    fetches(() => fetched([0], [[0, 0]], 2))
    const [again] = await done(consumer.poll())
    expect(again!.deliveryCount).toBe(2)
    expect(peer.of(ShareFetch).at(-1)!.request.shareSessionEpoch).toBe(0)
  })

  it('survives a broken connection', async () => {
    let count = 0
    peer.on(ShareFetch, () => (count++ === 0 ? 'cut' : fetched([0], [[0, 0]])))
    expect(await done(consume().poll())).toHaveLength(1)
  })

  it('joins anew when its coordinator does not know it any more', async () => {
    fetches()
    consume()
    await world.advance(1500)
    const epochs = () => peer.of(ShareGroupHeartbeat).map(({ request }) => request.memberEpoch)
    expect(epochs()).toEqual([0, 1])
    const known = peer.of(ShareGroupHeartbeat).length
    peer.on(ShareGroupHeartbeat, ({ request }) => ({
      errorCode:
        request.memberEpoch === 1 && peer.of(ShareGroupHeartbeat).length === known + 1
          ? ('UNKNOWN_MEMBER_ID' as const)
          : ('NONE' as const),
      memberEpoch: 1,
      heartbeatIntervalMs: 1000,
    }))
    await world.advance(2000)
    expect(epochs().slice(2, 4)).toEqual([1, 0])
    const [, , , again] = peer.of(ShareGroupHeartbeat)
    expect(again!.request.subscribedTopicNames).toEqual(['t'])
  })

  it('tells the application what keeps it from its group', async () => {
    peer.on(ShareGroupHeartbeat, () => ({
      errorCode: 'GROUP_AUTHORIZATION_FAILED' as const,
      memberEpoch: 0,
      heartbeatIntervalMs: 0,
    }))
    expect((await failure(consume().poll())).code).toBe('GROUP_AUTHORIZATION_FAILED')
  })

  it('releases a record that cannot be deserialized, and says so after the others', async () => {
    fetches(() => fetched([0, 1], [[0, 1]]))
    const value = {
      deserialize(_: string, bytes: Uint8Array) {
        if (bytes[1] === 0x30) throw new Error('no')
        return 'fine'
      },
    }
    const records = await done(consume({}, { value }).poll())
    expect(records.map(({ offset }) => offset)).toEqual([1])
    const error = await failure(consumer.poll())
    expect(error.message).toBe(
      'DESERIALIZATION: The record at offset 0 of t-0 cannot be deserialized, and was released: no',
    )
    await done(consumer.commit())
    const [{ request } = { request: undefined }] = [
      ...peer.of(ShareAcknowledge),
      ...peer.of(ShareFetch).slice(1),
    ]
    expect(JSON.stringify(request)).toContain('"acknowledgeTypes":[2]')
  })

  it('ends its session and leaves its group when it is closed', async () => {
    fetches(() => fetched([0], [[0, 0]]))
    const [record] = await done(consume().poll())
    consumer.acknowledge(record!)
    await done(consumer.close())
    expect(peer.of(ShareAcknowledge)[0]!.request).toMatchObject({
      shareSessionEpoch: -1,
      topics: [{ partitions: [{ acknowledgementBatches: [{ firstOffset: 0, lastOffset: 0 }] }] }],
    })
    expect(peer.of(ShareGroupHeartbeat).at(-1)!.request.memberEpoch).toBe(-1)
    expect((await failure(consumer.poll())).code).toBe('CLOSED')
  })

  it('handles several records at a time, releases what a handler fails at, and stops when told to', async () => {
    fetches(() => fetched([0, 1, 2, 3], [[0, 3]]))
    consume()
    const end = new AbortController()
    let running = 0
    let most = 0
    const run = consumer.run({
      concurrency: 2,
      signal: end.signal,
      async eachRecord({ offset }) {
        most = Math.max(most, ++running)
        await new Promise<void>(resolve => world.clock.timer(10, resolve))
        running--
        if (offset === 2) throw new Error('no')
        if (offset === 3) end.abort()
      },
    })
    await done(run)
    expect(most).toBe(2)
    expect(toldTypes()).toEqual([1, 1, 2, 1])
  })

  it('renews the lock on a record while a handler is at it', async () => {
    fetches(() => fetched([0], [[0, 0]]))
    consume()
    const end = new AbortController()
    const run = consumer.run({
      signal: end.signal,
      eachRecord: () => new Promise<void>(resolve => world.clock.timer(40_000, () => resolve(end.abort()))),
    })
    await done(run)
    const renewals = peer.of(ShareAcknowledge).filter(({ request }) => request.isRenewAck)
    expect(renewals).toHaveLength(2)
    expect(acknowledged).toEqual(['0: 0 ok', '0: 0 ok', '0: 0 ok'])
  })
})

describe('its configuration', () => {
  it('needs a group and has no keys of positions', () => {
    consume()
    const make = (entries: Record<string, string>) => () =>
      new ShareConsumer({ 'bootstrap.servers': 'a:9092', ...entries } as never)
    expect(make({})).toThrow('group.id is not set')
    expect(make({ 'group.id': 'g', 'auto.offset.reset': 'earliest' })).toThrow('auto.offset.reset')
  })
})
