import type { Metrics, Sampler } from '../telemetry/metrics.ts'
import type { Batch } from './batch.ts'
import type { BufferMemory } from './buffer-memory.ts'
import type { Parcel } from './produce-request.ts'

/** What a producer counts: once per batch or request, never per record. */
export class ProducerMetrics {
  readonly counts = {
    records: 0,
    bytes: 0,
    batches: 0,
    errors: 0,
    retries: 0,
    splits: 0,
    requests: 0,
    rawBytes: 0,
    compressedBytes: 0,
    batchBytesMax: 0,
    recordsPerBatchMax: 0,
  }
  readonly #queueTime: Sampler
  readonly #throttleTime: Sampler

  constructor(table: Metrics) {
    const group = 'producer-metrics'
    const queued = 'Milliseconds from the first record of a batch to its request'
    const throttled = 'Milliseconds the broker asked to wait after a request'
    this.#queueTime = table.sampler({ name: 'record-queue-time', group, about: queued })
    this.#throttleTime = table.sampler({ name: 'produce-throttle-time', group, about: throttled })
  }

  /** @param nowMs of the monotonic clock */
  requestSent(parcels: readonly Parcel[], nowMs: number): void {
    const { counts } = this
    counts.requests++
    for (const { batch, bytes } of parcels) {
      this.#queueTime.record(nowMs - batch.createdAtMs, nowMs)
      if (batch.attempts > 1) continue
      counts.batches++
      counts.bytes += bytes.length
      counts.batchBytesMax = Math.max(counts.batchBytesMax, bytes.length)
      counts.recordsPerBatchMax = Math.max(counts.recordsPerBatchMax, batch.recordCount)
    }
  }

  answered(throttleTimeMs: number): void {
    this.#throttleTime.record(throttleTimeMs)
  }

  compressed(rawBytes: number, bytes: number): void {
    this.counts.rawBytes += rawBytes
    this.counts.compressedBytes += bytes
  }

  stored(batch: Batch): void {
    this.counts.records += batch.recordCount
  }

  retried(batch: Batch): void {
    this.counts.retries += batch.recordCount
  }

  failed(batch: Batch): void {
    this.counts.errors += batch.recordCount
  }

  recordsRefused(count: number): void {
    this.counts.errors += count
  }

  split(_batch: Batch): void {
    this.counts.splits++
  }
}

/** What a producer has in hand now. */
export interface ProducerState {
  readonly buffer: BufferMemory
  readonly requestsInFlight: number
  /** Records that wait for room or for metadata. */
  readonly recordsWaiting: number
}

type Counts = ProducerMetrics['counts']

interface Row {
  readonly about: string
  read(counts: Counts, state: ProducerState): number
}

const rows: Readonly<Record<string, Row>> = {
  'record-send-total': { about: 'Records stored', read: ({ records }) => records },
  'record-error-total': { about: 'Records that could not be sent', read: ({ errors }) => errors },
  'record-retry-total': { about: 'Records that were sent again', read: ({ retries }) => retries },
  'batch-split-total': { about: 'Batches that were too large, and split', read: ({ splits }) => splits },
  'byte-total': { about: 'Bytes of batches, as they were compressed', read: ({ bytes }) => bytes },
  'request-total': { about: 'Requests that carried records', read: ({ requests }) => requests },
  'requests-in-flight': {
    about: 'Requests that wait for their answers',
    read: (_, { requestsInFlight }) => requestsInFlight,
  },
  'batch-size-avg': {
    about: 'Bytes of a batch, average',
    read: ({ bytes, batches }) => ratio(bytes, batches),
  },
  'batch-size-max': { about: 'Bytes of the largest batch', read: ({ batchBytesMax }) => batchBytesMax },
  'records-per-batch-max': {
    about: 'Records of the batch with the most',
    read: ({ recordsPerBatchMax }) => recordsPerBatchMax,
  },
  'compression-rate-avg': {
    about: 'Compressed bytes for each byte of records',
    read: ({ compressedBytes, rawBytes }) => ratio(compressedBytes, rawBytes),
  },
  'buffer-total-bytes': { about: 'Bytes that may be buffered', read: (_, { buffer }) => buffer.bytesMax },
  'buffer-available-bytes': {
    about: 'Bytes that are free of those',
    read: (_, { buffer }) => Math.max(0, buffer.bytesMax - buffer.used),
  },
  'records-waiting': {
    about: 'Records that wait for room or for metadata',
    read: (_, { recordsWaiting }) => recordsWaiting,
  },
}

/** A producer's measurements by Kafka's names. */
export function producerMetrics(metrics: ProducerMetrics, state: ProducerState): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { read }]) => [name, read(metrics.counts, state)]),
  )
}

/** Puts a producer's measurements into the client's table, from where brokers may ask for them (KIP-714). */
export function registerMetrics(
  table: Metrics,
  { counts }: ProducerMetrics,
  state: () => ProducerState,
): void {
  for (const [name, { about, read }] of Object.entries(rows)) {
    // The table has all of the client's requests under that name already.
    if (name === 'request-total') continue
    table.reading({ name, group: 'producer-metrics', about }, () => read(counts, state()))
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
