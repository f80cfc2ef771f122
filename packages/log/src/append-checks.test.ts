import { writeInt16, writeInt32 } from '@samsa/base'
import {
  type BatchContent,
  type Compression,
  batchAttributes,
  batchMagic,
  checkBatch,
  compressionOf,
  decodeBatch,
  encodeBatch,
  encodeMessageSet,
  timestampTypeOf,
  updateBatchCrc,
} from '@samsa/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PartitionLog } from './partition-log.ts'
import {
  appendTo,
  batchOf,
  bytesOf,
  logConfig,
  openTestLog,
  textOf,
  worldWithData,
} from './testing/log-fixture.ts'
import type { LogConfig } from './topic-config.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000

let open: (config?: Partial<LogConfig>) => PartitionLog

beforeEach(async () => {
  const world = await worldWithData(1)
  let partition = 0
  open = (config = {}) =>
    openTestLog(world, { config: logConfig(config), directory: `data/orders-${partition++}` })
})

const append = (log: PartitionLog, batch: Uint8Array) =>
  log.append(batch, { leaderEpoch: 7, origin: 'client', now: NOW })

function record(changes: { key?: string | null; timestamp?: number } = {}) {
  const key = changes.key === undefined ? bytesOf('k') : changes.key === null ? null : bytesOf(changes.key)
  return {
    timestamp: changes.timestamp ?? NOW,
    key,
    value: bytesOf('some value that is worth compressing, or nearly so'),
  }
}

const statesThreeRecords = (bytes: Uint8Array) => {
  writeInt32(bytes, 57, 3)
  writeInt32(bytes, 23, 2)
}

const batch = (changes: Partial<BatchContent> = {}) =>
  encodeBatch({ records: [record(), record()], ...changes })

function stored(log: PartitionLog): Uint8Array {
  const outcome = log.read({ offset: 0, maxBytes: 1e6, upTo: log.endOffset, minOneBatch: true })
  if (outcome.error !== 'NONE') throw new Error(outcome.error)
  expect(checkBatch(outcome.records, 0, outcome.records.length)).toBe('NONE')
  return outcome.records
}

