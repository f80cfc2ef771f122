import { concatBytes } from '@samsa/base'
import {
  DescribeConfigs,
  Fetch,
  InitProducerId,
  Produce,
  batchAttributes,
  batchMaxTimestamp,
  compressionOf,
  timestampTypeOf,
  updateBatchCrc,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { batchOf, messageSetOf, recordsOf, sequencedBatch, valuesOf } from '../testing/records.ts'
import { TestBroker, fetchRequest, produceRequest } from '../testing/test-broker.ts'

const HOUR_MS = 3_600_000

async function brokerWithTopic(configs: Record<string, string> = {}, name = 'orders') {
  const broker = await TestBroker.start()
  const topicId = await broker.createTopic(name, configs)
  const now = broker.world.clock.now()
  return { broker, topicId, now }
}

describe('Produce', () => {
  it('gives out offsets one after the other, whatever the version and the acks', async () => {
    const { broker, now } = await brokerWithTopic()
    let next = 0
    for (const acks of [-1, 1]) {
      for (let version = 3; version <= 12; version++) {
        const answer = await broker.produce('orders', batchOf({ values: ['a', 'b'] }, now), { version, acks })
        expect(answer).toMatchObject({ errorCode: 'NONE', baseOffset: next, logAppendTimeMs: -1 })
        next += 2
      }
    }
    const { records } = await broker.fetch('orders', 0)
    expect(recordsOf(records).map(({ offset }) => offset)).toEqual(Array.from({ length: next }, (_, i) => i))
  })

  it('finds topics by their ids from version 13 on', async () => {
    const { broker, topicId, now } = await brokerWithTopic()
    const send = (id: string, index = 0) => {
      const partitionData = [{ index, records: batchOf({ values: ['a'] }, now) }]
      return broker.ask(Produce, 13, {
        acks: -1,
        timeoutMs: 1000,
        topicData: [{ topicId: id, partitionData }],
      })
    }
    const outcomeOf = async (answer: ReturnType<typeof send>) => {
      const { responses } = await answer
      return [responses[0]!.topicId, responses[0]!.partitionResponses[0]!.errorCode]
    }
    const strange = 'AAAAAAAAAAAAAAAAAAAABQ'
    const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
    expect(await outcomeOf(send(topicId))).toEqual([topicId, 'NONE'])
    expect(await outcomeOf(send(strange))).toEqual([strange, 'UNKNOWN_TOPIC_ID'])
    expect(await outcomeOf(send(zero))).toEqual([zero, 'UNKNOWN_TOPIC_ID'])
    expect(await outcomeOf(send(topicId, 9))).toEqual([topicId, 'UNKNOWN_TOPIC_OR_PARTITION'])
  })

  it('answers each partition for itself', async () => {
    const { broker, now } = await brokerWithTopic()
    await broker.createTopic('payments', {}, 2)
    const records = () => batchOf({ values: ['a'] }, now)
    const { responses } = await broker.ask(Produce, 12, {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        {
          name: 'payments',
          partitionData: [
            { index: 1, records: records() },
            { index: 2, records: records() },
            { index: 0, records: records() },
          ],
        },
        { name: 'missing', partitionData: [{ index: 0, records: records() }] },
        { name: 'orders', partitionData: [{ index: 0, records: records() }] },
      ],
    })
    const outcomes = responses.map(({ name, partitionResponses }) => [
      name,
      ...partitionResponses.map(({ index, errorCode }) => `${index} ${errorCode}`),
    ])
    expect(outcomes).toEqual([
      ['payments', '1 NONE', '2 UNKNOWN_TOPIC_OR_PARTITION', '0 NONE'],
      ['missing', '0 UNKNOWN_TOPIC_OR_PARTITION'],
      ['orders', '0 NONE'],
    ])
  })

  it('refuses acks that do not exist, after it looked whether the partition and the batch do', async () => {
    const { broker, now } = await brokerWithTopic()
    const batch = () => batchOf({ values: ['a'] }, now)
    for (const acks of [-2, 2]) {
      expect((await broker.produce('orders', batch(), { acks })).errorCode).toBe('INVALID_REQUIRED_ACKS')
      expect((await broker.produce('missing', batch(), { acks })).errorCode).toBe(
        'UNKNOWN_TOPIC_OR_PARTITION',
      )
      expect((await broker.produce('orders', new Uint8Array(0), { acks })).errorCode).toBe('INVALID_RECORD')
    }
    expect(await broker.write('orders', ['first'])).toBe(0)
  })

  it('lets nobody but the tool that moves topics write to internal ones', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('__consumer_offsets')
    const batch = batchOf({ values: ['a'] }, broker.world.clock.now())
    const refused = await broker.produce('__consumer_offsets', batch)
    expect(refused.errorCode).toBe('INVALID_TOPIC_EXCEPTION')
    const tool = await broker.connect('__admin_client')
    const request = produceRequest('__consumer_offsets', batch)
    const { responses } = await broker.finish(tool.ask(Produce, 12, request))
    expect(responses[0]!.partitionResponses[0]!.errorCode).toBe('NONE')
  })

  it('counts no more replicas towards min.insync.replicas than the partition has', async () => {
    const { broker } = await brokerWithTopic({ 'min.insync.replicas': '2' })
    expect(await broker.write('orders', ['a'])).toBe(0)
  })
})

