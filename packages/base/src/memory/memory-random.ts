import { assert } from '../assert.ts'
import type { Random } from '../world.ts'

const TWO_TO_48 = 2 ** 48

/**
 * Chance without the operating system, whose cryptography takes longer to load than a broker in memory to start. Good
 * for ids and jitter, not for secrets.
 */
export class MemoryRandom implements Random {
  integer(exclusiveMax: number): number {
    assert(
      Number.isInteger(exclusiveMax) && exclusiveMax >= 1 && exclusiveMax <= TWO_TO_48,
      `a random integer below ${exclusiveMax} was asked for; the bound is an integer from 1 to 2^48`,
    )
    return Math.floor(Math.random() * exclusiveMax)
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let at = 0; at < count; at++) bytes[at] = Math.floor(Math.random() * 256)
    return bytes
  }
}
