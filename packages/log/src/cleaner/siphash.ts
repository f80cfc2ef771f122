// SipHash-2-4 with a result of 128 bits (Aumasson, Bernstein). The key map tells keys apart by their hashes alone, so
// two keys with one hash would lose a record: a secret key keeps clients from choosing such keys.
//
// 64-bit words are kept as a high and a low half: v0h v0l … v3h v3l.

/** Four 32-bit words of secret, and where the four words of the last hash are. */
export class SipHash {
  readonly #k0l: number
  readonly #k0h: number
  readonly #k1l: number
  readonly #k1h: number
  #v0h = 0
  #v0l = 0
  #v1h = 0
  #v1l = 0
  #v2h = 0
  #v2l = 0
  #v3h = 0
  #v3l = 0
  /** The last hash, in the order of its bytes: word 0 holds bytes 0–3, the first byte lowest. */
  word0 = 0
  word1 = 0
  word2 = 0
  word3 = 0

  /** @param secret 16 bytes */
  constructor(secret: Uint8Array) {
    this.#k0l = littleEndian(secret, 0)
    this.#k0h = littleEndian(secret, 4)
    this.#k1l = littleEndian(secret, 8)
    this.#k1h = littleEndian(secret, 12)
  }

  /** Hashes the bytes from `start` to `end` into `word0` … `word3`. */
  hash(bytes: Uint8Array, start: number, end: number): void {
    this.#v0h = 0x736f6d65 ^ this.#k0h
    this.#v0l = 0x70736575 ^ this.#k0l
    this.#v1h = 0x646f7261 ^ this.#k1h
    this.#v1l = 0x6e646f6d ^ this.#k1l ^ 0xee
    this.#v2h = 0x6c796765 ^ this.#k0h
    this.#v2l = 0x6e657261 ^ this.#k0l
    this.#v3h = 0x74656462 ^ this.#k1h
    this.#v3l = 0x79746573 ^ this.#k1l
    let at = start
    for (; at + 8 <= end; at += 8) this.#absorb(littleEndian(bytes, at), littleEndian(bytes, at + 4))
    this.#absorbRest(bytes, at, end, end - start)
    this.#v2l ^= 0xee
    this.#rounds(4)
    this.word0 = this.#v0l ^ this.#v1l ^ this.#v2l ^ this.#v3l
    this.word1 = this.#v0h ^ this.#v1h ^ this.#v2h ^ this.#v3h
    this.#v1l ^= 0xdd
    this.#rounds(4)
    this.word2 = this.#v0l ^ this.#v1l ^ this.#v2l ^ this.#v3l
    this.word3 = this.#v0h ^ this.#v1h ^ this.#v2h ^ this.#v3h
  }

  /** The last up to seven bytes, with the length in the highest one. */
  #absorbRest(bytes: Uint8Array, at: number, end: number, length: number): void {
    let low = 0
    let high = length << 24
    for (let i = 0; at + i < end; i++) {
      if (i < 4) low |= bytes[at + i]! << (8 * i)
      else high |= bytes[at + i]! << (8 * (i - 4))
    }
    this.#absorb(low, high)
  }

  #absorb(low: number, high: number): void {
    this.#v3l ^= low
    this.#v3h ^= high
    this.#rounds(2)
    this.#v0l ^= low
    this.#v0h ^= high
  }

  #rounds(count: number): void {
    let v0h = this.#v0h
    let v0l = this.#v0l
    let v1h = this.#v1h
    let v1l = this.#v1l
    let v2h = this.#v2h
    let v2l = this.#v2l
    let v3h = this.#v3h
    let v3l = this.#v3l
    for (let i = 0; i < count; i++) {
      // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
      let sum = (v0l >>> 0) + (v1l >>> 0)
      v0h = (v0h + v1h + (sum > 0xffff_ffff ? 1 : 0)) | 0
      v0l = sum | 0
      let t = (v1h << 13) | (v1l >>> 19)
      v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l
      v1h = t ^ v0h
      t = v0h
      v0h = v0l
      v0l = t
      // v2 += v3; v3 <<<= 16; v3 ^= v2
      sum = (v2l >>> 0) + (v3l >>> 0)
      v2h = (v2h + v3h + (sum > 0xffff_ffff ? 1 : 0)) | 0
      v2l = sum | 0
      t = (v3h << 16) | (v3l >>> 16)
      v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l
      v3h = t ^ v2h
      // v0 += v3; v3 <<<= 21; v3 ^= v0
      sum = (v0l >>> 0) + (v3l >>> 0)
      v0h = (v0h + v3h + (sum > 0xffff_ffff ? 1 : 0)) | 0
      v0l = sum | 0
      t = (v3h << 21) | (v3l >>> 11)
      v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l
      v3h = t ^ v0h
      // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
      sum = (v2l >>> 0) + (v1l >>> 0)
      v2h = (v2h + v1h + (sum > 0xffff_ffff ? 1 : 0)) | 0
      v2l = sum | 0
      t = (v1h << 17) | (v1l >>> 15)
      v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l
      v1h = t ^ v2h
      t = v2h
      v2h = v2l
      v2l = t
    }
    this.#v0h = v0h
    this.#v0l = v0l
    this.#v1h = v1h
    this.#v1l = v1l
    this.#v2h = v2h
    this.#v2l = v2l
    this.#v3h = v3h
    this.#v3l = v3l
  }
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}