describe('a Produce of which one batch is unreadable', () => {
  it.each([2, 7, 12])('version %i: is refused as a whole, as by Apache Kafka', async version => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, 2)
    const good = () => batchOf({ values: ['a'] }, broker.world.clock.now())
    const unknownFormat = good()
    unknownFormat[16] = 7
    for (const batches of [
      [good(), new Uint8Array(20)],
      [unknownFormat, good()],
    ]) {
      const partitionData = batches.map((records, index) => ({ index, records }))
      const topicData = [{ name: 'orders', partitionData }]
      const { responses } = await broker.ask(Produce, version, { acks: -1, timeoutMs: 1000, topicData })
      const codes = responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)
      expect(codes).toEqual(['CORRUPT_MESSAGE', 'CORRUPT_MESSAGE'])
    }
    for (const partition of [0, 1])
      expect((await broker.fetch('orders', 0, { partition })).highWatermark).toBe(0)
  })

  it('does not suffer where only the checksum of another batch is wrong', async () => {
    const broker = await TestBroker.start()
    await broker.createTopic('orders', {}, 2)
    const batches = [0, 1].map(() => batchOf({ values: ['a'] }, broker.world.clock.now()))
    batches[1]![17]! ^= 1
    const topicData = [
      { name: 'orders', partitionData: batches.map((records, index) => ({ index, records })) },
    ]
    const { responses } = await broker.ask(Produce, 12, { acks: -1, timeoutMs: 1000, topicData })
    const codes = responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)
    expect(codes).toEqual(['NONE', 'CORRUPT_MESSAGE'])
  })
})