describe('a batch from a client', () => {
  it('gets its offsets and the leader epoch, and is otherwise stored as it came', () => {
    const log = open()
    append(log, batch())
    const second = batch()
    const copy = second.slice()
    expect(append(log, second)).toMatchObject({
      firstOffset: 2,
      lastOffset: 3,
      logAppendTimeMs: -1,
      maxTimestamp: NOW,
    })
    expect(log.latestEpoch).toBe(7)
    expect(second.slice(16)).toEqual(copy.slice(16))
  })

  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = batch()
    change(bytes)
    updateBatchCrc(bytes, 0)
    return bytes
  }
  const broken: [string, () => Uint8Array, string][] = [
    [
      'has a wrong checksum',
      () => batch().map((byte, at) => (at === 80 ? byte ^ 1 : byte)),
      'CORRUPT_MESSAGE',
    ],
    ['is cut off', () => batch().subarray(0, -1), 'CORRUPT_MESSAGE'],
    ['has an unknown format', () => changed(bytes => bytes.set([3], 16)), 'CORRUPT_MESSAGE'],
    ['does not begin at offset 0', () => changed(bytes => bytes.set([1], 7)), 'INVALID_RECORD'],
    ['is followed by another one', () => new Uint8Array([...batch(), ...batch()]), 'INVALID_RECORD'],
    ['states more offsets than records', () => changed(bytes => writeInt32(bytes, 23, 5)), 'INVALID_RECORD'],
    ['states a negative range', () => changed(bytes => writeInt32(bytes, 23, -9)), 'INVALID_RECORD'],
    ['states no records', () => changed(bytes => writeInt32(bytes, 57, 0)), 'INVALID_RECORD'],
    ['holds fewer records than it states', () => changed(statesThreeRecords), 'INVALID_RECORD'],
    ['is a control batch', () => changed(bytes => writeInt16(bytes, 21, 0x20)), 'INVALID_RECORD'],
  ]
  it.each(broken)('is refused when it %s', (_, make, error) => {
    const log = open()
    expect(append(log, make())).toMatchObject({ error })
    expect(log.endOffset).toBe(0)
    expect(append(log, batch())).toMatchObject({ error: 'NONE', firstOffset: 0 })
  })

  it('is refused when it is larger than max.message.bytes or a segment', () => {
    expect(append(open({ 'max.message.bytes': 100 }), batch())).toMatchObject({ error: 'MESSAGE_TOO_LARGE' })
    expect(append(open({ 'internal.segment.bytes': 100 }), batch())).toMatchObject({
      error: 'RECORD_LIST_TOO_LARGE',
    })
  })

  it('is refused without a sequence number from an idempotent producer', () => {
    expect(append(open(), batch({ producerId: 5, producerEpoch: 0, baseSequence: -1 }))).toMatchObject({
      error: 'INVALID_RECORD',
    })
  })

  it.each<Compression>(['none', 'gzip'])('needs keys in a compacted topic (%s)', compression => {
    const log = open({ 'cleanup.policy': ['compact'] })
    const outcome = append(log, batch({ records: [record(), record({ key: null }), record()], compression }))
    expect(outcome).toMatchObject({ error: 'INVALID_RECORD', recordErrors: [{ batchIndex: 1 }] })
    expect(append(log, batch({ compression }))).toMatchObject({ error: 'NONE' })
  })

  it('needs timestamps within the bounds of the topic', () => {
    const log = open({ 'message.timestamp.before.max.ms': HOUR })
    const late = append(log, batch({ records: [record(), record({ timestamp: NOW - HOUR - 1 })] }))
    expect(late).toMatchObject({ error: 'INVALID_TIMESTAMP', recordErrors: [{ batchIndex: 1 }] })
    const early = append(log, batch({ records: [record({ timestamp: NOW + HOUR + 1 }), record()] }))
    expect(early).toMatchObject({ error: 'INVALID_TIMESTAMP', recordErrors: [{ batchIndex: 0 }] })
    expect(append(log, batch({ records: [record({ timestamp: -1 })] }))).toMatchObject({ error: 'NONE' })
  })
})

describe('a topic that takes the time of appending', () => {
  it('stamps batches, whatever their own timestamps', () => {
    const log = open({ 'message.timestamp.type': 'LogAppendTime' })
    const outcome = append(
      log,
      batch({ records: [record({ timestamp: 5 }), record({ timestamp: NOW + 9 * HOUR })] }),
    )
    expect(outcome).toMatchObject({ error: 'NONE', logAppendTimeMs: NOW, maxTimestamp: NOW })
    const records = stored(log)
    expect(timestampTypeOf(batchAttributes(records, 0))).toBe('LogAppendTime')
    expect(decodeBatch(records, 0, { maxInflatedBytes: 1e6 }).map(({ timestamp }) => timestamp)).toEqual([
      NOW,
      NOW,
    ])
    expect(log.findByTimestamp(NOW, 2)).toEqual({ offset: 0, timestamp: NOW, leaderEpoch: 7 })
  })

  it('refuses batches that claim to be stamped', () => {
    const log = open({ 'message.timestamp.type': 'LogAppendTime' })
    const claiming = batch({ timestampType: 'LogAppendTime', maxTimestamp: 77 })
    expect(append(log, claiming)).toMatchObject({
      error: 'INVALID_TIMESTAMP',
      recordErrors: [{ batchIndex: 0 }, { batchIndex: 1 }],
    })
  })
})

