import { ZERO_UUID, encodeUtf8 } from '@samsa/base'
import {
  type BatchContent,
  CreateTopics,
  Fetch,
  Produce,
  encodeBatch,
  encodeMessageSet,
  updateBatchCrc,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair, Side } from './pair.ts'
import { idsOf } from './record-script.ts'

const base = 1_700_000_000_000
const BY_ID = 13
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** What Produce may say that nobody means, and what batches may say of themselves. */
export async function produceEdges(pair: Pair): Promise<void> {
  for (const version of pair.versions(Produce)) {
    await production(pair, version)
    await productionTwice(pair, version)
    await strangeBatches(pair, version)
    if (version < 3) await oldMessages(pair, version)
  }
}

/** Makes a topic of two partitions whose records, which are of long ago, are kept. */
export async function create(
  pair: Pair,
  name: string,
  configs: [name: string, value: string][] = [],
): Promise<void> {
  const kept = [...configs, ['retention.ms', '-1'] as const].map(([key, value]) => ({ name: key, value }))
  const topics = [{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: kept }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, name)
}

function recordsOf(...values: string[]) {
  return values.map((value, at) => ({
    timestamp: base + at * 1000,
    key: encodeUtf8(`k${at}`),
    value: encodeUtf8(value),
  }))
}

export const batch = (more: Partial<BatchContent> = {}) =>
  encodeBatch({ records: recordsOf('a', 'b'), ...more })

/** A batch with one field of its header written over, and a right checksum. */
function changed(at: number, written: readonly number[], more: Partial<BatchContent> = {}): Uint8Array {
  const bytes = batch(more)
  bytes.set(written, at)
  updateBatchCrc(bytes, 0)
  return bytes
}

type Data = [name: string, partitions: [index: number, records: Uint8Array | null][]][]

class Asker {
  readonly #pair: Pair
  readonly #version: number
  readonly #ids: Record<Side, string> | undefined
  readonly name: string

  private constructor(pair: Pair, version: number, name: string, ids: Record<Side, string> | undefined) {
    this.#pair = pair
    this.#version = version
    this.name = name
    this.#ids = ids
  }

  /** Makes the topic that is written to. */
  static async of(
    pair: Pair,
    version: number,
    name: string,
    configs: [string, string][] = [],
  ): Promise<Asker> {
    await create(pair, name, configs)
    const ids = version >= BY_ID ? await idsOf(pair, name) : undefined
    if (ids !== undefined) pair.nameTopic(ids, name)
    return new Asker(pair, version, name, ids)
  }

  ask(label: string, data: Data, more: object = {}) {
    const named = (name: string, side: Side) => {
      if (this.#ids === undefined) return { name }
      return { topicId: name === this.name ? this.#ids[side] : name === '' ? ZERO_UUID : UNKNOWN_ID }
    }
    return this.#pair.ask(label, Produce, this.#version, side => ({
      acks: -1,
      timeoutMs: 5000,
      topicData: data.map(([name, partitions]) => ({
        ...named(name, side),
        partitionData: partitions.map(([index, records]) => ({ index, records })),
      })),
      ...more,
    }))
  }

  write(label: string, records: Uint8Array) {
    return this.ask(label, [[this.name, [[0, records]]]])
  }
}

async function production(pair: Pair, version: number): Promise<void> {
  const asker = await Asker.of(pair, version, `edge-produce-${version}`)
  const { name } = asker
  await asker.ask('nothing', [])
  await asker.ask('no partitions', [[name, []]])
  await asker.ask('no name', [['', [[0, batch()]]]])
  if (version < BY_ID) await asker.ask('an impossible name', [['a/b', [[0, batch()]]]])
  await asker.ask('minus two acks', [[name, [[0, batch()]]]], { acks: -2 })
  await asker.ask('all the acks there are', [[name, [[0, batch()]]]], { acks: 32767 })
  await asker.ask('no time', [[name, [[0, batch()]]]], { timeoutMs: 0 })
  await asker.ask('less than no time', [[name, [[0, batch()]]]], { timeoutMs: -1 })
  if (version >= 3) {
    await asker.ask('a transactional id without a transaction', [[name, [[0, batch()]]]], {
      transactionalId: '',
    })
  }
}

