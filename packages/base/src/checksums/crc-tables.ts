/** A reflected 32-bit CRC computed eight bytes a step ("slicing by 8") from tables made at first use. */
export interface CrcTables {
  /** Continues the checksum `seed` (0 at the start) over `bytes[start, end)`. */
  update(bytes: Uint8Array, start: number, end: number, seed: number): number
}

/** Tables for the reflected `polynomial`. Building them takes about 30 µs, so it waits for the first checksum. */
export function crcTables(polynomial: number): CrcTables {
  let tables: Int32Array | undefined
  return {
    update(bytes, start, end, seed) {
      tables ??= buildTables(polynomial)
      return updateBySlices(tables, bytes, start, end, seed)
    },
  }
}

// Table k (entries k * 256 …) advances a byte over k further zero bytes.
function buildTables(polynomial: number): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    tables[byte] = crc
  }
  for (let at = 256; at < tables.length; at++) {
    const shorter = tables[at - 256]!
    tables[at] = (shorter >>> 8) ^ tables[shorter & 0xff]!
  }
  return tables
}

function updateBySlices(t: Int32Array, bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed
  let at = start
  for (; at + 8 <= end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      t[1792 + (crc & 0xff)]! ^
      t[1536 + ((crc >>> 8) & 0xff)]! ^
      t[1280 + ((crc >>> 16) & 0xff)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}
