import { fixed } from './java-format.ts'

/** Latencies that are kept at most, evenly spread over all records. */
const SAMPLES_MAX = 500_000
const MB = 1024 * 1024

interface SendStatisticsOptions {
  readonly recordCount: number
  readonly reportingIntervalMs: number
  /** Those of the records after a warm-up. */
  readonly isSteadyState: boolean
  readonly print: (text: string) => void
  readonly now: () => number
}

/** What became of sent records: counts and latencies, a line each interval, and one at the end. */
export class SendStatistics {
  readonly #options: SendStatisticsOptions
  readonly #startMs: number
  readonly #sampling: number
  readonly #latencies: Float64Array
  #sampleCount = 0
  #count = 0
  #bytes = 0
  #totalMs = 0
  #maxMs = 0
  #isQuiet = false
  #window: { startMs: number; count: number; bytes: number; totalMs: number; maxMs: number }

  constructor(options: SendStatisticsOptions) {
    this.#options = options
    this.#startMs = options.now()
    this.#sampling = Math.floor(options.recordCount / Math.min(options.recordCount, SAMPLES_MAX))
    this.#latencies = new Float64Array(Math.floor(options.recordCount / this.#sampling) + 1)
    this.#window = emptyWindow(this.#startMs)
  }

  /** A record was stored. */
  record(latencyMs: number, bytes: number, nowMs: number): void {
    const window = this.#window
    if (this.#count % this.#sampling === 0) this.#latencies[this.#sampleCount++] = latencyMs
    this.#count++
    this.#bytes += bytes
    this.#totalMs += latencyMs
    this.#maxMs = Math.max(this.#maxMs, latencyMs)
    window.count++
    window.bytes += bytes
    window.totalMs += latencyMs
    window.maxMs = Math.max(window.maxMs, latencyMs)
    if (nowMs - window.startMs >= this.#options.reportingIntervalMs) this.#report(nowMs)
  }

  /** From now on others report the intervals. */
  quieten(): void {
    this.#isQuiet = true
  }

  #report(nowMs: number): void {
    const { print, isSteadyState } = this.#options
    const { startMs, count, bytes, totalMs, maxMs } = this.#window
    if (isSteadyState && count === this.#count) print('In steady state.\n')
    const seconds = (nowMs - startMs) / 1000
    if (!this.#isQuiet) {
      print(
        `${count} records sent, ${fixed(count / seconds, 1)} records/sec (${fixed(bytes / seconds / MB, 2)} MB/sec), ${fixed(totalMs / count, 1)} ms avg latency, ${fixed(maxMs, 1)} ms max latency.\n`,
      )
    }
    this.#window = emptyWindow(nowMs)
  }

  /** The line at the end. */
  printTotal(): void {
    const { print, now, isSteadyState } = this.#options
    const seconds = (now() - this.#startMs) / 1000
    const sorted = this.#latencies.subarray(0, this.#sampleCount).sort()
    const at = (share: number) => Math.floor(sorted[Math.floor(share * sorted.length)] ?? 0)
    print(
      `${this.#count}${isSteadyState ? ' steady state' : ''} records sent, ${fixed(this.#count / seconds, 6)} records/sec (${fixed(this.#bytes / seconds / MB, 2)} MB/sec), ${fixed(this.#totalMs / this.#count, 2)} ms avg latency, ${fixed(this.#maxMs, 2)} ms max latency, ${at(0.5)} ms 50th, ${at(0.95)} ms 95th, ${at(0.99)} ms 99th, ${at(0.999)} ms 99.9th.\n`,
    )
  }
}

function emptyWindow(startMs: number) {
  return { startMs, count: 0, bytes: 0, totalMs: 0, maxMs: 0 }
}
