import { isInternalTopic } from '@samsa/cluster'
import {
  type ErrorName,
  Produce,
  type ProduceRequest,
  type ProduceResponse,
  STATED_LENGTH_BYTES,
  batchAttributes,
  batchMagic,
  compressionId,
  compressionIdOf,
  isTransactional,
  statedBatchLength,
} from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

type TopicData = ProduceRequest['topicData'][number]
type PartitionData = TopicData['partitionData'][number]
type PartitionResponse = ProduceResponse['responses'][number]['partitionResponses'][number]

/** The one client name that may write to internal topics: a tool that moves them, as in Apache Kafka. */
const ADMIN_CLIENT_ID = '__admin_client'
/** Errors that are answered without where the log starts, as in Apache Kafka. */
const WITHOUT_LOG_START = new Set<ErrorName>([
  'CORRUPT_MESSAGE',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'KAFKA_STORAGE_ERROR',
  'NOT_LEADER_OR_FOLLOWER',
])
const ACKS_NONE = 0
const ZSTD = compressionId('zstd')
const ACKS_ALL = -1
const UNKNOWN = -1
/**
 * How long the disk is waited for at least. Producers say how long other replicas may take, some with 0: one whose
 * batches were appended should not hear that they were not because the disk took its usual time.
 */
const DISK_MS = 1000

/** Produce v0–13. Appends each partition's batches as they are; with acks=all answers once they are durable. */
export const produce: Handler<typeof Produce> = {
  api: Produce,
  serve(request, context) {
    const commits: Promise<void>[] = []
    const problem = requestProblem(request)
    const appended = context.pace.mapNested(
      request.topicData,
      topic => topic.partitionData,
      (data, topic) =>
        problem === undefined
          ? append(topic, data, request, context, commits)
          : { ...answerTo(data, problem.errorCode), ...problem },
      ({ name, topicId }, partitionResponses) => ({ name, topicId, partitionResponses }),
    )
    return whenAnswered(appended, responses => {
      const response: ProduceResponse = { responses }
      const answer = () => (request.acks === ACKS_NONE ? answerNothing(response, context) : response)
      const [commit] = commits
      if (commit === undefined) return answer()
      return (commits.length === 1 ? commit : Promise.all(commits)).then(answer)
    })
  },
}

function append(
  topic: TopicData,
  data: PartitionData,
  request: ProduceRequest,
  context: RequestContext,
  commits: Promise<void>[],
): PartitionResponse {
  const found =
    context.apiVersion >= 13
      ? context.partitions.lookUpById(topic.topicId, data.index)
      : context.partitions.lookUp(topic.name, data.index)
  if ('error' in found) return answerTo(data, found.error)
  const { partition } = found
  const problem = formatProblem(data.records, context.apiVersion)
  if (problem !== 'NONE') return answerTo(data, problem)
  if (request.acks < ACKS_ALL || request.acks > 1) return answerTo(data, 'INVALID_REQUIRED_ACKS')
  if (isInternalTopic(partition.topic) && context.clientId !== ADMIN_CLIENT_ID)
    return answerTo(data, 'INVALID_TOPIC_EXCEPTION')

  const outcome = partition.append(isWhole(data.records) ? data.records : NO_RECORDS, 'client')
  const response = answerTo(data, outcome.error)
  if (!WITHOUT_LOG_START.has(outcome.error)) response.logStartOffset = partition.log.startOffset
  if (outcome.error !== 'NONE') {
    response.recordErrors = outcome.recordErrors ?? []
    response.errorMessage = outcome.message ?? null
    return response
  }
  response.baseOffset = outcome.firstOffset
  response.logAppendTimeMs = outcome.logAppendTimeMs
  const endOffset = outcome.lastOffset + 1
  const kept =
    request.acks === ACKS_ALL
      ? partition.whenCommitted(endOffset, Math.max(request.timeoutMs, DISK_MS))
      : partition.whenWritten(endOffset)
  // A repeated batch may have been committed before.
  if (typeof kept === 'string') settle(response, kept)
  else commits.push(kept.then(error => settle(response, error)))
  return response
}

