import { isInternalTopic } from '@samsa/cluster'
import { DeleteRecords, type DeleteRecordsResponse, type ErrorName } from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'
import type { Partition } from '../partitions/partition.ts'

type PartitionAnswer = DeleteRecordsResponse['topics'][number]['partitions'][number]

/** In a request: everything that is committed. */
const HIGH_WATERMARK = -1
const NO_WATERMARK = -1

/** DeleteRecords v0–2. Drops the records before an offset (KIP-107); -1 drops all that are committed. */
export const deleteRecords: Handler<typeof DeleteRecords> = {
  api: DeleteRecords,
  serve(request, context) {
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) =>
        deleteBefore(name, partitionIndex, offset, context),
      ),
    }))
    return { throttleTimeMs: 0, topics }
  },
}

function deleteBefore(
  topic: string,
  partitionIndex: number,
  offset: number,
  { partitions }: RequestContext,
): PartitionAnswer {
  const found = partitions.lookUp(topic, partitionIndex)
  if ('error' in found) return refused(partitionIndex, found.error)
  if (isInternalTopic(topic)) return refused(partitionIndex, 'INVALID_TOPIC_EXCEPTION')
  const { partition } = found
  const error = deleteFrom(partition, offset)
  if (error !== 'NONE') return refused(partitionIndex, error)
  return { partitionIndex, lowWatermark: partition.log.startOffset, errorCode: 'NONE' }
}

function deleteFrom({ log }: Partition, offset: number): ErrorName {
  const policy = log.config['cleanup.policy']
  if (policy.includes('compact') && !policy.includes('delete')) return 'POLICY_VIOLATION'
  const before = offset === HIGH_WATERMARK ? log.highWatermark : offset
  if (before < 0 || before > log.highWatermark) return 'OFFSET_OUT_OF_RANGE'
  return log.deleteRecordsBefore(before)
}

function refused(partitionIndex: number, errorCode: ErrorName): PartitionAnswer {
  return { partitionIndex, lowWatermark: NO_WATERMARK, errorCode }
}
