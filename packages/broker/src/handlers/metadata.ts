import { ZERO_UUID } from '@samsa/base'
import { type MetadataImage, type TopicImage, isInternalTopic, topicNameProblem } from '@samsa/cluster'
import { type ErrorName, Metadata, type MetadataRequest, type MetadataResponse } from '@samsa/protocol'
import { ALL_CLUSTER_OPERATIONS, ALL_TOPIC_OPERATIONS, NOT_ASKED } from '../authorized-operations.ts'
import { brokersFor } from '../brokers-for.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { autoCreateTopics } from '../topics/auto-create-topics.ts'

type TopicAnswer = MetadataResponse['topics'][number]
type TopicQuery = NonNullable<MetadataRequest['topics']>[number]

/** Metadata v0–13. Who the brokers are and who leads what; creates missing topics when the client and the broker allow. */
export const metadata: Handler<typeof Metadata> = {
  api: Metadata,
  async serve(request, context) {
    if (namesByIdTooEarly(request, context)) return refuseIds(request)
    const topics = await answerTopics(request, context)
    const image = context.metadata.image()
    return {
      throttleTimeMs: 0,
      brokers: brokersFor(context),
      clusterId: image.clusterId ?? null,
      controllerId: context.metadata.controllerId,
      topics,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : NOT_ASKED,
      errorCode: 'NONE',
    }
  },
}

/** The first version in which a topic may be asked for by its id; its field is there from v10 on (KIP-516). */
const BY_ID_SINCE = 12

function namesByIdTooEarly({ topics }: MetadataRequest, { apiVersion }: RequestContext): boolean {
  if (apiVersion >= BY_ID_SINCE || topics === null) return false
  return topics.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID)
}

/** As Apache Kafka refuses a whole request: nobody is named, and each topic has the error. */
function refuseIds({ topics }: MetadataRequest): MetadataResponse {
  return {
    throttleTimeMs: 0,
    brokers: [],
    clusterId: null,
    controllerId: -1,
    topics: (topics ?? []).map(({ name, topicId }) => unknown('INVALID_REQUEST', name ?? '', topicId)),
    clusterAuthorizedOperations: NOT_ASKED,
    errorCode: 'NONE',
  }
}

async function answerTopics(request: MetadataRequest, context: RequestContext): Promise<TopicAnswer[]> {
  const operations = request.includeTopicAuthorizedOperations ? ALL_TOPIC_OPERATIONS : NOT_ASKED
  const image = context.metadata.image()
  if (isForAll(request, context)) {
    return context.pace.map(image.sortedTopicNames(), name =>
      known(image.topic(name) as TopicImage, operations),
    )
  }
  const asked = await context.pace.run(eachOnce(request.topics ?? [], image))
  const { queries, missing } = asked
  const refusals =
    missing.length === 0 || !request.allowAutoTopicCreation
      ? new Map<string, ErrorName>()
      : await autoCreateTopics(
          missing.filter(name => topicNameProblem(name) === undefined),
          context,
        )
  return context.pace.map(queries, query => answerTopic(query, refusals, context, operations))
}

/** A topic asked for twice is answered once, as in Apache Kafka. */
function* eachOnce(topics: readonly TopicQuery[], image: MetadataImage) {
  const seen = new Set<string>()
  const queries: TopicQuery[] = []
  const missing: string[] = []
  for (const topic of topics) {
    const { name, topicId } = topic
    const key = name === null || topicId !== ZERO_UUID ? `${topicId}/` : name
    if (!seen.has(key)) {
      seen.add(key)
      queries.push(topic)
      if (name !== null && image.topic(name) === undefined) missing.push(name)
    }
    yield
  }
  return { queries, missing }
}

/** v0 has no way to ask for no topic: an empty list means all. */
function isForAll({ topics }: MetadataRequest, { apiVersion }: RequestContext): boolean {
  return topics === null || (apiVersion === 0 && topics.length === 0)
}

function answerTopic(
  { name, topicId }: TopicQuery,
  refusals: ReadonlyMap<string, ErrorName>,
  context: RequestContext,
  operations: number,
): TopicAnswer {
  const image = context.metadata.image()
  if (name === null || topicId !== ZERO_UUID) {
    const topic = image.topicById(topicId)
    return topic === undefined ? unknown('UNKNOWN_TOPIC_ID', null, topicId) : known(topic, operations)
  }
  const topic = image.topic(name)
  if (topic !== undefined) return known(topic, operations)
  if (topicNameProblem(name) !== undefined) return unknown('INVALID_TOPIC_EXCEPTION', name, ZERO_UUID)
  return unknown(refusals.get(name) ?? 'UNKNOWN_TOPIC_OR_PARTITION', name, ZERO_UUID)
}

function unknown(errorCode: ErrorName, name: string | null, topicId: string): TopicAnswer {
  return { errorCode, name, topicId, isInternal: false, partitions: [], topicAuthorizedOperations: NOT_ASKED }
}

function known(topic: TopicImage, topicAuthorizedOperations: number): TopicAnswer {
  return {
    errorCode: 'NONE',
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map(({ leader, leaderEpoch, replicas, isr }, partitionIndex) => ({
      errorCode: leader === -1 ? ('LEADER_NOT_AVAILABLE' as const) : ('NONE' as const),
      partitionIndex,
      leaderId: leader,
      leaderEpoch,
      replicaNodes: replicas as number[],
      isrNodes: isr as number[],
      offlineReplicas: [],
    })),
    topicAuthorizedOperations,
  }
}
