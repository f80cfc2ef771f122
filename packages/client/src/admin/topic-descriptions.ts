import { ZERO_UUID } from '@samsa/base'
import { type CompleteResponseOf, DescribeTopicPartitions, Metadata } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { exchange } from './exchange.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import type { Outcomes } from './results.ts'
import { type Target, toAny } from './routing.ts'
import { valueOr } from './single.ts'

/** A partition and its replicas, as broker ids. */
export interface PartitionDescription {
  readonly partition: number
  /** Undefined while there is none. */
  readonly leader: number | undefined
  /** -1 where the broker does not tell. */
  readonly leaderEpoch: number
  /** The preferred leader first. */
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  /** Replicas outside the ISR that may be elected without losing records (KIP-966); undefined where not told. */
  readonly eligibleLeaderReplicas: readonly number[] | undefined
  readonly lastKnownEligibleLeaderReplicas: readonly number[] | undefined
}

/** A topic and its partitions. */
export interface TopicDescription {
  readonly name: string
  /** Undefined when the broker is older than topic ids. */
  readonly topicId: string | undefined
  readonly isInternal: boolean
  /** In order. */
  readonly partitions: readonly PartitionDescription[]
  /** What the user may do with it; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeTopicsOptions extends CallOptions {
  /** Asks what the user may do with each topic. */
  readonly includeAuthorizedOperations?: boolean | undefined
  /** How many partitions the broker tells in one answer; large topics come in several. Default: 2000. */
  readonly partitionsPerAnswer?: number | undefined
}

/** Describes topics by name. Items are names. */
export function describeTopics(
  context: AdminContext,
  names: readonly string[],
  options: DescribeTopicsOptions,
): Outcomes<string, TopicDescription> {
  return exchange<string, TopicDescription>(context, options, {
    what: 'DescribeTopicPartitions',
    items: names,
    route: toAny(),
    async ask(target, names, settle, deadline) {
      const found = await describeInPages(context, target, names, options, deadline).catch(error => {
        if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED') throw error
        return describeAtOnce(context, target, names, options, deadline)
      })
      for (const [name, description] of found) settle(name, description)
    },
  })
}

type Found = Map<string, TopicDescription | KafkaError>
type TopicAnswer = CompleteResponseOf<typeof DescribeTopicPartitions>['topics'][number]

/** KIP-966: the broker goes through the topics in the order of their names, and answers a page at a time. */
async function describeInPages(
  { cluster }: AdminContext,
  target: Target,
  names: readonly string[],
  options: DescribeTopicsOptions,
  deadline: Deadline,
): Promise<Found> {
  const pages = new Map<string, TopicAnswer[]>()
  let cursor: { topicName: string; partitionIndex: number } | null = null
  let remaining = [...names].sort()
  do {
    const request = {
      topics: remaining.map(name => ({ name })),
      responsePartitionLimit: options.partitionsPerAnswer ?? 2000,
      cursor,
    }
    const limits = { timeoutMs: deadline.attemptMs() }
    const response: CompleteResponseOf<typeof DescribeTopicPartitions> = await cluster.send(
      DescribeTopicPartitions,
      target,
      request,
      limits,
    )
    for (const topic of response.topics) pages.set(topic.name!, [...(pages.get(topic.name!) ?? []), topic])
    cursor = advanced(cursor, response.nextCursor)
    remaining = remaining.filter(name => cursor !== null && name >= cursor.topicName)
  } while (cursor !== null)
  const authorized = options.includeAuthorizedOperations ?? false
  return new Map([...pages].map(([name, parts]) => [name, joined(parts, authorized)]))
}

type Cursor = { topicName: string; partitionIndex: number } | null

/** Where to go on. A broker that does not move on would be asked for ever. */
function advanced(from: Cursor, to: Cursor): Cursor {
  const stays = from !== null && to !== null && from.topicName === to.topicName
  if (stays && to.partitionIndex <= from.partitionIndex)
    throw new KafkaError('MALFORMED', 'The broker tells the same partitions of a topic again and again.')
  return to
}

