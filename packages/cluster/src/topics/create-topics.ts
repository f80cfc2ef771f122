import { type Random, randomUuid } from '@samsa/base'
import { type Decision, OK, type Outcome, refuse } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import { allFenced, manualAssignmentProblem } from '../placement/manual-assignment.ts'
import { placeReplicas } from '../placement/place-replicas.ts'
import type { Operation, Transaction } from '../store/metadata-store.ts'
import { isReservedTopic, topicNameProblem } from './topic-name.ts'

/** A topic with more configs than this names many that there are not; nobody looks which. */
const CONFIGS_MAX = 1_000

/** A topic to be created, as CreateTopics has it; a topic made by need looks the same. */
export interface NewTopic {
  readonly name: string
  /** -1 for the broker's default, or because `assignments` says it. */
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

export interface CreateTopicsContext {
  readonly random: Random
  readonly defaults: { readonly numPartitions: number; readonly replicationFactor: number }
  /** Judges a topic's overrides; undefined when they are fine. */
  readonly checkConfig: (name: string, entries: Readonly<Record<string, string>>) => Outcome | undefined
  /** Changes nothing, answers as if it had. */
  readonly validateOnly: boolean
}

export interface CreatedTopic extends Outcome {
  readonly name: string
  /** What was created; undefined with an error. */
  readonly created?: {
    readonly topicId: string
    readonly numPartitions: number
    readonly replicationFactor: number
    readonly configs: Readonly<Record<string, string>>
  }
}

/** Kafka creates at most this many partitions at one request. */
export const PARTITIONS_PER_REQUEST_MAX = 10_000

/** Decides a CreateTopics request. One answer a name: names given more than once come last, then reserved ones. */
export function decideCreateTopics(
  image: MetadataImage,
  topics: readonly NewTopic[],
  context: CreateTopicsContext,
): Decision<CreatedTopic[]> {
  const duplicates = duplicatesOf(topics.map(({ name }) => name))
  const single = topics.filter(({ name }) => !duplicates.has(name) && !isReservedTopic(name))
  if (partitionsAskedFor(single, context) > PARTITIONS_PER_REQUEST_MAX) {
    return { changes: [], response: topics.map(({ name }) => ({ name, ...tooManyPartitions() })) }
  }
  const changes: Transaction[] = []
  const response: CreatedTopic[] = []
  for (const topic of single) {
    const decided = decideOne(image, topic, context)
    response.push(decided.response)
    if (decided.change !== undefined) changes.push(decided.change)
  }
  for (const name of duplicates) {
    response.push({ name, ...refuse('INVALID_REQUEST', 'Duplicate topic name.') })
  }
  for (const { name } of topics) {
    if (!isReservedTopic(name) || duplicates.has(name)) continue
    response.push({ name, ...refuse('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`) })
  }
  return { changes: context.validateOnly ? [] : changes, response }
}

function partitionsAskedFor(topics: readonly NewTopic[], { defaults }: CreateTopicsContext): number {
  return topics.reduce((sum, { numPartitions, assignments }) => {
    if (assignments.length > 0) return sum + assignments.length
    return sum + (numPartitions === -1 ? defaults.numPartitions : Math.max(0, numPartitions))
  }, 0)
}

function decideOne(
  image: MetadataImage,
  topic: NewTopic,
  context: CreateTopicsContext,
): { response: CreatedTopic; change?: Transaction } {
  const { name } = topic
  const problem = nameProblem(image, name) ?? configProblem(topic, context)
  if (problem !== undefined) return { response: { name, ...problem } }
  const placed = placementOf(image, topic, context)
  if ('error' in placed) return { response: { name, ...placed } }

  const { assignment } = placed
  const configs = Object.fromEntries(topic.configs.map(config => [config.name, config.value!]))
  const topicId = randomUuid(context.random)
  const created = {
    topicId,
    numPartitions: assignment.length,
    replicationFactor: assignment[0]!.length,
    configs,
  }
  return { response: { name, ...OK, created }, change: creation(name, { topicId, assignment }, configs) }
}

function nameProblem(image: MetadataImage, name: string): Outcome | undefined {
  if (image.topic(name) !== undefined) {
    return refuse('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  }
  const [collidesWith] = image.topicsLike(name)
  if (collidesWith !== undefined) {
    const message = `Topic '${name}' collides with existing topic: ${collidesWith}`
    return refuse('INVALID_TOPIC_EXCEPTION', message)
  }
  const problem = topicNameProblem(name)
  return problem === undefined ? undefined : refuse('INVALID_TOPIC_EXCEPTION', problem)
}

function configProblem(topic: NewTopic, context: CreateTopicsContext): Outcome | undefined {
  if (topic.configs.length > CONFIGS_MAX) {
    const message = `Topic '${topic.name}' is given ${topic.configs.length} configs: more than there are.`
    return refuse('INVALID_CONFIG', message)
  }
  const unset = topic.configs.filter(({ value }) => value === null).map(({ name }) => name)
  if (unset.length > 0) {
    return refuse('INVALID_CONFIG', `Null value not supported for topic configs: ${unset.join(',')}`)
  }
  if (topic.configs.length === 0) return undefined
  return context.checkConfig(
    topic.name,
    Object.fromEntries(topic.configs.map(({ name, value }) => [name, value!])),
  )
}

function placementOf(
  image: MetadataImage,
  topic: NewTopic,
  context: CreateTopicsContext,
): { assignment: readonly (readonly number[])[] } | Outcome {
  if (topic.assignments.length > 0) return manualPlacement(image, topic)
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.'
    return refuse('INVALID_REPLICATION_FACTOR', message)
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    const message = 'Number of partitions was set to an invalid non-positive value.'
    return refuse('INVALID_PARTITIONS', message)
  }
  const numPartitions = topic.numPartitions === -1 ? context.defaults.numPartitions : topic.numPartitions
  const replicationFactor =
    topic.replicationFactor === -1 ? context.defaults.replicationFactor : topic.replicationFactor
  const placed = placeReplicas(image.brokers(), numPartitions, replicationFactor, context.random)
  if ('assignment' in placed) return placed
  const message = `Unable to replicate the partition ${replicationFactor} time(s): ${placed.problem}`
  return refuse('INVALID_REPLICATION_FACTOR', message)
}

function manualPlacement(
  image: MetadataImage,
  topic: NewTopic,
): { assignment: readonly (readonly number[])[] } | Outcome {
  const manual = 'A manual partition assignment was specified, but'
  if (topic.replicationFactor !== -1) {
    return refuse('INVALID_REQUEST', `${manual} replication factor was not set to -1.`)
  }
  if (topic.numPartitions !== -1) {
    return refuse('INVALID_REQUEST', `${manual} numPartitions was not set to -1.`)
  }
  const byIndex = new Map<number, readonly number[]>()
  let replicationFactor: number | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    const problem = byIndex.has(partitionIndex)
      ? `Found multiple manual partition assignments for partition ${partitionIndex}`
      : (manualAssignmentProblem(image, brokerIds, replicationFactor) ??
        fencedProblem(image, partitionIndex, brokerIds))
    if (problem !== undefined) return refuse('INVALID_REPLICA_ASSIGNMENT', problem)
    replicationFactor = brokerIds.length
    byIndex.set(partitionIndex, brokerIds)
  }
  const assignment = Array.from(byIndex.keys(), (_, index) => byIndex.get(index))
  if (!assignment.every(replicas => replicas !== undefined)) {
    const message = 'partitions should be a consecutive 0-based integer sequence'
    return refuse('INVALID_REPLICA_ASSIGNMENT', message)
  }
  return { assignment }
}

/** Why a partition put on these brokers would have no leader. */
export function fencedProblem(
  image: MetadataImage,
  partition: number,
  brokerIds: readonly number[],
): string | undefined {
  if (!allFenced(image, brokerIds)) return undefined
  return `All brokers specified in the manual partition assignment for partition ${partition} are fenced or in controlled shutdown.`
}

export function tooManyPartitions(): Outcome {
  const message = `Excessively large number of partitions per request: at most ${PARTITIONS_PER_REQUEST_MAX} are created at one request.`
  return refuse('POLICY_VIOLATION', message)
}

/** The change that brings a topic into being. */
export function creation(
  name: string,
  value: { readonly topicId: string; readonly assignment: readonly (readonly number[])[] },
  configs: Readonly<Record<string, string>>,
): Transaction {
  const put: Operation = { type: 'put', key: keys.topic(name), value: { ...value } }
  const config = keys.config({ type: 'topic', name })
  return {
    conditions: [{ key: keys.topic(name), modRevision: 0 }],
    operations:
      Object.keys(configs).length === 0 ? [put] : [put, { type: 'put', key: config, value: configs }],
  }
}

/** What occurs more than once, each once, in order of first sight. */
export function duplicatesOf<T>(items: Iterable<T>): Set<T> {
  const seen = new Set<T>()
  const duplicates = new Set<T>()
  for (const item of items) {
    if (seen.has(item)) duplicates.add(item)
    seen.add(item)
  }
  return duplicates
}
