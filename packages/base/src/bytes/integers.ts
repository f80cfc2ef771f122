// Big-endian integers at a place in an array, for code that patches or looks at single fields. None of these checks
// bounds: the caller has made sure that the field is there.

const TWO_32 = 0x1_0000_0000

export function readInt16(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!
}

export function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0
}

/** A signed 64-bit integer; beyond the safe integers it saturates at ±`Number.MAX_SAFE_INTEGER` (decision D9). */
export function readInt64(bytes: Uint8Array, at: number): number {
  const high = readInt32(bytes, at)
  return joinInt64(high, readUint32(bytes, at + 4))
}

/** The number with these signed upper and unsigned lower 32 bits, saturating like `readInt64`. */
export function joinInt64(high: number, low: number): number {
  if (high > 0x1f_ffff) return Number.MAX_SAFE_INTEGER
  if (high < -0x20_0000 || (high === -0x20_0000 && low === 0)) return -Number.MAX_SAFE_INTEGER
  return high * TWO_32 + low
}

export function writeInt16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8
  bytes[at + 1] = value
}

export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24
  bytes[at + 1] = value >> 16
  bytes[at + 2] = value >> 8
  bytes[at + 3] = value
}

/** Writes an integer in [0, 2^32). */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeInt32(bytes, at, value | 0)
}

/** Writes a safe integer as a signed 64-bit one. */
export function writeInt64(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  writeInt32(bytes, at, high)
  writeInt32(bytes, at + 4, (value - high * TWO_32) | 0)
}
