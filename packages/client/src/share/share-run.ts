import { setMaxListeners } from 'node:events'
import type { Clock, Logger, Timer } from '@samsa/base'
import { KafkaError } from '../errors.ts'
import type { TracedHandlers } from '../telemetry/traced-handlers.ts'
import type { AcknowledgeType } from './acknowledgements.ts'
import type { ShareRecord } from './share-consumer.ts'

/** What is done about a record that the handler failed at; `STOP` releases it and ends the run with the error. */
export type AfterShareFailure = Exclude<AcknowledgeType, 'RENEW'> | 'STOP'

export interface ShareRunOptions<K, V> {
  /** Handles a record. What it may return: nothing, to accept the record, or what becomes of it. */
  readonly eachRecord: (
    record: ShareRecord<K, V>,
    context: { readonly signal: AbortSignal | undefined },
  ) => unknown
  /** How many records are handled at the same time. Default: 1. */
  readonly concurrency?: number
  /** Says what becomes of a record that the handler failed at. Default: `RELEASE`, somebody gets it again. */
  readonly onError?: (
    error: unknown,
    record: ShareRecord<K, V>,
  ) => AfterShareFailure | Promise<AfterShareFailure>
  /** Whether the lock on a record is renewed while it is being handled (Kafka 4.2 or newer). Default: true. */
  readonly renewLocks?: boolean
  /** Ends the run: no further records are taken. */
  readonly signal?: AbortSignal
}

/** What a run needs of its consumer. */
export interface ShareRunHost<K, V> {
  readonly clock: Clock
  readonly logger: Logger
  /** Undefined when nobody wants spans around handlers. */
  readonly traces: TracedHandlers | undefined
  /** The next record; none when the consumer is closed. */
  take(signal: AbortSignal): Promise<ShareRecord<K, V>[]>
  acknowledge(record: ShareRecord<K, V>, type: AcknowledgeType): boolean
  lockTimeoutMs(): number | undefined
  /** Resolves once brokers were told what was acknowledged. */
  flush(): Promise<void>
}

const outcomes: readonly unknown[] = ['ACCEPT', 'RELEASE', 'REJECT'] satisfies AcknowledgeType[]

/** Handles records until the signal is given, the consumer is closed, or a failure stops it. */
export async function runShare<K, V>(
  host: ShareRunHost<K, V>,
  options: ShareRunOptions<K, V>,
): Promise<void> {
  const { concurrency = 1, signal } = options
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new KafkaError('INVALID_ARGUMENT', `concurrency is ${concurrency}, and has to be at least 1.`)
  const end = new AbortController()
  // Every waiting worker listens.
  setMaxListeners(0, end.signal)
  const stop = () => end.abort()
  if (signal?.aborted) return
  signal?.addEventListener('abort', stop, { once: true })
  const workers = Array.from({ length: concurrency }, () => work(host, options, end.signal).finally(stop))
  const settled = await Promise.allSettled(workers)
  signal?.removeEventListener('abort', stop)
  await host.flush()
  for (const one of settled) if (one.status === 'rejected') throw one.reason
}

async function work<K, V>(
  host: ShareRunHost<K, V>,
  options: ShareRunOptions<K, V>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const [record] = await take(host, signal)
    if (record === undefined) return
    await handle(host, options, record)
  }
}

async function take<K, V>(host: ShareRunHost<K, V>, signal: AbortSignal): Promise<ShareRecord<K, V>[]> {
  try {
    return await host.take(signal)
  } catch (error) {
    if (signal.aborted && error instanceof KafkaError && error.code === 'ABORTED') return []
    throw error
  }
}

async function handle<K, V>(
  host: ShareRunHost<K, V>,
  options: ShareRunOptions<K, V>,
  record: ShareRecord<K, V>,
): Promise<void> {
  const renewal = options.renewLocks === false ? undefined : new Renewal(host, record)
  try {
    const work = () => options.eachRecord(record, { signal: options.signal })
    const { traces } = host
    const said = await (traces === undefined
      ? work()
      : traces.call('record', [record], record.deliveryCount - 1, work))
    host.acknowledge(record, outcomes.includes(said) ? (said as AcknowledgeType) : 'ACCEPT')
  } catch (error) {
    const after = (await options.onError?.(error, record)) ?? 'RELEASE'
    host.acknowledge(record, after === 'STOP' ? 'RELEASE' : after)
    if (after === 'STOP') throw handlerError(record, error)
    const { topic, partition, offset } = record
    const what = error instanceof Error ? error.message : String(error)
    host.logger.warn('a record could not be handled', { topic, partition, offset, error: what, after })
  } finally {
    renewal?.end()
  }
}

/** Renews the lock on a record at half its time, as often as needed. */
class Renewal<K, V> {
  readonly #host: ShareRunHost<K, V>
  readonly #record: ShareRecord<K, V>
  #timer: Timer | undefined

  constructor(host: ShareRunHost<K, V>, record: ShareRecord<K, V>) {
    this.#host = host
    this.#record = record
    this.#arm()
  }

  end(): void {
    this.#timer?.cancel()
  }

  #arm(): void {
    const lockMs = this.#host.lockTimeoutMs()
    if (lockMs === undefined) return
    this.#timer = this.#host.clock.timer(lockMs / 2, () => {
      if (this.#host.acknowledge(this.#record, 'RENEW')) this.#arm()
    })
  }
}

function handlerError<K, V>({ topic, partition, offset }: ShareRecord<K, V>, cause: unknown): KafkaError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const message = `The handler failed at offset ${offset} of ${topic}-${partition}: ${what}`
  return new KafkaError('HANDLER', message, { cause })
}
