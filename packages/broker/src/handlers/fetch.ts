import { ZERO_UUID } from '@samsa/base'
import { type ErrorName, Fetch, type FetchRequest, type FetchResponse } from '@samsa/protocol'
import type { FetchLease } from '../fetch/fetch-memory.ts'
import type { FetchContext, FetchPartition } from '../fetch/fetch-sessions.ts'
import { waitForBytes } from '../fetch/fetch-wait.ts'
import {
  type FetchLimits,
  type PartitionRead,
  arrivedSince,
  readPartitions,
} from '../fetch/read-partitions.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

const READ_COMMITTED = 1

type PartitionAnswer = FetchResponse['responses'][number]['partitions'][number]

interface TopicAnswer {
  readonly topic: string
  readonly topicId: string
  readonly partitions: PartitionAnswer[]
}

/** Fetch v0–18. Reads what is there; when that is less than the client wants, waits for more within its time. */
export const fetch: Handler<typeof Fetch> = {
  api: Fetch,
  serve(request, context) {
    const asked = context.pace.mapNested(request.topics, topic => topic.partitions, partitionAsked, flatOf)
    return whenAnswered(asked, asked => serveAsked(request, asked.flat(), context))
  },
}

function serveAsked(
  request: FetchRequest,
  partitions: FetchPartition[],
  context: RequestContext,
): FetchResponse | Promise<FetchResponse> {
  const steps = context.fetchSessions.contextInSteps({
    sessionId: request.sessionId,
    sessionEpoch: request.sessionEpoch,
    usesTopicIds: usesTopicIds(context),
    partitions,
    forgotten: forgottenOf(request),
  })
  return whenAnswered(context.pace.run(steps), session => serveSession(request, session, context))
}

function* forgottenOf({ forgottenTopicsData }: FetchRequest) {
  for (const { topic, topicId, partitions } of forgottenTopicsData) {
    for (const partitionIndex of partitions) yield { topic, topicId, partitionIndex }
  }
}

function serveSession(
  request: FetchRequest,
  session: FetchContext | { readonly error: ErrorName },
  context: RequestContext,
): FetchResponse | Promise<FetchResponse> {
  if ('error' in session) return { throttleTimeMs: 0, errorCode: session.error, sessionId: 0, responses: [] }

  const lease = context.fetchMemory.lease()
  context.onSent(lease.release)
  return whenAnswered(readAll(request, session, lease, context), reads =>
    isEnough(reads, request)
      ? respond(reads, session, context)
      : readWithin(request, session, reads, lease, context),
  )
}

const flatOf = (_: unknown, partitions: FetchPartition[]) => partitions

function readAll(
  request: FetchRequest,
  session: FetchContext,
  lease: FetchLease,
  context: RequestContext,
): PartitionRead[] | Promise<PartitionRead[]> {
  const limits = limitsOf(request, context)
  return context.pace.run(readPartitions(session.partitions, context.partitions, limits, lease.allocate))
}

/** Reads again each time enough may have arrived, until it has or the client's time is over. */
async function readWithin(
  request: FetchRequest,
  session: FetchContext,
  firstReads: PartitionRead[],
  lease: FetchLease,
  context: RequestContext,
): Promise<FetchResponse> {
  const { clock } = context.world
  const deadlineMs = clock.monotonicMs() + request.maxWaitMs
  let reads = firstReads
  for (;;) {
    const remainingMs = deadlineMs - clock.monotonicMs()
    if (remainingMs <= 0 || context.client.isClosed || context.partitions.isStopping) {
      return respond(reads, session, context)
    }
    const watched = reads.flatMap(({ partition }) => partition ?? [])
    const missingBytes = Math.max(1, request.minBytes - bytesOf(reads)) - arrivedSince(reads)
    if (missingBytes > 0) await waitForBytes(watched, missingBytes, remainingMs, clock, context.client)
    lease.release()
    reads = await readAll(request, session, lease, context)
    if (isEnough(reads, request)) return respond(reads, session, context)
  }
}

function isEnough(reads: readonly PartitionRead[], request: FetchRequest): boolean {
  return (
    request.maxWaitMs <= 0 ||
    reads.length === 0 ||
    bytesOf(reads) >= request.minBytes ||
    reads.some(read => read.error !== 'NONE' || read.divergingEpoch !== undefined)
  )
}

const bytesOf = (reads: readonly PartitionRead[]) =>
  reads.reduce((total, read) => total + read.records.length, 0)

const usesTopicIds = ({ apiVersion }: RequestContext) => apiVersion >= 13