/** Kafka writes one batch of those for a partition, which moves what comes after: of each question a topic of its own. */
async function productionTwice(pair: Pair, version: number): Promise<void> {
  const names = ['partition', 'topic', 'both']
  const askers: Asker[] = []
  for (const name of names) askers.push(await Asker.of(pair, version, `edge-twice-${version}-${name}`))
  const [partition, topic, both] = askers as [Asker, Asker, Asker]
  await partition.ask('a partition twice', [
    [
      partition.name,
      [
        [0, batch()],
        [0, batch()],
      ],
    ],
  ])
  await topic.ask('a topic twice', [
    [topic.name, [[0, batch()]]],
    [topic.name, [[1, batch()]]],
  ])
  await both.ask('a topic and a partition of it twice', [
    [both.name, [[0, batch()]]],
    [both.name, [[0, batch()]]],
  ])
}

/** Batches that say strange things of themselves, each with a right checksum. */
async function strangeBatches(pair: Pair, version: number): Promise<void> {
  if (version < 3) return
  const asker = await Asker.of(pair, version, `edge-batch-${version}`)
  const idempotent = { producerId: 5_000_000, producerEpoch: 0, baseSequence: 0 }
  const strange: [label: string, records: Uint8Array][] = [
    ['an unknown codec', changed(22, [5])],
    ['bits that mean nothing', changed(21, [0x80, 0])],
    ['a delete horizon', changed(22, [0b100_0000])],
    ['the time of appending', changed(22, [0b1000])],
    ['a greater last offset than there are records', changed(23, [0, 0, 0, 9])],
    ['a smaller last offset than there are records', changed(23, [0, 0, 0, 0])],
    ['a last offset below zero', changed(23, [255, 255, 255, 255])],
    ['more records than there are', changed(57, [0, 0, 0, 3])],
    ['fewer records than there are', changed(57, [0, 0, 0, 1])],
    ['no records where there are some', changed(57, [0, 0, 0, 0])],
    ['records below zero', changed(57, [255, 255, 255, 255])],
    ['an epoch of a leader', changed(12, [0, 0, 0, 9])],
    ['a base offset below zero', changed(0, [255, 255, 255, 255, 255, 255, 255, 255])],
    ['another greatest timestamp', batch({ maxTimestamp: base + 5 })],
    ['no timestamps', encodeBatch({ records: [{ timestamp: -1, key: null, value: encodeUtf8('v') }] })],
    [
      'timestamps far below zero',
      encodeBatch({ records: [{ timestamp: -77, key: null, value: encodeUtf8('v') }] }),
    ],
    [
      'a record without key and value',
      encodeBatch({ records: [{ timestamp: base, key: null, value: null }] }),
    ],
    [
      'gaps between offsets',
      encodeBatch({ records: recordsOf('a', 'b').map((one, at) => ({ ...one, offset: at * 3 })) }),
    ],
    ['codec gzip around nothing', changed(22, [1], { records: [] })],
    ['an epoch of a producer below zero', batch({ ...idempotent, producerEpoch: -1 })],
    ['a producer far below zero', batch({ ...idempotent, producerId: -9 })],
    ['a sequence far below zero', batch({ ...idempotent, baseSequence: -9 })],
    ['an idempotent batch', batch(idempotent)],
    ['an idempotent batch, again', batch(idempotent)],
    [
      'two idempotent batches in one',
      Buffer.concat([batch({ ...idempotent, baseSequence: 2 }), batch({ ...idempotent, baseSequence: 4 })]),
    ],
    ['a transaction without a producer', batch({ isTransactional: true })],
    ['bytes after the batch', Buffer.concat([batch(), new Uint8Array(7)])],
    ['half a batch after the batch', Buffer.concat([batch(), batch().subarray(0, 40)])],
    ['a message set of version 1', encodeMessageSet(1, recordsOf('a'))],
    ['a message set of version 0', encodeMessageSet(0, recordsOf('a'))],
    ['a batch and a message set', Buffer.concat([batch(), encodeMessageSet(1, recordsOf('a'))])],
  ]
  for (const [label, records] of strange) await asker.write(label, records)
  const inside = await Asker.of(pair, version, `edge-inside-${version}`)
  await inside.write('records that are damaged inside: a header without a key', headerless())
  await inside.write('records that are damaged inside: no gzip where it says so', changed(22, [1]))
  const appended = await Asker.of(pair, version, `edge-appended-${version}`, [
    ['message.timestamp.type', 'LogAppendTime'],
    ['message.timestamp.before.max.ms', '1000'],
  ])
  await appended.write('the time of appending is kept', batch())
  const late = await Asker.of(pair, version, `edge-late-${version}`, [
    ['message.timestamp.before.max.ms', '1000'],
  ])
  await late.write('records of long ago', batch())
  const recoded = await Asker.of(pair, version, `edge-recoded-${version}`, [['compression.type', 'gzip']])
  await recoded.write('a codec of the topic', batch())
  await recoded.write('a codec of the topic in place of another', batch({ compression: 'lz4' }))
  const small = await Asker.of(pair, version, `edge-small-${version}`, [['segment.bytes', '1048576']])
  await small.write(
    'a batch larger than a segment',
    encodeBatch({ records: recordsOf('x'.repeat(1_040_000)) }),
  )
}

