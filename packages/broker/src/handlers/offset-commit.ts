import { commitRefused, decideCommit } from '@samsa/coordinators'
import {
  type ErrorName,
  OffsetCommit,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
} from '@samsa/protocol'
import { mergeTopics, splitPartitions, topicAsked } from '../groups/known-partitions.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

type TopicCommit = OffsetCommitRequest['topics'][number]
type TopicAnswer = OffsetCommitResponse['topics'][number]

/** What an offset takes in the log at least, with the shortest of names: as it is, and compressed well. */
const STORED_BYTES_MIN = 40
const STORED_BYTES_MIN_COMPRESSED = 20

/** From this version on, topics are named by id. */
const IDS_SINCE = 10

/** OffsetCommit v0–10. Refuses partitions that do not exist; about the rest the group decides. */
export const offsetCommit: Handler<typeof OffsetCommit> = {
  api: OffsetCommit,
  serve(request, context) {
    const refused: TopicAnswer[] = []
    const topics = context.pace.map(request.topics, topic => existing(topic, context, refused))
    return whenAnswered(topics, topics => commit({ ...request, topics: topics.flat() }, refused, context))
  },
}

function commit(
  request: OffsetCommitRequest,
  refused: readonly TopicAnswer[],
  { apiVersion, config, groups }: RequestContext,
): OffsetCommitResponse | Promise<OffsetCommitResponse> {
  if (request.topics.length === 0) return { throttleTimeMs: 0, topics: merged(refused, [], apiVersion) }
  const input = { request, apiVersion }
  // All offsets of a commit go into one batch: what cannot fit need not be decided first.
  const answer =
    storedBytesMin(request, config) > config.get('message.max.bytes')
      ? commitRefused(request, 'INVALID_COMMIT_OFFSET_SIZE')
      : groups.execute<OffsetCommitResponse>(
          request.groupId,
          (group, context) => decideCommit(group, input, context),
          error => commitRefused(request, error),
        )
  return whenAnswered(answer, response => ({
    ...response,
    topics: merged(refused, response.topics, apiVersion),
  }))
}

function storedBytesMin({ topics }: OffsetCommitRequest, config: RequestContext['config']): number {
  const isCompressed = config.get('offsets.topic.compression.codec') !== 0
  const count = topics.reduce((sum, { partitions }) => sum + partitions.length, 0)
  return count * (isCompressed ? STORED_BYTES_MIN_COMPRESSED : STORED_BYTES_MIN)
}

/** The part of a topic's commits that can be stored, with both name and id; adds the rest to `refused`. */
function existing(commit: TopicCommit, { metadata, apiVersion }: RequestContext, refused: TopicAnswer[]) {
  const topic = topicAsked(metadata.image(), commit, apiVersion >= IDS_SINCE)
  if (typeof topic === 'string') {
    refused.push(refuse(commit, topic))
    return []
  }
  const { known, unknown } = splitPartitions(topic, commit.partitions)
  const named = { ...commit, name: topic.name, topicId: topic.topicId }
  if (unknown.length > 0)
    refused.push(refuse({ ...named, partitions: unknown }, 'UNKNOWN_TOPIC_OR_PARTITION'))
  return known.length === 0 ? [] : [{ ...named, partitions: known }]
}

function refuse({ name, topicId, partitions }: TopicCommit, errorCode: ErrorName): TopicAnswer {
  return {
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }
}

function merged(first: readonly TopicAnswer[], second: readonly TopicAnswer[], apiVersion: number) {
  return mergeTopics(first, second, topic => (apiVersion >= IDS_SINCE ? topic.topicId : topic.name) ?? '')
}
