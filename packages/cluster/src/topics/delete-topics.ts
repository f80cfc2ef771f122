import { ZERO_UUID } from '@samsa/base'
import { type Decision, OK, type Outcome, refuse } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { TopicImage } from '../image/topic-image.ts'
import type { Transaction } from '../store/metadata-store.ts'
import { duplicatesOf } from './create-topics.ts'

/** A topic to be deleted: by name, or by id with the name null. */
export interface TopicToDelete {
  readonly name: string | null
  readonly topicId: string
}

export interface DeletedTopic extends Outcome {
  readonly name: string | null
  readonly topicId: string
}

/** Decides a DeleteTopics request. Whether deleting is allowed at all is asked before. */
export function decideDeleteTopics(
  image: MetadataImage,
  topics: readonly TopicToDelete[],
): Decision<DeletedTopic[]> {
  const response: DeletedTopic[] = []
  const changes: Transaction[] = []
  const invalid = topics.filter(topic => (topic.name === null) === (topic.topicId === ZERO_UUID))
  for (const topic of invalid) response.push({ ...topic, ...contradiction(topic) })

  const valid = topics.filter(topic => !invalid.includes(topic))
  const names = valid.flatMap(({ name }) => name ?? [])
  const ids = valid.filter(({ name }) => name === null).map(({ topicId }) => topicId)
  const duplicateNames = duplicatesOf(names)
  const duplicateIds = duplicatesOf(ids)
  for (const name of duplicateNames) {
    response.push({ name, topicId: ZERO_UUID, ...refuse('INVALID_REQUEST', 'Duplicate topic name.') })
  }
  for (const topicId of duplicateIds) {
    response.push({ name: null, topicId, ...refuse('INVALID_REQUEST', 'Duplicate topic id.') })
  }

  const byId = new Set(ids)
  const singleNames = names.filter(name => !duplicateNames.has(name))
  const namedTwice = new Set(singleNames.filter(name => byId.has(image.topic(name)?.topicId ?? '')))
  for (const topicId of byId) {
    if (duplicateIds.has(topicId)) continue
    const topic = image.topicById(topicId)
    if (topic === undefined)
      response.push({
        name: null,
        topicId,
        ...refuse('UNKNOWN_TOPIC_ID', `There is no topic with the id ${topicId}.`),
      })
    else if (!namedTwice.has(topic.name)) {
      response.push({ name: topic.name, topicId, ...OK })
      changes.push(deletion(topic))
    }
  }
  for (const name of singleNames) {
    const topic = image.topic(name)
    if (topic === undefined) {
      response.push({
        name,
        topicId: ZERO_UUID,
        ...refuse('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`),
      })
    } else if (namedTwice.has(name)) {
      const message = 'The provided topic name maps to an ID that was already supplied.'
      response.push({ name, topicId: topic.topicId, ...refuse('INVALID_REQUEST', message) })
    } else {
      response.push({ name, topicId: topic.topicId, ...OK })
      changes.push(deletion(topic))
    }
  }
  return { changes, response }
}

function contradiction(topic: TopicToDelete): Outcome {
  const message =
    topic.name === null
      ? 'Neither topic name nor id were specified.'
      : 'You may not specify both topic name and topic id.'
  return refuse('INVALID_REQUEST', message)
}

/** The change that ends a topic, its configuration and its partitions' states. */
export function deletion(topic: TopicImage): Transaction {
  const states = topic.partitions.some(partition => partition.stateRevision > 0)
  return {
    conditions: [{ key: keys.topic(topic.name), modRevision: topic.modRevision }],
    operations: [
      { type: 'delete', key: keys.topic(topic.name) },
      { type: 'delete', key: keys.config({ type: 'topic', name: topic.name }) },
      ...(states ? [{ type: 'deletePrefix' as const, prefix: keys.partitionStatesOf(topic.topicId) }] : []),
    ],
  }
}
