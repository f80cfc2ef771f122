export { compress, compressAsync, decompress, decompressAsync } from './compress.ts'
export { compressionId, compressionOfId, compressions } from './compression.ts'
export type { Compression } from './compression.ts'
