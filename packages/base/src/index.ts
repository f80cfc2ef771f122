export { crc32 } from './checksums/crc32.ts'
export { crc32c } from './checksums/crc32c.ts'
export { murmur2 } from './checksums/murmur2.ts'
export { xxhash32 } from './checksums/xxhash32.ts'