describe('a topic with a codec of its own', () => {
  it.each<LogConfig['compression.type']>(['gzip', 'lz4', 'snappy', 'zstd', 'uncompressed'])(
    'stores %s',
    type => {
      const log = open({ 'compression.type': type })
      append(log, batch({ compression: type === 'gzip' ? 'lz4' : 'gzip' }))
      const records = stored(log)
      expect(compressionOf(batchAttributes(records, 0))).toBe(type === 'uncompressed' ? 'none' : type)
      const values = decodeBatch(records, 0, { maxInflatedBytes: 1e6 }).map(({ value }) => textOf(value!))
      expect(values).toEqual([textOf(record().value), textOf(record().value)])
    },
  )

  it('takes a batch of that codec as it is', () => {
    const log = open({ 'compression.type': 'gzip' })
    const sent = batch({ compression: 'gzip' })
    append(log, sent)
    expect(stored(log).slice(61)).toEqual(sent.slice(61))
  })
})

describe('an old message set', () => {
  const messages = [
    { offset: 0, timestamp: NOW, key: bytesOf('a'), value: bytesOf('one') },
    { offset: 1, timestamp: NOW + 5, key: null, value: bytesOf('two') },
  ]
  it.each([
    [0, 'none'],
    [1, 'none'],
    [1, 'gzip'],
    [1, 'snappy'],
    [0, 'lz4'],
    [1, 'lz4'],
  ] as [0 | 1, Compression][])('of format %i compressed with %s becomes one batch', (magic, compression) => {
    const log = open()
    expect(append(log, encodeMessageSet(magic, messages, { compression }))).toMatchObject({
      firstOffset: 0,
      lastOffset: 1,
    })
    const records = stored(log)
    expect(batchMagic(records, 0)).toBe(2)
    expect(compressionOf(batchAttributes(records, 0))).toBe(compression)
    const decoded = decodeBatch(records, 0, { maxInflatedBytes: 1e6 })
    expect(decoded.map(({ offset, value }) => [offset, textOf(value!)])).toEqual([
      [0, 'one'],
      [1, 'two'],
    ])
    expect(decoded.map(({ timestamp }) => timestamp)).toEqual(magic === 0 ? [-1, -1] : [NOW, NOW + 5])
  })

  it('is refused in a compacted topic without keys, and with a wrong checksum', () => {
    const compacted = open({ 'cleanup.policy': ['compact'] })
    const set = () => encodeMessageSet(1, messages)
    expect(append(compacted, set())).toMatchObject({
      error: 'INVALID_RECORD',
      recordErrors: [{ batchIndex: 1 }],
    })
    const damaged = set().map((byte, at) => (at === 30 ? byte ^ 1 : byte))
    expect(append(open(), damaged)).toMatchObject({ error: 'CORRUPT_MESSAGE' })
  })
})

describe('replicated batches', () => {
  it('keep their offsets and epochs, up to the epoch the follower knows', () => {
    const leader = open()
    for (const leaderEpoch of [1, 1, 3, 9])
      leader.append(batchOf({ values: ['a', 'b'] }), { leaderEpoch, origin: 'client' })
    const outcome = leader.read({ offset: 0, maxBytes: 1e6, upTo: 8, minOneBatch: true })
    if (outcome.error !== 'NONE') throw new Error(outcome.error)
    const follower = open()
    expect(
      appendTo(follower, outcome.records.slice(), { leaderEpoch: 3, origin: 'replication' }),
    ).toMatchObject({ lastOffset: 5 })
    expect(follower.endOffset).toBe(6)
    expect(follower.endOffsetForEpoch(1)).toEqual({ epoch: 1, endOffset: 4 })
    expect(follower.endOffsetForEpoch(2)).toEqual({ epoch: 1, endOffset: 4 })
    expect(follower.endOffsetForEpoch(3)).toEqual({ epoch: 3, endOffset: 6 })
    expect(follower.endOffsetForEpoch(0)).toEqual({ epoch: 0, endOffset: 0 })
    expect(follower.endOffsetForEpoch(9)).toEqual({ epoch: -1, endOffset: -1 })
    const again = follower.append(outcome.records.slice(), { leaderEpoch: 9, origin: 'replication' })
    expect(again).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' })
  })
})
