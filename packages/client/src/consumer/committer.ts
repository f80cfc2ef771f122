import type { Timer } from '@samsa/base'
import type { Cluster } from '../cluster/index.ts'
import { KafkaError, asKafkaError } from '../errors.ts'
import type { OffsetAndMetadata, TopicPartition } from '../records/consumer-record.ts'
import type { Assignment } from './assignment.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import type { GroupMetadata } from './groups/group-member.ts'
import { type CommittedOffset, commitOffsets } from './offsets.ts'
import { type PartitionState, nameOf } from './partition-state.ts'

/** A position to commit: with an epoch and a text where the application has one. */
export interface OffsetToCommit extends TopicPartition, OffsetAndMetadata {}

/** Codes that say that the member is not in the group any more, or not as it thinks. */
const FENCED = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'FENCED_INSTANCE_ID',
  'FENCED_MEMBER_EPOCH',
])

/** Commits offsets, one request after the other so that an older one cannot win, and in the background if asked to. */
export class Committer {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #assignment: Assignment
  readonly #member: () => GroupMetadata
  readonly #fenced: (code: string) => void
  #last: Promise<unknown> = Promise.resolve()
  #timer: Timer | undefined
  #isClosed = false
  commits = 0
  commitFailures = 0

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    assignment: Assignment,
    member: () => GroupMetadata,
    fenced: (code: string) => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#assignment = assignment
    this.#member = member
    this.#fenced = fenced
  }

  get isAutomatic(): boolean {
    return this.#config['enable.auto.commit'] && this.#config['group.id'] !== null
  }

  /** Commits what is finished, every `auto.commit.interval.ms`. */
  start(): void {
    if (!this.isAutomatic || this.#timer !== undefined || this.#isClosed) return
    this.#timer = this.#cluster.clock.timer(this.#config['auto.commit.interval.ms'], () => {
      this.#timer = undefined
      void this.commitFinished([...this.#assignment]).finally(() => this.start())
    })
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  /** What is finished and not committed yet. */
  unfinished(partitions: Iterable<TopicPartition>): CommittedOffset[] {
    const states = [...partitions].map(one => this.#assignment.get(one))
    return offsetsToCommit(
      states.filter(state => state !== undefined),
      false,
    )
  }

  /** Commits in the background's name: failures are logged, and come again with the next commit. */
  async commitFinished(partitions: Iterable<TopicPartition>, deadlineMs?: number): Promise<void> {
    const offsets = this.unfinished(partitions)
    if (offsets.length === 0) return
    try {
      await this.commit(offsets, deadlineMs)
    } catch (error) {
      const { code, message } = asKafkaError(error)
      if (code !== 'CLOSED') this.#cluster.logger.warn('offsets were not committed', { error: message })
    }
  }

  /** Commits, and again while that may help. */
  async commit(offsets: readonly CommittedOffset[], deadlineMs?: number): Promise<void> {
    if (offsets.length === 0) return
    if (this.#config['group.id'] === null) {
      throw new KafkaError('INVALID_GROUP_ID', 'Committing needs a group: set group.id.')
    }
    const deadline = deadlineMs ?? this.#cluster.deadlineIn(this.#config['default.api.timeout.ms'])
    const states = offsets.map(offset => this.#assignment.get(offset))
    const turn = this.#last.then(() => this.#commit(offsets, states, deadline))
    this.#last = turn.catch(() => {})
    return turn
  }

  /** @param states of the partitions that were assigned when the commit was asked for */
  async #commit(
    offsets: readonly CommittedOffset[],
    states: readonly (PartitionState | undefined)[],
    deadlineMs: number,
  ): Promise<void> {
    const key = this.#config['group.id']!
    const attempt = () => {
      if (this.#member().protocol !== 'none') checkHeld(states)
      return this.#tryCommit(offsets)
    }
    try {
      await this.#cluster.retry('committing offsets', deadlineMs, async () => attempt(), {
        coordinator: { kind: 'group', key },
      })
    } catch (error) {
      this.commitFailures++
      const { code } = asKafkaError(error)
      if (FENCED.has(code)) this.#fenced(code)
      throw error
    }
    this.commits++
    for (const offset of offsets) this.#assignment.get(offset)?.noteCommitted(offset.offset)
  }

  async #tryCommit(offsets: readonly CommittedOffset[]): Promise<void> {
    try {
      await commitOffsets(this.#cluster, this.#member(), offsets)
    } catch (error) {
      // The epoch goes up while a heartbeat is under way (KIP-848): by now there is a newer one.
      if (asKafkaError(error).code !== 'STALE_MEMBER_EPOCH') throw error
      throw new KafkaError('STALE_MEMBER_EPOCH', undefined, { cause: error, retry: 'again' })
    }
  }
}

/** Who has a partition now may have committed more of it: an older offset in a newer generation would take that back. */
function checkHeld(states: readonly (PartitionState | undefined)[]): void {
  const gone = states.find(state => state?.isGone === true)
  if (gone === undefined) return
  const message = `${nameOf(gone)} was given up before its offset could be committed.`
  throw new KafkaError('ILLEGAL_GENERATION', message)
}

/**
 * What may be committed of partitions and is not yet.
 *
 * @param isLoop whether all that was handed out counts as finished, or only what handlers finished
 */
export function offsetsToCommit(states: Iterable<PartitionState>, isLoop: boolean): OffsetToCommit[] {
  const offsets: OffsetToCommit[] = []
  for (const state of states) {
    if (!state.hasPosition) continue
    const offset = isLoop ? state.position : state.finished
    if (offset === state.committed) continue
    const { topic, partition, positionEpoch } = state
    offsets.push({ topic, partition, offset, ...(positionEpoch >= 0 && { leaderEpoch: positionEpoch }) })
  }
  return offsets
}
