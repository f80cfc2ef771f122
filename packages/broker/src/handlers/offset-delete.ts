import { decideOffsetDelete } from '@samsa/coordinators'
import { OffsetDelete, type OffsetDeleteRequest, type OffsetDeleteResponse } from '@samsa/protocol'
import { mergeTopics, splitPartitions } from '../groups/known-partitions.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

type TopicAnswer = OffsetDeleteResponse['topics'][number]

/** OffsetDelete v0. Refuses partitions that do not exist; about the rest the group decides. */
export const offsetDelete: Handler<typeof OffsetDelete> = {
  api: OffsetDelete,
  serve(request, requestContext) {
    const refused: TopicAnswer[] = []
    const existingTopics = requestContext.pace.map(request.topics, topic =>
      existing(topic, requestContext, refused),
    )
    const answer = whenAnswered(existingTopics, topics =>
      requestContext.groups.execute<OffsetDeleteResponse>(
        request.groupId,
        group => decideOffsetDelete(group, { ...request, topics: topics.flat() }),
        errorCode => ({ errorCode, throttleTimeMs: 0, topics: [] }),
      ),
    )
    return whenAnswered(answer, response => {
      if (response.errorCode !== 'NONE') return response
      return { ...response, topics: mergeTopics(refused, response.topics, ({ name }) => name) }
    })
  },
}

function existing(
  { name, partitions }: OffsetDeleteRequest['topics'][number],
  { metadata }: RequestContext,
  refused: TopicAnswer[],
): OffsetDeleteRequest['topics'] {
  const { known, unknown } = splitPartitions(metadata.image().topic(name), partitions)
  const errorCode = 'UNKNOWN_TOPIC_OR_PARTITION' as const
  if (unknown.length > 0) {
    refused.push({ name, partitions: unknown.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) })
  }
  return known.length === 0 ? [] : [{ name, partitions: known }]
}
