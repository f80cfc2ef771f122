import type { Random } from '@samsa/base'

export interface BackOffOptions {
  readonly initialMs: number
  readonly maxMs: number
}

const MULTIPLIER = 2
/** A fifth up or down, so that clients that failed together do not return together. */
const JITTER = 0.2

/**
 * How long to wait after a number of failures in a row: exponential with jitter, as KIP-580 and KIP-601 have it.
 *
 * @param failures at least 1
 */
export function backOffMs({ initialMs, maxMs }: BackOffOptions, failures: number, random: Random): number {
  // As in Kafka, a smaller maximum than the initial pause switches the growth off.
  if (maxMs <= initialMs) return initialMs
  const exponent = Math.min(failures - 1, Math.log2(maxMs / Math.max(initialMs, 1)))
  const share = 1 - JITTER + (2 * JITTER * random.integer(10_001)) / 10_000
  return Math.min(maxMs, initialMs * MULTIPLIER ** exponent * share)
}
