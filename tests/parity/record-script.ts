import { setTimeout as sleep } from 'node:timers/promises'
import { encodeUtf8 } from '@samsa/base'
import {
  type BatchContent,
  CreateTopics,
  DeleteRecords,
  Fetch,
  InitProducerId,
  ListOffsets,
  Metadata,
  OffsetForLeaderEpoch,
  Produce,
  encodeBatch,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair, Side } from './pair.ts'

const base = 1_700_000_000_000

function batch(values: string[], more: Partial<BatchContent> = {}): Uint8Array {
  const records = values.map((value, index) => ({
    timestamp: base + index * 1000,
    key: encodeUtf8(`k${index}`),
    value: encodeUtf8(value),
  }))
  return encodeBatch({ records, ...more })
}

export async function records(pair: Pair): Promise<void> {
  for (const version of pair.versions(Produce)) {
    await production(pair, version)
    await unreadable(pair, version)
  }
  await awaitProducerIds(pair)
  for (const version of pair.versions(InitProducerId)) await producerIds(pair, version)
  await idempotence(pair)
  await create(pair, 'read')
  const newest = Math.min(pair.newest(Produce), 12)
  for (const values of [['a', 'b', 'c'], ['d'], ['e', 'f']]) {
    const topicData = [{ name: 'read', partitionData: [{ index: 0, records: batch(values) }] }]
    await pair.ask('filling', Produce, newest, { acks: -1, timeoutMs: 5000, topicData })
  }
  for (const version of pair.versions(Fetch)) await fetches(pair, version)
  for (const version of pair.versions(ListOffsets)) await offsets(pair, version)
  for (const version of pair.versions(OffsetForLeaderEpoch)) await epochs(pair, version)
  for (const version of pair.versions(DeleteRecords)) await deletions(pair, version)
}

async function create(
  pair: Pair,
  name: string,
  configs: { name: string; value: string }[] = [],
  numPartitions = 1,
): Promise<void> {
  // The records are of 2023: a broker that looks for old segments meanwhile would delete them.
  const kept = [...configs, { name: 'retention.ms', value: '-1' }]
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: kept }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, name)
}

/** The topic's id on each side. */
export async function idsOf(pair: Pair, name: string): Promise<Record<Side, string>> {
  const answers = await pair.prepare(Metadata, { topics: [{ name }], allowAutoTopicCreation: false })
  const idOf = (side: Side) => answers[side].topics[0].topicId as string
  return { kafka: idOf('kafka'), samsa: idOf('samsa') }
}

async function production(pair: Pair, version: number): Promise<void> {
  const name = `produce-${version}`
  await create(pair, name, [{ name: 'max.message.bytes', value: '2000' }])
  await create(pair, `${name}-compact`, [{ name: 'cleanup.policy', value: 'compact' }])
  const ids = version >= 13 ? await idsOf(pair, name) : undefined
  const compactIds = version >= 13 ? await idsOf(pair, `${name}-compact`) : undefined
  const ask = (
    label: string,
    records: Uint8Array | null,
    more: { acks?: number; index?: number; topic?: string } = {},
  ) =>
    pair.ask(label, Produce, version, side => {
      const partitionData = [{ index: more.index ?? 0, records }]
      const known = more.topic === undefined ? ids : more.topic.endsWith('-compact') ? compactIds : undefined
      const topic =
        version >= 13 ? { topicId: known?.[side] ?? 'AAAAAAAAAAAAAAAAAAAAAQ' } : { name: more.topic ?? name }
      return { acks: more.acks ?? -1, timeoutMs: 5000, topicData: [{ ...topic, partitionData }] }
    })
  await ask('a batch', batch(['a', 'b']))
  await ask('a batch, acks=1', batch(['c']), { acks: 1 })
  for (const compression of ['gzip', 'snappy', 'lz4'] as const)
    await ask(compression, batch(['d', 'e'], { compression }))
  await ask('zstd', batch(['f'], { compression: 'zstd' }))
  await ask('acks=2', batch(['x']), { acks: 2 })
  await ask('an unknown topic', batch(['x']), { topic: 'no such topic' })
  await ask('an unknown partition', batch(['x']), { index: 9 })
  await ask('a partition below zero', batch(['x']), { index: -1 })
  const damaged = batch(['damaged'])
  damaged[damaged.length - 1]! ^= 1
  await ask('a wrong checksum', damaged)
  if (version === 9) await ask('no records at all', null)
  await ask('empty bytes', new Uint8Array(0))
  await ask('half a batch', batch(['cut off in the middle']).subarray(0, 70))
  await ask('too large a batch', batch(['x'.repeat(3000)]))
  await ask('two batches', Buffer.concat([batch(['1']), batch(['2'])]))
  const keyless = encodeBatch({ records: [{ timestamp: base, key: null, value: encodeUtf8('v') }] })
  await ask('no key, compacted topic', keyless, { topic: `${name}-compact` })
  await ask(
    'a transactional batch without a transaction',
    batch(['t'], { producerId: 5, producerEpoch: 0, baseSequence: 0, isTransactional: true }),
  )
  if (version < 13) {
    await pair.ask('good and bad partitions in one request', Produce, version, {
      acks: -1,
      timeoutMs: 5000,
      topicData: [
        { name, partitionData: [0, 9].map(index => ({ index, records: batch(['m']) })) },
        { name: 'nobody', partitionData: [{ index: 0, records: batch(['m']) }] },
      ],
    })
    await pair.ask('nothing', Produce, version, { acks: -1, timeoutMs: 5000, topicData: [] })
  }
  await ask('an empty batch', encodeBatch({ records: [] }))
  await ask('a batch of an offset of its own', batch(['x'], { baseOffset: 5 }))
  await ask('an idempotent batch without a sequence', batch(['x'], { producerId: 5, producerEpoch: 0 }))
  const future = [{ timestamp: Date.now() + 10 * 3_600_000, key: encodeUtf8('k'), value: encodeUtf8('v') }]
  // Kafka 3, which is asked the older versions, sets no limit by default.
  if (version >= 3) await ask('a record of the future', encodeBatch({ records: future }))
  await ask('a control batch', batch(['t'], { isControl: true }))
  await ask('a sequence without a producer id', batch(['t'], { baseSequence: 4 }))
}

