import { setTimeout as sleep } from 'node:timers/promises'
import { ZERO_UUID } from '@samsa/base'
import { CreateTopics, DeleteTopics, Fetch, Metadata, Produce, encodeBatch } from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { AnyAnswer, Pair, Side } from './pair.ts'
import { idsOf } from './record-script.ts'

type Ids = Map<string, Record<Side, string>>
type Wanted = readonly [name: string, partition: number, fetchOffset: number]

/** The first version of which topics have ids only (KIP-516). */
const BY_ID = 13
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** Fetch sessions (KIP-227): begun, read on, told of news only, changed, forgotten, used wrongly and closed. */
export async function sessions(pair: Pair): Promise<void> {
  const ids: Ids = new Map()
  for (const name of ['session-a', 'session-b']) await create(pair, name, ids)
  await write(pair, 'session-a', 0)
  const versions = pair.versions(Fetch).filter(version => version >= 7)
  for (const version of versions) {
    await session(pair, version, ids)
    await oddSessions(pair, version, ids)
    await sessionOfDeleted(pair, version, ids)
  }
  if (versions.includes(BY_ID - 1) && versions.includes(BY_ID)) await changeOfVersion(pair, ids)
}

async function create(pair: Pair, name: string, ids: Ids): Promise<void> {
  const configs = [{ name: 'retention.ms', value: '-1' }]
  const topics = [{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, name)
  const made = await idsOf(pair, name)
  ids.set(name, made)
  pair.nameTopic(made, name)
}

async function write(pair: Pair, name: string, index: number): Promise<void> {
  const value = new TextEncoder().encode('value')
  const records = encodeBatch({ records: [{ timestamp: 1_700_000_000_000, key: null, value }] })
  const topicData = [{ name, partitionData: [{ index, records }] }]
  const version = Math.min(pair.newest(Produce), 12)
  await pair.ask('filling', Produce, version, { acks: -1, timeoutMs: 5000, topicData })
}

interface More {
  readonly forgotten?: readonly Wanted[]
  readonly maxBytes?: number
  /** Other than the version of the session. */
  readonly version?: number
}

/** Asks in the frame of one session, whose id each broker gives for itself. */
class Asker {
  readonly #pair: Pair
  readonly #version: number
  readonly #ids: Ids
  #begun: Partial<Record<Side, AnyAnswer>> = {}

  constructor(pair: Pair, version: number, ids: Ids) {
    this.#pair = pair
    this.#version = version
    this.#ids = new Map(ids)
  }

  async begin(label: string, wanted: readonly Wanted[]): Promise<void> {
    this.#begun = {}
    this.#begun = await this.ask(label, 0, wanted)
  }

  ask(label: string, sessionEpoch: number, wanted: readonly Wanted[], more: More = {}) {
    const version = more.version ?? this.#version
    const named = (name: string, side: Side) =>
      version >= BY_ID ? { topicId: this.#ids.get(name)?.[side] ?? UNKNOWN_ID } : { topic: name }
    return this.#pair.ask(label, Fetch, version, side => ({
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: more.maxBytes ?? 1 << 20,
      isolationLevel: 0,
      sessionId: this.#begun[side]?.sessionId ?? 0,
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
  }
}

async function session(pair: Pair, version: number, ids: Ids): Promise<void> {
  const asker = new Asker(pair, version, ids)
  const ask = asker.ask.bind(asker)
  await asker.begin('a session begins', [
    ['session-a', 0, 0],
    ['session-a', 1, 0],
    ['session-b', 0, 0],
  ])
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
  await ask('another byte: the other has its turn', 10, [], { maxBytes: 1 })
  await ask('an epoch too many', 77, [])
  await ask('an epoch that was', 3, [])
  await ask('closed', -1, [['session-a', 0, 0]])
  await ask('after it was closed', 11, [])
}

async function oddSessions(pair: Pair, version: number, ids: Ids): Promise<void> {
  const asker = new Asker(pair, version, ids)
  const ask = asker.ask.bind(asker)
  await asker.begin('a session of nothing', [])
  await ask('a partition for the session of nothing', 1, [['session-a', 0, 0]])
  await ask('and the next', 2, [])

  await asker.begin('a session with a partition twice', [
    ['session-a', 0, 0],
    ['session-b', 0, 0],
    ['session-a', 0, 1],
  ])
  await ask('forgotten and named at once', 1, [['session-b', 0, 0]], { forgotten: [['session-b', 0, 0]] })
  await ask('what is left', 2, [['session-a', 0, 0]])
  await ask('all forgotten', 3, [], { forgotten: [['session-a', 0, 0]] })
  await ask('after all was forgotten', 4, [['session-a', 0, 0]])

  await asker.begin('a session of what does not exist', [
    ['nobody', 0, 0],
    ['session-a', 9, 0],
    ['session-a', 0, 0],
  ])
  await ask('it is told again', 1, [])
  await ask('a new one in the place of the old', 0, [['session-b', 0, 0]])
  await ask('the old one', 2, [])
}

/** A topic that is deleted, and made again, while a session reads it. */
async function sessionOfDeleted(pair: Pair, version: number, ids: Ids): Promise<void> {
  const name = `session-deleted-${version}`
  await create(pair, name, ids)
  const asker = new Asker(pair, version, ids)
  await asker.begin('before the topic is deleted', [
    [name, 0, 0],
    [name, 9, 0],
    ['session-b', 0, 0],
  ])
  await remove(pair, name)
  await asker.ask('its topic was deleted', 1, [])
  await asker.ask('it stays deleted', 2, [[name, 1, 0]])
  await create(pair, name, ids)
  await asker.ask('its topic was made again', 3, [])
  await asker.ask('of that topic a partition more', 4, [[name, 1, 0]])
}

async function remove(pair: Pair, name: string): Promise<void> {
  const topics = [{ name, topicId: ZERO_UUID }]
  await pair.prepare(DeleteTopics, { topics, timeoutMs: 10_000 })
  for (let tries = 0; tries < 100; tries++) {
    const answers = await pair.prepare(Metadata, { topics, allowAutoTopicCreation: false })
    const told = [answers.kafka, answers.samsa].map(one => one.topics?.[0]?.errorCode)
    if (told.every(error => error === 'UNKNOWN_TOPIC_OR_PARTITION')) break
    await sleep(20)
  }
  // Kafka's broker goes on to serve for a moment what its metadata no longer holds.
  await sleep(100)
}

/** A session speaks of topics by name or by id, for as long as it lasts. */
async function changeOfVersion(pair: Pair, ids: Ids): Promise<void> {
  for (const version of [BY_ID - 1, BY_ID]) {
    const other = version === BY_ID ? BY_ID - 1 : BY_ID
    const asker = new Asker(pair, version, ids)
    await asker.begin('a session of one version', [['session-a', 0, 0]])
    await asker.ask('goes on in another', 1, [], { version: other })
    await asker.ask('and in its own', 1, [])
  }
}
