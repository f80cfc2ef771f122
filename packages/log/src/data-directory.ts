import { type Disk, DiskError, decodeUtf8 } from '@samsa/base'
import { readWhole, replaceFile } from './checkpoint-file.ts'
import { type PartitionDirectory, parsePartitionDirectoryName } from './file-names.ts'

const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'
const META_PROPERTIES_FILE = 'meta.properties'

/** Whose data a directory holds. Other entries of the file are kept. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  /** Tells this directory from others of the node. */
  readonly directoryId: string | undefined
  /** All entries as they are in the file. */
  readonly entries: ReadonlyMap<string, string>
}

/** Reads `meta.properties`; undefined when there is none. Throws `DiskError`, also when it is no such file. */
export function readMetaProperties(disk: Disk, dataDirectory: string): MetaProperties | undefined {
  const path = `${dataDirectory}/${META_PROPERTIES_FILE}`
  const text = readText(disk, path)
  if (text === undefined) return undefined
  const entries = parseProperties(text)
  // Version 0, before KRaft, has broker.id.
  const nodeId = Number(entries.get('node.id') ?? entries.get('broker.id') ?? Number.NaN)
  const clusterId = entries.get('cluster.id')
  if (clusterId === undefined || !Number.isSafeInteger(nodeId)) {
    throw new DiskError('OTHER', path, `${path} does not say which cluster and node the data belongs to`)
  }
  return { clusterId, nodeId, directoryId: entries.get('directory.id'), entries }
}

/** Writes `meta.properties` in Kafka's version 1; durable when the promise resolves. Rejects with `DiskError`. */
export function writeMetaProperties(
  disk: Disk,
  dataDirectory: string,
  properties: { clusterId: string; nodeId: number; directoryId: string },
): Promise<void> {
  const lines = [
    '#',
    `cluster.id=${properties.clusterId}`,
    `directory.id=${properties.directoryId}`,
    `node.id=${properties.nodeId}`,
    'version=1',
    '',
  ]
  return replaceFile(disk, `${dataDirectory}/${META_PROPERTIES_FILE}`, lines.join('\n'))
}

/**
 * Whether the last process on this directory stopped in good order. Takes the mark away: should this process crash, the
 * next one finds none. The removal is durable when the promise resolves; nothing may be written before.
 */
export async function takeCleanShutdownMark(disk: Disk, dataDirectory: string): Promise<boolean> {
  const path = `${dataDirectory}/${CLEAN_SHUTDOWN_FILE}`
  if (!disk.exists(path)) return false
  disk.remove(path)
  await disk.syncDirectory(dataDirectory)
  return true
}

/** Leaves the mark of a stop in good order, after all logs were closed and all checkpoints written. */
export function leaveCleanShutdownMark(disk: Disk, dataDirectory: string, brokerEpoch = -1): Promise<void> {
  const content = JSON.stringify({ version: 0, brokerEpoch })
  return replaceFile(disk, `${dataDirectory}/${CLEAN_SHUTDOWN_FILE}`, content)
}

/** A partition's directory found below a data directory. */
export interface FoundPartition extends PartitionDirectory {
  readonly directory: string
}

/** The partitions below a data directory, those waiting for removal included. Throws `DiskError`. */
export function listPartitions(disk: Disk, dataDirectory: string): FoundPartition[] {
  const found: FoundPartition[] = []
  for (const { name, kind } of disk.list(dataDirectory)) {
    const partition = kind === 'directory' ? parsePartitionDirectoryName(name) : undefined
    if (partition !== undefined) found.push({ ...partition, directory: `${dataDirectory}/${name}` })
  }
  return found
}

function readText(disk: Disk, path: string): string | undefined {
  try {
    return decodeUtf8(readWhole(disk, path))
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** Java's properties format, as much of it as these files use. */
function parseProperties(text: string): Map<string, string> {
  const entries = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line)
    if (match !== null) entries.set(match[1]!, match[2]!.replace(/\\(.)/g, '$1').trim())
  }
  return entries
}
