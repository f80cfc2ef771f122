import { AlterPartitionReassignments, ListPartitionReassignments } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import type { Outcomes } from './results.ts'
import { toController } from './routing.ts'
import { doneOr, single } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'

/** Where the replicas of a partition are to be. */
export interface NewReassignment extends TopicPartition {
  /** Broker ids, the preferred leader first; null takes a reassignment under way back. */
  readonly replicas: readonly number[] | null
}

export interface AlterReassignmentsOptions extends CallOptions {
  /** Whether the number of replicas may change (KIP-860). Default: true. */
  readonly allowReplicationFactorChange?: boolean | undefined
}

/** Starts and takes back reassignments of partitions to brokers (KIP-455). Items are partitions. */
export function alterPartitionReassignments(
  context: AdminContext,
  reassignments: readonly NewReassignment[],
  options: AlterReassignmentsOptions,
): Outcomes<TopicPartition, undefined> {
  const replicas = new Map(reassignments.map(one => [`${one.topic}-${one.partition}`, one.replicas]))
  const isFixed = options.allowReplicationFactorChange === false
  return exchange<TopicPartition, undefined>(context, options, {
    what: 'AlterPartitionReassignments',
    items: reassignments.map(partitionOf),
    route: toController(context),
    async ask(target, partitions, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const request = {
        timeoutMs,
        topics: byTopic(partitions, (name, of) => ({
          name,
          partitions: of.map(({ topic, partition }) => ({
            partitionIndex: partition,
            replicas: replicas.get(`${topic}-${partition}`) ?? null,
          })),
        })),
        ...(isFixed ? { allowReplicationFactorChange: false } : {}),
      }
      const limits = { timeoutMs, minVersion: isFixed ? 1 : 0 }
      const response = await context.cluster.send(AlterPartitionReassignments, target, request, limits)
      if (response.errorCode !== 'NONE')
        throw new KafkaError(response.errorCode, response.errorMessage ?? undefined)
      for (const { name: topic, partitions } of response.responses)
        for (const { partitionIndex: partition, errorCode, errorMessage } of partitions)
          settle({ topic, partition }, doneOr(errorCode, errorMessage))
    },
  })
}

/** A reassignment under way. */
export interface PartitionReassignment extends TopicPartition {
  /** All replicas now, those that come and those that go included. */
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** The reassignments under way, of all partitions when none are named. */
export async function listPartitionReassignments(
  context: AdminContext,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions,
): Promise<PartitionReassignment[]> {
  const topics =
    partitions === undefined
      ? null
      : byTopic(partitions, (name, of) => ({
          name,
          partitionIndexes: of.map(({ partition }) => partition),
        }))
  return single(context, 'ListPartitionReassignments', options, async deadline => {
    const timeoutMs = deadline.attemptMs()
    const request = { timeoutMs, topics }
    const response = await context.cluster.send(ListPartitionReassignments, 'controller', request, {
      timeoutMs,
    })
    throwIfError(response.errorCode, response.errorMessage)
    return response.topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionIndex: partition, replicas, addingReplicas, removingReplicas }) => {
        return { topic, partition, replicas, addingReplicas, removingReplicas }
      }),
    )
  })
}
