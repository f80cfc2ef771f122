import { type SimulatedWorld, silentLogger, simulatedWorld } from '@samsa/base'
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  ApiVersions,
  EndTxn,
  type ErrorName,
  FindCoordinator,
  InitProducerId,
  Produce,
  TxnOffsetCommit,
  apis,
  batchAttributes,
  batchBaseSequence,
  batchProducerEpoch,
  isTransactional,
} from '@samsa/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KafkaError } from '../errors.ts'
import { ModelledBroker } from '../testing/modelled-broker.ts'
import type { ProducerConfigEntries } from './producer-config.ts'
import { Producer } from './producer.ts'

let world: SimulatedWorld
let broker: ModelledBroker
let open: Producer[]
/** What the coordinator answers next, by API; NONE when a list is at its end. */
let answers: { [api: string]: (ErrorName | 'silence')[] }
let epoch: number

beforeEach(async () => {
  world = simulatedWorld(3, { name: 'client' })
  broker = await ModelledBroker.start(world, 'kafka', 3)
  open = []
  answers = {}
  epoch = -1
  speak(1)
  const { peer } = broker
  const next = (api: string) => answers[api]?.shift() ?? 'NONE'
  peer.on(FindCoordinator, ({ request }) => ({
    coordinators: (request.coordinatorKeys ?? []).map(key => ({
      key,
      nodeId: 1,
      host: 'kafka',
      port: 9092,
      errorCode: 'NONE' as const,
      errorMessage: null,
    })),
  }))
  peer.on(InitProducerId, () => {
    const errorCode = next('InitProducerId')
    if (errorCode === 'silence') return 'silence'
    return { errorCode, producerId: 7, producerEpoch: errorCode === 'NONE' ? ++epoch : -1 }
  })
  peer.on(AddPartitionsToTxn, ({ request }) => {
    const error = next('AddPartitionsToTxn')
    if (error === 'silence') return 'silence'
    return {
      resultsByTopicV3AndBelow: request.v3AndBelowTopics.map(({ name, partitions }) => ({
        name,
        resultsByPartition: partitions.map(partitionIndex => ({ partitionIndex, partitionErrorCode: error })),
      })),
    }
  })
  peer.on(AddOffsetsToTxn, () => {
    const errorCode = next('AddOffsetsToTxn')
    return errorCode === 'silence' ? errorCode : { errorCode }
  })
  peer.on(TxnOffsetCommit, ({ request }) => {
    const errorCode = next('TxnOffsetCommit')
    if (errorCode === 'silence') return errorCode
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
      })),
    }
  })
  peer.on(EndTxn, ({ version }) => {
    const errorCode = next('EndTxn')
    if (errorCode === 'silence') return errorCode
    if (version < 5 || errorCode !== 'NONE') return { errorCode }
    return { errorCode, producerId: 7, producerEpoch: ++epoch }
  })
})

afterEach(async () => {
  for (const one of open) await world.finish(one.close({ timeoutMs: 0 }))
  await world.finish(broker.peer.close())
})

/** Which version of transactions the cluster has on. */
function speak(level: number): void {
  broker.peer.on(ApiVersions, () => ({
    errorCode: 'NONE' as const,
    apiKeys: apis.map(({ key, minVersion, maxVersion }) => ({ apiKey: key, minVersion, maxVersion })),
    finalizedFeatures: [{ name: 'transaction.version', maxVersionLevel: level, minVersionLevel: level }],
    finalizedFeaturesEpoch: 1,
  }))
}

function producerOf(entries: ProducerConfigEntries = {}): Producer {
  const config = {
    'bootstrap.servers': 'kafka:9092',
    'transactional.id': 'writer',
    'linger.ms': 0,
    ...entries,
  }
  const producer = new Producer(config, { world, logger: silentLogger })
  open.push(producer)
  return producer
}

const record = (value: string, partition = 0) => ({ topic: 'orders', partition, value })

async function failure(promise: Promise<unknown>): Promise<KafkaError> {
  const outcome = promise.then(
    () => undefined,
    error => error,
  )
  const error = await world.finish(outcome)
  expect(error).toBeDefined()
  return error as KafkaError
}

/** Names of the coordinator's APIs in the order they were asked. */
function asked(): string[] {
  const names = [
    'InitProducerId',
    'AddPartitionsToTxn',
    'AddOffsetsToTxn',
    'TxnOffsetCommit',
    'Produce',
    'EndTxn',
  ]
  return broker.peer.asked.map(({ api }) => api.name).filter(name => names.includes(name))
}

const produced = () =>
  broker.peer.of(Produce).map(({ request }) => request.topicData[0]!.partitionData[0]!.records as Uint8Array)

