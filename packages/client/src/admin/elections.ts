import { ElectLeaders } from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import { type Outcome, Outcomes, Results } from './results.ts'
import { isControllerError, toController } from './routing.ts'
import { doneOr, single } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'

/** Elects the preferred leaders, or any replica that lives even if that loses records (KIP-460). */
export type ElectionType = 'PREFERRED' | 'UNCLEAN'

/**
 * Elects leaders, of all partitions when none are named. Items are partitions; ELECTION_NOT_NEEDED says that the leader
 * already is the right one.
 */
export function electLeaders(
  context: AdminContext,
  type: ElectionType,
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions,
): Outcomes<TopicPartition, undefined> {
  if (partitions === undefined) return electAll(context, type, options)
  return exchange<TopicPartition, undefined>(context, options, {
    what: 'ElectLeaders',
    items: partitions.map(partitionOf),
    route: toController(context),
    retries: isControllerError,
    async ask(target, partitions, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      for (const { item, error } of await elect(context, target, type, partitions, timeoutMs))
        settle(item, error)
    },
  })
}

function electAll(
  context: AdminContext,
  type: ElectionType,
  options: CallOptions,
): Outcomes<TopicPartition, undefined> {
  return new Outcomes(
    single(context, 'ElectLeaders', options, async deadline => {
      return new Results(await elect(context, 'controller', type, undefined, deadline.attemptMs()))
    }),
  )
}

async function elect(
  { cluster }: AdminContext,
  target: number | 'any' | 'controller',
  type: ElectionType,
  partitions: readonly TopicPartition[] | undefined,
  timeoutMs: number,
): Promise<Outcome<TopicPartition, undefined>[]> {
  const isUnclean = type === 'UNCLEAN'
  const topicPartitions =
    partitions === undefined
      ? null
      : byTopic(partitions, (topic, of) => ({ topic, partitions: of.map(({ partition }) => partition) }))
  const request = { topicPartitions, timeoutMs, ...(isUnclean ? { electionType: 1 } : {}) }
  const limits = { timeoutMs, minVersion: isUnclean ? 1 : 0 }
  const response = await cluster.send(ElectLeaders, target, request, limits)
  throwIfError(response.errorCode)
  return response.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(({ partitionId: partition, errorCode, errorMessage }) => {
      const item = { topic, partition }
      const error = doneOr(errorCode, errorMessage)
      return error === undefined ? { item, value: undefined } : { item, error }
    }),
  )
}
