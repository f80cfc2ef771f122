import type { Clock } from '@samsa/base'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { Deserializer } from '../serializers/serializer.ts'
import type { Assignment } from './assignment.ts'
import type { FetchedRecord } from './fetching/fetched-record.ts'
import { IdleRatio } from './idle-ratio.ts'
import type { PartitionState } from './partition-state.ts'

export interface Deserializers {
  readonly key?: Deserializer<unknown> | undefined
  readonly value?: Deserializer<unknown> | undefined
}

export interface HandoutOptions {
  readonly clock: Clock
  readonly assignment: Assignment
  readonly deserializers: Deserializers
  /** Records the deserializers see at once. */
  readonly maxRecords: number
  /** A queue has room again. */
  readonly drained: () => void
  /** Over which time `idle` is told. */
  readonly idleWindowMs: number
}

/**
 * Chooses what the application gets next: partitions in turn, each as far as one decoded batch goes. Decoding and
 * deserializing happen here, when a record's turn comes.
 */
export class Handout {
  readonly #options: HandoutOptions
  readonly #isPlain: boolean
  #last: PartitionState | undefined
  #waiting: (() => void)[] = []
  readonly #wake = () => this.wake()
  readonly idle: IdleRatio
  handedOut = 0

  constructor(options: HandoutOptions) {
    this.#options = options
    this.idle = new IdleRatio(options.clock, options.idleWindowMs)
    const { key, value } = options.deserializers
    this.#isPlain = key === undefined && value === undefined
  }

  /**
   * A partition with records ready (from `readyAt` to `deserialized`), undefined when there is none now. Throws what
   * keeps a partition from going on, once nothing before it is left.
   */
  next(isFree: (state: PartitionState) => boolean): PartitionState | undefined | Promise<undefined> {
    let first: PartitionState | undefined
    let isBehind = false
    for (const state of this.#options.assignment) {
      if (state === this.#last) {
        isBehind = true
        continue
      }
      if (first !== undefined && !isBehind) continue
      // Looking for records may replace those at hand, which whoever works on them may put back.
      if (!isFree(state) || !this.#canOffer(state)) continue
      first = state
      if (isBehind) break
    }
    const last = this.#last
    if (first === undefined && last !== undefined && isFree(last) && this.#canOffer(last)) first = last
    if (first === undefined) return undefined
    this.#last = first
    return this.#offer(first)
  }

  /** Makes records of a partition ready; undefined after a wait, when the caller has to look again. */
  #offer(state: PartitionState): PartitionState | undefined | Promise<undefined> {
    this.#refill(state)
    if (state.readyAt >= state.ready.length) throw state.failure!
    if (state.readyAt < state.deserialized) return state
    if (state.unreadable !== undefined) throw state.unreadable
    const wait = this.#deserialize(state)
    if (wait !== undefined) return wait
    // The first of them could not be read.
    if (state.readyAt >= state.deserialized) throw state.unreadable ?? new KafkaError('DESERIALIZATION')
    return state
  }

  #canOffer(state: PartitionState): boolean {
    if (!state.isOpen) return false
    if (state.heldUntilMs > 0 && state.heldUntilMs > this.#options.clock.monotonicMs()) return false
    return state.failure !== undefined || this.#refill(state)
  }

  /** Decodes batches until there is a record; false when there is none, or none yet. */
  #refill(state: PartitionState): boolean {
    while (state.readyAt >= state.ready.length) {
      const chunk = state.chunks[0]
      if (chunk === undefined || !chunk.isReady(this.#wake)) return false
      let taken: ReturnType<typeof chunk.take>
      try {
        taken = chunk.take(state.position)
      } catch (error) {
        state.failure = asKafkaError(error)
        return true
      }
      if (taken === undefined) {
        state.chunks.shift()
        this.#options.drained()
        continue
      }
      state.queuedBytes -= taken.byteCount
      state.ready = taken.records
      state.readyAt = 0
      state.deserialized = this.#isPlain ? taken.records.length : 0
      state.unreadable = undefined
      state.readyEnd = taken.nextOffset
      if (taken.records.length === 0) state.position = taken.nextOffset
      if (chunk.remainingBytes === 0) state.chunks.shift()
      // While the application works on this batch the next one is inflated.
      state.chunks[0]?.isReady(this.#wake)
      this.#options.drained()
    }
    return true
  }

  #deserialize(state: PartitionState): Promise<undefined> | undefined {
    const { ready } = state
    const end = Math.min(ready.length, state.deserialized + this.#options.maxRecords)
    for (let at = state.deserialized; at < end; at++) {
      const wait = this.#deserializeOne(state, ready[at]!)
      if (wait !== undefined) return this.#waitFor(state, ready, at, wait)
      if (state.unreadable !== undefined) return undefined
      state.deserialized = at + 1
    }
    return undefined
  }

  /** Sets key and value; a promise when a deserializer gave one. */
  #deserializeOne(state: PartitionState, record: FetchedRecord): Promise<void> | undefined {
    const { key, value } = this.#options.deserializers
    try {
      const newKey = apply(key, record, record.key)
      const newValue = apply(value, record, record.value)
      if (!isPromise(newKey) && !isPromise(newValue)) {
        record.key = newKey
        record.value = newValue
        return undefined
      }
      return Promise.all([newKey, newValue]).then(([k, v]) => {
        record.key = k
        record.value = v
      })
    } catch (error) {
      state.unreadable = unreadable(record, error)
      return undefined
    }
  }

  /** Deserializes the rest of the slice while it waits for the first promise. */
  async #waitFor(
    state: PartitionState,
    ready: readonly FetchedRecord[],
    from: number,
    first: Promise<void>,
  ): Promise<undefined> {
    const end = Math.min(ready.length, from + this.#options.maxRecords)
    const waits = [first]
    const probe = { unreadable: undefined } as { unreadable: KafkaError | undefined }
    for (let at = from + 1; at < end; at++) {
      const wait = this.#deserializeOne(probe as PartitionState, ready[at]!)
      if (probe.unreadable !== undefined) {
        waits.push(Promise.reject(probe.unreadable))
        break
      }
      waits.push(wait ?? Promise.resolve())
    }
    const outcomes = await Promise.allSettled(waits)
    // A seek meanwhile made all of it void.
    if (state.ready !== ready) return undefined
    const failed = outcomes.findIndex(({ status }) => status === 'rejected')
    state.deserialized = from + (failed < 0 ? waits.length : failed)
    if (failed >= 0) {
      state.unreadable = unreadable(ready[from + failed]!, (outcomes[failed] as PromiseRejectedResult).reason)
    }
    return undefined
  }

  /** Waits, as the application does, for records of which there are none now. */
  waitForRecords(): Promise<void> {
    return this.idle.during(this.wait())
  }

  /** Resolves when something may have changed. */
  wait(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Something may have changed: whoever waits looks again. */
  wake(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

function apply(
  deserializer: Deserializer<unknown> | undefined,
  record: FetchedRecord,
  bytes: unknown,
): unknown {
  if (deserializer === undefined || bytes === null) return bytes
  return deserializer.deserialize(record.topic, bytes as Uint8Array, record.headers)
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function unreadable({ topic, partition, offset }: FetchedRecord, cause: unknown): KafkaError {
  if (cause instanceof KafkaError && cause.code === 'DESERIALIZATION' && cause.path !== undefined)
    return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = `The record at offset ${offset} of ${topic}-${partition} cannot be deserialized: ${said}. Seek to ${offset + 1} to go on behind it.`
  return new KafkaError('DESERIALIZATION', message, { cause, path: `/${topic}/${partition}/${offset}` })
}