describe('a transaction of the first version', () => {
  it('adds its partitions at once, sends, and commits', async () => {
    const producer = producerOf()
    await world.finish(
      producer.transaction(async tx => {
        await Promise.all([0, 1, 2, 0].map(partition => tx.send(record('v', partition))))
        await tx.send(record('w'))
      }),
    )
    expect(asked()).toEqual(['InitProducerId', 'AddPartitionsToTxn', 'Produce', 'Produce', 'EndTxn'])
    expect(broker.peer.of(Produce)[0]).toMatchObject({ version: 11, request: { transactionalId: 'writer' } })
    expect(isTransactional(batchAttributes(produced()[0]!, 0))).toBe(true)
    expect(broker.peer.of(EndTxn)[0]).toMatchObject({
      version: 4,
      request: { committed: true, producerEpoch: 0 },
    })
  })

  it('goes on with its sequence in the next transaction, and adds partitions anew', async () => {
    const producer = producerOf()
    for (const value of ['a', 'b'])
      await world.finish(producer.transaction(async tx => void (await tx.send(record(value)))))
    expect(produced().map(bytes => batchBaseSequence(bytes, 0))).toEqual([0, 1])
    expect(broker.peer.of(AddPartitionsToTxn)).toHaveLength(2)
  })

  it('asks for a new epoch after a failure, and then begins its sequence anew', async () => {
    const producer = producerOf()
    await world.finish(producer.transaction(async tx => void (await tx.send(record('a')))))
    broker.fate = () => 'INVALID_RECORD'
    const error = await failure(producer.transaction(async tx => void (await tx.send(record('b')))))
    expect(error).toMatchObject({ code: 'INVALID_RECORD', topic: 'orders', partition: 0 })
    expect(broker.peer.of(EndTxn).at(-1)!.request.committed).toBe(false)
    broker.fate = () => 'store'
    await world.finish(producer.transaction(async tx => void (await tx.send(record('c')))))
    expect(broker.peer.of(InitProducerId).at(-1)!.request).toMatchObject({ producerId: 7, producerEpoch: 0 })
    const last = produced().at(-1)!
    expect([batchProducerEpoch(last, 0), batchBaseSequence(last, 0)]).toEqual([1, 0])
    expect(broker.partitions[0]!.values).toEqual(['a', 'c'])
  })

  it('asks again while the one before is being completed, or the coordinator moves', async () => {
    answers = {
      InitProducerId: ['CONCURRENT_TRANSACTIONS', 'NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS'],
      AddPartitionsToTxn: ['CONCURRENT_TRANSACTIONS', 'COORDINATOR_NOT_AVAILABLE'],
      EndTxn: ['NOT_COORDINATOR', 'CONCURRENT_TRANSACTIONS'],
    }
    await world.finish(producerOf().transaction(async tx => void (await tx.send(record('a')))))
    expect(broker.partitions[0]!.values).toEqual(['a'])
    expect(answers).toEqual({ InitProducerId: [], AddPartitionsToTxn: [], EndTxn: [] })
  })

  it('makes offsets part of it, with the member they are of', async () => {
    const consumer = {
      groupMetadata: () => ({ groupId: 'g', generationId: 3, memberId: 'm', groupInstanceId: undefined }),
    }
    await world.finish(
      producerOf().transaction(tx => tx.commitOffsets(consumer, [{ topic: 'in', partition: 2, offset: 5 }])),
    )
    expect(asked()).toEqual(['InitProducerId', 'AddOffsetsToTxn', 'TxnOffsetCommit', 'EndTxn'])
    expect(broker.peer.of(TxnOffsetCommit)[0]).toMatchObject({
      version: 4,
      request: { groupId: 'g', generationId: 3, memberId: 'm', groupInstanceId: null },
    })
  })
})

describe('a transaction of the second version (KIP-890)', () => {
  beforeEach(() => speak(2))

  it('needs no request for partitions or offsets, and gets a new epoch with each end', async () => {
    const producer = producerOf()
    for (const value of ['a', 'b']) {
      await world.finish(
        producer.transaction(async tx => {
          await tx.send(record(value))
          await tx.commitOffsets({ groupId: 'g' }, [{ topic: 'in', partition: 0, offset: 1 }])
        }),
      )
    }
    expect(asked()).toEqual([
      'InitProducerId',
      ...['Produce', 'TxnOffsetCommit', 'EndTxn'],
      ...['Produce', 'TxnOffsetCommit', 'EndTxn'],
    ])
    expect(broker.peer.of(TxnOffsetCommit)[0]!.version).toBe(5)
    expect(produced().map(bytes => [batchProducerEpoch(bytes, 0), batchBaseSequence(bytes, 0)])).toEqual([
      [0, 0],
      [1, 0],
    ])
  })

  it('can be told to abort by the broker, and goes on afterwards', async () => {
    const producer = producerOf()
    broker.fate = () => 'TRANSACTION_ABORTABLE'
    const error = await failure(producer.transaction(async tx => void (await tx.send(record('a')))))
    expect(error.code).toBe('TRANSACTION_ABORTABLE')
    broker.fate = () => 'store'
    await world.finish(producer.transaction(async tx => void (await tx.send(record('b')))))
    expect(broker.partitions[0]!.values).toEqual(['b'])
  })
})

