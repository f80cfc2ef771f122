import { ListOffsets } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { type Settle, exchange } from './exchange.ts'
import { toLeaders } from './leaders.ts'
import type { Outcomes } from './results.ts'
import type { Target } from './routing.ts'
import { valueOr } from './single.ts'
import { type TopicPartition, byTopic, groupBy, partitionOf } from './topic-partitions.ts'

/** Offsets with a name: their number in place of a timestamp, and the first version of ListOffsets that knows them. */
const namedOffsets = {
  earliest: { timestamp: -2, since: 1 },
  latest: { timestamp: -1, since: 1 },
  'max-timestamp': { timestamp: -3, since: 7 },
  'earliest-local': { timestamp: -4, since: 8 },
  'latest-tiered': { timestamp: -5, since: 9 },
  'earliest-pending-upload': { timestamp: -6, since: 11 },
} as const

/**
 * Which offset of a partition is asked for: the first one (`earliest`), the one after the last record (`latest`), that
 * of the record with the largest timestamp (`max-timestamp`, KIP-734), or of the first record at or after a timestamp in
 * milliseconds since the epoch. With tiered storage (KIP-405, KIP-1005, KIP-1023): the first one on the broker's own
 * disk, the last one in the remote tier, and the first one still to be moved there.
 */
export type OffsetSpec = keyof typeof namedOffsets | { readonly timestamp: number }

/** A partition and the offset of it that is asked for. */
export interface OffsetQuery extends TopicPartition {
  /** Default: `latest`. */
  readonly at?: OffsetSpec | undefined
}

export interface ListOffsetsOptions extends CallOptions {
  /** `READ_COMMITTED`: the latest offset is that before the first open transaction. Default: `READ_UNCOMMITTED`. */
  readonly isolationLevel?: 'READ_UNCOMMITTED' | 'READ_COMMITTED' | undefined
}

/** An offset that was asked for. */
export interface ListedOffset {
  /** -1 when there is none: no record at or after the timestamp, or nothing in the remote tier. */
  readonly offset: number
  /** The record's timestamp; -1 where the offset is not that of a record. */
  readonly timestamp: number
  /** Undefined where the broker does not tell. */
  readonly leaderEpoch: number | undefined
}

/** Looks up offsets by position or time. Items are partitions. */
export function listOffsets(
  context: AdminContext,
  queries: readonly OffsetQuery[],
  options: ListOffsetsOptions,
): Outcomes<TopicPartition, ListedOffset> {
  const specs = new Map(queries.map(query => [keyOf(query), specOf(query.at ?? 'latest')]))
  return exchange<TopicPartition, ListedOffset>(context, options, {
    what: 'ListOffsets',
    items: queries.map(partitionOf),
    route: toLeaders(context),
    async ask(target, partitions, settle, deadline) {
      // What only newer brokers know is asked apart, so that an old one refuses no more than that.
      const groups = groupBy(partitions, partition => specs.get(keyOf(partition))!.since)
      const asked = [...groups].map(async ([since, group]) => {
        const ask = new Question(context, target, since, options, deadline)
        await ask.about(group, partition => specs.get(keyOf(partition))!.timestamp, settle)
      })
      await Promise.all(asked)
    },
  })
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

function specOf(spec: OffsetSpec): { timestamp: number; since: number } {
  if (typeof spec === 'object') return { timestamp: spec.timestamp, since: 1 }
  const named = namedOffsets[spec]
  if (named !== undefined) return named
  const names = Object.keys(namedOffsets).join(', ')
  throw new KafkaError('INVALID_ARGUMENT', `'${spec}' names no offset. Allowed: ${names}, { timestamp }.`)
}

class Question {
  readonly #context: AdminContext
  readonly #target: Target
  readonly #since: number
  readonly #options: ListOffsetsOptions
  readonly #deadline: Deadline

  constructor(
    context: AdminContext,
    target: Target,
    since: number,
    options: ListOffsetsOptions,
    deadline: Deadline,
  ) {
    this.#context = context
    this.#target = target
    this.#since = since
    this.#options = options
    this.#deadline = deadline
  }

  async about(
    partitions: readonly TopicPartition[],
    timestampOf: (partition: TopicPartition) => number,
    settle: Settle<TopicPartition, ListedOffset>,
  ): Promise<void> {
    try {
      for (const [partition, outcome] of await this.#answer(partitions, timestampOf))
        settle(partition, outcome)
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED') throw error
      for (const partition of partitions) settle(partition, error)
    }
  }

  async #answer(
    partitions: readonly TopicPartition[],
    timestampOf: (partition: TopicPartition) => number,
  ): Promise<[TopicPartition, ListedOffset | KafkaError][]> {
    const isCommitted = this.#options.isolationLevel === 'READ_COMMITTED'
    const timeoutMs = this.#deadline.attemptMs()
    const request = {
      replicaId: -1,
      isolationLevel: isCommitted ? 1 : 0,
      topics: byTopic(partitions, (name, of) => ({
        name,
        partitions: of.map(partition => ({
          partitionIndex: partition.partition,
          timestamp: timestampOf(partition),
        })),
      })),
      timeoutMs,
    }
    const minVersion = Math.max(this.#since, isCommitted ? 2 : 1)
    const limits = { timeoutMs, minVersion }
    const { topics } = await this.#context.cluster.send(ListOffsets, this.#target, request, limits)
    return topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionIndex: partition, errorCode, offset, timestamp, leaderEpoch }) => {
        const found = { offset, timestamp, leaderEpoch: leaderEpoch < 0 ? undefined : leaderEpoch }
        return [{ topic, partition }, valueOr(found, errorCode)] as [
          TopicPartition,
          ListedOffset | KafkaError,
        ]
      }),
    )
  }
}