describe('what a version of Produce may carry', () => {
  it.each([3, 6, 7, 12])('version %i: no codec that there is not', async version => {
    const { broker, now } = await brokerWithTopic()
    const records = batchOf({ values: ['a'] }, now)
    records[22]! |= 5
    updateBatchCrc(records, 0)
    expect((await broker.produce('orders', records, { version })).errorCode).toBe('CORRUPT_MESSAGE')
  })

  it.each([3, 8, 12])('version %i: exactly one batch of format 2', async version => {
    const { broker, now } = await brokerWithTopic()
    const batch = () => batchOf({ values: ['a'] }, now)
    const code = async (records: Uint8Array | null) =>
      (await broker.produce('orders', records, { version })).errorCode
    expect(await code(null)).toBe('INVALID_RECORD')
    expect(await code(new Uint8Array(0))).toBe('INVALID_RECORD')
    expect(await code(concatBytes([batch(), batch()]))).toBe('INVALID_RECORD')
    expect(await code(messageSetOf(1, ['a'], now))).toBe('INVALID_RECORD')
    expect(await code(messageSetOf(0, ['a'], now))).toBe('INVALID_RECORD')
    expect(await code(new Uint8Array(5))).toBe('INVALID_RECORD')
    expect(await code(batch().subarray(0, 66))).toBe('INVALID_RECORD')
    expect(await code(new Uint8Array(20))).toBe('CORRUPT_MESSAGE')
    expect(await code(concatBytes([batch(), new Uint8Array(30)]))).toBe('CORRUPT_MESSAGE')
    expect(await code(concatBytes([batch(), batch().subarray(0, 40)]))).toBe('NONE')
    expect(await code(concatBytes([batch(), new Uint8Array(5)]))).toBe('NONE')
    const { records, highWatermark } = await broker.fetch('orders', 0)
    expect(valuesOf(records)).toEqual(['a', 'a'])
    expect(highWatermark).toBe(2)
  })

  it('zstd comes with version 7', async () => {
    const { broker, now } = await brokerWithTopic()
    const batch = () => batchOf({ values: ['a'], compression: 'zstd' }, now)
    const refused = await broker.produce('orders', batch(), { version: 6 })
    expect(refused.errorCode).toBe('UNSUPPORTED_COMPRESSION_TYPE')
    expect((await broker.produce('orders', batch(), { version: 7 })).errorCode).toBe('NONE')
  })

  it.each([0, 1] as const)(
    'message sets of format %i come with versions 0 to 2 and are kept as batches',
    async magic => {
      const { broker, now } = await brokerWithTopic()
      for (let version = 0; version <= 2; version++) {
        for (const compression of ['none', 'gzip', 'snappy', 'lz4'] as const) {
          const set = messageSetOf(magic, ['a', 'b'], now, compression)
          const answer = await broker.produce('orders', set, { version })
          expect(answer.errorCode, `v${version} ${compression}`).toBe('NONE')
        }
      }
      const { records } = await broker.fetch('orders', 0)
      const read = recordsOf(records)
      expect(read.map(({ offset }) => offset)).toEqual(Array.from({ length: 24 }, (_, i) => i))
      expect(new Set(read.map(({ timestamp }) => timestamp))).toEqual(new Set([magic === 0 ? -1 : now]))
      expect(valuesOf(records).slice(0, 2)).toEqual(['a', 'b'])
    },
  )

  it('an empty message set is taken for nothing', async () => {
    const { broker } = await brokerWithTopic()
    const answer = await broker.produce('orders', new Uint8Array(0), { version: 2 })
    expect(answer).toMatchObject({ errorCode: 'NONE', baseOffset: -1 })
  })
})

describe('a batch that is refused', () => {
  const cases: [string, Parameters<typeof batchOf>[0], string][] = [
    ['base offset 5', { values: ['a'], baseOffset: 5 }, 'INVALID_RECORD'],
    ['control records', { values: ['a'], isControl: true }, 'INVALID_RECORD'],
    [
      'an idempotent producer without a sequence',
      { values: ['a'], producerId: 7, producerEpoch: 0, baseSequence: -1 },
      'INVALID_RECORD',
    ],
  ]
  it.each(cases)('%s', async (_, batch, error) => {
    const { broker, now } = await brokerWithTopic()
    expect(await broker.produce('orders', batchOf(batch, now))).toMatchObject({
      errorCode: error,
      baseOffset: -1,
    })
    expect(await broker.write('orders', ['next'])).toBe(0)
  })

  it('damaged on its way', async () => {
    const { broker, now } = await brokerWithTopic()
    const batch = batchOf({ values: ['a'] }, now)
    batch[batch.length - 2]! ^= 1
    expect(await broker.produce('orders', batch)).toMatchObject({
      errorCode: 'CORRUPT_MESSAGE',
      logStartOffset: -1,
    })
  })

  it.each([0, 1, 2])('cut short is nothing to write for version %i', async version => {
    const { broker, now } = await brokerWithTopic()
    for (const whole of [batchOf({ values: ['a'] }, now), messageSetOf(1, ['a'], now)]) {
      const answer = await broker.produce('orders', whole.subarray(0, whole.length - 1), { version })
      expect(answer).toMatchObject({ errorCode: 'NONE', baseOffset: -1 })
    }
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(0)
  })

  it('transactional without a transactional id, with the whole request, in every version', async () => {
    const { broker, topicId, now } = await brokerWithTopic()
    const transaction = { producerId: 5, producerEpoch: 0, baseSequence: 0, isTransactional: true }
    for (let version = 0; version <= 13; version++) {
      const partitionData = [
        { index: 0, records: batchOf({ values: ['plain'] }, now) },
        { index: 0, records: batchOf({ values: ['t'], ...transaction }, now) },
      ]
      const topic = version >= 13 ? { topicId } : { name: 'orders' }
      const { responses } = await broker.ask(Produce, version, {
        acks: -1,
        timeoutMs: 1000,
        topicData: [{ ...topic, partitionData }],
      })
      const codes = responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)
      const refused = 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
      expect(codes, `v${version}`).toEqual([refused, refused])
    }
    expect((await broker.fetch('orders', 0, { isolationLevel: 1 })).lastStableOffset).toBe(0)
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(0)
  })

  it('of a transaction, which cannot have begun', async () => {
    const { broker, now } = await brokerWithTopic()
    const transaction = { producerId: 5, producerEpoch: 0, baseSequence: 0, isTransactional: true }
    const request = produceRequest('orders', batchOf({ values: ['t'], ...transaction }, now))
    const { responses } = await broker.ask(Produce, 12, { ...request, transactionalId: 'payments' })
    expect(responses[0]!.partitionResponses[0]!.errorCode).toBe('INVALID_TXN_STATE')
  })

  it('larger than max.message.bytes of the topic, which can be changed while it is in use', async () => {
    const { broker, now } = await brokerWithTopic({ 'max.message.bytes': '200' })
    const batch = () => batchOf({ values: ['x'.repeat(300)] }, now)
    expect(await broker.produce('orders', batch())).toMatchObject({
      errorCode: 'MESSAGE_TOO_LARGE',
      logStartOffset: -1,
    })
  })

  it('without keys in a compacted topic, and says which records', async () => {
    const { broker, now } = await brokerWithTopic({ 'cleanup.policy': 'compact' })
    const batch = () => batchOf({ values: ['a', 'b', 'c'], keys: ['k', null, null] }, now)
    const answer = await broker.produce('orders', batch())
    expect(answer.errorCode).toBe('INVALID_RECORD')
    expect(answer.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 2])
    expect(answer.errorMessage).toMatch(/2 record errors/)
    const old = await broker.produce('orders', batch(), { version: 7 })
    expect(old).toMatchObject({ errorCode: 'INVALID_RECORD', recordErrors: [], errorMessage: null })
    const oldSet = await broker.produce('orders', messageSetOf(1, ['a'], now), { version: 2 })
    expect(oldSet.errorCode).toBe('NONE')
  })

  it('with timestamps of the future', async () => {
    const { broker, now } = await brokerWithTopic()
    const answer = await broker.produce(
      'orders',
      batchOf({ values: ['a'], timestamps: [now + 2 * HOUR_MS] }, now),
    )
    expect(answer.errorCode).toBe('INVALID_TIMESTAMP')
    expect(answer.recordErrors).toHaveLength(1)
  })
})

