import { ZERO_UUID } from '@samsa/base'
import { type TopicToDelete, decideDeleteTopics } from '@samsa/cluster'
import { DeleteTopics, type DeleteTopicsRequest, type DeleteTopicsResponse } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** DeleteTopics v0–6. Deletes topics by name, from v6 on also by id (KIP-516). */
export const deleteTopics: Handler<typeof DeleteTopics> = {
  api: DeleteTopics,
  async serve(request, { apiVersion, config, metadata, pace }) {
    const topics = topicsOf(request, apiVersion)
    if (!config.get('delete.topic.enable')) {
      const responses = await pace.map(topics, topic => disabled(topic, apiVersion))
      return { throttleTimeMs: 0, responses }
    }
    const image = metadata.image()
    const keyOf = ({ name, topicId }: TopicToDelete) => name ?? image.topicById(topicId)?.name ?? topicId
    const deleted = await pace.inChunks(topics, keyOf, chunk =>
      metadata.submitItems(
        image => decideDeleteTopics(image, chunk),
        outcome => chunk.map(topic => ({ ...topic, ...outcome })),
      ),
    )
    const responses = await pace.map(deleted, ({ name, topicId, error, message }) => ({
      name,
      topicId,
      errorCode: error,
      errorMessage: message,
    }))
    return { throttleTimeMs: 0, responses }
  },
}

function topicsOf(request: DeleteTopicsRequest, apiVersion: number): readonly TopicToDelete[] {
  if (apiVersion >= 6) return request.topics
  return request.topicNames.map(name => ({ name, topicId: ZERO_UUID }))
}

/** Clients before v3 do not know the error that says it. */
function disabled(
  { name, topicId }: TopicToDelete,
  apiVersion: number,
): DeleteTopicsResponse['responses'][number] {
  const errorCode = apiVersion < 3 ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED'
  return {
    name,
    topicId,
    errorCode,
    errorMessage: 'Topic deletion is disabled: delete.topic.enable is false.',
  }
}
