import { ZERO_UUID } from '@samsa/base'
import { type FetchedTopic, fetchAllOffsets, fetchOffsets, respond } from '@samsa/coordinators'
import {
  type ErrorName,
  OffsetFetch,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
} from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'

type GroupQuery = OffsetFetchRequest['groups'][number]
type GroupAnswer = NonNullable<OffsetFetchResponse['groups']>[number]
type TopicQuery = NonNullable<GroupQuery['topics']>[number]

/** From this version on, a problem with the group has a place of its own in the answer. */
const GROUP_ERROR_SINCE = 2
/** From this version on, several groups can be asked for in one request (KIP-709). */
const GROUPS_SINCE = 8
/** So many partitions of a group are looked up in one go. */
const PARTITIONS_PER_PART = 500
/** From this version on, topics are named by id. */
const IDS_SINCE = 10

/** OffsetFetch v0–10. What groups have committed, for some partitions or for all. */
export const offsetFetch: Handler<typeof OffsetFetch> = {
  api: OffsetFetch,
  async serve(request, context) {
    const queries =
      context.apiVersion >= GROUPS_SINCE ? request.groups : [await singleQuery(request, context)]
    const parts = await context.pace.run(partsOf(queries))
    const answers = await context.pace.mapAnswers(parts, ({ query }) => fetchGroup(query, request, context))
    const groups = await context.pace.run(joined(parts, answers))
    if (context.apiVersion >= GROUPS_SINCE) return { throttleTimeMs: 0, groups }
    return singleAnswer(groups[0]!, context)
  },
}

/** A part of what is asked of a group, looked up in one go. */
interface Part {
  readonly query: GroupQuery
  /** Whether it goes on with what the part before it asks. */
  readonly isMore: boolean
}

/** Splits queries for so many partitions that looking them all up in one go would hold up others. */
function* partsOf(queries: readonly GroupQuery[]): Generator<undefined, Part[]> {
  const parts: Part[] = []
  for (const query of queries) {
    yield
    if (query.topics === null) {
      parts.push({ query, isMore: false })
      continue
    }
    let topics: TopicQuery[] = []
    let count = 0
    let isMore = false
    for (const piece of piecesOf(query.topics)) {
      topics.push(piece)
      count += 1 + piece.partitionIndexes.length
      if (count < PARTITIONS_PER_PART) continue
      parts.push({ query: { ...query, topics }, isMore })
      topics = []
      count = 0
      isMore = true
      yield
    }
    if (!isMore || topics.length > 0) parts.push({ query: { ...query, topics }, isMore })
  }
  return parts
}

function* piecesOf(topics: readonly TopicQuery[]): Iterable<TopicQuery> {
  for (const topic of topics) {
    const { partitionIndexes } = topic
    if (partitionIndexes.length <= PARTITIONS_PER_PART) yield topic
    else {
      for (let from = 0; from < partitionIndexes.length; from += PARTITIONS_PER_PART) {
        yield { ...topic, partitionIndexes: partitionIndexes.slice(from, from + PARTITIONS_PER_PART) }
      }
    }
  }
}

/** Puts the answers to parts together again; what goes wrong with one of them goes wrong with the group. */
function* joined(
  parts: readonly Part[],
  answers: readonly GroupAnswer[],
): Generator<undefined, GroupAnswer[]> {
  const groups: { answer: GroupAnswer; topics: GroupAnswer['topics'][number][] }[] = []
  for (const [at, answer] of answers.entries()) {
    yield
    const group = parts[at]!.isMore ? groups.at(-1) : undefined
    if (group === undefined) groups.push({ answer, topics: [...answer.topics] })
    else if (group.answer.errorCode === 'NONE') {
      const isFailed = answer.errorCode !== 'NONE'
      if (isFailed) groups[groups.length - 1] = { answer, topics: [...answer.topics] }
      else for (const topic of answer.topics) addTopic(group.topics, topic)
    }
  }
  return groups.map(({ answer, topics }) => ({ ...answer, topics }))
}

