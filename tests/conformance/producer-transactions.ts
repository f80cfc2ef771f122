import { spawnSync } from 'node:child_process'
import { decodeUtf8 } from '@samsa/base'
import {
  Admin,
  Cluster,
  Producer,
  type Transaction,
  clientConfig,
  readConfig,
  throwIfError,
} from '@samsa/client'
import {
  type CompleteResponseOf,
  Fetch,
  OffsetFetch,
  batchAttributes,
  decodeBatch,
  decodeControlRecord,
  isControl,
  nextBatch,
} from '@samsa/protocol'
import { type Peer, type Scenario, expectEqual, rejection } from './scenario.ts'

/** Samsa's broker has no transactions yet: it answers InitProducerId of a transactional id with an error. */
const needsTransactions = (peer: Peer) =>
  peer.name === 'samsa' ? "Samsa's broker has no transactions yet" : undefined

interface Stage {
  readonly topic: string
  readonly transactionalId: string
  producer(transactionalId?: string): Producer
  /** Values that are committed, or pending and aborted ones too. */
  values(isolation: Isolation, partition?: number): Promise<string[]>
  committedOffset(groupId: string): Promise<number>
}

async function withStage(peer: Peer, work: (stage: Stage) => Promise<void>): Promise<void> {
  const producers: Producer[] = []
  const entries = { 'bootstrap.servers': peer.bootstrap }
  const admin = new Admin(entries)
  const cluster = new Cluster(readConfig(clientConfig, entries))
  const topic = peer.unique('transactions')
  const transactionalId = peer.unique('writer')
  try {
    await admin.createTopics([{ name: topic, partitions: 3, replicationFactor: 1 }])
    await cluster.metadata.ensure([topic], { deadlineMs: cluster.deadlineIn(10_000) })
    await work({
      topic,
      transactionalId,
      producer(id = transactionalId) {
        const producer = new Producer({ ...entries, 'transactional.id': id, 'linger.ms': 0 })
        producers.push(producer)
        return producer
      },
      values: (isolation, partition = 0) => valuesOf(cluster, topic, partition, isolation),
      committedOffset: groupId => committedOffset(cluster, groupId, topic),
    })
  } finally {
    for (const producer of producers) await producer.close({ timeoutMs: 2000 })
    await cluster.close()
    await admin.close()
  }
}

/** Reads a partition from its start. The markers of a commit come a little after its answer: they are waited for. */
async function valuesOf(
  cluster: Cluster,
  topic: string,
  partition: number,
  isolation: Isolation,
): Promise<string[]> {
  const node = cluster.metadata.leaderOf(topic, partition)!.nodeId
  const isCommitted = isolation !== 'uncommitted'
  const request = {
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 1 << 26,
    isolationLevel: isCommitted ? 1 : 0,
    topics: [{ topic, partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1 << 26 }] }],
  }
  for (;;) {
    const answer = await cluster.send(Fetch, node, request, { maxVersion: 12 })
    const read = answer.responses[0]!.partitions[0]!
    if (isolation !== 'committed' || read.lastStableOffset === read.highWatermark)
      return readValues(read, isCommitted)
    await cluster.delay(20)
  }
}

type Isolation = 'committed' | 'committed while one is open' | 'uncommitted'
type FetchedPartition = CompleteResponseOf<typeof Fetch>['responses'][number]['partitions'][number]

function readValues({ records, abortedTransactions }: FetchedPartition, isCommitted: boolean): string[] {
  const values: string[] = []
  const aborted = new Set<number>()
  const starts = [...(abortedTransactions ?? [])]
  const bytes = records ?? new Uint8Array(0)
  for (let at = 0; at >= 0 && at < bytes.length; at = nextBatch(bytes, at, bytes.length)) {
    const batch = decodeBatch(bytes, at, { maxInflatedBytes: 1 << 26 })
    const producerId = Number(new DataView(bytes.buffer, bytes.byteOffset + at + 43, 8).getBigInt64(0))
    if (isControl(batchAttributes(bytes, at))) {
      const control = decodeControlRecord(batch[0]!)
      if (control.type === 'ABORT') aborted.delete(producerId)
      continue
    }
    for (const start of starts) if (start.firstOffset <= batch[0]!.offset) aborted.add(start.producerId)
    for (let i = starts.length - 1; i >= 0; i--)
      if (starts[i]!.firstOffset <= batch[0]!.offset) starts.splice(i, 1)
    if (isCommitted && aborted.has(producerId)) continue
    for (const { value } of batch) values.push(decodeUtf8(value!))
  }
  return values
}

