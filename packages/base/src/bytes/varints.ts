// How many bytes variable-length integers take, for formats that state a length before the value.

/** Bytes of an integer in [0, 2^32) as an unsigned varint. */
export function unsignedVarintLength(value: number): number {
  // 1 + floor(bits / 7), with the highest bit's position from the count of leading zeros.
  return value === 0 ? 1 : 1 + Math.floor((31 - Math.clz32(value)) / 7)
}

/** Bytes of an int32 as a zigzag varint. */
export function varintLength(value: number): number {
  return unsignedVarintLength(((value << 1) ^ (value >> 31)) >>> 0)
}

/** Bytes of a safe integer as a zigzag varlong. */
export function varlongLength(value: number): number {
  if ((value << 1) >> 1 === value) return varintLength(value)
  // Zigzag doubles the value; the number is at least 2^30 here, so a few steps remain.
  let length = 4
  for (let rest = value < 0 ? -(value + 1) : value; rest >= 2 ** 27; rest /= 128) length++
  return length
}