/** One partition's batch is unreadable, the other's is good: what happens to the good one, and is it there afterwards? */
async function unreadable(pair: Pair, version: number): Promise<void> {
  const name = `unreadable-${version}`
  await create(pair, name, [], 2)
  const ids = version >= 13 ? await idsOf(pair, name) : undefined
  if (ids !== undefined) pair.nameTopic(ids, name)
  const ask = (label: string, ...batches: Uint8Array[]) =>
    pair.ask(label, Produce, version, side => {
      const topic = ids === undefined ? { name } : { topicId: ids[side] }
      const partitionData = batches.map((records, index) => ({ index, records }))
      return { acks: -1, timeoutMs: 5000, topicData: [{ ...topic, partitionData }] }
    })
  const good = batch(['good'])
  const changedAt = (at: number, bytes: readonly number[]) => {
    const changed = batch(['bad'])
    changed.set(bytes, at)
    return changed
  }
  await ask('beside a batch that states too small a size', good, changedAt(8, [0, 0, 0, 5]))
  await ask('beside a batch that states a negative size', good, changedAt(8, [255, 255, 255, 0]))
  await ask('beside a batch of an unknown format', good, changedAt(16, [7]))
  await ask('beside a batch of a negative format', good, changedAt(16, [255]))
  await ask('beside a batch that states too large a size', good, changedAt(8, [0, 1, 0, 0]))
  await ask('beside a batch with a wrong checksum', good, changedAt(17, [1, 2, 3, 4]))
  await ask('after a batch of an unknown format', changedAt(16, [7]), good)
  await ask('both good', good, good)
}

/** Kafka fetches its first ids in the background. */
export async function awaitProducerIds(pair: Pair): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const { kafka, samsa } = await pair.prepare(InitProducerId, {
      transactionalId: null,
      transactionTimeoutMs: 60_000,
    })
    if (kafka.errorCode === 'NONE' && samsa.errorCode === 'NONE') return
    await sleep(100)
  }
}

async function producerIds(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, more: object) =>
    pair.ask(label, InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 60_000, ...more })
  await ask('a new id', {})
  await ask('a transactional id without a name', { transactionalId: '' })
  await ask('no time for transactions', { transactionTimeoutMs: 0 })
  if (version >= 3) await ask('an epoch without an id', { producerId: -1, producerEpoch: 3 })
  if (version >= 3) await ask('an id with an epoch', { producerId: 4000, producerEpoch: 3 })
  if (version >= 3) await ask('an id without an epoch', { producerId: 4000, producerEpoch: -1 })
}

