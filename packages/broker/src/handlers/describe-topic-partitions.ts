import { ZERO_UUID } from '@samsa/base'
import { type MetadataImage, type TopicImage, isInternalTopic, topicNameProblem } from '@samsa/cluster'
import {
  DescribeTopicPartitions,
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  type ErrorName,
} from '@samsa/protocol'
import { ALL_TOPIC_OPERATIONS, NOT_ASKED } from '../authorized-operations.ts'
import type { Handler } from '../handler.ts'
import { distinctInSteps, mapInSteps, sortInSteps } from '../steps.ts'

type TopicAnswer = DescribeTopicPartitionsResponse['topics'][number]
type Cursor = NonNullable<DescribeTopicPartitionsRequest['cursor']>

/** DescribeTopicPartitions v0. Topics in order of their names, in pages of so many partitions (KIP-966). */
export const describeTopicPartitions: Handler<typeof DescribeTopicPartitions> = {
  api: DescribeTopicPartitions,
  serve(request, { config, metadata, pace }) {
    const image = metadata.image()
    const limit = Math.max(
      1,
      Math.min(config.get('max.request.partition.size.limit'), request.responsePartitionLimit),
    )
    return pace.run(answer(request, limit, image))
  },
}

function* answer(
  request: DescribeTopicPartitionsRequest,
  limit: number,
  image: MetadataImage,
): Generator<undefined, DescribeTopicPartitionsResponse> {
  const names = yield* namesAskedFor(request, image)
  if (names === undefined) return refused(request)
  return yield* pageOf(names, request.cursor, limit, image)
}

/** Names from the cursor's on; undefined when the cursor does not belong to the request. */
function* namesAskedFor(
  { topics, cursor }: DescribeTopicPartitionsRequest,
  image: MetadataImage,
): Generator<undefined, readonly string[] | undefined> {
  if (cursor !== null && cursor.partitionIndex < 0) return undefined
  const from = cursor?.topicName ?? ''
  if (topics.length === 0) return image.sortedTopicNames().filter(name => name >= from)
  const distinct = yield* distinctInSteps(yield* mapInSteps(topics, ({ name }) => name))
  const names = yield* sortInSteps(distinct.filter(name => name >= from))
  return cursor !== null && names[0] !== from ? undefined : names
}

function* pageOf(
  names: readonly string[],
  cursor: Cursor | null,
  limit: number,
  image: MetadataImage,
): Generator<undefined, DescribeTopicPartitionsResponse> {
  const topics: TopicAnswer[] = []
  let left = limit
  for (const name of names) {
    yield
    if (left === 0) return page(topics, { topicName: name, partitionIndex: 0 })
    const topic = image.topic(name)
    if (topic === undefined) {
      topics.push(unknown(name))
      continue
    }
    const first = name === cursor?.topicName ? cursor.partitionIndex : 0
    const end = Math.min(first + left, topic.partitions.length)
    topics.push(known(topic, first, end))
    if (end < topic.partitions.length) return page(topics, { topicName: name, partitionIndex: end })
    left -= Math.max(0, end - first)
  }
  return page(topics, null)
}

function page(topics: TopicAnswer[], nextCursor: Cursor | null): DescribeTopicPartitionsResponse {
  return { throttleTimeMs: 0, topics, nextCursor }
}

function known(topic: TopicImage, first: number, end: number): TopicAnswer {
  const { name, topicId } = topic
  const partitions = topic.partitions.slice(first, end).map(({ leader, leaderEpoch, replicas, isr }, at) => ({
    errorCode: leader === -1 ? ('LEADER_NOT_AVAILABLE' as const) : ('NONE' as const),
    partitionIndex: first + at,
    leaderId: leader,
    leaderEpoch,
    replicaNodes: replicas as number[],
    isrNodes: isr as number[],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: [],
  }))
  const isInternal = isInternalTopic(name)
  return {
    errorCode: 'NONE',
    name,
    topicId,
    isInternal,
    partitions,
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}

function unknown(name: string): TopicAnswer {
  const errorCode =
    topicNameProblem(name) === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION'
  return failed(errorCode, name)
}

function failed(errorCode: ErrorName, name: string): TopicAnswer {
  const isInternal = isInternalTopic(name)
  return {
    errorCode,
    name,
    topicId: ZERO_UUID,
    isInternal,
    partitions: [],
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
  }
}

/** The answer has no error of its own: every topic gets it. */
function refused({ topics }: DescribeTopicPartitionsRequest): DescribeTopicPartitionsResponse {
  return page(
    topics.map(({ name }) => ({
      ...failed('INVALID_REQUEST', name),
      topicAuthorizedOperations: NOT_ASKED,
    })),
    null,
  )
}
