import type * as PerfHooks from 'node:perf_hooks'
import type * as Timers from 'node:timers'
import { builtin } from './builtin.ts'

// The process's clocks and timers as they are when this file is loaded. Test frameworks put others in place of the
// global ones ("fake timers"), for the code under test; a broker in the same process, whose time is set by other means,
// would wait for ever.

const { performance } = builtin<typeof PerfHooks>('node:perf_hooks')()

export const { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } =
  builtin<typeof Timers>('node:timers')()

/** Milliseconds since some moment, which no change of the wall clock touches. */
export const monotonicMs: () => number = performance.now.bind(performance)

/** Wall-clock milliseconds since the epoch. */
export const wallMs: () => number = Date.now
