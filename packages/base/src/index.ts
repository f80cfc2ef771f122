export { crc32 } from './checksums/crc32.ts'
export { crc32c } from './checksums/crc32c.ts'
export { murmur2 } from './checksums/murmur2.ts'
export { xxhash32 } from './checksums/xxhash32.ts'
export { MAPPED_BYTES, allocateBytes, concatBytes, equalBytes } from './bytes/arrays.ts'
export { ByteReader } from './bytes/byte-reader.ts'
export { ByteWriter } from './bytes/byte-writer.ts'
export {
  joinInt64,
  readInt16,
  readInt32,
  readInt64,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt64,
  writeUint32,
} from './bytes/integers.ts'
export { MalformedError } from './bytes/malformed-error.ts'
export { decodeUtf8, encodeUtf8, utf8Length, writeUtf8 } from './bytes/text.ts'
export { ZERO_UUID, isUuid, randomUuid, uuidFromBytes, uuidToBytes, writeUuid } from './bytes/uuid.ts'
export {
  unsignedVarintLength,
  varintLength,
  varlongLength,
} from './bytes/varints.ts'
export * from './config/index.ts'
export { Alarm } from './alarm.ts'
export { AssertionError, assert, never } from './assert.ts'
export {
  type LogFields,
  type LogLevel,
  type Logger,
  type LoggerOptions,
  createLogger,
  silentLogger,
} from './logger.ts'
export { builtin } from './builtin.ts'
export {
  type Address,
  type Clock,
  type ConnectOptions,
  type Connection,
  type DirectoryEntry,
  type Disk,
  DiskError,
  type DiskErrorCode,
  type DiskFile,
  type DiskLock,
  type Listener,
  type Network,
  NetworkError,
  type NetworkErrorCode,
  type Random,
  type Receiver,
  type Timer,
  type TlsOptions,
  type TlsVersion,
  type World,
} from './world.ts'
export type { Codec } from './compression/codec.ts'
export { gzip } from './compression/gzip.ts'
export { lz4Block } from './compression/lz4.ts'
export { snappyBlock } from './compression/snappy.ts'
export { zstd } from './compression/zstd.ts'
export type { MemoryDisk } from './memory/memory-disk.ts'
export type { MemoryNetwork } from './memory/memory-network.ts'
export { type MemoryWorld, memoryWorld } from './memory/memory-world.ts'
export { realWorld } from './real/real-world.ts'
export type { DiskFault, DiskOperation } from './simulated/disk-faults.ts'
export type { NetworkFabric } from './simulated/network-fabric.ts'
export type { SeededRandom } from './simulated/seeded-random.ts'
export type { SimulatedClock } from './simulated/simulated-clock.ts'
export type { SimulatedDisk } from './simulated/simulated-disk.ts'
export { type SimulatedWorld, type SimulationOptions, simulatedWorld } from './simulated/simulated-world.ts'
export type { Trace } from './simulated/trace.ts'
