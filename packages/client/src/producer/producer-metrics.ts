import type { Batch } from './batch.ts'
import type { BufferMemory } from './buffer-memory.ts'
import type { Parcel } from './produce-request.ts'

/**
 * What a producer counts, under Kafka's names. Counted once per batch or request, never per record.
 */
export class ProducerMetrics {
  #records = 0
  #bytes = 0
  #batches = 0
  #errors = 0
  #retries = 0
  #splits = 0
  #requests = 0
  #rawBytes = 0
  #compressedBytes = 0
  #batchBytesMax = 0
  #recordsPerBatchMax = 0

  requestSent(parcels: readonly Parcel[]): void {
    this.#requests++
    for (const { batch, bytes } of parcels) {
      if (batch.attempts > 1) continue
      this.#batches++
      this.#bytes += bytes.length
      this.#batchBytesMax = Math.max(this.#batchBytesMax, bytes.length)
      this.#recordsPerBatchMax = Math.max(this.#recordsPerBatchMax, batch.recordCount)
    }
  }

  compressed(rawBytes: number, bytes: number): void {
    this.#rawBytes += rawBytes
    this.#compressedBytes += bytes
  }

  stored(batch: Batch): void {
    this.#records += batch.recordCount
  }

  retried(batch: Batch): void {
    this.#retries += batch.recordCount
  }

  failed(batch: Batch): void {
    this.#errors += batch.recordCount
  }

  recordsRefused(count: number): void {
    this.#errors += count
  }

  split(_batch: Batch): void {
    this.#splits++
  }

  /** The figures by Kafka's names. */
  table(buffer: BufferMemory, requestsInFlight: number, recordsWaiting: number): Record<string, number> {
    return {
      'record-send-total': this.#records,
      'record-error-total': this.#errors,
      'record-retry-total': this.#retries,
      'batch-split-total': this.#splits,
      'byte-total': this.#bytes,
      'request-total': this.#requests,
      'requests-in-flight': requestsInFlight,
      'batch-size-avg': ratio(this.#bytes, this.#batches),
      'batch-size-max': this.#batchBytesMax,
      'records-per-batch-max': this.#recordsPerBatchMax,
      'compression-rate-avg': ratio(this.#compressedBytes, this.#rawBytes),
      'buffer-total-bytes': buffer.bytesMax,
      'buffer-available-bytes': Math.max(0, buffer.bytesMax - buffer.used),
      'records-waiting': recordsWaiting,
    }
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