/** The same producer's batches in and out of order, repeated, from an old and a new epoch. */
async function idempotence(pair: Pair): Promise<void> {
  const name = 'idempotent'
  await create(pair, name)
  const version = Math.min(pair.newest(Produce), 12)
  const answers = await pair.prepare(InitProducerId, { transactionalId: null, transactionTimeoutMs: 60_000 })
  const ask = (label: string, baseSequence: number, values: string[], producerEpoch = 0, stranger = false) =>
    pair.ask(label, Produce, version, side => {
      const producerId = answers[side].producerId + (stranger ? 100_000 : 0)
      const records = batch(values, { producerId, producerEpoch, baseSequence })
      return { acks: -1, timeoutMs: 5000, topicData: [{ name, partitionData: [{ index: 0, records }] }] }
    })
  await ask('first batch', 0, ['a', 'b', 'c'])
  await ask('second batch', 3, ['d'])
  await ask('second batch again', 3, ['d'])
  await ask('first batch again', 0, ['a', 'b', 'c'])
  await ask('a gap', 9, ['x'])
  await ask('a part of an old batch', 1, ['b', 'c'])
  for (let index = 0; index < 6; index++) await ask('more batches', 4 + index, ['m'])
  await ask('a batch too old to be remembered', 0, ['a', 'b', 'c'])
  await ask('a new epoch that starts in the middle', 5, ['x'], 1)
  await ask('a new epoch', 0, ['n'], 1)
  await ask('an old epoch', 10, ['o'], 0)
  await ask('an unknown producer that starts in the middle', 7, ['u'], 0, true)
  await ask('an unknown producer', 0, ['u'], 0, true)
}

async function fetches(pair: Pair, version: number): Promise<void> {
  const ids = version >= 13 ? await idsOf(pair, 'read') : undefined
  interface How {
    readonly fetchOffset?: number
    readonly partition?: number
    readonly topic?: string
    readonly partitionMaxBytes?: number
    readonly maxBytes?: number
    readonly epoch?: number
    readonly isolationLevel?: number
    readonly session?: readonly [id: number, epoch: number]
  }
  const ask = (label: string, how: How) =>
    pair.ask(label, Fetch, version, side => {
      const topic =
        version >= 13
          ? { topicId: how.topic === undefined ? ids![side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }
          : { topic: how.topic ?? 'read' }
      const partition = {
        partition: how.partition ?? 0,
        fetchOffset: how.fetchOffset ?? 0,
        partitionMaxBytes: how.partitionMaxBytes ?? 1 << 20,
        ...(version >= 9 ? { currentLeaderEpoch: how.epoch ?? -1 } : {}),
      }
      return {
        maxWaitMs: 0,
        minBytes: 0,
        topics: [{ ...topic, partitions: [partition] }],
        ...(version >= 3 ? { maxBytes: how.maxBytes ?? 1 << 20 } : {}),
        ...(version >= 4 ? { isolationLevel: how.isolationLevel ?? 0 } : {}),
        ...(version >= 7 && how.session !== undefined
          ? { sessionId: how.session[0], sessionEpoch: how.session[1] }
          : {}),
      }
    })
  await ask('from the start', {})
  await ask('from inside a batch', { fetchOffset: 1 })
  await ask('at the end', { fetchOffset: 6 })
  await ask('beyond the end', { fetchOffset: 7 })
  await ask('below zero', { fetchOffset: -5 })
  await ask('an unknown topic', { topic: 'nobody' })
  await ask('an unknown partition', { partition: 9 })
  await ask('a byte of the partition', { partitionMaxBytes: 1 })
  await ask('a byte in all', { maxBytes: 1 })
  await ask('no bytes of the partition', { partitionMaxBytes: 0 })
  if (version >= 4) await ask('committed only', { isolationLevel: 1 })
  if (version >= 9) await ask('a newer leader epoch', { epoch: 5 })
  if (version >= 9) await ask('the leader epoch', { epoch: 0 })
  await ask('a partition below zero', { partition: -1 })
  await ask('a negative count of bytes', { partitionMaxBytes: -1, maxBytes: -1 })
  if (version >= 7) {
    await ask('a new session', { session: [0, 0] })
    await ask('an unknown session', { session: [12345, 3] })
    await ask('a session closed', { session: [12345, -1] })
  }
}

async function offsets(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, timestamp: number, more: object = {}, topic = 'read') => {
    const partition = {
      partitionIndex: 0,
      timestamp,
      ...(version === 0 ? { maxNumOffsets: 5 } : {}),
      ...more,
    }
    return pair.ask(label, ListOffsets, version, {
      replicaId: -1,
      topics: [{ name: topic, partitions: [partition] }],
    })
  }
  await ask('latest', -1)
  await ask('earliest', -2)
  await ask('greatest timestamp', -3)
  await ask('earliest local', -4)
  await ask('latest tiered', -5)
  await ask('earliest pending upload', -6)
  await ask('a timestamp of nothing', -7)
  await ask('the first record', base)
  await ask('between records', base + 1)
  await ask('before all', 0)
  await ask('after all', base + 1_000_000)
  await ask('an unknown partition', -1, { partitionIndex: 9 })
  await ask('an unknown topic', -1, {}, 'nobody')
  if (version >= 4) await ask('a newer leader epoch', -1, { currentLeaderEpoch: 5 })
  if (version >= 2) {
    for (const timestamp of [-1, -2, base])
      await pair.ask(`committed only, ${timestamp}`, ListOffsets, version, {
        replicaId: -1,
        isolationLevel: 1,
        topics: [{ name: 'read', partitions: [{ partitionIndex: 0, timestamp }] }],
      })
  }
  await ask('a partition below zero', -1, { partitionIndex: -1 })
  const partition = { partitionIndex: 0, timestamp: -1, ...(version === 0 ? { maxNumOffsets: 1 } : {}) }
  for (const replicaId of [-2, 5])
    await pair.ask(`as replica ${replicaId}`, ListOffsets, version, {
      replicaId,
      topics: [{ name: 'read', partitions: [partition] }],
    })
  await pair.ask('nothing', ListOffsets, version, { replicaId: -1, topics: [] })
}

