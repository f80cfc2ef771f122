import {
  type CompleteResponseOf,
  DescribeProducers,
  DescribeTransactions,
  InitProducerId,
  ListTransactions,
  WriteTxnMarkers,
} from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { isCoordinatorError, toCoordinators } from './coordinators.ts'
import { exchange } from './exchange.ts'
import { toLeaders } from './leaders.ts'
import type { Outcomes } from './results.ts'
import { toNodes } from './routing.ts'
import { ofEveryBroker, valueOr } from './single.ts'
import { type TopicPartition, byTopic, partitionOf } from './topic-partitions.ts'

/** The state of a transactional id, in Kafka's words. */
export type TransactionState =
  | 'Ongoing'
  | 'PrepareAbort'
  | 'PrepareCommit'
  | 'CompleteAbort'
  | 'CompleteCommit'
  | 'Empty'
  | 'PrepareEpochFence'
  | 'Unknown'

const states: readonly TransactionState[] = [
  'Ongoing',
  'PrepareAbort',
  'PrepareCommit',
  'CompleteAbort',
  'CompleteCommit',
  'Empty',
  'PrepareEpochFence',
]

function stateOf(name: string): TransactionState {
  return states.find(state => state === name) ?? 'Unknown'
}

export interface ListTransactionsOptions extends CallOptions {
  /** Only transactional ids in these states. Default: all. */
  readonly states?: readonly TransactionState[] | undefined
  /** Only those of these producers. Default: all. */
  readonly producerIds?: readonly number[] | undefined
  /** Only transactions that are open for longer (KIP-994). Default: all. */
  readonly openForMs?: number | undefined
  /** Only transactional ids that match this regular expression, in RE2's syntax (KIP-1152). Default: all. */
  readonly transactionalIdPattern?: string | undefined
}

/** A transactional id that a coordinator knows. */
export interface TransactionListing {
  readonly transactionalId: string
  readonly producerId: number
  readonly state: TransactionState
  /** The broker that coordinates it. */
  readonly coordinatorId: number
}

/** All transactional ids of the cluster (KIP-664). */
export async function listTransactions(
  context: AdminContext,
  options: ListTransactionsOptions,
): Promise<TransactionListing[]> {
  const { openForMs, transactionalIdPattern: pattern } = options
  const minVersion = pattern !== undefined ? 2 : openForMs !== undefined ? 1 : 0
  const request = {
    stateFilters: options.states ?? [],
    producerIdFilters: options.producerIds ?? [],
    ...(openForMs === undefined ? {} : { durationFilter: openForMs }),
    ...(pattern === undefined ? {} : { transactionalIdPattern: pattern }),
  }
  return ofEveryBroker(context, 'ListTransactions', options, async (broker, deadline) => {
    const limits = { timeoutMs: deadline.attemptMs(), minVersion }
    const response = await context.cluster.send(ListTransactions, broker, request, limits)
    throwIfError(response.errorCode)
    if (response.unknownStateFilters.length > 0) {
      const unknown = response.unknownStateFilters.join(', ')
      throw new KafkaError('INVALID_ARGUMENT', `The broker knows no such state of a transaction: ${unknown}.`)
    }
    return response.transactionStates.map(({ transactionalId, producerId, transactionState }) => {
      return { transactionalId, producerId, state: stateOf(transactionState), coordinatorId: broker }
    })
  })
}

/** A transactional id and its transaction. */
export interface TransactionDescription {
  readonly transactionalId: string
  readonly state: TransactionState
  readonly timeoutMs: number
  /** When the open transaction began, in milliseconds since the epoch; undefined when none is open. */
  readonly startTimestamp: number | undefined
  readonly producerId: number
  readonly producerEpoch: number
  /** The partitions in the open transaction. */
  readonly partitions: readonly TopicPartition[]
  /** The broker that coordinates it. */
  readonly coordinatorId: number
}

/** Describes transactional ids (KIP-664). Items are transactional ids. */
export function describeTransactions(
  context: AdminContext,
  transactionalIds: readonly string[],
  options: CallOptions,
): Outcomes<string, TransactionDescription> {
  return exchange<string, TransactionDescription>(context, options, {
    what: 'DescribeTransactions',
    items: transactionalIds,
    route: toCoordinators(context, 'transaction', id => id),
    async ask(target, transactionalIds, settle, deadline) {
      const limits = { timeoutMs: deadline.attemptMs() }
      const request = { transactionalIds }
      const response = await context.cluster.send(DescribeTransactions, target, request, limits)
      for (const state of response.transactionStates)
        settle(state.transactionalId, valueOr(descriptionOf(state, Number(target)), state.errorCode))
    },
  })
}

type TransactionAnswer = CompleteResponseOf<typeof DescribeTransactions>['transactionStates'][number]

function descriptionOf(answer: TransactionAnswer, coordinatorId: number): TransactionDescription {
  return {
    transactionalId: answer.transactionalId,
    state: stateOf(answer.transactionState),
    timeoutMs: answer.transactionTimeoutMs,
    startTimestamp: answer.transactionStartTimeMs < 0 ? undefined : answer.transactionStartTimeMs,
    producerId: answer.producerId,
    producerEpoch: answer.producerEpoch,
    partitions: answer.topics.flatMap(({ topic, partitions }) =>
      partitions.map(partition => ({ topic, partition })),
    ),
    coordinatorId,
  }
}

