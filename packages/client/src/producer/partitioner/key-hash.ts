import { encodeUtf8, murmur2 } from '@samsa/base'

/** The partition Java's default partitioner gives a key: the same key, the same partition, in every language. */
export function partitionOfKey(key: Uint8Array | string, partitionCount: number): number {
  const bytes = typeof key === 'string' ? encodeUtf8(key) : key
  return (murmur2(bytes) & 0x7fff_ffff) % partitionCount
}