describe('the end of a transaction', () => {
  it('is not asked for when nothing was sent', async () => {
    await world.finish(producerOf().transaction(() => {}))
    expect(asked()).toEqual(['InitProducerId'])
  })

  it('whose outcome was not learnt is made sure of before the next transaction', async () => {
    const producer = producerOf({ 'max.block.ms': 3000, 'request.timeout.ms': 1000 })
    answers = { EndTxn: Array.from({ length: 20 }, () => 'silence' as const) }
    const error = await failure(producer.transaction(async tx => void (await tx.send(record('a')))))
    expect(error.code).toBe('TIMED_OUT')
    answers = {}
    const before = broker.peer.of(EndTxn).length
    await world.finish(producer.transaction(async tx => void (await tx.send(record('b')))))
    const ends = broker.peer.of(EndTxn).slice(before)
    // The question that was given up may still arrive before the one that is answered.
    expect(ends.length).toBeGreaterThanOrEqual(2)
    expect(ends.every(({ request }) => request.committed)).toBe(true)
    expect(broker.partitions[0]!.values).toEqual(['a', 'b'])
  })

  it('fails for good with PRODUCER_FENCED when another took over, and so does everything after it', async () => {
    const producer = producerOf()
    answers = { EndTxn: ['INVALID_PRODUCER_EPOCH'] }
    const error = await failure(producer.transaction(async tx => void (await tx.send(record('a')))))
    expect(error).toMatchObject({ code: 'PRODUCER_FENCED' })
    expect(await failure(producer.begin())).toMatchObject({ code: 'PRODUCER_FENCED' })
    expect(await failure(producer.send(record('b')))).toMatchObject({ code: 'PRODUCER_FENCED' })
  })

  it('by abort drops what waits and does not wait for what cannot be delivered', async () => {
    const producer = producerOf()
    broker.fate = () => 'NOT_ENOUGH_REPLICAS'
    const tx = await world.finish(producer.begin())
    const sent = [tx.send(record('a')), tx.send(record('b', 1))].map(one => one.catch(error => error))
    await world.advance(1000)
    const before = world.clock.monotonicMs()
    await world.finish(tx.abort())
    expect(world.clock.monotonicMs() - before).toBeLessThan(1000)
    for (const error of await Promise.all(sent)) expect(error).toMatchObject({ code: 'ABORTED' })
  })

  it('by commit is refused after a record failed, awaited or not', async () => {
    const producer = producerOf()
    const tx = await world.finish(producer.begin())
    tx.send(record('x'.repeat(2_000_000))).catch(() => {})
    expect(await failure(tx.commit())).toMatchObject({ code: 'ABORTED' })
    await world.finish(tx.abort())
  })

  it('comes with `await using` when it was forgotten', async () => {
    const producer = producerOf()
    const tx = await world.finish(producer.begin())
    await world.finish(tx.send(record('a')))
    await world.finish(tx[Symbol.asyncDispose]())
    expect(broker.peer.of(EndTxn).map(({ request }) => request.committed)).toEqual([false])
  })
})

describe('a transactional producer', () => {
  it('sends in transactions only, one at a time', async () => {
    const producer = producerOf()
    await world.finish(producer.initTransactions())
    expect(await failure(producer.send(record('a')))).toMatchObject({ code: 'INVALID_ARGUMENT' })
    const tx = await world.finish(producer.begin())
    expect(await failure(producer.begin())).toMatchObject({ code: 'INVALID_ARGUMENT' })
    await world.finish(tx.abort())
    expect(await failure(tx.commit())).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('queues up calls of transaction', async () => {
    const producer = producerOf()
    const runs = ['a', 'b', 'c'].map(value =>
      producer.transaction(async tx => void (await tx.send(record(value)))),
    )
    await world.finish(Promise.all(runs))
    expect(broker.partitions[0]!.values).toEqual(['a', 'b', 'c'])
  })

  it('says what is wrong with its id', async () => {
    answers = { InitProducerId: ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED'] }
    const error = await failure(producerOf().initTransactions())
    expect(error).toMatchObject({ code: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' })
    const plain = new Producer({ 'bootstrap.servers': 'kafka:9092' }, { world, logger: silentLogger })
    open.push(plain)
    expect(await failure(plain.begin())).toMatchObject({ code: 'INVALID_CONFIG' })
  })

  it('aborts what is open when it is closed', async () => {
    const producer = producerOf()
    const tx = await world.finish(producer.begin())
    await world.finish(tx.send(record('a')))
    await world.finish(producer.close())
    expect(broker.peer.of(EndTxn).map(({ request }) => request.committed)).toEqual([false])
  })
})
