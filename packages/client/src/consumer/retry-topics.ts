import { decodeUtf8 } from '@samsa/base'
import { KafkaError } from '../errors.ts'
import type { ConsumerRecord, HeadersInput, RecordHeader } from '../records/index.ts'
import { lastHeader } from '../records/index.ts'
import { type HandlerContext, Postponed } from './run-options.ts'

/** Headers of records in retry and dead-letter topics; texts. */
export const retryHeaders = {
  /** Where the record was first. */
  topic: 'original-topic',
  partition: 'original-partition',
  offset: 'original-offset',
  timestamp: 'original-timestamp',
  /** How often it was tried. */
  attempts: 'attempts',
  /** What the last attempt failed with. */
  error: 'error',
  /** Not before, in milliseconds since the epoch. */
  due: 'due-at',
} as const

/** A step: a topic to put failed records into, and how long they rest there. */
export interface RetryStep {
  readonly topic: string
  readonly delayMs: number
}

/** Sends a record and resolves once it is stored: a `Producer`. */
export interface RetryProducer<K, V> {
  send(record: {
    readonly topic: string
    readonly key?: K | null
    readonly value?: V | null
    readonly headers?: HeadersInput
  }): Promise<unknown>
}

export interface RetryTopicsOptions<K, V> {
  /** With the same serializers as the consumer has deserializers. `acks=all`, as is the default. */
  readonly producer: RetryProducer<K, V>
  /** In order: a record that fails goes into the first, from there into the second … The consumer subscribes to all. */
  readonly retry?: readonly RetryStep[]
  /** For records that failed in the last step. */
  readonly deadLetter: string
  /** Failures for which trying again is of no use: straight to the dead letters. */
  readonly isHopeless?: (error: unknown) => boolean
  /** Milliseconds since the epoch, for tests. */
  readonly now?: () => number
}

/** Topics a consumer has to subscribe to beside its own. */
export function retryTopicsOf(options: Pick<RetryTopicsOptions<never, never>, 'retry'>): string[] {
  return (options.retry ?? []).map(({ topic }) => topic)
}

/**
 * A handler for `consumer.run({ eachRecord })` that lets no record hold up those behind it: one that fails is copied to a
 * retry topic, tried again from there after a rest, and in the end kept in a dead-letter topic, with headers that say
 * where it came from and why.
 *
 * The record counts as finished only once its copy is stored; when storing fails the run ends with that error. Between
 * the copy and the commit the consumer may die: then the record is handled twice, as always with at-least-once. The
 * order of records with the same key is given up for those that fail.
 */
export function withRetryTopics<K, V>(
  handle: (record: ConsumerRecord<K, V>, context: HandlerContext) => unknown,
  options: RetryTopicsOptions<K, V>,
): (record: ConsumerRecord<K, V>, context: HandlerContext) => Promise<void> {
  const { producer, retry = [], deadLetter, isHopeless = () => false, now = Date.now } = options
  return async (record, context) => {
    const dueMs = numberIn(record.headers, retryHeaders.due)
    const isWaiting = retry.some(({ topic }) => topic === record.topic) && dueMs !== undefined
    if (isWaiting && dueMs > now()) throw new Postponed(dueMs)
    try {
      await handle(record, context)
    } catch (error) {
      // Not a failure: it wants to be asked later, or the consumer is being stopped.
      if (error instanceof Postponed || context.signal.aborted) throw error
      const step = isHopeless(error) ? undefined : nextStep(record, retry)
      await store(record, error, step)
    }
  }

  async function store(record: ConsumerRecord<K, V>, error: unknown, step: RetryStep | undefined) {
    const topic = step?.topic ?? deadLetter
    const headers = headersFor(record, error, step === undefined ? undefined : now() + step.delayMs)
    try {
      await producer.send({ topic, key: record.key, value: record.value, headers })
    } catch (cause) {
      const message = `A failed record could not be stored in '${topic}', and is not finished: ${String(cause)}`
      throw new KafkaError('HANDLER', message, { cause })
    }
  }
}

function nextStep<K, V>(record: ConsumerRecord<K, V>, retry: readonly RetryStep[]): RetryStep | undefined {
  return retry[retry.findIndex(({ topic }) => topic === record.topic) + 1]
}

function headersFor<K, V>(
  record: ConsumerRecord<K, V>,
  error: unknown,
  dueMs: number | undefined,
): RecordHeader[] {
  const ours = new Set<string>(Object.values(retryHeaders))
  const origin = lastHeader(record.headers, retryHeaders.topic) !== undefined
  const first = (name: string, own: string | number) =>
    origin ? (textIn(record.headers, name) ?? String(own)) : String(own)
  const attempts = numberIn(record.headers, retryHeaders.attempts) ?? 0
  const texts: [string, string][] = [
    [retryHeaders.topic, first(retryHeaders.topic, record.topic)],
    [retryHeaders.partition, first(retryHeaders.partition, record.partition)],
    [retryHeaders.offset, first(retryHeaders.offset, record.offset)],
    [retryHeaders.timestamp, first(retryHeaders.timestamp, record.timestamp)],
    [retryHeaders.attempts, String(attempts + 1)],
    [retryHeaders.error, error instanceof Error ? `${error.name}: ${error.message}` : String(error)],
  ]
  if (dueMs !== undefined) texts.push([retryHeaders.due, String(dueMs)])
  const kept = record.headers.filter(({ key }) => !ours.has(key))
  return [...kept, ...texts.map(([key, text]) => ({ key, value: new TextEncoder().encode(text) }))]
}

function textIn(headers: readonly RecordHeader[], name: string): string | undefined {
  const value = lastHeader(headers, name)
  return value === undefined || value === null ? undefined : decodeUtf8(value)
}

function numberIn(headers: readonly RecordHeader[], name: string): number | undefined {
  const text = textIn(headers, name)
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}
