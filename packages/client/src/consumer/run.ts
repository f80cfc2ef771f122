import type { Clock, Random } from '@samsa/base'
import { type BackOffOptions, backOffMs } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'
import type { ConsumerRecord } from '../records/consumer-record.ts'
import type { TracedHandlers } from '../telemetry/traced-handlers.ts'
import type { FetchedRecord } from './fetching/fetched-record.ts'
import type { LoopHost } from './iteration.ts'
import { orderKeyOf } from './order-key.ts'
import type { PartitionState } from './partition-state.ts'
import { Permits } from './permits.ts'
import { type RecordBatch, batchOf } from './record-batch.ts'
import { type AfterFailure, Postponed, type RunOptions } from './run-options.ts'

export interface RunHost extends LoopHost {
  readonly clock: Clock
  readonly random: Random
  readonly backOff: BackOffOptions
  /** Undefined when nobody wants spans around handlers. */
  readonly traces: TracedHandlers | undefined
  delay(ms: number, signal: AbortSignal): Promise<void>
}

/** What became of one piece of work. */
type Outcome = 'finished' | 'stopped'

/**
 * Runs handlers over records: partitions side by side, each in its own order.
 *
 * A slice of a partition's records is taken at a time; while it is being worked on nothing more of the partition is
 * handed out, and its queue fills up to its bound. What is not finished when the run ends, or the partition is given
 * up, is put back.
 */
export class Run<K, V> {
  readonly #host: RunHost
  readonly #options: RunOptions<K, V>
  readonly #permits: Permits
  readonly #abort = new AbortController()
  readonly #lanes = new Set<Promise<void>>()
  #failure: KafkaError | undefined

