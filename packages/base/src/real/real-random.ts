import type * as Crypto from 'node:crypto'
import { assert } from '../assert.ts'
import { builtin } from '../builtin.ts'
import type { Random } from '../world.ts'

const crypto = builtin<typeof Crypto>('node:crypto')

const POOL_BYTES = 4096
const TWO_TO_48 = 2 ** 48

/** Randomness from the operating system, fetched in pieces because each fetch costs a few microseconds. */
export class RealRandom implements Random {
  readonly #pool = new Uint8Array(POOL_BYTES)
  #used = POOL_BYTES

  integer(exclusiveMax: number): number {
    assert(
      Number.isInteger(exclusiveMax) && exclusiveMax >= 1 && exclusiveMax <= TWO_TO_48,
      `a random integer below ${exclusiveMax} was asked for; the bound is an integer from 1 to 2^48`,
    )
    // Values above the last whole multiple of the bound would favour small results.
    const fairBelow = TWO_TO_48 - (TWO_TO_48 % exclusiveMax)
    let value = this.#next48()
    while (value >= fairBelow) value = this.#next48()
    return value % exclusiveMax
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    if (count > POOL_BYTES / 4) fillRandomly(bytes)
    else bytes.set(this.#take(count))
    return bytes
  }

  #next48(): number {
    const b = this.#take(6)
    const high = (b[0]! << 16) | (b[1]! << 8) | b[2]!
    const low = (b[3]! << 16) | (b[4]! << 8) | b[5]!
    return high * 2 ** 24 + low
  }

  #take(count: number): Uint8Array {
    if (this.#used + count > POOL_BYTES) {
      fillRandomly(this.#pool)
      this.#used = 0
    }
    this.#used += count
    return this.#pool.subarray(this.#used - count, this.#used)
  }
}

function fillRandomly(bytes: Uint8Array): void {
  crypto().randomFillSync(bytes)
}
