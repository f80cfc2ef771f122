import { ZERO_UUID, uuidFromBytes } from '@samsa/base'

// Topic ids come again with every request, as topic names do: a small cache turns their bytes into the text made last
// time, whose hash is known already. Ids are random, so the last byte picks the slot; one that falls into a taken slot
// replaces the id there.

const SLOTS = 256
const BYTES = 16

const texts: string[] = new Array<string>(SLOTS).fill(ZERO_UUID)
/** The bytes of each slot's text. Zeros are right for slot 0, and never equal those of an id of another slot. */
const known = new Uint8Array(BYTES * SLOTS)

/** The text form of the UUID of 16 bytes from `at`. */
export function cachedUuid(bytes: Uint8Array, at: number): string {
  const slot = bytes[at + BYTES - 1]!
  const start = BYTES * slot
  for (let i = 0; i < BYTES; i++) if (known[start + i] !== bytes[at + i]) return learnt(bytes, at, slot)
  return texts[slot]!
}

function learnt(bytes: Uint8Array, at: number, slot: number): string {
  const text = uuidFromBytes(bytes, at)
  for (let i = 0; i < BYTES; i++) known[BYTES * slot + i] = bytes[at + i]!
  texts[slot] = text
  return text
}
