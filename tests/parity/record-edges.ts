import { ZERO_UUID } from '@samsa/base'
import {
  DeleteRecords,
  Fetch,
  InitProducerId,
  ListOffsets,
  OffsetForLeaderEpoch,
  Produce,
} from '@samsa/protocol'
import type { AnyAnswer, Pair } from './pair.ts'
import { batch, create } from './produce-edges.ts'
import { awaitProducerIds, idsOf } from './record-script.ts'

const BY_ID = 13
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** What requests about records may say that nobody means. */
export async function recordEdges(pair: Pair): Promise<void> {
  await create(pair, 'edge-read')
  await fill(pair, 'edge-read')
  for (const version of pair.versions(Fetch)) await fetches(pair, version)
  for (const version of pair.versions(ListOffsets)) await offsets(pair, version)
  for (const version of pair.versions(OffsetForLeaderEpoch)) await epochs(pair, version)
  for (const version of pair.versions(DeleteRecords)) await deletions(pair, version)
  await awaitProducerIds(pair)
  for (const version of pair.versions(InitProducerId)) await producerIds(pair, version)
}

async function fill(pair: Pair, name: string): Promise<void> {
  const partitionData = [{ index: 0, records: batch() }]
  const topicData = [{ name, partitionData }]
  await pair.ask('filling', Produce, Math.min(pair.newest(Produce), 12), {
    acks: -1,
    timeoutMs: 5000,
    topicData,
  })
}

async function fetches(pair: Pair, version: number): Promise<void> {
  const ids = version >= BY_ID ? await idsOf(pair, 'edge-read') : undefined
  if (ids !== undefined) pair.nameTopic(ids, 'edge-read')
  const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }
  const ask = (label: string, topics: [name: string, partitions: object[]][], more: object = {}) =>
    pair.ask(
      label,
      Fetch,
      version,
      (side): AnyAnswer => ({
        maxWaitMs: 0,
        minBytes: 0,
        topics: topics.map(([topic, partitions]) => {
          const topicId = topic === 'edge-read' ? ids?.[side] : topic === '' ? ZERO_UUID : UNKNOWN_ID
          return { ...(ids === undefined ? { topic } : { topicId }), partitions }
        }),
        ...more,
      }),
    )
  const one = (label: string, changes: object, more: object = {}) =>
    ask(label, [['edge-read', [{ ...partition, ...changes }]]], more)
  await ask('nothing', [])
  await ask('no partitions', [['edge-read', []]])
  await ask('no name', [['', [partition]]])
  await ask('a partition twice', [['edge-read', [partition, { ...partition, fetchOffset: 2 }]]])
  await ask('a topic twice', [
    ['edge-read', [partition]],
    ['edge-read', [{ ...partition, partition: 1 }]],
  ])
  if (ids === undefined) await ask('an impossible name', [['a/b', [partition]]])
  await one('less than no time to wait', {}, { maxWaitMs: -1 })
  await one('less than no bytes to wait for', {}, { minBytes: -1 })
  await one('more bytes to wait for than may be sent', {}, { minBytes: 1 << 30, maxWaitMs: 1 })
  if (version >= 4) await one('another isolation', {}, { isolationLevel: 7 })
  if (version >= 4) await one('isolation below zero', {}, { isolationLevel: -1 })
  for (const replicaId of [-2, 5, 1])
    await one(
      `as replica ${replicaId}`,
      {},
      version >= 15 ? { replicaState: { replicaId, replicaEpoch: -1 } } : { replicaId },
    )
  if (version >= 5) await one('with a start of a log', { logStartOffset: 99 })
  if (version >= 9) await one('an epoch far below zero', { currentLeaderEpoch: -7 })
  if (version >= 11) await one('from a rack', {}, { rackId: 'r1' })
  if (version >= 12) {
    await one('after an epoch', { lastFetchedEpoch: 0 })
    await one('after an epoch that never was', { lastFetchedEpoch: 9 })
    await one('after an epoch, of the leader', { lastFetchedEpoch: 0, currentLeaderEpoch: 0 })
    await one('of a cluster', {}, { clusterId: 'another' })
  }
  if (version >= 7) {
    const forgotten = ids === undefined ? { topic: 'edge-read' } : { topicId: UNKNOWN_ID }
    await one('forgotten without a session', {}, { forgottenTopicsData: [{ ...forgotten, partitions: [0] }] })
    await one('a session below zero', {}, { sessionId: -5, sessionEpoch: 1 })
    await one('an epoch of a session far below zero', {}, { sessionId: 0, sessionEpoch: -5 })
    await one('no session, an epoch', {}, { sessionId: 0, sessionEpoch: 5 })
  }
}