  constructor(host: RunHost, options: RunOptions<K, V>) {
    this.#host = host
    this.#options = options
    const concurrency = options.concurrency ?? 1
    if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
      throw new KafkaError(
        'INVALID_ARGUMENT',
        `concurrency is a whole number of at least 1, not ${concurrency}.`,
      )
    }
    if ((options.eachRecord === undefined) === (options.eachBatch === undefined)) {
      throw new KafkaError('INVALID_ARGUMENT', 'Give one handler: eachRecord or eachBatch.')
    }
    this.#permits = new Permits(concurrency)
  }

  async start(): Promise<void> {
    const { signal } = this.#options
    const stop = () => this.#stop()
    signal?.addEventListener('abort', stop)
    try {
      await this.#distribute()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#stop()
      signal?.removeEventListener('abort', stop)
      await Promise.all(this.#lanes)
      this.#host.ended()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  get #isOver(): boolean {
    return this.#abort.signal.aborted || this.#options.signal?.aborted === true || this.#host.isOver()
  }

  #stop(): void {
    this.#abort.abort()
    this.#host.handout.wake()
  }

  #fail(error: unknown): void {
    this.#failure ??=
      error instanceof KafkaError ? error : new KafkaError('HANDLER', String(error), { cause: error })
    this.#stop()
  }

  async #distribute(): Promise<void> {
    const { handout } = this.#host
    while (!this.#isOver) {
      if (this.#permits.free === 0) {
        await handout.wait()
        continue
      }
      const found = handout.next(isFree)
      if (found === undefined) await handout.waitForRecords()
      else if (found instanceof Promise) await found
      else this.#startLane(found)
    }
  }

  #startLane(state: PartitionState): void {
    const count = Math.min(this.#host.maxPollRecords, state.deserialized - state.readyAt)
    const records = state.takeReady(count)
    state.active = 1
    this.#host.handout.handedOut += count
    const isByKey = this.#options.eachRecord !== undefined && this.#options.orderedBy === 'key'
    if (!isByKey) this.#permits.take()
    const slice = new Slice(state, records)
    const work = isByKey ? this.#workByKey(slice) : this.#workInOrder(slice)
    const lane = work
      .catch(error => this.#fail(error))
      .finally(() => {
        slice.end()
        if (!isByKey) this.#permits.release()
        this.#lanes.delete(lane)
        this.#host.finished(state)
        this.#host.handout.wake()
      })
    this.#lanes.add(lane)
  }

  async #workInOrder(slice: Slice): Promise<void> {
    if (this.#options.eachBatch !== undefined) {
      const records = slice.records as unknown as readonly ConsumerRecord<K, V>[]
      const batch = batchOf(records, slice.state.highWatermark)
      const outcome = await this.#attempt(slice, 0, failures => this.#callWithBatch(batch, failures))
      if (outcome === 'finished') slice.finishUpTo(slice.records.length)
      return
    }
    for (let at = 0; at < slice.records.length; at++) {
      if (!this.#mayGoOn(slice)) return
      const outcome = this.#handleRecord(slice, at)
      // Handlers that need no waiting cost no turn of the event loop.
      if ((typeof outcome === 'string' ? outcome : await outcome) === 'stopped') return
      slice.finishUpTo(at + 1)
    }
  }

  /** Records with different keys side by side; those with the same one after the other. */
  async #workByKey(slice: Slice): Promise<void> {
    const tails = new Map<string, Promise<void>>()
    const running = new Set<Promise<void>>()
    for (let at = 0; at < slice.records.length; at++) {
      while (this.#permits.free === 0) await this.#permits.released()
      if (!this.#mayGoOn(slice)) break
      this.#permits.take()
      const key = orderKeyOf(slice.records[at]!.key)
      const work = (tails.get(key) ?? Promise.resolve())
        .then(async () => {
          if (!this.#mayGoOn(slice)) return
          if ((await this.#handleRecord(slice, at)) === 'finished') slice.finish(at)
        })
        .catch(error => this.#fail(error))
        .finally(() => {
          this.#permits.release()
          running.delete(work)
          if (tails.get(key) === work) tails.delete(key)
        })
      tails.set(key, work)
      running.add(work)
    }
    await Promise.all(running)
  }

  #mayGoOn({ state, jumps, isHalted }: Slice): boolean {
    return state.jumps === jumps && !isHalted && state.isOpen && !this.#abort.signal.aborted
  }

  #handleRecord(slice: Slice, at: number): Outcome | Promise<Outcome> {
    try {
      const result = this.#callWithRecord(slice, at, 0)
      if (!isPromise(result)) return 'finished'
      return result.then(
        () => 'finished',
        error => this.#afterFailure(slice, at, error),
      )
    } catch (error) {
      return this.#afterFailure(slice, at, error)
    }
  }

  #afterFailure(slice: Slice, at: number, error: unknown): Promise<Outcome> {
    const again = (failures: number) => this.#callWithRecord(slice, at, failures)
    return this.#attempt(slice, at, again, { error })
  }

  #callWithRecord(slice: Slice, at: number, failures: number): unknown {
    const record = slice.records[at]! as unknown as ConsumerRecord<K, V>
    const { eachRecord } = this.#options
    const context = { signal: this.#abort.signal, failures }
    const { traces } = this.#host
    if (traces === undefined) return eachRecord!(record, context)
    return traces.call('record', [record], failures, () => eachRecord!(record, context))
  }

  #callWithBatch(batch: RecordBatch<K, V>, failures: number): unknown {
    const { eachBatch } = this.#options
    const context = { signal: this.#abort.signal, failures }
    const { traces } = this.#host
    if (traces === undefined) return eachBatch!(batch, context)
    return traces.call('batch', batch.records, failures, () => eachBatch!(batch, context))
  }

  /** Does work until it succeeds, is to be skipped, or stops the run. */
  async #attempt(
    slice: Slice,
    at: number,
    work: (failures: number) => unknown,
    first?: { readonly error: unknown },
  ): Promise<Outcome> {
    let failed = first
    for (let failures = first === undefined ? 0 : 1; ; failed = undefined) {
      if (failed === undefined) {
        try {
          await work(failures)
          return 'finished'
        } catch (error) {
          failed = { error }
          failures++
        }
      }
      const next = await this.#decide(slice, at, failed.error, failures)
      if (next === 'skip') return 'finished'
      if (next === 'stop') return 'stopped'
      const pauseMs = backOffMs(this.#host.backOff, failures, this.#host.random)
      await this.#host.delay(pauseMs, this.#abort.signal).catch(() => {})
      if (!this.#mayGoOn(slice)) return 'stopped'
    }
  }

  async #decide(slice: Slice, at: number, error: unknown, failures: number): Promise<AfterFailure> {
    if (error instanceof Postponed) {
      slice.halt()
      this.#postpone(slice.state, error.untilMs)
      return 'stop'
    }
    const record = slice.records[at]!
    const { onError } = this.#options
    const work = this.#options.eachBatch === undefined ? record : batchOf(slice.records as never, -1)
    const next = onError === undefined ? 'stop' : await onError(error, work as never, failures)
    if (next !== 'stop') return next
    slice.halt()
    this.#fail(handlerError(record, error))
    return next
  }

  #postpone(state: PartitionState, untilMs: number): void {
    const { clock, handout } = this.#host
    const waitMs = Math.max(1, untilMs - clock.now())
    state.heldUntilMs = clock.monotonicMs() + waitMs
    void this.#host.delay(waitMs, this.#abort.signal).then(
      () => handout.wake(),
      () => {},
    )
  }
}

function isFree(state: PartitionState): boolean {
  return state.active === 0
}

/** Records of one partition that are being worked on. */
class Slice {
  readonly state: PartitionState
  readonly records: readonly FetchedRecord[]
  readonly jumps: number
  isHalted = false
  /** How many from the start are finished. */
  #finished = 0
  /** Finished behind one that is not. */
  readonly #ahead = new Set<number>()

  constructor(state: PartitionState, records: readonly FetchedRecord[]) {
    this.state = state
    this.records = records
    this.jumps = state.jumps
  }

  finish(at: number): void {
    this.#ahead.add(at)
    let upTo = this.#finished
    while (this.#ahead.delete(upTo)) upTo++
    this.finishUpTo(upTo)
  }

  finishUpTo(count: number): void {
    this.#finished = count
    const { state, records } = this
    if (state.jumps === this.jumps && count < records.length) state.inHandFrom = records[count]!.offset
  }

  halt(): void {
    this.isHalted = true
  }

  /** Nobody works on it any more: what is not finished goes back. */
  end(): void {
    const { state } = this
    state.active = 0
    if (state.jumps === this.jumps) state.putBack(this.records.length - this.#finished)
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function handlerError({ topic, partition, offset }: FetchedRecord, cause: unknown): KafkaError {
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = `The handler failed at offset ${offset} of ${topic}-${partition}, which was not committed: ${said}`
  return new KafkaError('HANDLER', message, { cause })
}
