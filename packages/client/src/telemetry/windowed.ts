import type { Clock } from '@samsa/base'

interface Sample {
  startMs: number
  sum: number
  count: number
  max: number
}

/** Sum, count and largest of what was recorded lately: in Kafka's way, over a number of samples of a fixed time each. */
export class Windowed {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #samples: Sample[]
  #current = 0

  constructor(clock: Clock, options: { samples: number; windowMs: number }) {
    this.#clock = clock
    this.#windowMs = options.windowMs
    const now = clock.monotonicMs()
    this.#samples = Array.from({ length: options.samples }, () => emptySample(now))
  }

  /** @param nowMs of the monotonic clock, from whoever has read it */
  record(value: number, nowMs = this.#clock.monotonicMs()): void {
    let sample = this.#samples[this.#current]!
    if (nowMs - sample.startMs >= this.#windowMs) {
      this.#current = (this.#current + 1) % this.#samples.length
      sample = emptySample(nowMs)
      this.#samples[this.#current] = sample
    }
    sample.sum += value
    sample.count++
    if (value > sample.max) sample.max = value
  }

  /** Mean of the values; NaN without any, as in Kafka. */
  get average(): number {
    let sum = 0
    let count = 0
    for (const sample of this.#recent()) {
      sum += sample.sum
      count += sample.count
    }
    return sum / count
  }

  /** Largest value; NaN without any. */
  get max(): number {
    const recent = this.#recent().filter(({ count }) => count > 0)
    return recent.length === 0 ? Number.NaN : Math.max(...recent.map(({ max }) => max))
  }

  /** Sum per second. */
  get rate(): number {
    const recent = this.#recent()
    if (recent.length === 0) return 0
    const now = this.#clock.monotonicMs()
    const oldestMs = Math.min(...recent.map(({ startMs }) => startMs))
    // At least all windows but the current one, so that the first second does not look like a flood.
    const elapsedMs = Math.max(now - oldestMs, (this.#samples.length - 1) * this.#windowMs, 1)
    return (recent.reduce((sum, sample) => sum + sample.sum, 0) * 1000) / elapsedMs
  }

  #recent(): Sample[] {
    const oldestMs = this.#clock.monotonicMs() - this.#samples.length * this.#windowMs
    return this.#samples.filter(({ startMs }) => startMs > oldestMs)
  }
}

function emptySample(startMs: number): Sample {
  return { startMs, sum: 0, count: 0, max: Number.NEGATIVE_INFINITY }
}
