import type { Cluster } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../records/consumer-record.ts'
import type { Assignment } from './assignment.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import { type OffsetAtTime, type TimeQuery, listOffsetsEverywhere } from './offsets.ts'
import { type PartitionState, type Search, nameOf } from './partition-state.ts'

/** How long a call may take. */
export interface CallOptions {
  /** Milliseconds, `default.api.timeout.ms` unless given. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** How often calls look whether a position was found. */
const POLL_MS = 5

/** Calls of the application that ask where partitions are or should be read. */
export class PositionCalls {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #moved: (state: PartitionState) => void
  readonly #poke: () => void

  /**
   * @param moved a partition is read from somewhere else
   * @param poke what is missing is asked for soon
   */
  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    moved: (state: PartitionState) => void,
    poke: () => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#moved = moved
    this.#poke = poke
  }

  /** Has the positions of partitions searched for, and waits until they are found. */
  async search(partitions: readonly TopicPartition[], search: Search, options: CallOptions): Promise<void> {
    const states = partitions.map(one => this.#assignment.need(one))
    for (const state of states) {
      state.find(search)
      this.#moved(state)
    }
    await this.untilFound(states, options)
  }

  /** Waits until it is known where to read partitions. */
  async untilFound(states: readonly PartitionState[], options: CallOptions): Promise<void> {
    this.#poke()
    const deadlineMs = this.deadline(options)
    while (states.some(state => !state.hasPosition && !state.isGone)) {
      const failed = states.find(state => state.failure !== undefined)
      if (failed !== undefined) throw failed.failure
      if (this.#cluster.clock.monotonicMs() >= deadlineMs) {
        throw new KafkaError('TIMED_OUT', `no position was found for ${states.map(nameOf).join(', ')}`)
      }
      await this.#cluster.delay(POLL_MS, options.signal)
    }
  }

  /** The partitions a topic has. */
  async partitionsOf(topic: string, options: CallOptions): Promise<TopicPartition[]> {
    const { metadata } = this.#cluster
    const { signal } = options
    const deadlineMs = this.deadline(options)
    await metadata.ensure([topic], { deadlineMs, mustExist: true, ...(signal !== undefined && { signal }) })
    return metadata.topic(topic)!.partitions.map((_, partition) => ({ topic, partition }))
  }

  /** Offsets by times, `EARLIEST` and `LATEST` among them. */
  offsetsAt(queries: readonly TimeQuery[], options: CallOptions): Promise<OffsetAtTime[]> {
    const isCommittedOnly = this.#config['isolation.level'] === 'read_committed'
    const deadlineMs = this.deadline(options)
    return this.retry(
      'asking for offsets',
      async () => {
        const topics = new Set(queries.map(({ topic }) => topic))
        await this.#cluster.metadata.ensure(topics, { deadlineMs })
        return listOffsetsEverywhere(this.#cluster, queries, isCommittedOnly)
      },
      options,
    )
  }

  /** Tries again while errors pass. */
  retry<T>(what: string, work: () => Promise<T>, options: CallOptions): Promise<T> {
    const groupId = this.#config['group.id']
    return this.#cluster.retry(what, this.deadline(options), work, {
      ...(options.signal !== undefined && { signal: options.signal }),
      ...(groupId !== null && { coordinator: { kind: 'group', key: groupId } }),
    })
  }

  /** When a call has to be done, on the monotonic clock. */
  deadline({ timeoutMs }: CallOptions): number {
    return this.#cluster.deadlineIn(timeoutMs ?? this.#config['default.api.timeout.ms'])
  }
}