async function committedOffset(cluster: Cluster, groupId: string, topic: string): Promise<number> {
  const node = await cluster.coordinatorOf('group', groupId)
  const request = { groupId, topics: [{ name: topic, partitionIndexes: [0] }], requireStable: true }
  return cluster.retry('reading the offset', cluster.deadlineIn(10_000), async () => {
    const answer = await cluster.send(OffsetFetch, node, request, { maxVersion: 7 })
    const { errorCode, committedOffset: offset } = answer.topics[0]!.partitions[0]!
    throwIfError(errorCode)
    return offset
  })
}

async function write(
  transaction: Transaction<string | Uint8Array, string | Uint8Array>,
  topic: string,
  values: string[],
) {
  await Promise.all(values.map(value => transaction.send({ topic, partition: 0, value })))
}

const stories: Scenario[] = [
  {
    name: 'a committed transaction is read, an aborted one is not',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        await producer.transaction(tx => write(tx, stage.topic, ['a', 'b']))
        const failure = new Error('changed my mind')
        const outcome = producer.transaction(async tx => {
          await write(tx, stage.topic, ['c', 'd'])
          throw failure
        })
        expectEqual(await outcome.catch(error => error), failure, 'the reason is thrown')
        for (const value of ['e', 'f', 'g']) await producer.transaction(tx => write(tx, stage.topic, [value]))
        expectEqual(await stage.values('committed'), ['a', 'b', 'e', 'f', 'g'], 'committed')
        expectEqual(await stage.values('uncommitted'), ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'all')
      }),
  },
  {
    name: 'nothing of an open transaction is read, over several partitions',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        const tx = await producer.begin()
        for (const partition of [0, 1, 2])
          await tx.send({ topic: stage.topic, partition, value: `${partition}` })
        expectEqual(await stage.values('committed while one is open', 1), [], 'open')
        await tx.commit()
        for (const partition of [0, 1, 2])
          expectEqual(await stage.values('committed', partition), [`${partition}`], 'committed')
      }),
  },
  {
    name: 'an empty transaction commits and aborts',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        await producer.transaction(() => {})
        await (await producer.begin()).abort()
        await producer.transaction(tx => write(tx, stage.topic, ['x']))
        expectEqual(await stage.values('committed'), ['x'], 'after empty ones')
      }),
  },
  {
    name: 'many transactions one after the other keep their order',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        const all: Promise<void>[] = []
        const expected: string[] = []
        for (let i = 0; i < 60; i++) {
          if (i % 3 !== 2) expected.push(`${i}-0`, `${i}-1`)
          const run = producer.transaction(async tx => {
            await write(tx, stage.topic, [`${i}-0`, `${i}-1`])
            if (i % 3 === 2) throw new Error('every third')
          })
          all.push(run.catch(() => {}))
        }
        await Promise.all(all)
        expectEqual(await stage.values('committed'), expected, 'two of three')
      }),
  },
  {
    name: 'what was not awaited leaves before the commit, and an abort drops what has not left',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        const tx = await producer.begin()
        const sent = Array.from({ length: 500 }, (_, i) =>
          tx.send({ topic: stage.topic, partition: 0, value: `${i}` }),
        )
        await tx.commit()
        await Promise.all(sent)
        const expected = sent.map((_, i) => `${i}`)
        expectEqual(await stage.values('committed'), expected, 'all of it')
        const dropped = await producer.begin()
        const unsent = dropped.send({ topic: stage.topic, partition: 0, value: 'never' })
        const error = rejection(unsent)
        await dropped.abort()
        expectEqual((await error).code, 'ABORTED', 'told')
        expectEqual(await stage.values('committed'), expected, 'nothing more')
      }),
  },
  {
    name: 'offsets are committed with the records, and not without',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        const groupId = peer.unique('group')
        const offsets = (offset: number) => [{ topic: stage.topic, partition: 0, offset }]
        await producer.transaction(async tx => {
          await write(tx, stage.topic, ['a'])
          await tx.commitOffsets({ groupId }, offsets(5))
        })
        expectEqual(await stage.committedOffset(groupId), 5, 'committed')
        await rejection(
          producer.transaction(async tx => {
            await tx.commitOffsets({ groupId }, offsets(9))
            throw new Error('no')
          }),
        )
        expectEqual(await stage.committedOffset(groupId), 5, 'aborted')
        await producer.transaction(tx => tx.commitOffsets({ groupId }, offsets(7)))
        expectEqual(await stage.committedOffset(groupId), 7, 'offsets alone')
      }),
  },
  {
    name: 'offsets of a consumer that is no member any more fail the transaction, which can be aborted',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        const group = { groupId: peer.unique('group'), generationId: 4, memberId: 'gone' }
        const tx = await producer.begin()
        await write(tx, stage.topic, ['lost'])
        const error = await rejection(
          tx.commitOffsets(group, [{ topic: stage.topic, partition: 0, offset: 1 }]),
        )
        expectEqual(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'].includes(error.code), true, error.message)
        expectEqual((await rejection(tx.commit())).code, 'ABORTED', 'only an abort is left')
        await tx.abort()
        await producer.transaction(next => write(next, stage.topic, ['kept']))
        expectEqual(await stage.values('committed'), ['kept'], 'goes on')
      }),
  },
  {
    name: 'a second producer with the same transactional id fences the first and aborts its transaction',
    run: peer =>
      withStage(peer, async stage => {
        const first = stage.producer()
        const tx = await first.begin()
        await write(tx, stage.topic, ['pending'])
        const second = stage.producer()
        await second.initTransactions()
        const error = await rejection(tx.commit())
        expectEqual(error.code, 'PRODUCER_FENCED', error.message)
        expectEqual((await rejection(first.begin())).code, 'PRODUCER_FENCED', 'for good')
        await second.transaction(next => write(next, stage.topic, ['mine']))
        expectEqual(await stage.values('committed'), ['mine'], 'only the second')
      }),
  },
  {
    name: 'a fenced producer learns it when it sends',
    run: peer =>
      withStage(peer, async stage => {
        const first = stage.producer()
        await first.transaction(tx => write(tx, stage.topic, ['before']))
        await stage.producer().transaction(tx => write(tx, stage.topic, ['other']))
        const error = await rejection(first.transaction(tx => write(tx, stage.topic, ['late'])))
        expectEqual(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'].includes(error.code), true, error.message)
        expectEqual(await stage.values('committed'), ['before', 'other'], 'not stored')
      }),
  },
  {
    name: 'a record the topic refuses fails its transaction, and the next one succeeds',
    run: peer =>
      withStage(peer, async stage => {
        const producer = stage.producer()
        await producer.transaction(tx => write(tx, stage.topic, ['a']))
        const tx = await producer.begin()
        const large = { topic: stage.topic, partition: 0, value: 'x'.repeat(1_048_576 - 100) }
        const isRefused = rejection(tx.send({ ...large, headers: { filler: 'y'.repeat(200) } }))
        expectEqual((await isRefused).code, 'MESSAGE_TOO_LARGE', 'refused before it is sent')
        expectEqual((await rejection(tx.commit())).code, 'ABORTED', 'no commit without it')
        await tx.abort()
        await producer.transaction(next => write(next, stage.topic, ['b']))
        expectEqual(await stage.values('committed'), ['a', 'b'], 'committed')
      }),
  },
]

/** The same on a cluster whose transactions are of the first version, which clients have to speak differently to. */
async function inFirstVersion(peer: Peer): Promise<void> {
  setTransactionVersion(peer, 'downgrade', 1)
  try {
    for (const story of stories) await story.run(peer)
  } finally {
    setTransactionVersion(peer, 'upgrade', 2)
  }
}

function setTransactionVersion(peer: Peer, verb: 'downgrade' | 'upgrade', level: number): void {
  const [program = '', ...rest] = peer.javaTool ?? []
  const args = [...rest, 'FeatureCommand', '--bootstrap-server', peer.bootstrap, verb]
  const done = spawnSync(program, [...args, '--feature', `transaction.version=${level}`], {
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(`transaction.version=${level}: ${done.stdout}${done.stderr}`)
}

export const scenarios: readonly Scenario[] = [
  ...stories.map(story => ({ ...story, name: `transaction: ${story.name}`, skip: needsTransactions })),
  {
    name: 'transaction: all of the above in the first version of the protocol',
    skip: peer =>
      needsTransactions(peer) ??
      (peer.javaTool === undefined ? 'there is no tool to set the version' : undefined),
    run: inFirstVersion,
  },
]
