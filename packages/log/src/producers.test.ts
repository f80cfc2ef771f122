import type { SimulatedWorld } from '@samsa/base'
import { type BatchContent, encodeBatch } from '@samsa/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AppendContext } from './append-outcome.ts'
import { readWhole } from './checkpoint-file.ts'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, bytesOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

const PRODUCER = 42

let world: SimulatedWorld
let log: PartitionLog

beforeEach(async () => {
  world = await worldWithData(1)
  log = openTestLog(world)
})

function write(
  baseSequence: number,
  changes: Partial<BatchContent> = {},
  count = 1,
  context: Partial<AppendContext> = {},
) {
  const values = Array.from({ length: count }, (_, i) => ({
    timestamp: 1000,
    key: bytesOf('k'),
    value: bytesOf(`v${i}`),
  }))
  const batch = encodeBatch({
    records: values,
    producerId: PRODUCER,
    producerEpoch: 0,
    baseSequence,
    ...changes,
  })
  return log.append(batch, { leaderEpoch: 0, origin: 'client', ...context })
}

function endTransaction(
  isAborted: boolean,
  changes: Partial<BatchContent> = {},
  context: Partial<AppendContext> = {},
) {
  const records = [
    {
      timestamp: 1000,
      key: Uint8Array.of(0, 0, 0, isAborted ? 0 : 1),
      value: Uint8Array.of(0, 0, 0, 0, 0, 5),
    },
  ]
  const batch = encodeBatch({
    records,
    producerId: PRODUCER,
    producerEpoch: 0,
    isTransactional: true,
    isControl: true,
    ...changes,
  })
  return log.append(batch, { leaderEpoch: 0, origin: 'coordinator', ...context })
}

const reopen = async (wasClean = true) => {
  await world.finish(log.close())
  log = openTestLog(world, { wasClean, recoveryPoint: log.endOffset })
  log.advanceHighWatermark(log.endOffset)
}

