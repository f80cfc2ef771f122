// Small arrays are cut from a shared slab: an ArrayBuffer of its own costs ten times a view. What is kept for long
// should be copied with `.slice()`, which gives it memory of its own.
const SLAB_BYTES = 16 * 1024
const SMALL_BYTES = 2 * 1024

let slab: ArrayBufferLike = new ArrayBuffer(0)
let slabUsed = 0

/** `count` bytes of uninitialised memory: the caller overwrites all of them. */
export function allocateBytes(count: number): Uint8Array {
  if (count > SMALL_BYTES) return uninitialised(count)
  if (slabUsed + count > slab.byteLength) {
    slab = uninitialised(SLAB_BYTES).buffer
    slabUsed = 0
  }
  const bytes = new Uint8Array(slab, slabUsed, count)
  slabUsed = (slabUsed + count + 7) & ~7
  return bytes
}

function uninitialised(count: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(count)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, count)
}

/**
 * So large that glibc maps it on its own, which it does for certain above 32 MB: pages that are not written to take no
 * memory, and all go back to the system as soon as it is freed. Smaller arrays, freed, stay in its heap under whatever
 * has come to lie on top of them, and the largest of them decides from which size on that is so.
 */
export const MAPPED_BYTES = 33 * 1024 * 1024

/** One array with the content of all parts, in order; a single part is returned as it is. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!
  let length = 0
  for (const part of parts) length += part.length
  const whole = allocateBytes(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Whether both arrays hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  if (a.length > 32) return Buffer.compare(a, b) === 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
