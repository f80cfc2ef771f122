import type { Clock } from '@samsa/base'
import { KafkaError } from '../errors.ts'
import type { RecordHeader } from '../records/index.ts'
import type { Deserializer } from '../serializers/serializer.ts'
import type { PollOptions, ShareRecord } from './share-consumer.ts'

type RawRecord = ShareRecord<Uint8Array, Uint8Array>

interface Waiter {
  readonly wake: () => void
}

/** Records that were acquired and not handed out yet, and the callers that wait for some. */
export class ReadyRecords<K, V> {
  readonly #clock: Clock
  readonly #key: Deserializer<K> | undefined
  readonly #value: Deserializer<V> | undefined
  readonly #queue: { readonly record: RawRecord; readonly release: (record: RawRecord) => void }[] = []
  readonly #waiters: Waiter[] = []
  #error: KafkaError | undefined
  #isClosed = false

  constructor(clock: Clock, key: Deserializer<K> | undefined, value: Deserializer<V> | undefined) {
    this.#clock = clock
    this.#key = key
    this.#value = value
  }

  get size(): number {
    return this.#queue.length
  }

  /** Somebody waits, and nothing is there. */
  get isWanted(): boolean {
    return this.#waiters.length > 0 && this.#queue.length === 0
  }

  /** @param release gives a record back that cannot be deserialized */
  add(records: readonly RawRecord[], release: (record: RawRecord) => void): void {
    for (const record of records) this.#queue.push({ record, release })
    this.#wake()
  }

  /** Whoever asks next is told, once, after the records that are there. */
  fail(error: KafkaError): void {
    this.#error ??= error
    this.#wake()
  }

  /** Whoever waits gets CLOSED. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  /** Up to `max` records, waiting for the first. */
  async take(max: number, { timeoutMs, signal }: PollOptions): Promise<ShareRecord<K, V>[]> {
    const deadlineMs =
      timeoutMs === undefined ? Number.POSITIVE_INFINITY : this.#clock.monotonicMs() + timeoutMs
    for (;;) {
      if (this.#isClosed) throw new KafkaError('CLOSED')
      if (signal?.aborted)
        throw new KafkaError('ABORTED', 'the caller gave up waiting', { cause: signal.reason })
      if (this.#queue.length > 0) {
        const records = await this.#takeNow(max)
        if (records.length > 0) return records
        continue
      }
      if (this.#error !== undefined) throw this.#takeError(this.#error)
      if (this.#clock.monotonicMs() >= deadlineMs) return []
      await this.#wait(deadlineMs, signal)
    }
  }

  async #takeNow(max: number): Promise<ShareRecord<K, V>[]> {
    const records: ShareRecord<K, V>[] = []
    for (const { record, release } of this.#queue.splice(0, max)) {
      try {
        const pending = this.#deserialize(record)
        records.push(pending instanceof Promise ? await pending : pending)
      } catch (error) {
        release(record)
        this.#error ??= undeserializable(record, error)
      }
    }
    return records
  }

  #deserialize(record: RawRecord): ShareRecord<K, V> | Promise<ShareRecord<K, V>> {
    const { topic, headers } = record
    const key = read(this.#key, topic, record.key, headers)
    const value = read(this.#value, topic, record.value, headers)
    const done = (key: unknown, value: unknown) => Object.assign(record, { key, value }) as ShareRecord<K, V>
    if (!(key instanceof Promise) && !(value instanceof Promise)) return done(key, value)
    return Promise.all([key, value]).then(([key, value]) => done(key, value))
  }

  #takeError(error: KafkaError): KafkaError {
    this.#error = undefined
    return error
  }

  #wait(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise(resolve => {
      const timer =
        deadlineMs === Number.POSITIVE_INFINITY
          ? undefined
          : this.#clock.timer(Math.max(0, deadlineMs - this.#clock.monotonicMs()), () => waiter.wake())
      const waiter: Waiter = {
        wake: () => {
          timer?.cancel()
          signal?.removeEventListener('abort', waiter.wake)
          const at = this.#waiters.indexOf(waiter)
          if (at >= 0) this.#waiters.splice(at, 1)
          resolve()
        },
      }
      signal?.addEventListener('abort', waiter.wake, { once: true })
      this.#waiters.push(waiter)
    })
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter.wake()
  }
}

function read<T>(
  deserializer: Deserializer<T> | undefined,
  topic: string,
  bytes: Uint8Array | null,
  headers: readonly RecordHeader[],
): unknown {
  if (bytes === null || deserializer === undefined) return bytes
  return deserializer.deserialize(topic, bytes, headers)
}

function undeserializable({ topic, partition, offset }: RawRecord, cause: unknown): KafkaError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const message = `The record at offset ${offset} of ${topic}-${partition} cannot be deserialized, and was released: ${what}`
  return new KafkaError('DESERIALIZATION', message, { cause })
}