/** The count of headers is one and the header's key has a length below zero. */
function headerless(): Uint8Array {
  const headers = [{ key: '', value: null }]
  const bytes = encodeBatch({ records: [{ timestamp: base, key: null, value: encodeUtf8('v'), headers }] })
  // The record ends: count of headers 1 (02), length of the key 0 (00), no value (01).
  bytes[bytes.length - 2] = 1
  updateBatchCrc(bytes, 0)
  return bytes
}

/** Messages of before there were batches, and what is read of them. Codecs pack differently: those are only written. */
async function oldMessages(pair: Pair, version: number): Promise<void> {
  const asker = await Asker.of(pair, version, `edge-old-${version}`)
  const packed = await Asker.of(pair, version, `edge-old-packed-${version}`)
  for (const magic of [0, 1] as const) {
    const whole = () => encodeMessageSet(magic, recordsOf('a', 'b'))
    await asker.write(`messages of version ${magic}`, whole())
    const odd = recordsOf('a', 'b').map((one, at) => ({ ...one, offset: 7 + at }))
    await asker.write(`messages of version ${magic} with offsets of their own`, encodeMessageSet(magic, odd))
    const damaged = whole()
    damaged[damaged.length - 1]! ^= 1
    await asker.write(`messages of version ${magic}, the last damaged`, damaged)
    await asker.write(`messages of version ${magic}, the last cut off`, whole().subarray(0, -3))
    for (const compression of ['gzip', 'snappy', 'lz4'] as const) {
      const set = encodeMessageSet(magic, recordsOf('a', 'b'), { compression })
      await packed.write(`messages of version ${magic}, ${compression}`, set)
    }
  }
  const both = [encodeMessageSet(0, recordsOf('a')), encodeMessageSet(1, recordsOf('b'))]
  await asker.write('messages of both versions', Buffer.concat(both))
  for (const reader of pair.versions(Fetch)) {
    for (const fetchOffset of [0, 1, 3]) {
      const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 }]
      const topics = [{ topic: asker.name, partitions }]
      await pair.ask(`old messages read at ${fetchOffset}`, Fetch, reader, {
        maxWaitMs: 0,
        minBytes: 0,
        topics,
      })
    }
  }
}
