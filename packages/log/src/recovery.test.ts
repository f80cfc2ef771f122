import type { SimulatedWorld } from '@samsa/base'
import { beforeEach, describe, expect, it } from 'vitest'
import { FilePool } from './file-pool.ts'
import type { PartitionLog } from './partition-log.ts'
import { appendTo, batchOf, logConfig, openTestLog, worldWithData } from './testing/log-fixture.ts'

const config = logConfig({ 'internal.segment.bytes': 4000, 'index.interval.bytes': 100 })
const COUNT = 100

let world: SimulatedWorld
let log: PartitionLog

beforeEach(async () => {
  world = await worldWithData(1)
  log = openTestLog(world, { config })
  for (let i = 0; i < COUNT; i++) {
    appendTo(log, batchOf({ values: [`${i}`, 'x'.repeat(30)] }, 1000 + i), {
      leaderEpoch: Math.floor(i / 10),
    })
    // There are no further segments before the first one is sure to be found.
    if (i === 0) await world.finish(log.sync())
  }
  await world.finish(log.close())
})

const path = (name: string) => `data/orders-0/${name}`
const files = (ending: string) =>
  world.disk
    .list('data/orders-0')
    .map(entry => entry.name)
    .filter(name => name.endsWith(ending))

function change(name: string, edit: (file: ReturnType<SimulatedWorld['disk']['open']>) => void): void {
  const file = world.disk.open(path(name))
  edit(file)
  file.close()
}

function refuseChanges(): void {
  for (const operation of ['write', 'truncate', 'rename'] as const)
    world.disk.inject({ operation, code: 'IO' })
}

function expectIntact(endOffset = 2 * COUNT): void {
  expect(log.endOffset).toBe(endOffset)
  for (let offset = 0; offset < endOffset; offset++) {
    const outcome = log.read({ offset, maxBytes: 1, upTo: endOffset, minOneBatch: true })
    expect(outcome).toMatchObject({ error: 'NONE', nextOffset: offset - (offset % 2) + 2 })
    const found = log.findByTimestamp(1000 + Math.floor(offset / 2), endOffset)
    expect(found).toMatchObject({ offset: offset - (offset % 2), leaderEpoch: Math.floor(offset / 20) })
  }
}

describe('opening a log', () => {
  it('after a clean stop opens no file', () => {
    const files = new FilePool(world.disk)
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT, files })
    expect(log.endOffset).toBe(2 * COUNT)
    expect(files.openFileCount).toBe(0)
    expectIntact()
  })

  it('finds the end itself when the checkpoint does not tell', () => {
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 0 })
    expectIntact()
  })

  it('rebuilds what is derived when it is missing', () => {
    for (const ending of ['.index', '.timeindex', '.snapshot', 'checkpoint']) {
      for (const name of files(ending)) world.disk.remove(path(name))
    }
    log = openTestLog(world, { config })
    expectIntact()
  })

  it('changes no file when nothing lies above the recovery point', () => {
    refuseChanges()
    log = openTestLog(world, { config, recoveryPoint: 2 * COUNT })
    expectIntact()
  })

  it('changes no file either to verify a log that is too short for indexes', async () => {
    const short = { directory: 'data/orders-1', partition: 1 }
    log = openTestLog(world, short)
    appendTo(log, batchOf({}))
    await world.finish(log.sync())
    refuseChanges()
    log = openTestLog(world, short)
    expect(log.endOffset).toBe(1)
  })

  it('tells the greatest timestamp after a crash and a clean stop that followed it', async () => {
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT })
    appendTo(log, batchOf({}, 5000), { leaderEpoch: 10 })
    await world.finish(log.checkpoint())
    log = openTestLog(world, { config, recoveryPoint: 2 * COUNT + 1 })
    await world.finish(log.close())
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT + 1 })
    expect(log.findMaxTimestamp(2 * COUNT + 1)).toMatchObject({ offset: 2 * COUNT, timestamp: 5000 })
  })

  it('forgets for good the epochs of records that a crash took', async () => {
    const epochs = new TextEncoder().encode(`0\n2\n0 0\n30 ${3 * COUNT}\n`)
    change('leader-epoch-checkpoint', file => {
      file.write([epochs], 0)
      file.truncate(epochs.length)
    })
    log = openTestLog(world, { config, recoveryPoint: 2 * COUNT })
    await world.finish(log.close())
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT })
    appendTo(log, batchOf({}), { leaderEpoch: 20 })
    expect(log.epochAt(2 * COUNT)).toBe(20)
  })

  it('rebuilds an index that does not fit the log, when it is used', () => {
    for (const name of files('.index')) change(name, file => file.write([new Uint8Array(24).fill(0x11)], 8))
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT })
    expectIntact()
  })

  it('believes an index of random bytes no more than a missing one', () => {
    for (const name of files('.index'))
      change(name, file => file.write([world.random.bytes(file.size() + 5)], 0))
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT })
    expectIntact()
  })

  it('gives back the room Apache Kafka reserves in the indexes of a segment it still wrote to', () => {
    const last = files('.log').at(-1)!.slice(0, 20)
    for (const ending of ['index', 'timeindex']) {
      change(`${last}.${ending}`, file => file.truncate(file.size() + 1_200_000))
    }
    log = openTestLog(world, { config, recoveryPoint: 0 })
    expectIntact()
    log = openTestLog(world, { config, recoveryPoint: 2 * COUNT })
    expectIntact()
  })

  it('cuts a torn tail off', () => {
    const last = files('.log').at(-1)!
    change(last, file => file.truncate(file.size() - 7))
    log = openTestLog(world, { config, recoveryPoint: 100 })
    expectIntact(2 * COUNT - 2)
    expect(appendTo(log, batchOf({}), { leaderEpoch: 30 }).firstOffset).toBe(2 * COUNT - 2)
  })

  it('cuts at the first damaged batch above the recovery point, with all segments after it', () => {
    const damaged = files('.log').at(-2)!
    change(damaged, file => file.write([Uint8Array.of(0xee)], 90))
    log = openTestLog(world, { config, recoveryPoint: 10 })
    expect(log.endOffset).toBe(Number(damaged.slice(0, 20)))
    expectIntact(log.endOffset)
    expect(files('.log').at(-1)).toBe(damaged)
  })

  it('cuts where a segment between others is missing', () => {
    const missing = files('.log').at(-2)!
    world.disk.remove(path(missing))
    log = openTestLog(world, { config, recoveryPoint: 10 })
    expect(log.endOffset).toBe(Number(missing.slice(0, 20)))
  })

  it('does not look at what lies below the recovery point', () => {
    change(files('.log')[0]!, file => file.write([Uint8Array.of(0xee)], 90))
    log = openTestLog(world, { config, recoveryPoint: 190 })
    expect(log.endOffset).toBe(2 * COUNT)
  })

  it('starts anew at the recorded start when the files are gone', () => {
    for (const name of files('')) world.disk.remove(path(name))
    log = openTestLog(world, { config, recoveryPoint: 200, startOffset: 120 })
    expect(log).toMatchObject({ startOffset: 120, endOffset: 120 })
  })

  it('removes what an interrupted compaction or deletion left', () => {
    for (const ending of ['log.cleaned', 'index.cleaned', 'log.deleted']) {
      world.disk.open(path(`00000000000000000000.${ending}`), { create: true }).close()
    }
    log = openTestLog(world, { config, wasClean: true, recoveryPoint: 2 * COUNT })
    expect(files('.cleaned')).toEqual([])
    expect(files('.deleted')).toEqual([])
    expectIntact()
  })
})
