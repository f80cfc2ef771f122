import { type Disk, DiskError, decodeUtf8, encodeUtf8, isUuid } from '@samsa/base'
import { readWhole } from './checkpoint-file.ts'

export const PARTITION_METADATA_FILE = 'partition.metadata'

// Which topic a directory belongs to, beyond its name: a topic that was deleted and made again has another id.
//
//   version: 0
//   topic_id: 6pBm7q6iS1iQ0Nn2Qc0mPg

/**
 * The id of the topic whose partition lies in `directory`; undefined when it does not say, or says what is no id: a power
 * cut may have left a part of the file. Throws `DiskError`.
 */
export function readTopicId(disk: Disk, directory: string): string | undefined {
  const path = `${directory}/${PARTITION_METADATA_FILE}`
  try {
    const topicId = /^topic_id: (\S+)$/m.exec(decodeUtf8(readWhole(disk, path)))?.[1]
    return topicId !== undefined && isUuid(topicId) ? topicId : undefined
  } catch (error) {
    if (error instanceof DiskError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** Writes the id; durable after a sync of the file and of the directory. Its path. Throws `DiskError`. */
export function writeTopicId(disk: Disk, directory: string, topicId: string): string {
  const path = `${directory}/${PARTITION_METADATA_FILE}`
  const bytes = encodeUtf8(`version: 0\ntopic_id: ${topicId}`)
  const file = disk.open(path, { create: true })
  try {
    file.write([bytes], 0)
    file.truncate(bytes.length)
  } finally {
    file.close()
  }
  return path
}
