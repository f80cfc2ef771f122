const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995

/**
 * The 32-bit Murmur2 hash that Kafka's default partitioner takes of a record's key, as a signed 32-bit number.
 *
 * A partition is `(murmur2(key) & 0x7fffffff) % partitionCount`.
 */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length
  const tail = length & ~3
  let hash = SEED ^ length
  for (let at = 0; at < tail; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = Math.imul(hash, MULTIPLIER) ^ mixWord(word)
  }
  hash = mixTail(hash, bytes, tail)
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

function mixWord(word: number): number {
  const mixed = Math.imul(word, MULTIPLIER)
  return Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER)
}

function mixTail(hash: number, bytes: Uint8Array, tail: number): number {
  const left = bytes.length - tail
  if (left === 0) return hash
  let word = 0
  for (let i = left - 1; i >= 0; i--) word = (word << 8) | bytes[tail + i]!
  return Math.imul(hash ^ word, MULTIPLIER)
}
