import type { Cluster, TopicPartition } from '@samsa/client'
import { Fetch } from '@samsa/protocol'
import { type FetchedReplica, compareReplicas } from './compare-replicas.ts'

/** A partition with its replicas, and how far they were compared. */
export interface CheckedPartition extends TopicPartition {
  readonly topicId: string
  /** Broker ids. */
  readonly replicas: readonly number[]
  offset: number
}

export interface CheckOptions {
  readonly fetchBytes: number
  readonly maxWaitMs: number
}

/** What a round of comparing found. */
export interface Round {
  readonly problems: readonly string[]
  readonly isFatal: boolean
  /** The partition that is compared least far. */
  readonly worst: { readonly partition: CheckedPartition; readonly lag: number }
}

/** As a consumer that reads from any replica, and all that is there: only tools do. */
const DEBUGGING_CONSUMER = -2

/** Fetches what each replica has from where it was compared to, and compares. */
export async function compareOnce(
  cluster: Cluster,
  partitions: readonly CheckedPartition[],
  options: CheckOptions,
): Promise<Round> {
  const brokers = [...new Set(partitions.flatMap(({ replicas }) => replicas))]
  const answers = await Promise.all(brokers.map(broker => fetchFrom(cluster, broker, partitions, options)))
  const fetched = answers.flat()
  const problems: string[] = []
  let isFatal = false
  let worst: Round['worst'] | undefined
  for (const partition of partitions) {
    const own = partition.replicas.map(
      broker =>
        fetched.find(one => one.broker === broker && one.partition === partition)?.replica ?? silent(broker),
    )
    const found = compareReplicas(`${partition.topic}-${partition.partition}`, own, partition.offset)
    problems.push(...found.problems)
    isFatal ||= found.isFatal
    partition.offset = found.nextOffset
    const lag = Math.max(...own.map(({ highWatermark }) => highWatermark)) - partition.offset
    if (worst === undefined || lag > worst.lag) worst = { partition, lag }
  }
  return { problems, isFatal, worst: worst! }
}

function silent(broker: number): FetchedReplica {
  return { broker, highWatermark: -1, records: new Uint8Array() }
}

interface Fetched {
  readonly broker: number
  readonly partition: CheckedPartition
  readonly replica: FetchedReplica
}

/** What a broker has of its replicas; after a while nothing when it does not answer. */
async function fetchFrom(
  cluster: Cluster,
  broker: number,
  all: readonly CheckedPartition[],
  options: CheckOptions,
): Promise<Fetched[]> {
  const partitions = all.filter(({ replicas }) => replicas.includes(broker))
  const request = (version: number) => requestFor(partitions, options, version)
  const limits = { timeoutMs: options.maxWaitMs + 30_000, minVersion: 4 }
  const answer = await cluster.send(Fetch, broker, request, limits).catch(async () => {
    await new Promise(done => setTimeout(done, options.maxWaitMs))
    return undefined
  })
  return (answer?.responses ?? []).flatMap(({ topic, topicId, partitions: answered }) =>
    answered.flatMap(({ partitionIndex, highWatermark, records }) => {
      const partition = partitions.find(
        one => one.partition === partitionIndex && (one.topic === topic || one.topicId === topicId),
      )
      const replica = { broker, highWatermark, records: records ?? new Uint8Array() }
      return partition === undefined ? [] : [{ broker, partition, replica }]
    }),
  )
}

function requestFor(
  partitions: readonly CheckedPartition[],
  { fetchBytes, maxWaitMs }: CheckOptions,
  version: number,
) {
  const replica =
    version >= 15
      ? { replicaState: { replicaId: DEBUGGING_CONSUMER, replicaEpoch: -1 } }
      : { replicaId: DEBUGGING_CONSUMER }
  return {
    ...replica,
    maxWaitMs,
    minBytes: 1,
    topics: [...new Set(partitions.map(({ topic }) => topic))].map(topic => {
      const own = partitions.filter(one => one.topic === topic)
      return {
        topic,
        topicId: own[0]!.topicId,
        partitions: own.map(({ partition, offset }) => ({
          partition,
          fetchOffset: offset,
          logStartOffset: 0,
          partitionMaxBytes: fetchBytes,
        })),
      }
    }),
  }
}