/** A topic with very many partitions was asked for in pieces. */
function addTopic(topics: GroupAnswer['topics'][number][], topic: GroupAnswer['topics'][number]): void {
  const last = topics.at(-1)
  const isPiece = last !== undefined && last.name === topic.name && last.topicId === topic.topicId
  if (!isPiece || last.partitions.length % PARTITIONS_PER_PART !== 0 || last.partitions.length === 0) {
    topics.push(topic)
    return
  }
  topics[topics.length - 1] = { ...last, partitions: [...last.partitions, ...topic.partitions] }
}

/** Before several groups fitted into a request, the one group's fields stood in the request itself. */
async function singleQuery(
  { groupId, topics }: OffsetFetchRequest,
  { pace }: RequestContext,
): Promise<GroupQuery> {
  const asked = topics === null ? null : await pace.map(topics, topic => ({ ...topic, topicId: ZERO_UUID }))
  return { groupId, memberId: null, memberEpoch: -1, topics: asked }
}

async function singleAnswer(
  { topics, errorCode }: GroupAnswer,
  { pace }: RequestContext,
): Promise<OffsetFetchResponse> {
  const named = await pace.map(topics, ({ name, partitions }) => ({ name: name ?? '', partitions }))
  return { throttleTimeMs: 0, topics: named, errorCode: errorCode ?? 'NONE' }
}

function fetchGroup(
  query: GroupQuery,
  request: OffsetFetchRequest,
  context: RequestContext,
): GroupAnswer | Promise<GroupAnswer> {
  const { groupId } = query
  return context.groups.execute<GroupAnswer>(
    groupId,
    group => {
      const topics =
        query.topics === null
          ? identified(fetchAllOffsets(group, request.requireStable), context)
          : fetchTopics(query.topics, context, known => fetchOffsets(group, known, request.requireStable))
      return respond({ groupId, topics, errorCode: 'NONE' })
    },
    error => refused(query, consumerError(error), context.apiVersion),
  )
}

function fetchTopics(
  queries: readonly TopicQuery[],
  { apiVersion, metadata }: RequestContext,
  fetch: (topics: readonly TopicQuery[]) => FetchedTopic[],
): FetchedTopic[] {
  if (apiVersion < IDS_SINCE) return apiVersion === 0 ? fetch(queries).map(asZooKeeper) : fetch(queries)
  const image = metadata.image()
  const named = queries.map(query => ({ ...query, name: image.topicById(query.topicId)?.name ?? '' }))
  const unknown = named.filter(({ name }) => name === '')
  return [
    ...fetch(named.filter(({ name }) => name !== '')),
    ...unknown.map(query => refusedTopic(query, 'UNKNOWN_TOPIC_ID')),
  ]
}

// Version 0 told of ZooKeeper's entries: where there was none, that was an error.
function asZooKeeper(topic: FetchedTopic): FetchedTopic {
  const partitions = topic.partitions.map(partition =>
    partition.committedOffset === -1
      ? { ...partition, errorCode: 'UNKNOWN_TOPIC_OR_PARTITION' as const }
      : partition,
  )
  return { ...topic, partitions }
}

// Where topics go by id, those that no longer exist have none and cannot be told of.
function identified(topics: FetchedTopic[], { apiVersion, metadata }: RequestContext): FetchedTopic[] {
  if (apiVersion < IDS_SINCE) return topics
  const image = metadata.image()
  return topics.flatMap(topic => {
    const topicId = image.topic(topic.name ?? '')?.topicId
    return topicId === undefined ? [] : [{ ...topic, topicId }]
  })
}

function refused(query: GroupQuery, errorCode: ErrorName, apiVersion: number): GroupAnswer {
  const { groupId, topics } = query
  if (apiVersion >= GROUP_ERROR_SINCE) return { groupId, topics: [], errorCode }
  return {
    groupId,
    topics: (topics ?? []).map(topic => refusedTopic(topic, errorCode)),
    errorCode: 'NONE',
  }
}

function refusedTopic({ name, topicId, partitionIndexes }: TopicQuery, errorCode: ErrorName): FetchedTopic {
  const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
  return {
    name,
    topicId,
    partitions: partitionIndexes.map(partitionIndex => ({ partitionIndex, ...nothing })),
  }
}

// Consumers before 3.9 give up on COORDINATOR_NOT_AVAILABLE here; the other error makes them look for the coordinator.
function consumerError(error: ErrorName): ErrorName {
  return error === 'COORDINATOR_NOT_AVAILABLE' ? 'NOT_COORDINATOR' : error
}
