import { AlterReplicaLogDirs, type CompleteResponseOf, DescribeLogDirs } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import type { Outcomes } from './results.ts'
import { toNodes } from './routing.ts'
import { doneOr, valueOr } from './single.ts'
import { type TopicPartition, type TopicPartitionReplica, byTopic, groupBy } from './topic-partitions.ts'

/** A replica in a log directory. */
export interface LogDirReplica extends TopicPartition {
  readonly sizeBytes: number
  /** How far it is behind the high watermark, or a future replica behind the current one. */
  readonly offsetLag: number
  /** It is being moved here and will replace the current one. */
  readonly isFuture: boolean
}

/** A log directory of a broker. */
export interface LogDirDescription {
  /** Why the directory is out of service; undefined when it works. */
  readonly error: KafkaError | undefined
  readonly replicas: readonly LogDirReplica[]
  /** Of the whole file system; undefined where the broker does not tell. */
  readonly totalBytes: number | undefined
  readonly usableBytes: number | undefined
  /** It takes no new replicas (KIP-1066). */
  readonly isCordoned: boolean
}

export interface DescribeLogDirsOptions extends CallOptions {
  /** Only these partitions. Default: all. */
  readonly partitions?: readonly TopicPartition[] | undefined
}

/** The log directories of brokers, by path. Items are broker ids. */
export function describeLogDirs(
  context: AdminContext,
  brokers: readonly number[],
  options: DescribeLogDirsOptions,
): Outcomes<number, ReadonlyMap<string, LogDirDescription>> {
  return exchange<number, ReadonlyMap<string, LogDirDescription>>(context, options, {
    what: 'DescribeLogDirs',
    items: brokers,
    route: toNodes(context, broker => broker),
    async ask(target, [broker], settle, deadline) {
      const topics = options.partitions && topicsOf(options.partitions)
      const request = { topics: topics ?? null }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { errorCode, results } = await context.cluster.send(DescribeLogDirs, target, request, limits)
      // Before version 3 a broker says with an empty answer that it may not tell.
      const isRefused = errorCode === 'NONE' && results.length === 0 && topics === undefined
      const dirs = new Map(results.map(result => [result.logDir, descriptionOf(result)]))
      settle(broker, valueOr(dirs, isRefused ? 'CLUSTER_AUTHORIZATION_FAILED' : errorCode))
    },
  })
}

function topicsOf(partitions: readonly TopicPartition[]) {
  return byTopic(partitions, (topic, of) => ({ topic, partitions: of.map(({ partition }) => partition) }))
}

type LogDirAnswer = CompleteResponseOf<typeof DescribeLogDirs>['results'][number]

function descriptionOf(dir: LogDirAnswer): LogDirDescription {
  return {
    error: dir.errorCode === 'NONE' ? undefined : new KafkaError(dir.errorCode),
    replicas: dir.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
        topic: name,
        partition: partitionIndex,
        sizeBytes: partitionSize,
        offsetLag,
        isFuture: isFutureKey,
      })),
    ),
    totalBytes: dir.totalBytes < 0 ? undefined : dir.totalBytes,
    usableBytes: dir.usableBytes < 0 ? undefined : dir.usableBytes,
    isCordoned: dir.isCordoned,
  }
}

/** Where a replica is and, while it is being moved, where it will be. */
export interface ReplicaLogDirs {
  /** Undefined when the broker has no such replica. */
  readonly current: ReplicaPlace | undefined
  readonly future: ReplicaPlace | undefined
}

/** A directory that holds a replica. */
export interface ReplicaPlace {
  readonly path: string
  readonly offsetLag: number
}

/** The log directories of replicas. Items are replicas. */
export function describeReplicaLogDirs(
  context: AdminContext,
  replicas: readonly TopicPartitionReplica[],
  options: CallOptions,
): Outcomes<TopicPartitionReplica, ReplicaLogDirs> {
  return exchange<TopicPartitionReplica, ReplicaLogDirs>(context, options, {
    what: 'DescribeLogDirs',
    items: replicas.map(replicaOf),
    route: toNodes(context, replica => replica.broker),
    async ask(target, replicas, settle, deadline) {
      const limits = { timeoutMs: deadline.attemptMs() }
      const request = { topics: topicsOf(replicas) }
      const response = await context.cluster.send(DescribeLogDirs, target, request, limits)
      if (response.errorCode !== 'NONE') throw new KafkaError(response.errorCode)
      for (const replica of replicas) settle(replica, placesOf(replica, response.results))
    },
  })
}

function placesOf(replica: TopicPartition, dirs: readonly LogDirAnswer[]): ReplicaLogDirs {
  const places = dirs.flatMap(dir =>
    descriptionOf(dir)
      .replicas.filter(({ topic, partition }) => topic === replica.topic && partition === replica.partition)
      .map(({ offsetLag, isFuture }) => ({ path: dir.logDir, offsetLag, isFuture })),
  )
  const place = (future: boolean): ReplicaPlace | undefined => {
    const found = places.find(({ isFuture }) => isFuture === future)
    return found && { path: found.path, offsetLag: found.offsetLag }
  }
  return { current: place(false), future: place(true) }
}

/** A replica that is to be moved to another directory of its broker. */
export interface ReplicaMove extends TopicPartitionReplica {
  readonly path: string
}

/**
 * Moves replicas between the log directories of their brokers (KIP-113). A replica that does not exist yet is put there
 * once it does. Items are replicas.
 */
export function alterReplicaLogDirs(
  context: AdminContext,
  moves: readonly ReplicaMove[],
  options: CallOptions,
): Outcomes<TopicPartitionReplica, undefined> {
  const keyOf = (replica: TopicPartitionReplica) => `${replica.topic}-${replica.partition}-${replica.broker}`
  const paths = new Map(moves.map(move => [keyOf(move), move.path]))
  return exchange<TopicPartitionReplica, undefined>(context, options, {
    what: 'AlterReplicaLogDirs',
    items: moves.map(replicaOf),
    route: toNodes(context, replica => replica.broker),
    async ask(target, replicas, settle, deadline) {
      const dirs = groupBy(replicas, replica => paths.get(keyOf(replica))!)
      const request = {
        dirs: [...dirs].map(([path, of]) => ({
          path,
          topics: topicsOf(of).map(({ topic, partitions }) => ({ name: topic, partitions })),
        })),
      }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { results } = await context.cluster.send(AlterReplicaLogDirs, target, request, limits)
      const { broker } = replicas[0]
      for (const { topicName: topic, partitions } of results)
        for (const { partitionIndex: partition, errorCode } of partitions)
          settle({ topic, partition, broker }, doneOr(errorCode))
    },
  })
}

function replicaOf({ topic, partition, broker }: TopicPartitionReplica): TopicPartitionReplica {
  return { topic, partition, broker }
}
