import { CreateTopics, Fetch, Produce, encodeBatch } from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { AnyAnswer, Pair, Side } from './pair.ts'
import { idsOf } from './record-script.ts'

const names = ['session-a', 'session-b']

/** Fetch sessions (KIP-227): begun, read on, told of news only, changed, forgotten, used wrongly and closed. */
export async function sessions(pair: Pair): Promise<void> {
  const topics = names.map(name => ({
    name,
    numPartitions: 2,
    replicationFactor: 1,
    assignments: [],
    configs: [{ name: 'retention.ms', value: '-1' }],
  }))
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, ...names)
  const ids = Object.fromEntries(
    await Promise.all(names.map(async name => [name, await idsOf(pair, name)] as const)),
  )
  await write(pair, 'session-a', 0)
  // From version 13 on topics have ids only, which each broker makes for itself, and by which answers cannot be ordered.
  const versions = pair.versions(Fetch).filter(version => version >= 7 && version < 13)
  for (const version of versions) await session(pair, version, ids)
}

async function write(pair: Pair, name: string, index: number): Promise<void> {
  const value = new TextEncoder().encode('value')
  const records = encodeBatch({ records: [{ timestamp: 1_700_000_000_000, key: null, value }] })
  const topicData = [{ name, partitionData: [{ index, records }] }]
  const version = Math.min(pair.newest(Produce), 12)
  await pair.ask('filling', Produce, version, { acks: -1, timeoutMs: 5000, topicData })
}

type Wanted = readonly [name: string, partition: number, fetchOffset: number]

async function session(pair: Pair, version: number, ids: Record<string, Record<Side, string>>) {
  const begun: Partial<Record<Side, AnyAnswer>> = {}
  const named = (name: string, side: Side) =>
    version >= 13 ? { topicId: ids[name]?.[side] ?? 'AAAAAAAAAAAAAAAAAAAAAQ' } : { topic: name }
  const ask = (
    label: string,
    sessionEpoch: number,
    wanted: readonly Wanted[],
    more: { forgotten?: readonly Wanted[]; maxBytes?: number } = {},
  ) =>
    pair.ask(label, Fetch, version, side => ({
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: more.maxBytes ?? 1 << 20,
      isolationLevel: 0,
      sessionId: begun[side]?.sessionId ?? 0,
      sessionEpoch,
      topics: wanted.map(([name, partition, fetchOffset]) => ({
        ...named(name, side),
        partitions: [{ partition, fetchOffset, partitionMaxBytes: 1 << 20 }],
      })),
      forgottenTopicsData: (more.forgotten ?? []).map(([name, partition]) => ({
        ...named(name, side),
        partitions: [partition],
      })),
    }))
  const first = await ask('a session begins', 0, [
    ['session-a', 0, 0],
    ['session-a', 1, 0],
    ['session-b', 0, 0],
  ])
  Object.assign(begun, first)
  await ask('read on', 1, [['session-a', 0, 1]])
  await ask('no news', 2, [])
  await write(pair, 'session-a', 1)
  await ask('news of one partition', 3, [])
  await ask('the same again: it was not read on', 4, [])
  await ask('a partition more, and one that is none', 5, [
    ['session-b', 1, 0],
    ['session-b', 9, 0],
    ['nobody', 0, 0],
  ])
  await ask('those that are none go on', 6, [])
  await ask('forgotten', 7, [], {
    forgotten: [
      ['session-b', 9, 0],
      ['nobody', 0, 0],
      ['session-a', 1, 0],
    ],
  })
  await ask('out of range', 8, [['session-a', 0, 1000]])
  await ask(
    'a byte in all',
    9,
    [
      ['session-a', 0, 0],
      ['session-a', 1, 0],
    ],
    { maxBytes: 1 },
  )
  await ask('an epoch too many', 77, [])
  await ask('an epoch that was', 3, [])
  await ask('closed', -1, [['session-a', 0, 0]])
  await ask('after it was closed', 10, [])
}