/** The producer id and epoch that a transactional id got by being fenced. */
export interface FencedProducer {
  readonly producerId: number
  readonly producerEpoch: number
}

/**
 * Fences the producers of transactional ids: their open transactions are aborted, and they can go on no more (KIP-588).
 * Items are transactional ids.
 */
export function fenceProducers(
  context: AdminContext,
  transactionalIds: readonly string[],
  options: CallOptions,
): Outcomes<string, FencedProducer> {
  return exchange<string, FencedProducer>(context, options, {
    what: 'InitProducerId',
    items: transactionalIds,
    route: toCoordinators(context, 'transaction', id => id),
    // A transaction that is just ending is waited for.
    retries: error => isCoordinatorError(error) || error.code === 'CONCURRENT_TRANSACTIONS',
    async ask(target, transactionalIds, settle, deadline) {
      const timeoutMs = deadline.attemptMs()
      const fence = async (transactionalId: string) => {
        const request = { transactionalId, transactionTimeoutMs: timeoutMs }
        const answer = await context.cluster.send(InitProducerId, target, request, { timeoutMs })
        const { producerId, producerEpoch, errorCode } = answer
        settle(transactionalId, valueOr({ producerId, producerEpoch }, errorCode))
      }
      await Promise.all(transactionalIds.map(fence))
    },
  })
}

/** What is needed to abort a transaction by hand in one partition, as `describeProducers` tells it. */
export interface AbortTransactionSpec extends TopicPartition {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
}

/** Aborts the transaction of a producer in one partition: for those that no coordinator will end (KIP-664). */
export async function abortTransaction(
  context: AdminContext,
  spec: AbortTransactionSpec,
  options: CallOptions,
): Promise<void> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = spec
  await exchange<TopicPartition, undefined>(context, options, {
    what: 'WriteTxnMarkers',
    items: [{ topic, partition }],
    route: toLeaders(context),
    async ask(target, [item], settle, deadline) {
      const topics = [{ name: topic, partitionIndexes: [partition] }]
      const marker = { producerId, producerEpoch, coordinatorEpoch, transactionResult: false, topics }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { markers } = await context.cluster.send(WriteTxnMarkers, target, { markers: [marker] }, limits)
      const errorCode = markers[0]?.topics[0]?.partitions[0]?.errorCode
      if (errorCode !== undefined) settle(item, valueOr(undefined, errorCode))
    },
  })
}

export interface DescribeProducersOptions extends CallOptions {
  /** The broker to ask, which has to hold a replica. Default: each partition's leader. */
  readonly broker?: number | undefined
}

/** A producer that lately wrote to a partition. */
export interface ProducerState {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1 when not known. */
  readonly lastSequence: number
  /** Milliseconds since the epoch; -1 when not known. */
  readonly lastTimestamp: number
  /** Undefined when no coordinator wrote a marker for it yet. */
  readonly coordinatorEpoch: number | undefined
  /** Where its open transaction begins; undefined when none is open. */
  readonly currentTransactionStartOffset: number | undefined
}

/** The producers that lately wrote to partitions (KIP-664). Items are partitions. */
export function describeProducers(
  context: AdminContext,
  partitions: readonly TopicPartition[],
  options: DescribeProducersOptions,
): Outcomes<TopicPartition, readonly ProducerState[]> {
  const { broker } = options
  return exchange<TopicPartition, readonly ProducerState[]>(context, options, {
    what: 'DescribeProducers',
    items: partitions.map(partitionOf),
    route: broker === undefined ? toLeaders(context) : toNodes(context, () => broker),
    async ask(target, partitions, settle, deadline) {
      const topics = byTopic(partitions, (name, of) => ({
        name,
        partitionIndexes: of.map(({ partition }) => partition),
      }))
      const limits = { timeoutMs: deadline.attemptMs() }
      const response = await context.cluster.send(DescribeProducers, target, { topics }, limits)
      for (const { name: topic, partitions } of response.topics)
        for (const { partitionIndex: partition, activeProducers, errorCode, errorMessage } of partitions)
          settle({ topic, partition }, valueOr(activeProducers.map(producerOf), errorCode, errorMessage))
    },
  })
}

type ProducerAnswer = CompleteResponseOf<
  typeof DescribeProducers
>['topics'][number]['partitions'][number]['activeProducers'][number]

function producerOf(producer: ProducerAnswer): ProducerState {
  const { coordinatorEpoch, currentTxnStartOffset } = producer
  return {
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    lastSequence: producer.lastSequence,
    lastTimestamp: producer.lastTimestamp,
    coordinatorEpoch: coordinatorEpoch < 0 ? undefined : coordinatorEpoch,
    currentTransactionStartOffset: currentTxnStartOffset < 0 ? undefined : currentTxnStartOffset,
  }
}