describe('the time of appending', () => {
  it('is what records get where the topic says so, and what the answer tells', async () => {
    const { broker, now } = await brokerWithTopic({ 'message.timestamp.type': 'LogAppendTime' })
    const batch = batchOf({ values: ['a', 'b'], timestamps: [5, 6] }, now)
    const { logAppendTimeMs } = await broker.produce('orders', batch)
    expect(logAppendTimeMs).toBeGreaterThanOrEqual(now)
    const { records } = await broker.fetch('orders', 0)
    expect(timestampTypeOf(batchAttributes(records!, 0))).toBe('LogAppendTime')
    expect(batchMaxTimestamp(records!, 0)).toBe(logAppendTimeMs)
    expect(recordsOf(records).map(({ timestamp }) => timestamp)).toEqual([logAppendTimeMs, logAppendTimeMs])
  })

  it('is not for producers to claim', async () => {
    const { broker, now } = await brokerWithTopic({ 'message.timestamp.type': 'LogAppendTime' })
    const batch = batchOf({ values: ['a'], timestampType: 'LogAppendTime', maxTimestamp: now }, now)
    expect((await broker.produce('orders', batch)).errorCode).toBe('INVALID_TIMESTAMP')
  })
})

describe('compression.type of a topic', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'])(
    '%s is what batches are kept with',
    async type => {
      const { broker, now } = await brokerWithTopic({ 'compression.type': type })
      const batch = batchOf(
        { values: ['a'.repeat(200), 'b'], compression: type === 'gzip' ? 'lz4' : 'gzip' },
        now,
      )
      expect((await broker.produce('orders', batch)).errorCode).toBe('NONE')
      const { records } = await broker.fetch('orders', 0)
      const kept = compressionOf(batchAttributes(records!, 0))
      expect(kept).toBe(type === 'uncompressed' ? 'none' : type)
      expect(valuesOf(records)).toEqual(['a'.repeat(200), 'b'])
    },
  )
})

