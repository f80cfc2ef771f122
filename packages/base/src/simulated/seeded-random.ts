import { assert } from '../assert.ts'
import type { Random } from '../world.ts'

const TWO_TO_32 = 2 ** 32

/** Randomness that a seed determines: the generator sfc32, fast and good enough for simulation; never for secrets. */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / TWO_TO_32) | 0
    this.#c = 0x9e3779b9 | 0
    // Similar seeds start similarly; a few rounds take the likeness away.
    for (let i = 0; i < 15; i++) this.uint32()
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  integer(exclusiveMax: number): number {
    assert(Number.isInteger(exclusiveMax) && exclusiveMax >= 1, `a random integer below ${exclusiveMax}`)
    const value = (this.uint32() & 0xffff) * TWO_TO_32 + this.uint32()
    // The bias of the remainder is below 2^-16 for bounds up to 2^32: nothing a simulation could notice.
    return value % exclusiveMax
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = this.uint32() >>> 24
    return bytes
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uint32() < probability * TWO_TO_32
  }

  /** A fraction between the two, the lower one included. */
  between(min: number, max: number): number {
    return min + (this.uint32() / TWO_TO_32) * (max - min)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(choices.length)]!
  }

  /** An independent generator determined by this one. */
  fork(): SeededRandom {
    return new SeededRandom(this.uint32() + (this.uint32() & 0xfffff) * TWO_TO_32)
  }
}
