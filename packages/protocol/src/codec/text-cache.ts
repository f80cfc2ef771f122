import { decodeUtf8 } from '@samsa/base'

// Topic names, client ids and group ids come again with every request. A small cache turns their bytes into the text
// decoded last time: no call into native code, no new string, and the string's hash is known already.
//
// One entry a slot; a text that falls into a taken slot replaces the one there. Only short ASCII text is kept, so
// strangers can make it hold a few kilobytes at most.

const SLOTS = 512
const LENGTH_MAX = 64

const texts: string[] = new Array<string>(SLOTS).fill('')

/** The text of `length` bytes from `at`; undefined when it is not one to cache. */
export function cachedText(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length === 0) return ''
  if (length > LENGTH_MAX) return undefined
  const end = at + length
  const slot = slotOf(bytes, at, end)
  const known = texts[slot]!
  if (known.length === length && holds(known, bytes, at)) return known
  const text = decodeUtf8(bytes, at, end)
  if (text.length === length) texts[slot] = text
  return text
}

// The ends of a name tell most: names that count up differ in their last bytes.
function slotOf(bytes: Uint8Array, at: number, end: number): number {
  const last = end - 1
  let hash = (end - at) * 31 + bytes[at]!
  hash = Math.imul(hash, 31) + bytes[last]!
  hash = Math.imul(hash, 31) + bytes[Math.max(at, last - 1)]!
  hash = Math.imul(hash, 31) + bytes[Math.max(at, last - 2)]!
  hash = Math.imul(hash, 31) + bytes[(at + end) >> 1]!
  return (hash ^ (hash >>> 9)) & (SLOTS - 1)
}

function holds(text: string, bytes: Uint8Array, at: number): boolean {
  for (let i = text.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== bytes[at + i]) return false
  return true
}