describe('an idempotent producer', () => {
  it('has a repeated batch answered with the offsets of the first', () => {
    expect(write(0, {}, 3)).toMatchObject({ firstOffset: 0, lastOffset: 2 })
    expect(write(3)).toMatchObject({ firstOffset: 3 })
    expect(write(0, {}, 3)).toMatchObject({ error: 'NONE', firstOffset: 0, lastOffset: 2, duplicate: true })
    expect(log.endOffset).toBe(4)
  })

  it('has its last five batches recognised, also after a restart in good order', async () => {
    for (let i = 0; i < 6; i++) write(i)
    for (const restart of [async () => {}, reopen]) {
      await restart()
      for (let i = 1; i < 6; i++) expect(write(i)).toMatchObject({ duplicate: true, firstOffset: i })
      expect(write(0)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    }
    expect(write(6)).toMatchObject({ error: 'NONE', firstOffset: 6 })
  })

  it('is refused a gap in its sequence numbers, and a part of a batch', () => {
    write(0, {}, 3)
    expect(write(4)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(write(1)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(log.endOffset).toBe(3)
  })

  it('may begin anywhere when nothing is known of it', () => {
    expect(write(17)).toMatchObject({ error: 'NONE' })
    expect(write(18)).toMatchObject({ error: 'NONE' })
  })

  it('goes on at 0 after the greatest sequence number', () => {
    write(0x7fff_ffff)
    expect(write(0)).toMatchObject({ error: 'NONE', firstOffset: 1 })
    expect(write(1)).toMatchObject({ error: 'NONE', firstOffset: 2 })
  })

  it('begins at 0 in a new epoch, and is fenced with the old one', () => {
    write(0)
    expect(write(1, { producerEpoch: 1 })).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(write(0, { producerEpoch: 1 })).toMatchObject({ error: 'NONE' })
    expect(write(1, { producerEpoch: 0 })).toMatchObject({ error: 'INVALID_PRODUCER_EPOCH' })
  })

  it('is forgotten when it was silent for long, unless a transaction is open', async () => {
    write(0, { isTransactional: true })
    write(0, { producerId: 43 })
    log.expireProducers(1000 + 24 * 3_600_000)
    expect(log.activeProducers().map(producer => producer.producerId)).toEqual([PRODUCER])
  })

  it('is known again after a crash, from the records alone', async () => {
    for (let i = 0; i < 4; i++) write(i)
    await world.finish(log.sync())
    world.powerCut()
    log = openTestLog(world, { recoveryPoint: 0 })
    expect(write(3)).toMatchObject({ duplicate: true, firstOffset: 3 })
    expect(write(5)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
  })

  it('is known again after a crash that tore the first batch after the recovery point', async () => {
    for (let i = 0; i < 4; i++) write(i)
    await world.finish(log.sync())
    const intactBytes = log.sizeBytes
    write(4)
    log.write()
    world.kill()
    const file = world.disk.open('data/orders-0/00000000000000000000.log')
    file.truncate(intactBytes + 30)
    file.close()
    log = openTestLog(world, { recoveryPoint: 4 })
    expect(log.endOffset).toBe(4)
    expect(write(3)).toMatchObject({ duplicate: true, firstOffset: 3 })
    expect(write(4)).toMatchObject({ error: 'NONE', firstOffset: 4 })
  })

  it('is known again although its last records were deleted, after a restart and after a full disk', async () => {
    write(0)
    log.roll()
    for (let i = 1; i < 4; i++) write(i)
    await world.finish(log.sync())
    log.advanceHighWatermark(4)
    log.deleteRecordsBefore(4)
    const end = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log' })
    write(4)
    expect(log.write()).toBe(false)
    end()
    expect(write(5)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(write(3)).toMatchObject({ duplicate: true })
    world.kill()
    log = openTestLog(world, { recoveryPoint: 4, startOffset: 4 })
    expect(write(5)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(write(4)).toMatchObject({ error: 'NONE', firstOffset: 4 })
  })

  it('is known again when the newest snapshot is damaged', async () => {
    for (let i = 0; i < 3; i++) write(i)
    log.roll()
    write(3)
    await world.finish(log.close())
    const file = world.disk.open('data/orders-0/00000000000000000004.snapshot')
    file.write([Uint8Array.of(0xff)], 20)
    file.close()
    log = openTestLog(world, { wasClean: true, recoveryPoint: 4 })
    expect(write(3)).toMatchObject({ duplicate: true, firstOffset: 3 })
  })
})

describe('an idempotent producer whose batches retention took', () => {
  const path = (offset: number) => `data/orders-0/${String(offset).padStart(20, '0')}.snapshot`

  /** Two segments with one batch each, and a third one that the producer did not write to. */
  async function fillThree(): Promise<void> {
    write(0)
    log.roll()
    write(1)
    log.roll()
    write(0, { producerId: 43 })
    await world.finish(log.sync())
  }

  async function dropTwo(): Promise<void> {
    log.advanceHighWatermark(3)
    expect(log.deleteRecordsBefore(2)).toBe('NONE')
    await world.run()
    expect(world.disk.list('data/orders-0').filter(({ name }) => name.endsWith('.log'))).toHaveLength(1)
  }

  const expectKnown = () => {
    expect(write(3)).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(write(1)).toMatchObject({ duplicate: true, firstOffset: 1 })
    expect(write(2)).toMatchObject({ error: 'NONE', firstOffset: 3 })
  }

  it('is known again although the snapshot after them was damaged before', async () => {
    await fillThree()
    world.kill()
    const file = world.disk.open(path(2))
    file.write([Uint8Array.of(0xff)], 20)
    file.close()
    log = openTestLog(world, { recoveryPoint: 3 })
    await dropTwo()
    world.kill()
    log = openTestLog(world, { recoveryPoint: 3, startOffset: 2 })
    expectKnown()
  })

  it('is known again after a power cut: the snapshot was durable before they went', async () => {
    for (let seed = 0; seed < 20; seed++) {
      world = await worldWithData(seed)
      log = openTestLog(world)
      await fillThree()
      await dropTwo()
      world.powerCut()
      log = openTestLog(world, { recoveryPoint: 3, startOffset: 2 })
      expectKnown()
    }
  })

  it('is unknown in a log that is begun anew while they go', async () => {
    await fillThree()
    log.advanceHighWatermark(3)
    log.deleteRecordsBefore(2)
    log.truncateFully(7)
    await world.run()
    expect(world.disk.list('data/orders-0').filter(({ name }) => name.endsWith('.snapshot'))).toEqual([])
    expect(write(5)).toMatchObject({ error: 'NONE', firstOffset: 7 })
  })

  it('is unknown, and not held against a snapshot from before them, when that is all there is', async () => {
    await fillThree()
    const old = readWhole(world.disk, path(1))
    await dropTwo()
    world.kill()
    world.disk.remove(path(2))
    const file = world.disk.open(path(1), { create: true })
    file.write([old], 0)
    file.close()
    log = openTestLog(world, { recoveryPoint: 3, startOffset: 2 })
    expect(write(2)).toMatchObject({ error: 'NONE', firstOffset: 3 })
  })
})

describe('a transaction', () => {
  it('holds readers of committed data back until its marker is below the high watermark', () => {
    appendTo(log, batchOf({}))
    write(0, { isTransactional: true })
    write(1, { isTransactional: true })
    log.advanceHighWatermark(3)
    expect(log.lastStableOffset).toBe(1)
    endTransaction(false)
    expect(log.lastStableOffset).toBe(1)
    log.advanceHighWatermark(4)
    expect(log.lastStableOffset).toBe(4)
  })

  it('that was aborted is named to readers of its records, also after a restart', async () => {
    write(0, { isTransactional: true })
    endTransaction(true)
    write(1, { isTransactional: true })
    endTransaction(false)
    log.advanceHighWatermark(4)
    const aborted = [{ producerId: PRODUCER, firstOffset: 0, lastOffset: 1, lastStableOffset: 2 }]
    const read = (offset: number) =>
      log.read({
        offset,
        maxBytes: 1e6,
        upTo: log.lastStableOffset,
        minOneBatch: true,
        withAbortedTransactions: true,
      })
    expect(read(0)).toMatchObject({ abortedTransactions: aborted, nextOffset: 4 })
    expect(read(2)).toMatchObject({ abortedTransactions: [] })
    await reopen()
    expect(read(0)).toMatchObject({ abortedTransactions: aborted })
    world.kill()
    log = openTestLog(world, { recoveryPoint: 0 })
    log.advanceHighWatermark(4)
    expect(read(0)).toMatchObject({ abortedTransactions: aborted })
  })

  it('stays open through a restart', async () => {
    write(0, { isTransactional: true })
    await reopen()
    expect(log.lastStableOffset).toBe(0)
    expect(log.hasOpenTransaction(PRODUCER, 0)).toBe(true)
    expect(log.activeProducers()).toMatchObject([{ producerId: PRODUCER, currentTxnStartOffset: 0 }])
  })

  it('is refused where its coordinator does not know of it, or a record outside of it', () => {
    expect(write(0, { isTransactional: true }, 1, { isTransactionVerified: false })).toMatchObject({
      error: 'INVALID_TXN_STATE',
    })
    write(0, { isTransactional: true }, 1, { isTransactionVerified: true })
    expect(write(1, { isTransactional: true }, 1, { isTransactionVerified: false })).toMatchObject({
      error: 'NONE',
    })
    expect(write(2)).toMatchObject({ error: 'INVALID_TXN_STATE' })
  })

  it('fences markers of an older coordinator or producer epoch', () => {
    write(0, { isTransactional: true, producerEpoch: 3 })
    expect(endTransaction(true, { producerEpoch: 2 })).toMatchObject({ error: 'INVALID_PRODUCER_EPOCH' })
    expect(endTransaction(true, { producerEpoch: 3 }, { transactionVersion: 2 })).toMatchObject({
      error: 'INVALID_PRODUCER_EPOCH',
    })
    expect(endTransaction(true, { producerEpoch: 4 }, { transactionVersion: 2 })).toMatchObject({
      error: 'NONE',
    })
    expect(endTransaction(true, { producerEpoch: 4 }, { transactionVersion: 2 })).toMatchObject({
      error: 'NONE',
    })
    const old = [{ timestamp: 1, key: Uint8Array.of(0, 0, 0, 1), value: Uint8Array.of(0, 0, 0, 0, 0, 4) }]
    expect(endTransaction(false, { producerEpoch: 4, records: old })).toMatchObject({
      error: 'TRANSACTION_COORDINATOR_FENCED',
    })
  })

  it('may span segments', async () => {
    log.reconfigure(logConfig({ 'internal.segment.bytes': 200 }))
    write(0, { isTransactional: true })
    await world.finish(log.sync())
    for (let i = 1; i < 6; i++) write(i, { isTransactional: true })
    expect(log.segmentCount).toBeGreaterThan(2)
    endTransaction(true)
    log.advanceHighWatermark(7)
    const first = log.read({
      offset: 0,
      maxBytes: 100,
      upTo: 7,
      minOneBatch: true,
      withAbortedTransactions: true,
    })
    expect(first).toMatchObject({ abortedTransactions: [{ firstOffset: 0, lastOffset: 6 }] })
  })
})
