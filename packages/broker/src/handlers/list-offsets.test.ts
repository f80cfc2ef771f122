import { ListOffsets } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { batchOf } from '../testing/records.ts'
import { TestBroker } from '../testing/test-broker.ts'

const LATEST = -1
const EARLIEST = -2
const NEWEST_VERSION = 11

async function brokerWithRecords() {
  const broker = await TestBroker.start()
  await broker.createTopic('orders')
  const now = broker.world.clock.now()
  for (const timestamps of [[now + 10, now + 30], [now + 20], [now + 40, now + 40]]) {
    await broker.produce('orders', batchOf({ values: timestamps.map(String), timestamps }, now))
  }
  return { broker, now }
}

async function find(
  broker: TestBroker,
  version: number,
  timestamp: number,
  more: { isolationLevel?: number; replicaId?: number; epoch?: number; index?: number; topic?: string } = {},
) {
  const { topics } = await broker.ask(ListOffsets, version, {
    replicaId: more.replicaId ?? -1,
    isolationLevel: more.isolationLevel ?? 0,
    topics: [
      {
        name: more.topic ?? 'orders',
        partitions: [
          {
            partitionIndex: more.index ?? 0,
            timestamp,
            currentLeaderEpoch: more.epoch ?? -1,
            ...(version === 0 && { maxNumOffsets: 5 }),
          },
        ],
      },
    ],
  })
  return topics[0]!.partitions[0]!
}

describe('ListOffsets', () => {
  it('says of an empty partition that its offsets are of the leader’s epoch', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders')
    for (const timestamp of [LATEST, EARLIEST])
      expect(await find(broker, NEWEST_VERSION, timestamp)).toMatchObject({ offset: 0, leaderEpoch: 0 })
  })

  it('finds the start and the end in every version', async () => {
    const { broker } = await brokerWithRecords()
    for (let version = 1; version <= NEWEST_VERSION; version++) {
      const leaderEpoch = version >= 4 ? 0 : -1
      const nothing = { errorCode: 'NONE', timestamp: -1, leaderEpoch }
      expect(await find(broker, version, LATEST)).toMatchObject({ ...nothing, offset: 5 })
      expect(await find(broker, version, EARLIEST)).toMatchObject({ ...nothing, offset: 0 })
    }
  })

  it('answers version 0 with where segments begin, the newest first', async () => {
    const { broker } = await brokerWithRecords()
    expect((await find(broker, 0, LATEST)).oldStyleOffsets).toEqual([5, 0])
    expect((await find(broker, 0, EARLIEST)).oldStyleOffsets).toEqual([0])
  })

  it('finds the first record that is at least as late as a time', async () => {
    const { broker, now } = await brokerWithRecords()
    const at = async (ms: number) => {
      const { offset, timestamp } = await find(broker, NEWEST_VERSION, now + ms)
      return [offset, timestamp === -1 ? -1 : timestamp - now]
    }
    expect(await at(0)).toEqual([0, 10])
    expect(await at(10)).toEqual([0, 10])
    expect(await at(11)).toEqual([1, 30])
    expect(await at(31)).toEqual([3, 40])
    expect(await at(41)).toEqual([-1, -1])
  })

  it('knows each special time from the version on that brought it', async () => {
    const { broker, now } = await brokerWithRecords()
    const since: [number, number, object][] = [
      [-3, 7, { offset: 3, timestamp: now + 40 }],
      [-4, 8, { offset: 0, timestamp: -1 }],
      [-5, 9, { offset: -1, timestamp: -1 }],
      [-6, 11, { offset: -1, timestamp: -1 }],
    ]
    for (const [timestamp, version, found] of since) {
      expect(await find(broker, version, timestamp)).toMatchObject({ errorCode: 'NONE', ...found })
      expect((await find(broker, version - 1, timestamp)).errorCode).toBe('UNSUPPORTED_VERSION')
    }
    expect((await find(broker, NEWEST_VERSION, -7)).errorCode).toBe('UNSUPPORTED_VERSION')
  })

  it('says what is wrong with one partition', async () => {
    const { broker } = await brokerWithRecords()
    const code = async (more: Parameters<typeof find>[3]) =>
      (await find(broker, NEWEST_VERSION, LATEST, more)).errorCode
    expect(await code({ topic: 'missing' })).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(await code({ index: 3 })).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(await code({ epoch: 4 })).toBe('UNKNOWN_LEADER_EPOCH')
    expect(await code({ epoch: 0 })).toBe('NONE')
  })

  it.each([
    [0, 'NONE'],
    [1, 'INVALID_REQUEST'],
    [NEWEST_VERSION, 'INVALID_REQUEST'],
  ])('version %i: answers a partition that is asked for twice with %s', async (version, code) => {
    const { broker } = await brokerWithRecords()
    const partition = { partitionIndex: 0, timestamp: LATEST, ...(version === 0 && { maxNumOffsets: 1 }) }
    const { topics } = await broker.ask(ListOffsets, version, {
      replicaId: -1,
      topics: [{ name: 'orders', partitions: [partition, partition] }],
    })
    expect(topics[0]!.partitions.map(({ errorCode }) => errorCode)).toEqual([code, code])
  })

  it('shows consumers the end of what is durable only', async () => {
    const { broker, now } = await brokerWithRecords()
    broker.world.disk.syncMs = [60_000, 60_000]
    await broker.produce('orders', batchOf({ values: ['late'] }, now), { acks: 1 })
    expect((await find(broker, NEWEST_VERSION, LATEST)).offset).toBe(5)
    expect((await find(broker, NEWEST_VERSION, LATEST, { isolationLevel: 1 })).offset).toBe(5)
    expect((await find(broker, NEWEST_VERSION, LATEST, { replicaId: -2 })).offset).toBe(6)
  })
})
