export { type LogConfig, topicConfig } from './topic-config.ts'
export type {
  AppendContext,
  AppendOrigin,
  AppendOutcome,
  Appended,
  RecordError,
  Refused,
} from './append-outcome.ts'
export { FilePool } from './file-pool.ts'
export { ForeignLogError, LogFailedError } from './log-error.ts'
export { type OpenLogOptions, openLog } from './open-log.ts'
export { type ActiveProducer, PartitionLog } from './partition-log.ts'
export type { ReadOutcome, ReadRecords, ReadRequest } from './read.ts'
export type { FoundOffset } from './timestamp-lookup.ts'
export type { AbortedTransaction } from './transaction-index.ts'
export {
  type PartitionOffset,
  offsetCheckpoints,
  readOffsetCheckpoint,
  replaceFile,
  writeOffsetCheckpoint,
} from './checkpoint-file.ts'
export {
  type FoundPartition,
  type MetaProperties,
  leaveCleanShutdownMark,
  listPartitions,
  readMetaProperties,
  takeCleanShutdownMark,
  writeMetaProperties,
} from './data-directory.ts'
export {
  CONTENTS_FILE,
  type DirectoryContents,
  type KnownContents,
  takeContents,
  writeContents,
} from './directory-contents.ts'
export { type PartitionDirectory, partitionDirectoryName, parsePartitionDirectoryName } from './file-names.ts'
export { readTopicId } from './partition-metadata.ts'
export { type CleanerSettings, LogCleaner, type LogCleanerOptions } from './cleaner/log-cleaner.ts'
