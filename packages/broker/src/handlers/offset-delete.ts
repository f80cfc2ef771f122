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
    const topics = existing(request, requestContext, refused)
    const answer = requestContext.groups.execute<OffsetDeleteResponse>(
      request.groupId,
      group => decideOffsetDelete(group, { ...request, topics }),
      errorCode => ({ errorCode, throttleTimeMs: 0, topics: [] }),
    )
    return whenAnswered(answer, response => {
      if (response.errorCode !== 'NONE') return response
      return { ...response, topics: mergeTopics(refused, response.topics, ({ name }) => name) }
    })
  },
}

function existing(
  { topics }: OffsetDeleteRequest,
  { metadata }: RequestContext,
  refused: TopicAnswer[],
): OffsetDeleteRequest['topics'] {
  return topics.flatMap(({ name, partitions }) => {
    const { known, unknown } = splitPartitions(metadata.image().topic(name), partitions)
    const errorCode = 'UNKNOWN_TOPIC_OR_PARTITION' as const
    if (unknown.length > 0) {
      refused.push({ name, partitions: unknown.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) })
    }
    return known.length === 0 ? [] : [{ name, partitions: known }]
  })
}
