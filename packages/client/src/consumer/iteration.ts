import type { ConsumerRecord } from '../records/consumer-record.ts'
import type { Handout } from './handout.ts'
import type { PartitionState } from './partition-state.ts'
import { type RecordBatch, batchOf } from './record-batch.ts'

/** What a loop over records needs of its consumer. */
export interface LoopHost {
  readonly handout: Handout
  readonly maxPollRecords: number
  /** Whether loops end; throws what has to be told. */
  isOver(): boolean
  /** The application finished something of a partition. */
  finished(state: PartitionState): void
  /** The loop ended. */
  ended(): void
}

const DONE = Object.freeze({ done: true as const, value: undefined })

/**
 * One loop of the application over batches: asking for the next one says that the one before is finished.
 *
 * Leaving the loop says nothing of the sort: an exception may be the reason. What was in hand is finished when the next
 * loop asks for more, as in Kafka, or comes again after a restart.
 */
abstract class Loop<T> implements AsyncIterableIterator<T> {
  protected readonly host: LoopHost
  readonly #signal: AbortSignal | undefined
  readonly #abort = () => this.host.handout.wake()
  protected state: PartitionState | undefined
  protected jumps = 0
  #isOver = false

  constructor(host: LoopHost, signal: AbortSignal | undefined) {
    this.host = host
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  abstract next(): Promise<IteratorResult<T, undefined>>

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end()
    return Promise.resolve(DONE)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  protected finish(): void {
    const { state } = this
    if (state === undefined) return
    this.state = undefined
    state.active = 0
    if (state.jumps === this.jumps) state.finishAll()
    this.host.finished(state)
  }

  /** Waits for a partition with records; undefined at the end of the loop. */
  protected async nextPartition(): Promise<PartitionState | undefined> {
    const { handout } = this.host
    try {
      while (!this.#isOver && this.#signal?.aborted !== true && !this.host.isOver()) {
        const found = handout.next(() => true)
        if (found === undefined) await handout.waitForRecords()
        else if (found instanceof Promise) await found
        else return found
      }
    } catch (error) {
      this.#end()
      throw error
    }
    this.#end()
    return undefined
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#signal?.removeEventListener('abort', this.#abort)
    // In hand, but nobody works on it any more.
    if (this.state !== undefined) this.state.active = 0
    this.host.ended()
  }
}

/** A loop over batches. */
export class BatchLoop<K, V> extends Loop<RecordBatch<K, V>> {
  async next(): Promise<IteratorResult<RecordBatch<K, V>, undefined>> {
    this.finish()
    const state = await this.nextPartition()
    if (state === undefined) return DONE
    const count = Math.min(this.host.maxPollRecords, state.deserialized - state.readyAt)
    const records = state.takeReady(count) as readonly ConsumerRecord<K, V>[]
    state.active = 1
    this.state = state
    this.jumps = state.jumps
    this.host.handout.handedOut += count
    return { done: false, value: batchOf(records, state.highWatermark) }
  }
}

/** A loop over single records. What is decoded already costs no more than a settled promise. */
export class RecordLoop<K, V> extends Loop<ConsumerRecord<K, V>> {
  next(): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    const { state } = this
    const hasMore =
      state !== undefined &&
      state.jumps === this.jumps &&
      state.readyAt < state.deserialized &&
      !state.isPaused &&
      !state.isRevoking &&
      !state.isGone
    if (!hasMore || this.host.isOver()) return this.#nextSlowly()
    return Promise.resolve(this.#take(state))
  }

  async #nextSlowly(): Promise<IteratorResult<ConsumerRecord<K, V>, undefined>> {
    this.finish()
    const state = await this.nextPartition()
    if (state === undefined) return DONE
    state.active = 1
    this.state = state
    this.jumps = state.jumps
    return this.#take(state)
  }

  #take(state: PartitionState): IteratorResult<ConsumerRecord<K, V>, undefined> {
    const record = state.ready[state.readyAt++]!
    state.inHandFrom = record.offset
    state.position = state.readyAt === state.ready.length ? state.readyEnd : record.offset + 1
    state.positionEpoch = record.leaderEpoch ?? -1
    this.host.handout.handedOut++
    return { done: false, value: record as unknown as ConsumerRecord<K, V> }
  }
}
