import { type Disk, DiskError, decodeUtf8, encodeUtf8 } from '@samsa/base'

// Checkpoints are small text files: a version, the number of lines that follow, and the lines.
//
//   0
//   2
//   orders 0 42
//   orders 1 17

const VERSION = '0'

export function formatCheckpoint(lines: readonly string[]): string {
  return [VERSION, String(lines.length), ...lines, ''].join('\n')
}

/** The lines of a checkpoint; none of an empty one, as Apache Kafka makes them. Throws `DiskError` when the text is none. */
export function parseCheckpoint(text: string, path: string): string[] {
  if (text === '') return []
  const [version, count, ...rest] = text.split('\n')
  if (version !== VERSION) throw damaged(path, `version ${JSON.stringify(version)} is not ${VERSION}`)
  const lines = rest.filter(line => line !== '')
  if (Number(count) !== lines.length)
    throw damaged(path, `it announces ${count} lines and has ${lines.length}`)
  return lines
}

function damaged(path: string, reason: string): DiskError {
  return new DiskError('OTHER', path, `the checkpoint ${path} is damaged: ${reason}`)
}

/** The content of a small file. Throws `DiskError`. */
export function readWhole(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path)
  try {
    const bytes = new Uint8Array(file.size())
    return bytes.subarray(0, file.read(bytes, 0))
  } finally {
    file.close()
  }
}

/**
 * Puts a file in place of the one at `path` in one step: readers find the old or the new content, never a part of it.
 * Durable when the promise resolves.
 */
export async function replaceFile(disk: Disk, path: string, content: string): Promise<void> {
  const temporary = `${path}.tmp`
  const bytes = encodeUtf8(content)
  const file = disk.open(temporary, { create: true })
  try {
    file.write([bytes], 0)
    file.truncate(bytes.length)
    await file.sync()
  } finally {
    file.close()
  }
  disk.rename(temporary, path)
  await disk.syncDirectory(path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '.')
}

/** The names of the checkpoints a data directory has, as Apache Kafka names them. */
export const offsetCheckpoints = {
  /** Everything below is durable: recovery after a crash starts here. */
  recoveryPoint: 'recovery-point-offset-checkpoint',
  /** Where each log starts, when records were deleted on request. */
  logStart: 'log-start-offset-checkpoint',
  /** High watermarks. */
  replication: 'replication-offset-checkpoint',
  /** Everything below has been compacted. */
  cleaner: 'cleaner-offset-checkpoint',
} as const

export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Reads a checkpoint of offsets; a missing file is an empty one. Throws `DiskError`, also for a damaged file. */
export function readOffsetCheckpoint(disk: Disk, path: string): PartitionOffset[] {
  let text: string
  try {
    text = decodeUtf8(readWhole(disk, path))
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return []
    throw error
  }
  return parseCheckpoint(text, path).map(line => parsePartitionOffset(line, path))
}

/** Replaces a checkpoint of offsets; durable when the promise resolves. */
export function writeOffsetCheckpoint(
  disk: Disk,
  path: string,
  offsets: Iterable<PartitionOffset>,
): Promise<void> {
  const lines = Array.from(offsets, entry => `${entry.topic} ${entry.partition} ${entry.offset}`)
  return replaceFile(disk, path, formatCheckpoint(lines))
}

function parsePartitionOffset(line: string, path: string): PartitionOffset {
  const [topic, partition, offset, ...more] = line.split(' ')
  const entry = { topic: topic!, partition: Number(partition), offset: Number(offset) }
  if (more.length > 0 || !Number.isSafeInteger(entry.partition) || !Number.isSafeInteger(entry.offset)) {
    throw damaged(path, `the line ${JSON.stringify(line)} is not "topic partition offset"`)
  }
  return entry
}