function settle(response: PartitionResponse, error: ErrorName): void {
  if (error === 'NONE') return
  response.errorCode = error
  response.baseOffset = UNKNOWN
}

/** What a partition answers before anything is known but the outcome. */
function answerTo({ index }: PartitionData, errorCode: ErrorName): PartitionResponse {
  return { index, errorCode, baseOffset: UNKNOWN, logAppendTimeMs: UNKNOWN, logStartOffset: UNKNOWN }
}

/** A producer that wants no answer learns of an error by losing its connection, and looks at the metadata again. */
function answerNothing({ responses }: ProduceResponse, { client }: RequestContext): undefined {
  const isRefused = responses.some(topic =>
    topic.partitionResponses.some(({ errorCode }) => errorCode !== 'NONE'),
  )
  if (isRefused) client.close()
}

/** Why nothing of a request is appended, for each of its partitions to tell. */
interface RequestProblem {
  readonly errorCode: ErrorName
  readonly errorMessage: string | null
}

/**
 * Why a request is refused as a whole, whatever its version: for the first batch that is unreadable, as the frame around
 * it is not to be trusted either, or transactional. Without a transactional id nobody could ever end the transaction;
 * with one, the transaction cannot have begun: this broker serves none yet.
 */
function requestProblem({ topicData, transactionalId }: ProduceRequest): RequestProblem | undefined {
  for (const topic of topicData) {
    for (const { index, records } of topic.partitionData) {
      // A second batch for a partition is refused anyway.
      if (isUnreadable(records)) return unreadable(topic, index)
      if (isWhole(records) && batchMagic(records, 0) === 2 && isTransactional(batchAttributes(records, 0)))
        return transactional(transactionalId)
    }
  }
  return undefined
}

/** Whether records begin with what cannot be the beginning of a batch: an impossible size, or an unknown format. */
function isUnreadable(records: Uint8Array | null): boolean {
  return records !== null && records.length >= STATED_LENGTH_BYTES && statedBatchLength(records, 0) < 0
}

function unreadable({ name, topicId }: TopicData, index: number): RequestProblem {
  const errorMessage = `The records for partition ${index} of topic ${name || topicId} do not begin with a batch of a known format: nothing of the request was appended.`
  return { errorCode: 'CORRUPT_MESSAGE', errorMessage }
}

function transactional(transactionalId: string | null): RequestProblem {
  const errorCode = transactionalId === null ? 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' : 'INVALID_TXN_STATE'
  return { errorCode, errorMessage: null }
}

/** What a version may carry: one batch of format v2 from v3 on, zstd from v7 on, older formats before (KIP-98, KIP-110). */
function formatProblem(records: Uint8Array | null, apiVersion: number): ErrorName {
  if (apiVersion < 3) return 'NONE'
  if (!isWhole(records)) return 'INVALID_RECORD'
  if (batchMagic(records, 0) !== 2) return 'INVALID_RECORD'
  const attributes = batchAttributes(records, 0)
  if (apiVersion < 7 && compressionIdOf(attributes) === ZSTD) return 'UNSUPPORTED_COMPRESSION_TYPE'
  return restProblem(records, statedBatchLength(records, 0)) ?? 'NONE'
}

/** Whether the first batch is all there. As Kafka sees it, one cut short is none: there is nothing to write. */
function isWhole(records: Uint8Array | null): records is Uint8Array {
  return (
    records !== null &&
    records.length >= STATED_LENGTH_BYTES &&
    statedBatchLength(records, 0) <= records.length
  )
}

/** What is wrong with bytes after the batch: a second one, or none; the beginning of one is passed over. */
function restProblem(records: Uint8Array, end: number): ErrorName | undefined {
  const restBytes = records.length - end
  if (restBytes < STATED_LENGTH_BYTES) return undefined
  const length = statedBatchLength(records, end)
  if (length < 0) return 'CORRUPT_MESSAGE'
  return length <= restBytes ? 'INVALID_RECORD' : undefined
}

const NO_RECORDS = new Uint8Array(0)
