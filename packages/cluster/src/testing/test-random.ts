import type { Random } from '@samsa/base'

/** Small, repeatable random numbers (a linear congruential generator): same seed, same numbers. */
export function testRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return {
    integer: max => Math.floor((next() / 2 ** 32) * max),
    bytes: count => Uint8Array.from({ length: count }, () => next() >>> 24),
  }
}
