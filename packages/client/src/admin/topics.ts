import { ZERO_UUID } from '@samsa/base'
import {
  type CompleteResponseOf,
  CreateTopics,
  DeleteTopics,
  Metadata,
  type RequestDraftOf,
} from '@samsa/protocol'
import type { KafkaError } from '../errors.ts'
import { type ConfigEntry, configEntryOf } from './config-entry.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import type { Outcomes } from './results.ts'
import { isControllerError, toController } from './routing.ts'
import { doneOr, single, valueOr } from './single.ts'

/** A topic to be created. */
export interface NewTopic {
  readonly name: string
  /** Default: the broker's `num.partitions`. */
  readonly partitions?: number | undefined
  /** Default: the broker's `default.replication.factor`. */
  readonly replicationFactor?: number | undefined
  /** Instead of the two: the brokers of each partition, the preferred leader first. */
  readonly assignments?:
    | Readonly<Record<number, readonly number[]>>
    | readonly (readonly number[])[]
    | undefined
  /** Overrides of the topic's configuration. */
  readonly configs?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface CreateTopicsOptions extends CallOptions {
  /** Checks only, and creates nothing. */
  readonly validateOnly?: boolean | undefined
  /** Waits and tries again when a quota on changes is used up (KIP-599). Default: true. */
  readonly retryOnQuotaViolation?: boolean | undefined
}

/** A topic as it was created. What an old broker does not tell is undefined. */
export interface CreatedTopic {
  readonly topicId: string | undefined
  readonly partitions: number | undefined
  readonly replicationFactor: number | undefined
  /** Undefined without the right to see it. */
  readonly configs: ReadonlyMap<string, ConfigEntry> | undefined
}

/** Creates topics. Items are names. */
export function createTopics(
  context: AdminContext,
  topics: readonly NewTopic[],
  options: CreateTopicsOptions,
): Outcomes<string, CreatedTopic> {
  const byName = new Map(topics.map(topic => [topic.name, topic]))
  return exchange<string, CreatedTopic>(context, options, {
    what: 'CreateTopics',
    items: [...byName.keys()],
    route: toController(context),
    retries: quotaRetries(options),
    async ask(target, names, settle, deadline) {
      const drafts = names.map(name => newTopicOf(byName.get(name)!))
      const timeoutMs = deadline.attemptMs()
      const request = { topics: drafts, timeoutMs, validateOnly: options.validateOnly ?? false }
      const limits = { timeoutMs, minVersion: createVersion(drafts, options) }
      const response = await context.cluster.send(CreateTopics, target, request, limits)
      for (const topic of response.topics)
        settle(topic.name, valueOr(createdTopicOf(topic), topic.errorCode, topic.errorMessage))
    },
  })
}

/** Whether asking again is worth it for calls that a quota on changes may hold up. */
export function quotaRetries(options: {
  readonly retryOnQuotaViolation?: boolean | undefined
}): (error: KafkaError) => boolean {
  if (options.retryOnQuotaViolation !== false) return isControllerError
  return error => error.code === 'NOT_CONTROLLER'
}

type NewTopicDraft = RequestDraftOf<typeof CreateTopics>['topics'][number]

function newTopicOf(topic: NewTopic): NewTopicDraft {
  const assignments = Object.entries(topic.assignments ?? {})
  const isAssigned = assignments.length > 0
  return {
    name: topic.name,
    numPartitions: isAssigned ? -1 : (topic.partitions ?? -1),
    replicationFactor: isAssigned ? -1 : (topic.replicationFactor ?? -1),
    assignments: assignments.map(([partition, brokerIds]) => ({
      partitionIndex: Number(partition),
      brokerIds,
    })),
    configs: Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value: String(value) })),
  }
}

/** Leaving counts to the broker came with version 4 (KIP-464), checking only with version 1. */
function createVersion(topics: readonly NewTopicDraft[], options: CreateTopicsOptions): number {
  const leavesOut = ({ assignments, numPartitions, replicationFactor }: NewTopicDraft) =>
    assignments.length === 0 && (numPartitions === -1 || replicationFactor === -1)
  if (topics.some(leavesOut)) return 4
  return options.validateOnly ? 1 : 0
}

type CreateTopicsAnswer = CompleteResponseOf<typeof CreateTopics>['topics'][number]

function createdTopicOf(topic: CreateTopicsAnswer): CreatedTopic {
  const configs = topic.topicConfigErrorCode === 'NONE' ? topic.configs : null
  return {
    topicId: topic.topicId === ZERO_UUID ? undefined : topic.topicId,
    partitions: topic.numPartitions < 0 ? undefined : topic.numPartitions,
    replicationFactor: topic.replicationFactor < 0 ? undefined : topic.replicationFactor,
    configs: configs === null ? undefined : new Map(configs.map(entry => [entry.name, configEntryOf(entry)])),
  }
}

export interface DeleteTopicsOptions extends CallOptions {
  /** Waits and tries again when a quota on changes is used up (KIP-599). Default: true. */
  readonly retryOnQuotaViolation?: boolean | undefined
}

/** Deletes topics by name. Items are names. */
export function deleteTopics(
  context: AdminContext,
  names: readonly string[],
  options: DeleteTopicsOptions,
): Outcomes<string, undefined> {
  return exchange<string, undefined>(context, options, {
    what: 'DeleteTopics',
    items: names,
    route: toController(context),
    retries: quotaRetries(options),
    async ask(target, names, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const draft = (version: number) =>
        version < 6
          ? { topicNames: names, timeoutMs }
          : { topics: names.map(name => ({ name, topicId: ZERO_UUID })), timeoutMs }
      const { responses } = await context.cluster.send(DeleteTopics, target, draft, { timeoutMs })
      for (const { name, errorCode, errorMessage } of responses)
        settle(name!, doneOr(errorCode, errorMessage))
    },
  })
}

/** Deletes topics by id (KIP-516). Items are ids. */
export function deleteTopicsById(
  context: AdminContext,
  ids: readonly string[],
  options: DeleteTopicsOptions,
): Outcomes<string, undefined> {
  return exchange<string, undefined>(context, options, {
    what: 'DeleteTopics',
    items: ids,
    route: toController(context),
    retries: quotaRetries(options),
    async ask(target, ids, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const request = { topics: ids.map(topicId => ({ name: null, topicId })), timeoutMs }
      const { responses } = await context.cluster.send(DeleteTopics, target, request, {
        timeoutMs,
        minVersion: 6,
      })
      for (const { topicId, errorCode, errorMessage } of responses)
        settle(topicId, doneOr(errorCode, errorMessage))
    },
  })
}

export interface ListTopicsOptions extends CallOptions {
  /** Includes topics such as `__consumer_offsets`. Default: false. */
  readonly includeInternal?: boolean | undefined
}

/** A topic that exists. */
export interface TopicListing {
  readonly name: string
  /** Undefined when the broker is older than topic ids. */
  readonly topicId: string | undefined
  readonly isInternal: boolean
}

/** All topics that the user may see. */
export async function listTopics(context: AdminContext, options: ListTopicsOptions): Promise<TopicListing[]> {
  return single(context, 'Metadata', options, async deadline => {
    const draft = (version: number) => ({ topics: version === 0 ? [] : null })
    const { topics } = await context.cluster.send(Metadata, 'any', draft, { timeoutMs: deadline.attemptMs() })
    return topics
      .filter(topic => options.includeInternal || !topic.isInternal)
      .map(({ name, topicId, isInternal }) => ({
        name: name!,
        topicId: topicId === ZERO_UUID ? undefined : topicId,
        isInternal,
      }))
  })
}
