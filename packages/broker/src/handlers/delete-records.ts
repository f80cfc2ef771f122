import { isInternalTopic } from '@samsa/cluster'
import type { PartitionLog } from '@samsa/log'
import { DeleteRecords, type DeleteRecordsResponse, type ErrorName } from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'
import { mapNestedInSteps } from '../steps.ts'
import { whenAnswered } from '../when-answered.ts'

type PartitionAnswer = DeleteRecordsResponse['topics'][number]['partitions'][number]

/** In a request: everything that is committed. */
const HIGH_WATERMARK = -1
const NO_WATERMARK = -1

interface Deletion {
  readonly partitionIndex: number
  /** Undefined when nothing is to be deleted. */
  readonly log?: PartitionLog
  readonly error: ErrorName | 'NONE'
}

/**
 * DeleteRecords v0–2. Drops the records before an offset (KIP-107); -1 drops all that are committed. Answered once the
 * new start survives a power cut.
 */
export const deleteRecords: Handler<typeof DeleteRecords> = {
  api: DeleteRecords,
  serve(request, context) {
    const starts = new Map<PartitionLog, number>()
    const checked = context.pace.run(
      mapNestedInSteps(
        request.topics,
        ({ partitions }) => partitions,
        ({ partitionIndex, offset }, { name }) => check(name, partitionIndex, offset, starts, context),
        ({ name }, partitions) => ({ name, partitions }),
      ),
    )
    return whenAnswered(checked, async topics => {
      const outcomes = await context.partitions.deleteRecordsBefore(starts)
      return { throttleTimeMs: 0, topics: await context.pace.run(answersTo(topics, outcomes)) }
    })
  },
}

/** What is to be done in one partition; noted in `starts`, where each log is to start. */
function check(
  topic: string,
  partitionIndex: number,
  offset: number,
  starts: Map<PartitionLog, number>,
  { partitions }: RequestContext,
): Deletion {
  const found = partitions.lookUp(topic, partitionIndex)
  if ('error' in found) return { partitionIndex, error: found.error }
  if (isInternalTopic(topic)) return { partitionIndex, error: 'INVALID_TOPIC_EXCEPTION' }
  const { log } = found.partition
  const policy = log.config['cleanup.policy']
  if (policy.includes('compact') && !policy.includes('delete')) {
    return { partitionIndex, error: 'POLICY_VIOLATION' }
  }
  const before = offset === HIGH_WATERMARK ? log.highWatermark : offset
  if (before < 0 || before > log.highWatermark) return { partitionIndex, error: 'OFFSET_OUT_OF_RANGE' }
  starts.set(log, Math.max(before, starts.get(log) ?? 0))
  return { partitionIndex, log, error: 'NONE' }
}

function answersTo(
  topics: readonly { readonly name: string; readonly partitions: readonly Deletion[] }[],
  outcomes: ReadonlyMap<PartitionLog, ErrorName | 'NONE'>,
) {
  return mapNestedInSteps(
    topics,
    ({ partitions }) => partitions,
    deletion => answerTo(deletion, outcomes),
    ({ name }, partitions) => ({ name, partitions }),
  )
}

function answerTo(
  { partitionIndex, log, error }: Deletion,
  outcomes: ReadonlyMap<PartitionLog, ErrorName | 'NONE'>,
): PartitionAnswer {
  const errorCode = log === undefined ? error : (outcomes.get(log) ?? 'UNKNOWN_SERVER_ERROR')
  const lowWatermark = log === undefined || errorCode !== 'NONE' ? NO_WATERMARK : log.startOffset
  return { partitionIndex, lowWatermark, errorCode }
}
