import { type Disk, DiskError, crc32c, decodeUtf8, encodeUtf8 } from '@samsa/base'
import { formatCheckpoint, parseCheckpoint, readWhole, replaceFile } from './checkpoint-file.ts'
import { partitionDirectoryName } from './file-names.ts'
import { PARTITION_METADATA_FILE, readTopicId } from './partition-metadata.ts'

// Samsa's own file: what lay in each partition's directory when the broker stopped in good order. A start that finds it
// need not list ten thousand directories and read a file in each, which takes seconds once the system has forgotten them.
//
//   0
//   3
//   crc32c 3928103312                                           of the lines below
//   orders 0 42 1763770000123.5 6pBm7q6iS1iQ0Nn2Qc0mPg 00000000000000000000.log:3180 partition.metadata …
//   orders 1 0 1763770000127.25 6pBm7q6iS1iQ0Nn2Qc0mPg partition.metadata
//
// Topic, partition, recovery point, when names in the directory last changed, topic id or -, and the names, logs with their
// size. A line holds as long as the recovery point and the time do: whoever wrote to the partition since, be it Apache
// Kafka or a person with a shell, changed one of the two.

export const CONTENTS_FILE = 'directory-contents-checkpoint'
const PLAIN_NAME = /^[\w.-]+$/
const NO_ID = '-'

/** What lies in a partition's directory. */
export interface DirectoryContents {
  readonly names: readonly string[]
  /** The sizes of logs, by the names of their files. */
  readonly logBytes: ReadonlyMap<string, number>
  /** The topic it belongs to; undefined when it does not say. */
  readonly topicId: string | undefined
}

/** A partition whose log is durable and closed. */
export interface ClosedLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string | undefined
  readonly directory: string
  readonly recoveryPoint: number
}

/** Lists a partition's directory. Throws `DiskError`. */
export function lookInto(disk: Disk, directory: string): DirectoryContents {
  const files = filesIn(disk, directory)
  const topicId = files.names.includes(PARTITION_METADATA_FILE) ? readTopicId(disk, directory) : undefined
  return { ...files, topicId }
}

function filesIn(disk: Disk, directory: string): Pick<DirectoryContents, 'names' | 'logBytes'> {
  const names = disk.list(directory).map(({ name }) => name)
  const logs = names.filter(name => name.endsWith('.log'))
  return { names, logBytes: new Map(logs.map(name => [name, disk.size(`${directory}/${name}`)])) }
}

/** Writes down what lies in the directories of these logs; durable when the promise resolves. Rejects with `DiskError`. */
export async function writeContents(
  disk: Disk,
  dataDirectory: string,
  logs: readonly ClosedLog[],
): Promise<void> {
  const lines = logs.flatMap(log => describe(disk, log) ?? [])
  const text = formatCheckpoint([checksumOf(lines), ...lines])
  await replaceFile(disk, `${dataDirectory}/${CONTENTS_FILE}`, text)
}

/** A log's line; undefined when its topic's id is not known, or a name would not be read back. */
function describe(disk: Disk, { topic, partition, topicId, directory, recoveryPoint }: ClosedLog) {
  const { names, logBytes } = filesIn(disk, directory)
  if (topicId === undefined || !names.every(name => PLAIN_NAME.test(name))) return undefined
  const files = names.map(name => (logBytes.has(name) ? `${name}:${logBytes.get(name)}` : name))
  const id = names.includes(PARTITION_METADATA_FILE) ? topicId : NO_ID
  return [topic, partition, recoveryPoint, disk.modifiedMs(directory), id, ...files].join(' ')
}

/**
 * What was written down at the last stop in good order. It is told once: the file is removed, as it says nothing of what
 * this process writes. Throws `DiskError`, also when the file is damaged.
 */
export function takeContents(disk: Disk, dataDirectory: string): KnownContents {
  const path = `${dataDirectory}/${CONTENTS_FILE}`
  if (!disk.exists(path)) return new KnownContents(disk, dataDirectory, [])
  const bytes = readWhole(disk, path)
  disk.remove(path)
  const [checksum, ...lines] = parseCheckpoint(decodeUtf8(bytes), path)
  if (checksum !== checksumOf(lines))
    throw new DiskError('OTHER', path, `the checkpoint ${path} is damaged: its checksum is wrong`)
  return new KnownContents(disk, dataDirectory, lines)
}

/** What lay in the directories of partitions, as long as nobody asked for it. */
export class KnownContents {
  readonly #disk: Disk
  readonly #dataDirectory: string
  /** By the names of the partitions' directories. */
  readonly #lines = new Map<string, string>()

  constructor(disk: Disk, dataDirectory: string, lines: readonly string[]) {
    this.#disk = disk
    this.#dataDirectory = dataDirectory
    for (const line of lines) {
      const [topic, partition] = line.split(' ', 2)
      this.#lines.set(partitionDirectoryName(topic!, Number(partition)), line)
    }
  }

  /** What lies in that directory, and is forgotten here; undefined when it must be looked up. Throws `DiskError`. */
  take(directoryName: string, recoveryPoint: number): DirectoryContents | undefined {
    const line = this.#lines.get(directoryName)
    if (line === undefined) return undefined
    this.#lines.delete(directoryName)
    const [, , point, modifiedMs, id, ...files] = line.split(' ')
    if (Number(point) !== recoveryPoint) return undefined
    if (Number(modifiedMs) !== this.#disk.modifiedMs(`${this.#dataDirectory}/${directoryName}`))
      return undefined
    const names: string[] = []
    const logBytes = new Map<string, number>()
    for (const file of files) {
      const [name, size] = file.split(':') as [string, string?]
      names.push(name)
      if (size !== undefined) logBytes.set(name, Number(size))
    }
    return { names, logBytes, topicId: id === NO_ID ? undefined : id }
  }
}

const checksumOf = (lines: readonly string[]) => `crc32c ${crc32c(encodeUtf8(lines.join('\n')))}`
