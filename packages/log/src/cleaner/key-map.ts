import type { SipHash } from './siphash.ts'

/** Words of hash an entry has, and bytes with its offset. */
const HASH_WORDS = 4
export const KEY_ENTRY_BYTES = HASH_WORDS * 4 + 8
/** Beyond this share of taken slots, probing gets long. */
const LOAD_FACTOR = 0.9
const FREE = -1

/**
 * The latest offset of each key of the part of a log that is being compacted, in memory of a fixed size: keys are told
 * apart by 128 bits of hash. Open addressing with linear probing; a slot is free while its offset is FREE.
 */
export class KeyMap {
  readonly #hash: SipHash
  readonly #hashes: Int32Array
  readonly #offsets: Float64Array
  readonly #slots: number
  readonly #capacity: number
  #size = 0
  /** Everything up to here was put in. */
  latestOffset = -1

  /** @param keysMax how many keys there are at most; memory is taken for no more than that */
  constructor(hash: SipHash, keysMax: number, bytesMax: number) {
    this.#hash = hash
    const wanted = Math.ceil(Math.max(1, keysMax) / LOAD_FACTOR) + 1
    this.#slots = Math.max(2, Math.min(wanted, Math.floor(bytesMax / KEY_ENTRY_BYTES)))
    this.#capacity = Math.max(1, Math.floor(this.#slots * LOAD_FACTOR))
    this.#hashes = new Int32Array(this.#slots * HASH_WORDS)
    this.#offsets = new Float64Array(this.#slots).fill(FREE)
  }

  get size(): number {
    return this.#size
  }

  /** Notes that the key from `start` to `end` occurs at `offset`, the greatest so far. False when the map is full. */
  put(bytes: Uint8Array, start: number, end: number, offset: number): boolean {
    const slot = this.#find(bytes, start, end)
    if (this.#offsets[slot] === FREE) {
      if (this.#size >= this.#capacity) return false
      this.#size++
      const at = slot * HASH_WORDS
      this.#hashes[at] = this.#hash.word0
      this.#hashes[at + 1] = this.#hash.word1
      this.#hashes[at + 2] = this.#hash.word2
      this.#hashes[at + 3] = this.#hash.word3
    }
    this.#offsets[slot] = offset
    return true
  }

  /** The latest offset of the key, -1 when it does not occur. */
  get(bytes: Uint8Array, start: number, end: number): number {
    return this.#offsets[this.#find(bytes, start, end)]!
  }

  /** The slot of the key, or the free one where it belongs. There is always a free one. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    this.#hash.hash(bytes, start, end)
    const { word0, word1, word2, word3 } = this.#hash
    let slot = (word0 >>> 0) % this.#slots
    while (this.#offsets[slot] !== FREE) {
      const at = slot * HASH_WORDS
      if (
        this.#hashes[at] === word0 &&
        this.#hashes[at + 1] === word1 &&
        this.#hashes[at + 2] === word2 &&
        this.#hashes[at + 3] === word3
      ) {
        return slot
      }
      slot = slot + 1 === this.#slots ? 0 : slot + 1
    }
    return slot
  }
}
