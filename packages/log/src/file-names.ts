// Names as Apache Kafka gives them, so that either program opens the other's directories:
//
//   <topic>-<partition>/00000000000000000042.log       base offset of the segment, 20 digits
//   <topic>-<partition>.<uuid>-delete                  a partition waiting for its files to be removed

export type SegmentFileKind = 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot'
/**
 * What a file is besides a live one: output of a compaction under way, output that replaces the originals, or waiting
 * for removal.
 */
export type SegmentFileSuffix = '' | '.cleaned' | '.swap' | '.deleted'

export interface SegmentFileName {
  readonly baseOffset: number
  readonly kind: SegmentFileKind
  readonly suffix: SegmentFileSuffix
}

const SEGMENT_FILE = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)(|\.cleaned|\.swap|\.deleted)$/

export function segmentFileName(
  baseOffset: number,
  kind: SegmentFileKind,
  suffix: SegmentFileSuffix = '',
): string {
  return `${String(baseOffset).padStart(20, '0')}.${kind}${suffix}`
}

/** What a file of a partition's directory is; undefined for one that belongs to no segment. */
export function parseSegmentFileName(name: string): SegmentFileName | undefined {
  const match = SEGMENT_FILE.exec(name)
  if (match === null) return undefined
  return {
    baseOffset: Number(match[1]),
    kind: match[2] as SegmentFileKind,
    suffix: match[3] as SegmentFileSuffix,
  }
}

export interface PartitionDirectory {
  readonly topic: string
  readonly partition: number
  /** 'deleted': its files wait for removal; 'future': a copy being moved here; 'stray': no longer in the cluster. */
  readonly state: 'live' | 'deleted' | 'future' | 'stray'
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** The name a partition's directory gets when its topic was deleted; at most 255 bytes long, as file systems ask. */
export function deletedDirectoryName(topic: string, partition: number, uniqueId: string): string {
  const ending = `-${partition}.${uniqueId}-delete`
  return topic.slice(0, 255 - ending.length) + ending
}

const PARTITION_DIRECTORY = /^(.+)-(\d{1,10})(?:\.([0-9A-Za-z_-]+)-(delete|future|stray))?$/
const stateOf = { delete: 'deleted', future: 'future', stray: 'stray' } as const

/** What a directory below a data directory holds; undefined when it is no partition. */
export function parsePartitionDirectoryName(name: string): PartitionDirectory | undefined {
  const match = PARTITION_DIRECTORY.exec(name)
  if (match === null) return undefined
  const state = match[4] === undefined ? 'live' : stateOf[match[4] as keyof typeof stateOf]
  return { topic: match[1]!, partition: Number(match[2]), state }
}

/** The directory a path lies in. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : path.slice(0, slash) || '/'
}