type Topic = FetchRequest['topics'][number]

function partitionAsked(partition: Topic['partitions'][number], { topic, topicId }: Topic): FetchPartition {
  return {
    topic,
    topicId,
    partitionIndex: partition.partition,
    fetchOffset: partition.fetchOffset,
    currentLeaderEpoch: partition.currentLeaderEpoch,
    lastFetchedEpoch: partition.lastFetchedEpoch,
    logStartOffset: partition.logStartOffset,
    maxBytes: partition.partitionMaxBytes,
    toldHighWatermark: -1,
    toldLogStartOffset: -1,
  }
}

function limitsOf(request: FetchRequest, { apiVersion, config, fetchMemory }: RequestContext): FetchLimits {
  return {
    maxBytes: Math.min(request.maxBytes, config.get('fetch.max.bytes'), fetchMemory.answerBytesMax),
    usesTopicIds: apiVersion >= 13,
    isFirstBatchWhole: apiVersion >= 3,
    isReadCommitted: request.isolationLevel === READ_COMMITTED,
    isFromReplica: Math.max(request.replicaId, request.replicaState.replicaId) >= 0,
    magic: apiVersion <= 1 ? 0 : apiVersion <= 3 ? 1 : 2,
    isZstdKnown: apiVersion >= 10,
  }
}

function respond(
  reads: readonly PartitionRead[],
  session: FetchContext,
  context: RequestContext,
): FetchResponse | Promise<FetchResponse> {
  const responses: TopicAnswer[] = []
  const byId = usesTopicIds(context)
  const answered = context.pace.map(inAnswerOrder(reads), read => {
    const hasNews = noteTold(read)
    if (session.isIncremental && !hasNews) return
    if (session.isIncremental && read.records.length > 0) session.served(read.asked)
    topicOf(responses, read.asked, byId).partitions.push(partitionOf(read, context))
  })
  const { sessionId } = session
  return whenAnswered(answered, () => ({ throttleTimeMs: 0, errorCode: 'NONE', sessionId, responses }))
}

/** Partitions that were read, then topics that are unknown, then partitions that are: Apache Kafka's order. */
function inAnswerOrder(reads: readonly PartitionRead[]): readonly PartitionRead[] {
  if (reads.every(read => rankOf(read) === 0)) return reads
  return [...reads].sort((a, b) => rankOf(a) - rankOf(b))
}

function rankOf({ error }: PartitionRead): number {
  if (error === 'NONE') return 0
  return error === 'UNKNOWN_TOPIC_ID' ? 1 : error === 'UNKNOWN_TOPIC_OR_PARTITION' ? 2 : 0
}

/** Notes what the client is told of a partition, and returns whether that is news to it. */
function noteTold({
  asked,
  error,
  records,
  highWatermark,
  logStartOffset,
  divergingEpoch,
}: PartitionRead): boolean {
  const hasNews =
    error !== 'NONE' ||
    records.length > 0 ||
    divergingEpoch !== undefined ||
    asked.toldHighWatermark !== highWatermark ||
    asked.toldLogStartOffset !== logStartOffset
  asked.toldHighWatermark = error === 'NONE' ? highWatermark : -1
  asked.toldLogStartOffset = logStartOffset
  return hasNews
}

/** The answer's entry of a topic: the last one when it is the same topic, else a new one. */
function topicOf(responses: TopicAnswer[], asked: FetchPartition, byId: boolean): TopicAnswer {
  const last = responses.at(-1)
  if (last !== undefined && (byId ? last.topicId === asked.topicId : last.topic === asked.topic)) return last
  const topic: TopicAnswer = { topic: asked.topic, topicId: byId ? asked.topicId : ZERO_UUID, partitions: [] }
  responses.push(topic)
  return topic
}

function partitionOf(read: PartitionRead, context: RequestContext): PartitionAnswer {
  return {
    partitionIndex: read.asked.partitionIndex,
    errorCode: read.error,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    ...(read.divergingEpoch !== undefined && { divergingEpoch: read.divergingEpoch }),
    ...leaderOf(read, context),
    abortedTransactions: read.abortedTransactions,
    records: read.records,
  }
}

/** Who leads a partition that refused as a follower's would (KIP-951). */
function leaderOf({ error, partition }: PartitionRead, { apiVersion, config }: RequestContext) {
  if (error !== 'NOT_LEADER_OR_FOLLOWER' || partition === undefined || apiVersion < 16) return undefined
  return { currentLeader: { leaderId: config.get('node.id'), leaderEpoch: partition.leaderEpoch } }
}
