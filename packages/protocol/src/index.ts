export * from './records/index.ts'
export type { Compression } from './compression/compression.ts'