describe('an idempotent producer', () => {
  async function withProducer() {
    const { broker, now } = await brokerWithTopic()
    const { producerId, producerEpoch } = await broker.ask(InitProducerId, 5, {
      transactionalId: null,
      transactionTimeoutMs: 1000,
    })
    const producer = { id: producerId, epoch: producerEpoch }
    const send = async (sequence: number, values: string[], epoch = producerEpoch) => {
      const batch = sequencedBatch({ ...producer, epoch }, sequence, values, now)
      const { errorCode, baseOffset } = await broker.produce('orders', batch)
      return errorCode === 'NONE' ? baseOffset : errorCode
    }
    return { broker, producer, send }
  }

  it('is answered with the same offsets when it repeats one of its last five batches', async () => {
    const { broker, send } = await withProducer()
    for (let i = 0; i < 7; i++) expect(await send(2 * i, ['a', 'b'])).toBe(2 * i)
    for (let i = 2; i < 7; i++) expect(await send(2 * i, ['a', 'b'])).toBe(2 * i)
    expect(await send(0, ['a', 'b'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(14)
  })

  it('is refused when a batch is missing, or one repeats only a part of another', async () => {
    const { send } = await withProducer()
    expect(await send(0, ['a'])).toBe(0)
    expect(await send(2, ['c'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(await send(0, ['a', 'b'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(await send(1, ['b'])).toBe(1)
  })

  it('may begin anywhere in a partition that does not know it, and at zero in a new epoch', async () => {
    const { send } = await withProducer()
    expect(await send(5, ['a'], 3)).toBe(0)
    expect(await send(6, ['b'], 2)).toBe('INVALID_PRODUCER_EPOCH')
    expect(await send(6, ['b'], 4)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(await send(0, ['b'], 4)).toBe(1)
  })

  it('is remembered over a restart, an orderly one and a crash', async () => {
    const { broker, send } = await withProducer()
    await send(0, ['a'])
    await broker.stop()
    await broker.start()
    expect(await send(0, ['a'])).toBe(0)
    expect(await send(1, ['b'])).toBe(1)
    broker.kill()
    await broker.start()
    expect(await send(1, ['b'])).toBe(1)
    expect(await send(3, ['d'])).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(await send(2, ['c'])).toBe(2)
  })

  it('waits for the first copy to be durable when it repeats a batch meanwhile', async () => {
    const { broker, producer } = await withProducer()
    broker.world.disk.syncMs = [400, 400]
    const client = await broker.client()
    const now = broker.world.clock.now()
    const ask = () =>
      client.ask(Produce, 12, produceRequest('orders', sequencedBatch(producer, 0, ['a'], now)))
    let answered = 0
    const both = [ask(), ask()]
    for (const one of both) void one.then(() => answered++)
    await broker.advance(300)
    expect(answered).toBe(0)
    const answers = await broker.finish(Promise.all(both))
    for (const { responses } of answers) {
      expect(responses[0]!.partitionResponses[0]).toMatchObject({ errorCode: 'NONE', baseOffset: 0 })
    }
  })
})

describe('durability', () => {
  it('acks=all is answered once the disk synced; consumers see nothing before', async () => {
    const { broker, now } = await brokerWithTopic()
    broker.world.disk.syncMs = [500, 500]
    const producer = await broker.client()
    const consumer = await broker.connect()
    let isAnswered = false
    const answer = producer.ask(Produce, 12, produceRequest('orders', batchOf({ values: ['a'] }, now)))
    void answer.then(() => {
      isAnswered = true
    })
    await broker.advance(400)
    expect(isAnswered).toBe(false)
    const early = await broker.finish(consumer.ask(Fetch, 12, fetchRequest('orders', 0)))
    expect(early.responses[0]!.partitions[0]).toMatchObject({ highWatermark: 0, errorCode: 'NONE' })
    expect(early.responses[0]!.partitions[0]!.records).toHaveLength(0)
    await broker.finish(answer)
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(1)
  })

  it('acks=1 does not wait for the disk', async () => {
    const { broker } = await brokerWithTopic()
    broker.world.disk.syncMs = [10_000, 10_000]
    const before = broker.world.clock.monotonicMs()
    await broker.write('orders', ['a'], { acks: 1 })
    expect(broker.world.clock.monotonicMs() - before).toBeLessThan(1000)
  })

  it('write.caching=true does not wait either, and consumers see records at once', async () => {
    const { broker } = await brokerWithTopic({ 'write.caching': 'true' })
    broker.world.disk.syncMs = [10_000, 10_000]
    const before = broker.world.clock.monotonicMs()
    await broker.write('orders', ['a'])
    expect((await broker.fetch('orders', 0)).highWatermark).toBe(1)
    expect(broker.world.clock.monotonicMs() - before).toBeLessThan(1000)
  })

  it('what an acks=all answer promised survives a power cut', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const broker = await TestBroker.start({}, seed)
      await broker.createTopic('orders')
      await broker.write('orders', ['a'])
      await broker.write('orders', ['b'])
      broker.world.powerCut()
      broker.kill()
      await broker.start()
      // What was found on the disk is synced before it is shown.
      const { records } = await broker.fetch('orders', 0, { maxWaitMs: 1000 })
      expect(valuesOf(records)).toEqual(['a', 'b'])
    }
  })

  it('says so when it takes longer than the producer allows, and keeps the records', async () => {
    const { broker, now } = await brokerWithTopic()
    broker.world.disk.syncMs = [4000, 4000]
    const answer = await broker.produce('orders', batchOf({ values: ['a'] }, now), { timeoutMs: 2000 })
    expect(answer.errorCode).toBe('REQUEST_TIMED_OUT')
    await broker.advance(10_000)
    expect(valuesOf((await broker.fetch('orders', 0)).records)).toEqual(['a'])
  })

  it('waits for the disk’s usual time even for a producer that gives no time', async () => {
    const { broker, now } = await brokerWithTopic()
    broker.world.disk.syncMs = [200, 200]
    for (const timeoutMs of [0, -1]) {
      const answer = await broker.produce('orders', batchOf({ values: ['a'] }, now), { timeoutMs })
      expect(answer.errorCode).toBe('NONE')
    }
  })

  it('a full disk is an error, and room made later is used', async () => {
    const { broker, now } = await brokerWithTopic()
    await broker.write('orders', ['a'])
    broker.world.disk.capacityBytes = 0
    const refused = await broker.produce('orders', batchOf({ values: ['b'] }, now))
    expect(refused.errorCode).toBe('KAFKA_STORAGE_ERROR')
    broker.world.disk.capacityBytes = Number.POSITIVE_INFINITY
    expect(await broker.write('orders', ['c'])).toBe(1)
    expect(valuesOf((await broker.fetch('orders', 0)).records)).toEqual(['a', 'c'])
  })

  it('a disk that fails to sync ends the partition, and only it', async () => {
    const { broker, now } = await brokerWithTopic()
    await broker.createTopic('payments')
    broker.world.disk.inject({ operation: 'sync', code: 'IO', path: 'orders-0' })
    const batch = () => batchOf({ values: ['a'] }, now)
    expect((await broker.produce('orders', batch())).errorCode).toBe('KAFKA_STORAGE_ERROR')
    expect((await broker.produce('orders', batch(), { acks: 1 })).errorCode).toBe('KAFKA_STORAGE_ERROR')
    expect((await broker.fetch('orders', 0)).errorCode).toBe('KAFKA_STORAGE_ERROR')
    expect(await broker.write('payments', ['a'])).toBe(0)
    expect(broker.lines.join('\n')).toMatch(/orders-0 stops/)
  })
})

describe('a producer that wants no answers (acks=0)', () => {
  it('gets none, and its records are there', async () => {
    const { broker, now } = await brokerWithTopic()
    const producer = await broker.connect()
    for (let i = 0; i < 3; i++) {
      producer.tell(Produce, 12, produceRequest('orders', batchOf({ values: [`${i}`] }, now), { acks: 0 }))
    }
    await broker.advance(100)
    expect(producer.isClosed).toBe(false)
    expect(valuesOf((await broker.fetch('orders', 0)).records)).toEqual(['0', '1', '2'])
    const { results } = await broker.finish(producer.ask(DescribeConfigs, 4, { resources: [] }))
    expect(results).toEqual([])
  })

  it('learns of an error by losing its connection', async () => {
    const { broker, now } = await brokerWithTopic()
    const producer = await broker.connect()
    producer.tell(Produce, 12, produceRequest('missing', batchOf({ values: ['a'] }, now), { acks: 0 }))
    await broker.advance(100)
    expect(producer.isClosed).toBe(true)
  })
})
