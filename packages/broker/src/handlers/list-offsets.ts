import {
  type ErrorName,
  ListOffsets,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from '@samsa/protocol'
import { checkEpoch } from '../fetch/read-partitions.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { epochOfStart } from '../partitions/partition-epochs.ts'
import type { Partition } from '../partitions/partition.ts'
import { mapNestedInSteps } from '../steps.ts'

type PartitionQuery = ListOffsetsRequest['topics'][number]['partitions'][number]
type PartitionAnswer = ListOffsetsResponse['topics'][number]['partitions'][number]

// Timestamps with a meaning of their own, and the version each came with (KIP-734, KIP-405, KIP-1005, KIP-1023).
const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6
const SINCE_VERSION = new Map([
  [LATEST, 0],
  [EARLIEST, 0],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

const UNKNOWN = -1
const READ_COMMITTED = 1

/** ListOffsets v0–11. Finds the offset at the start, the end, or at a time of each partition. */
export const listOffsets: Handler<typeof ListOffsets> = {
  api: ListOffsets,
  serve(request, context) {
    return context.pace.run(answer(request, context))
  },
}

function* answer(
  request: ListOffsetsRequest,
  context: RequestContext,
): Generator<undefined, ListOffsetsResponse> {
  const isRepeated = context.apiVersion === 0 ? () => false : yield* repeatedPartitions(request)
  const topics = yield* mapNestedInSteps(
    request.topics,
    ({ partitions }) => partitions,
    (query, { name }) => {
      const found = isRepeated(name, query) ? failed('INVALID_REQUEST') : find(name, query, request, context)
      const leaderEpoch = context.apiVersion >= 4 ? found.leaderEpoch : UNKNOWN
      return { ...found, leaderEpoch, partitionIndex: query.partitionIndex }
    },
    ({ name }, partitions) => ({ name, partitions }),
  )
  return { throttleTimeMs: 0, topics }
}

type Found = Omit<PartitionAnswer, 'partitionIndex'>

const NOTHING: Found = {
  errorCode: 'NONE',
  oldStyleOffsets: [],
  timestamp: UNKNOWN,
  offset: UNKNOWN,
  leaderEpoch: UNKNOWN,
}

const failed = (errorCode: ErrorName): Found => ({ ...NOTHING, errorCode })

function find(
  topic: string,
  query: PartitionQuery,
  request: ListOffsetsRequest,
  context: RequestContext,
): Found {
  const found = context.partitions.lookUp(topic, query.partitionIndex)
  if ('error' in found) return failed(found.error)
  const { partition } = found
  const epochError = checkEpoch(query.currentLeaderEpoch, partition.leaderEpoch)
  if (epochError !== 'NONE') return failed(epochError)
  if (
    query.timestamp < 0 &&
    !((SINCE_VERSION.get(query.timestamp) ?? Number.POSITIVE_INFINITY) <= context.apiVersion)
  ) {
    return failed('UNSUPPORTED_VERSION')
  }
  const offset =
    context.apiVersion === 0
      ? findSegments(partition, query)
      : findOffset(partition, query.timestamp, endFor(partition, request))
  const mayBeTooLow = request.replicaId === UNKNOWN && !partition.isCaughtUp && dependsOnEnd(query, offset)
  return mayBeTooLow ? failed(notAvailable(context)) : offset
}

/** Whether the answer may be another one once the high watermark is higher. */
function dependsOnEnd({ timestamp }: PartitionQuery, { offset }: Found): boolean {
  if (timestamp === LATEST || timestamp === MAX_TIMESTAMP) return true
  return timestamp >= 0 && offset === UNKNOWN
}

/** Clients before v5 do not know the error that says it (KIP-207). */
const notAvailable = ({ apiVersion }: RequestContext): ErrorName =>
  apiVersion >= 5 ? 'OFFSET_NOT_AVAILABLE' : 'LEADER_NOT_AVAILABLE'

/** Consumers see up to the high watermark or the last stable offset; debugging tools (replica -2) see all. */
function endFor({ log }: Partition, request: ListOffsetsRequest): number {
  if (request.replicaId !== UNKNOWN) return log.endOffset
  return request.isolationLevel === READ_COMMITTED ? log.lastStableOffset : log.highWatermark
}

function findOffset(partition: Partition, timestamp: number, upTo: number): Found {
  const { log } = partition
  switch (timestamp) {
    case LATEST:
      return { ...NOTHING, offset: upTo, leaderEpoch: partition.leaderEpoch }
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { ...NOTHING, offset: log.startOffset, leaderEpoch: epochOfStart(partition) }
    case MAX_TIMESTAMP:
      return { ...NOTHING, ...log.findMaxTimestamp(upTo) }
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return NOTHING
    default:
      return { ...NOTHING, ...log.findByTimestamp(timestamp, upTo) }
  }
}

/** v0 asks for at most so many offsets where segments begin, the newest first. */
function findSegments({ log }: Partition, { timestamp, maxNumOffsets }: PartitionQuery): Found {
  return { ...NOTHING, oldStyleOffsets: log.segmentOffsetsBefore(timestamp, Math.max(0, maxNumOffsets)) }
}

/** A partition asked for twice in one request is refused both times, from v1 on, as in Apache Kafka. */
function* repeatedPartitions(request: ListOffsetsRequest) {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name, partitions } of request.topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${name}/${partitionIndex}`
      if (seen.has(key)) repeated.add(key)
      seen.add(key)
      yield
    }
  }
  return (topic: string, { partitionIndex }: PartitionQuery) => repeated.has(`${topic}/${partitionIndex}`)
}