async function offsets(pair: Pair, version: number): Promise<void> {
  const partition = { partitionIndex: 0, timestamp: -1 }
  const ask = (label: string, topics: [name: string, partitions: object[]][], more: object = {}) =>
    pair.ask(label, ListOffsets, version, {
      replicaId: -1,
      topics: topics.map(([name, partitions]) => ({ name, partitions })) as AnyAnswer,
      ...more,
    })
  await ask('no partitions', [['edge-read', []]])
  await ask('no name', [['', [partition]]])
  await ask('an impossible name', [['a/b', [partition]]])
  await ask('a partition twice', [['edge-read', [partition, { ...partition, timestamp: -2 }]]])
  await ask('a topic twice', [
    ['edge-read', [partition]],
    ['edge-read', [{ ...partition, partitionIndex: 1 }]],
  ])
  await ask('an empty partition', [
    ['edge-read', [-1, -2, -3, 0].map(timestamp => ({ partitionIndex: 1, timestamp }))],
  ])
  await ask('far below zero', [['edge-read', [{ ...partition, timestamp: -1_000_000 }]]])
  await ask('beyond all time', [['edge-read', [{ ...partition, timestamp: Number.MAX_SAFE_INTEGER }]]])
  if (version === 0) {
    await ask('no offsets', [['edge-read', [{ ...partition, maxNumOffsets: 0 }]]])
    await ask('less than no offsets', [['edge-read', [{ ...partition, maxNumOffsets: -3 }]]])
  }
  if (version >= 2) await ask('another isolation', [['edge-read', [partition]]], { isolationLevel: 7 })
  if (version >= 4)
    await ask('an epoch far below zero', [['edge-read', [{ ...partition, currentLeaderEpoch: -7 }]]])
  if (version >= 10) await ask('less than no time', [['edge-read', [partition]]], { timeoutMs: -1 })
}

async function epochs(pair: Pair, version: number): Promise<void> {
  const partition = { partition: 0, leaderEpoch: 0 }
  const ask = (label: string, topics: [name: string, partitions: object[]][], more: object = {}) =>
    pair.ask(label, OffsetForLeaderEpoch, version, {
      topics: topics.map(([topic, partitions]) => ({ topic, partitions })) as AnyAnswer,
      ...more,
    })
  await ask('no partitions', [['edge-read', []]])
  await ask('no name', [['', [partition]]])
  await ask('an impossible name', [['a/b', [partition]]])
  await ask('a partition twice', [['edge-read', [partition, partition]]])
  await ask('a topic twice', [
    ['edge-read', [partition]],
    ['edge-read', [partition]],
  ])
  await ask('an empty partition', [['edge-read', [{ ...partition, partition: 1 }]]])
  if (version >= 3)
    for (const replicaId of [-1, 5])
      await ask(`as replica ${replicaId}`, [['edge-read', [partition]]], { replicaId })
}

async function deletions(pair: Pair, version: number): Promise<void> {
  const name = `edge-delete-${version}`
  await create(pair, name)
  await fill(pair, name)
  const ask = (label: string, topics: [name: string, partitions: object[]][], timeoutMs = 5000) =>
    pair.ask(label, DeleteRecords, version, {
      topics: topics.map(([one, partitions]) => ({ name: one, partitions })) as AnyAnswer,
      timeoutMs,
    })
  const partition = { partitionIndex: 0, offset: 0 }
  await ask('no partitions', [[name, []]])
  await ask('no name', [['', [partition]]])
  await ask('a partition below zero', [[name, [{ ...partition, partitionIndex: -1 }]]])
  await ask('a topic twice', [
    [name, [partition]],
    [name, [{ ...partition, partitionIndex: 1 }]],
  ])
  await ask('an empty partition', [[name, [{ partitionIndex: 1, offset: -1 }]]])
  await ask('no time', [[name, [{ partitionIndex: 0, offset: 1 }]]], 0)
  await ask('less than no time', [[name, [{ partitionIndex: 0, offset: 1 }]]], -1)
  await ask('good and bad ones', [
    [
      name,
      [
        { partitionIndex: 0, offset: 2 },
        { partitionIndex: 9, offset: 0 },
      ],
    ],
    ['nobody', [partition]],
  ])
}

async function producerIds(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, more: object) =>
    pair.ask(label, InitProducerId, version, { transactionalId: null, transactionTimeoutMs: 60_000, ...more })
  await ask('less than no time for transactions', { transactionTimeoutMs: -1 })
  if (version < 3) return
  await ask('an id far below zero', { producerId: -9, producerEpoch: -1 })
  await ask('an epoch far below zero', { producerId: -1, producerEpoch: -9 })
  await ask('both far below zero', { producerId: -9, producerEpoch: -9 })
  await ask('id and epoch zero', { producerId: 0, producerEpoch: 0 })
}
