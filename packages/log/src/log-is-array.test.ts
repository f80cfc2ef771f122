import type { SimulatedWorld } from '@samsa/base'
import { decodeBatch, nextBatch } from '@samsa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilePool } from './file-pool.ts'
import type { PartitionLog } from './partition-log.ts'
import type { ReadOutcome } from './read.ts'
import { appendTo, batchOf, logConfig, openTestLog, textOf, worldWithData } from './testing/log-fixture.ts'

// A log is an array of records, of which some last ones may be lost in a power cut: never one that was synced, never a
// part of a batch, never one from the middle.

type Step =
  | { do: 'append'; sizes: number[]; producer: boolean }
  | { do: 'sync' }
  | { do: 'checkpoint' }
  | { do: 'advance' }
  | { do: 'read'; at: number; maxBytes: number }
  | { do: 'readLater'; at: number; maxBytes: number }
  | { do: 'roll' }
  | { do: 'reopen' }
  | { do: 'kill' }
  | { do: 'powerCut' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('append' as const), sizes: sizes(), producer: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'sync' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'checkpoint' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'advance' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), at: fc.nat(10_000), maxBytes: fc.nat(5000) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('readLater' as const),
      at: fc.nat(10_000),
      maxBytes: fc.nat(5000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'roll' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'powerCut' as const }) },
)

function sizes() {
  return fc.array(fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(1500) }), {
    minLength: 1,
    maxLength: 5,
  })
}

interface Model {
  values: string[]
  /** How many of them were synced. */
  durable: number
  log: PartitionLog
  recoveryPoint: number
  sequence: number
  /** What reads found wrong that others were not waiting for. */
  failures: unknown[]
}

const config = logConfig({ 'internal.segment.bytes': 8000, 'index.interval.bytes': 100 })
const open = (world: SimulatedWorld, wasClean: boolean, recoveryPoint: number) =>
  openTestLog(world, {
    config,
    wasClean,
    recoveryPoint,
    files: new FilePool(world.disk, { openFilesMax: 3 }),
  })

async function take(world: SimulatedWorld, model: Model, next: Step): Promise<void> {
  switch (next.do) {
    case 'append':
      return append(model, next)
    case 'sync':
      await world.finish(model.log.sync())
      model.durable = model.values.length
      return
    case 'checkpoint':
      await world.finish(model.log.checkpoint())
      model.recoveryPoint = model.log.recoveryPoint
      model.durable = model.values.length
      return
    case 'advance':
      void model.log.sync().catch(() => {})
      await world.advance(1)
      return
    case 'read':
      return expectRead(model, next.at % (model.values.length + 1), next.maxBytes)
    case 'readLater':
      readLater(model, next.at % (model.values.length + 1), next.maxBytes)
      // It begins at once, and waits for the disk.
      await world.advance(0)
      return
    case 'roll':
      return model.log.roll()
    case 'reopen':
      await world.finish(model.log.close())
      model.durable = model.values.length
      return restart(world, model, true, model.log.recoveryPoint)
    case 'kill':
      model.log.write()
      world.kill()
      return restart(world, model, false, model.recoveryPoint)
    case 'powerCut':
      world.powerCut()
      return restart(world, model, false, model.recoveryPoint)
  }
}

function append(model: Model, { sizes, producer }: { sizes: number[]; producer: boolean }): void {
  const values = sizes.map((size, i) => `${model.values.length + i}:`.padEnd(size, 'x'))
  const idempotent = producer ? { producerId: 7, baseSequence: model.sequence } : {}
  const outcome = appendTo(model.log, batchOf({ values, ...idempotent }))
  expect(outcome.firstOffset).toBe(model.values.length)
  if (producer) model.sequence += values.length
  model.values.push(...values)
}

function restart(world: SimulatedWorld, model: Model, wasClean: boolean, recoveryPoint: number): void {
  model.durable = Math.max(model.durable, model.log.durableOffset)
  model.log = open(world, wasClean, recoveryPoint)
  expect(model.log.endOffset).toBeGreaterThanOrEqual(model.durable)
  expect(model.log.endOffset).toBeLessThanOrEqual(model.values.length)
  model.values.length = model.log.endOffset
  model.recoveryPoint = Math.min(recoveryPoint, model.log.endOffset)
  const [producer] = model.log.activeProducers()
  model.sequence = (producer?.lastSequence ?? -1) + 1
  expectAll(model)
}

function expectRead(model: Model, at: number, maxBytes: number): void {
  const outcome = model.log.read({ offset: at, maxBytes, upTo: model.values.length, minOneBatch: true })
  expectRecords(model, at, model.values.length, outcome)
}

/** Reads while the steps that follow are taken: a stop in good order may come before, a crash ends it. */
function readLater(model: Model, at: number, maxBytes: number): void {
  const upTo = model.values.length
  const { log } = model
  const request = { offset: at, maxBytes, upTo, minOneBatch: true }
  Promise.resolve(log.prepareRead(request))
    .then(() => {
      const outcome = log.read(request)
      if (outcome.error !== 'NOT_LEADER_OR_FOLLOWER') expectRecords(model, at, upTo, outcome)
    })
    .catch(error => model.failures.push(error))
}

function expectRecords(model: Model, at: number, upTo: number, outcome: ReadOutcome): void {
  if (outcome.error !== 'NONE') throw new Error(outcome.error)
  const read = valuesIn(outcome.records)
  if (at < upTo) expect(read.at(-1)?.offset).toBeGreaterThanOrEqual(at)
  if (read.length > 0) expect(read[0]!.offset).toBeLessThanOrEqual(at)
  for (const { offset, value } of read) expect(value).toBe(model.values[offset])
}

/** Reads from the start to the end, and finds every record. */
function expectAll(model: Model): void {
  let offset = 0
  while (offset < model.values.length) {
    const outcome = model.log.read({ offset, maxBytes: 1000, upTo: model.values.length, minOneBatch: true })
    if (outcome.error !== 'NONE') throw new Error(outcome.error)
    const read = valuesIn(outcome.records)
    expect(read[0]?.offset).toBe(offset)
    for (const { offset: at, value } of read) expect(value).toBe(model.values[at])
    offset = outcome.nextOffset
  }
}

function valuesIn(records: Uint8Array) {
  const found: { offset: number; value: string }[] = []
  for (let at = 0; at >= 0 && at < records.length; at = nextBatch(records, at, records.length)) {
    for (const record of decodeBatch(records, at, { maxInflatedBytes: 1e9 })) {
      found.push({ offset: record.offset, value: textOf(record.value!) })
    }
  }
  return found
}

describe('a log', () => {
  it('is an array that loses at most unsynced records at its end, whatever happens to the machine', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, seed) => {
        const world = await worldWithData(seed)
        const model: Model = {
          values: [],
          durable: 0,
          log: open(world, false, 0),
          recoveryPoint: 0,
          sequence: 0,
          failures: [],
        }
        // Before the first sync not even the name of the first segment need survive a power cut.
        append(model, { sizes: [10], producer: false })
        await world.finish(model.log.sync())
        model.durable = model.values.length
        for (const next of steps) await take(world, model, next)
        await world.advance(10)
        expectAll(model)
        expect(model.failures).toEqual([])
      }),
      { numRuns: Number(globalThis.process?.env['SAMSA_RUNS'] ?? 150) },
    )
  })
})
