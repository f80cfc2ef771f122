import type { ConsumerRecord } from '../records/consumer-record.ts'
import type { RecordBatch } from './record-batch.ts'

/** What a handler is given beside its records. */
export interface HandlerContext {
  /** Aborted when the run ends: long work may stop early by throwing, and is done again in the next run. */
  readonly signal: AbortSignal
  /** How often this was handed out before in this run and failed. */
  readonly failures: number
}

/** What happens after a handler failed. */
export type AfterFailure =
  /** The run ends with the error; the record comes first in the next one. */
  | 'stop'
  /** The same again, after a back-off. */
  | 'retry'
  /** Counts as finished. */
  | 'skip'

interface CommonRunOptions<Work> {
  /** How many handlers may run at the same time. Default 1. */
  readonly concurrency?: number
  /**
   * Decides after a failure; records behind it in the partition wait. Default: stop. Nothing is ever skipped without
   * being told so here.
   */
  readonly onError?: (error: unknown, work: Work, failures: number) => AfterFailure | Promise<AfterFailure>
  /** Ends the run: handlers finish what they are at, then `run` resolves. */
  readonly signal?: AbortSignal
}

/** A handler of single records. */
export interface RecordRunOptions<K, V> extends CommonRunOptions<ConsumerRecord<K, V>> {
  readonly eachRecord: (record: ConsumerRecord<K, V>, context: HandlerContext) => unknown
  readonly eachBatch?: undefined
  /**
   * What keeps its order: records of one partition (default), or only those with the same key, which lets several
   * records of one partition be handled at the same time.
   */
  readonly orderedBy?: 'partition' | 'key'
}

/** A handler of batches: records of one partition, at most `max.poll.records`. */
export interface BatchRunOptions<K, V> extends CommonRunOptions<RecordBatch<K, V>> {
  readonly eachBatch: (batch: RecordBatch<K, V>, context: HandlerContext) => unknown
  readonly eachRecord?: undefined
}

export type RunOptions<K, V> = RecordRunOptions<K, V> | BatchRunOptions<K, V>

/**
 * Thrown by a handler to have a record again later: its partition rests until then, the others go on, and nobody takes
 * the consumer for stuck.
 */
export class Postponed extends Error {
  override readonly name = 'Postponed'
  /** Milliseconds since the epoch. */
  readonly untilMs: number
  constructor(untilMs: number) {
    super(`postponed until ${new Date(untilMs).toISOString()}`)
    this.untilMs = untilMs
  }
}
