import { type SimulatedWorld, parseConfig, silentLogger, simulatedWorld } from '@samsa/base'
import { type RecordContent, encodeBatch } from '@samsa/protocol'
import type { AppendOrigin, Appended } from '../append-outcome.ts'
import { type OpenLogOptions, openLog } from '../open-log.ts'
import type { PartitionLog } from '../partition-log.ts'
import { type LogConfig, topicConfig } from '../topic-config.ts'

// What the tests of this package have in common.

export const directory = 'data/orders-0'

/** A machine with an empty data directory, whose name is durable. */
export async function worldWithData(seed: number): Promise<SimulatedWorld> {
  const world = simulatedWorld(seed)
  world.disk.makeDirectory('data')
  await world.finish(world.disk.syncDirectory('.'))
  return world
}

/** Default settings with some of them changed; segments may be smaller than users may make them. */
export function logConfig(changes: Partial<LogConfig> = {}): LogConfig {
  const defaults = parseConfig(topicConfig, {}).values
  return { ...defaults, ...changes }
}

export function openTestLog(world: SimulatedWorld, changes: Partial<OpenLogOptions> = {}): PartitionLog {
  return openLog({
    disk: world.disk,
    clock: world.clock,
    random: world.random,
    logger: silentLogger,
    directory,
    topic: 'orders',
    partition: 0,
    config: logConfig(),
    wasClean: false,
    recoveryPoint: 0,
    startOffset: 0,
    ...changes,
  })
}

export interface TestBatch {
  readonly values?: readonly string[]
  readonly records?: readonly RecordContent[]
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
}

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Array.from(text, c => c.charCodeAt(0)))
export const textOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

export function batchOf(batch: TestBatch, now = 1000): Uint8Array {
  const records =
    batch.records ??
    (batch.values ?? ['v']).map(value => ({ timestamp: now, key: bytesOf('k'), value: bytesOf(value) }))
  return encodeBatch({
    records,
    producerId: batch.producerId ?? -1,
    producerEpoch: batch.producerEpoch ?? (batch.producerId === undefined ? -1 : 0),
    baseSequence: batch.baseSequence ?? (batch.producerId === undefined ? -1 : 0),
    isTransactional: batch.isTransactional ?? false,
  })
}

/** Appends and expects success. */
export function appendTo(
  log: PartitionLog,
  batch: Uint8Array,
  options: { leaderEpoch?: number; origin?: AppendOrigin } = {},
): Appended {
  const outcome = log.append(batch, {
    leaderEpoch: options.leaderEpoch ?? 0,
    origin: options.origin ?? 'client',
  })
  if (outcome.error !== 'NONE') throw new Error(`${outcome.error}: ${outcome.message}`)
  return outcome
}