async function epochs(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, leaderEpoch: number, more: object = {}, topic = 'read') =>
    pair.ask(label, OffsetForLeaderEpoch, version, {
      topics: [{ topic, partitions: [{ partition: 0, leaderEpoch, ...more }] }],
    })
  await ask('the epoch', 0)
  await ask('a newer epoch', 5)
  await ask('an epoch below zero', -1)
  await ask('an unknown partition', 0, { partition: 9 })
  await ask('an unknown topic', 0, {}, 'nobody')
  if (version >= 2) await ask('a newer current epoch', 0, { currentLeaderEpoch: 5 })
  if (version >= 2) await ask('the current epoch', 0, { currentLeaderEpoch: 0 })
  await ask('an undefined epoch', -2)
  await ask('a partition below zero', 0, { partition: -1 })
  await pair.ask('nothing', OffsetForLeaderEpoch, version, { topics: [] })
  await pair.ask('several', OffsetForLeaderEpoch, version, {
    topics: ['read', 'nobody'].map(topic => ({
      topic,
      partitions: [0, 9].map(partition => ({ partition, leaderEpoch: 0 })),
    })),
  })
}

async function deletions(pair: Pair, version: number): Promise<void> {
  const name = `delete-records-${version}`
  await create(pair, name)
  await create(pair, `${name}-compact`, [{ name: 'cleanup.policy', value: 'compact' }])
  const topicData = [name, `${name}-compact`].map(one => ({
    name: one,
    partitionData: [{ index: 0, records: batch(['a', 'b', 'c']) }],
  }))
  await pair.ask('filling', Produce, Math.min(pair.newest(Produce), 12), {
    acks: -1,
    timeoutMs: 5000,
    topicData,
  })
  const ask = (label: string, offset: number, topic = name, partitionIndex = 0) =>
    pair.ask(label, DeleteRecords, version, {
      topics: [{ name: topic, partitions: [{ partitionIndex, offset }] }],
      timeoutMs: 5000,
    })
  await ask('below two', 2)
  await ask('below one, which is gone', 1)
  await ask('beyond the end', 9)
  await ask('all', -1)
  await ask('below zero', -5)
  await ask('an unknown partition', 0, name, 9)
  await ask('an unknown topic', 0, 'nobody')
  await ask('a compacted topic', 1, `${name}-compact`)
  await ask('an impossible name', 0, 'no spaces')
  await ask('an internal topic', 0, '__consumer_offsets', 999)
  await pair.ask('nothing', DeleteRecords, version, { topics: [], timeoutMs: 5000 })
  await pair.ask('a partition twice', DeleteRecords, version, {
    topics: [{ name, partitions: [3, 2].map(offset => ({ partitionIndex: 0, offset })) }],
    timeoutMs: 5000,
  })
  await pair.ask('what is left', ListOffsets, pair.newest(ListOffsets), {
    replicaId: -1,
    topics: [
      { name, partitions: [-2, -1].map((timestamp, partitionIndex) => ({ partitionIndex, timestamp })) },
    ],
  })
}