function joined(pages: readonly TopicAnswer[], authorized: boolean): TopicDescription | KafkaError {
  const first = pages[0]
  const partitions = pages
    .flatMap(page => page.partitions)
    .map(partition => ({
      ...partitionOf(partition),
      eligibleLeaderReplicas: partition.eligibleLeaderReplicas ?? undefined,
      lastKnownEligibleLeaderReplicas: partition.lastKnownElr ?? undefined,
    }))
  return valueOr(descriptionOf(first, partitions, authorized), first.errorCode)
}

/** Before DescribeTopicPartitions: Metadata tells everything about the topics in one answer. */
async function describeAtOnce(
  { cluster }: AdminContext,
  target: Target,
  names: readonly string[],
  options: DescribeTopicsOptions,
  deadline: Deadline,
): Promise<Found> {
  const authorized = options.includeAuthorizedOperations ?? false
  const request = {
    topics: names.map(name => ({ name })),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: authorized,
  }
  // Before version 4 asking for a topic creates it.
  const limits = { timeoutMs: deadline.attemptMs(), minVersion: authorized ? 8 : 4 }
  const { topics } = await cluster.send(Metadata, target, request, limits)
  return new Map(topics.map(topic => [topic.name!, describedByMetadata(topic, authorized)]))
}

/** Describes topics by id (KIP-516). Items are ids. */
export function describeTopicsById(
  context: AdminContext,
  ids: readonly string[],
  options: DescribeTopicsOptions,
): Outcomes<string, TopicDescription> {
  const authorized = options.includeAuthorizedOperations ?? false
  return exchange<string, TopicDescription>(context, options, {
    what: 'Metadata',
    items: ids,
    route: toAny(),
    async ask(target, ids, settle, deadline) {
      const request = {
        topics: ids.map(topicId => ({ topicId, name: null })),
        allowAutoTopicCreation: false,
        includeTopicAuthorizedOperations: authorized,
      }
      // Version 10 and 11 cannot answer for an id that does not exist.
      const limits = { timeoutMs: deadline.attemptMs(), minVersion: 12 }
      const { topics } = await context.cluster.send(Metadata, target, request, limits)
      for (const topic of topics) settle(topic.topicId, describedByMetadata(topic, authorized))
    },
  })
}

type MetadataAnswer = CompleteResponseOf<typeof Metadata>['topics'][number]

function describedByMetadata(topic: MetadataAnswer, authorized: boolean): TopicDescription | KafkaError {
  const partitions = topic.partitions.map(partition => ({
    ...partitionOf(partition),
    eligibleLeaderReplicas: undefined,
    lastKnownEligibleLeaderReplicas: undefined,
  }))
  return valueOr(descriptionOf(topic, partitions, authorized), topic.errorCode)
}

function descriptionOf(
  topic: Pick<MetadataAnswer, 'name' | 'topicId' | 'isInternal' | 'topicAuthorizedOperations'>,
  partitions: PartitionDescription[],
  authorized: boolean,
): TopicDescription {
  return {
    name: topic.name ?? '',
    topicId: topic.topicId === ZERO_UUID ? undefined : topic.topicId,
    isInternal: topic.isInternal,
    partitions: partitions.sort((a, b) => a.partition - b.partition),
    authorizedOperations: authorized ? operationsOf(topic.topicAuthorizedOperations) : undefined,
  }
}

type PartitionAnswer = MetadataAnswer['partitions'][number]

function partitionOf(
  partition: PartitionAnswer,
): Omit<PartitionDescription, 'eligibleLeaderReplicas' | 'lastKnownEligibleLeaderReplicas'> {
  return {
    partition: partition.partitionIndex,
    leader: partition.leaderId < 0 ? undefined : partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    offlineReplicas: partition.offlineReplicas,
  }
}
