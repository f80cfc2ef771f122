import { CreatePartitions, DeleteRecords } from '@samsa/protocol'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import { toLeaders } from './leaders.ts'
import type { Outcomes } from './results.ts'
import { toController } from './routing.ts'
import { doneOr, valueOr } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'
import { quotaRetries } from './topics.ts'

/** A topic that is to have more partitions. */
export interface NewPartitions {
  readonly topic: string
  /** How many it is to have in all. */
  readonly count: number
  /** The brokers of each partition that is added. Default: the cluster chooses. */
  readonly assignments?: readonly (readonly number[])[] | undefined
}

export interface CreatePartitionsOptions extends CallOptions {
  /** Checks only, and adds nothing. */
  readonly validateOnly?: boolean | undefined
  /** Waits and tries again when a quota on changes is used up (KIP-599). Default: true. */
  readonly retryOnQuotaViolation?: boolean | undefined
}

/** Adds partitions to topics. Items are names of topics. */
export function createPartitions(
  context: AdminContext,
  topics: readonly NewPartitions[],
  options: CreatePartitionsOptions,
): Outcomes<string, undefined> {
  const byName = new Map(topics.map(topic => [topic.topic, topic]))
  return exchange<string, undefined>(context, options, {
    what: 'CreatePartitions',
    items: [...byName.keys()],
    route: toController(context),
    retries: quotaRetries(options),
    async ask(target, names, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const request = {
        topics: names.map(name => newPartitionsOf(byName.get(name)!)),
        timeoutMs,
        validateOnly: options.validateOnly ?? false,
      }
      const { results } = await context.cluster.send(CreatePartitions, target, request, { timeoutMs })
      for (const { name, errorCode, errorMessage } of results) settle(name, doneOr(errorCode, errorMessage))
    },
  })
}

function newPartitionsOf({ topic, count, assignments }: NewPartitions) {
  return { name: topic, count, assignments: assignments?.map(brokerIds => ({ brokerIds })) ?? null }
}

/** Records to be deleted: all of a partition before an offset. */
export interface RecordsToDelete extends TopicPartition {
  /** The first offset to keep; -1 deletes up to the high watermark. */
  readonly offset: number
}

/** Deletes the records before given offsets. Items are partitions, values the first offset that is left. */
export function deleteRecords(
  context: AdminContext,
  records: readonly RecordsToDelete[],
  options: CallOptions,
): Outcomes<TopicPartition, number> {
  const offsets = new Map(records.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
  return exchange<TopicPartition, number>(context, options, {
    what: 'DeleteRecords',
    items: records.map(partitionOf),
    route: toLeaders(context),
    async ask(target, partitions, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const topics = byTopic(partitions, (name, of) => ({
        name,
        partitions: of.map(({ topic, partition }) => ({
          partitionIndex: partition,
          offset: offsets.get(`${topic}-${partition}`)!,
        })),
      }))
      const response = await context.cluster.send(DeleteRecords, target, { topics, timeoutMs }, { timeoutMs })
      for (const { name: topic, partitions } of response.topics)
        for (const { partitionIndex: partition, lowWatermark, errorCode } of partitions)
          settle({ topic, partition }, valueOr(lowWatermark, errorCode))
    },
  })
}
