import type { Random } from '@samsa/base'
import { type Decision, OK, type Outcome, refuse } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { TopicImage } from '../image/topic-image.ts'
import { manualAssignmentProblem } from '../placement/manual-assignment.ts'
import { placeReplicas } from '../placement/place-replicas.ts'
import type { Transaction } from '../store/metadata-store.ts'
import {
  PARTITIONS_PER_REQUEST_MAX,
  duplicatesOf,
  fencedProblem,
  tooManyPartitions,
} from './create-topics.ts'

/** A topic to get more partitions, as CreatePartitions has it. */
export interface MorePartitions {
  readonly name: string
  /** How many it has afterwards. */
  readonly count: number
  /** Brokers of each new partition; null leaves them to the placement. */
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null
}

export interface GrownTopic extends Outcome {
  readonly name: string
}

/** Decides a CreatePartitions request. Names given more than once come first. */
export function decideCreatePartitions(
  image: MetadataImage,
  topics: readonly MorePartitions[],
  context: { readonly random: Random; readonly validateOnly: boolean },
): Decision<GrownTopic[]> {
  const duplicates = duplicatesOf(topics.map(({ name }) => name))
  const response: GrownTopic[] = Array.from(duplicates, name => ({
    name,
    ...refuse('INVALID_REQUEST', 'Duplicate topic name.'),
  }))
  const changes: Transaction[] = []
  let left = PARTITIONS_PER_REQUEST_MAX
  for (const request of topics.filter(({ name }) => !duplicates.has(name))) {
    const topic = image.topic(request.name)
    const grown =
      topic === undefined
        ? refuse('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${request.name}' does not exist.`)
        : grow(image, topic, request, left, context.random)
    if ('error' in grown) {
      response.push({ name: request.name, ...grown })
      continue
    }
    left -= grown.added
    changes.push(grown.change)
    response.push({ name: request.name, ...OK })
  }
  return { changes: context.validateOnly ? [] : changes, response }
}

function grow(
  image: MetadataImage,
  topic: TopicImage,
  request: MorePartitions,
  left: number,
  random: Random,
): { change: Transaction; added: number } | Outcome {
  const existing = topic.partitions.length
  const added = request.count - existing
  if (added <= 0) return refuse('INVALID_PARTITIONS', notMore(topic, request.count))
  if (request.assignments !== null && request.assignments.length !== added) {
    const message = `Attempted to add ${added} additional partition(s), but only ${request.assignments.length} assignment(s) were specified.`
    return refuse('INVALID_REPLICA_ASSIGNMENT', message)
  }
  if (added > left) return tooManyPartitions()
  const placed = placementOf(image, topic, request, added, random)
  if ('error' in placed) return placed
  const assignment = [...topic.partitions.map(({ replicas }) => replicas), ...placed.assignment]
  const key = keys.topic(topic.name)
  const change: Transaction = {
    conditions: [{ key, modRevision: topic.modRevision }],
    operations: [{ type: 'put', key, value: { topicId: topic.topicId, assignment } }],
  }
  return { change, added }
}

function placementOf(
  image: MetadataImage,
  topic: TopicImage,
  request: MorePartitions,
  added: number,
  random: Random,
): { assignment: readonly (readonly number[])[] } | Outcome {
  const replicationFactor = topic.partitions[0]!.replicas.length
  if (request.assignments === null) {
    const placed = placeReplicas(image.brokers(), added, replicationFactor, random)
    return 'assignment' in placed ? placed : refuse('INVALID_REPLICATION_FACTOR', placed.problem)
  }
  for (const [at, { brokerIds }] of request.assignments.entries()) {
    const problem =
      manualAssignmentProblem(image, brokerIds, replicationFactor) ??
      fencedProblem(image, topic.partitions.length + at, brokerIds)
    if (problem !== undefined) return refuse('INVALID_REPLICA_ASSIGNMENT', problem)
  }
  return { assignment: request.assignments.map(({ brokerIds }) => brokerIds) }
}

function notMore(topic: TopicImage, count: number): string {
  const existing = topic.partitions.length
  if (count === existing) return `Topic already has ${existing} partition(s).`
  return `The topic ${topic.name} currently has ${existing} partition(s); ${count} would not be an increase.`
}
