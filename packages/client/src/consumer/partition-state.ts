import { assert, ZERO_UUID } from '@samsa/base'
import type { KafkaError } from '../errors.ts'
import type { TopicPartition } from '../records/consumer-record.ts'
import type { Chunk } from './fetching/chunk.ts'
import type { FetchedRecord } from './fetching/fetched-record.ts'
import type { ResetPolicy } from './reset-policy.ts'

/**
 * Where a partition stands:
 * - `finding`: nobody knows yet where to read from; nothing is fetched;
 * - `validating`: the leader changed; before it is read from, it is asked whether it has what was read (KIP-320);
 * - `fetching`: `fetchOffset` is asked for.
 */
export type PartitionPhase = 'finding' | 'validating' | 'fetching'

/** The text by which partitions are kept in maps. */
export function partitionKey(topic: string, partition: number): string {
  return `${partition}:${topic}`
}

/** A partition's name for people. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** How to find the position of a partition that has none. */
export type Search =
  /** The group's committed offset, otherwise by `auto.offset.reset`. */
  | { readonly from: 'committed' }
  /** By a policy; `reason` is for people. */
  | { readonly from: 'policy'; readonly policy: ResetPolicy; readonly reason?: string }
  /** The first record at or after a time in milliseconds since the epoch; the end when there is none. */
  | { readonly from: 'time'; readonly timestampMs: number }

/**
 * All the consumer knows of one assigned partition.
 *
 *   committed …… finished …… position …… fetchOffset …… highWatermark
 *                   │ in the hands of  │ kept here: ready, │
 *                   │ the application  │ decoded, chunks   │
 */
export class PartitionState implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly key: string
  /** The id of the topic that is being read; `ZERO_UUID` until it is known. */
  topicId = ZERO_UUID
  phase: PartitionPhase = 'finding'
  search: Search | undefined = { from: 'committed' }
  /** When the search may be tried again, on the monotonic clock, and how often it failed. */
  retryAtMs = 0
  failures = 0
  /** What it waits for is a leader: once one is known it need not wait for `retryAtMs`. */
  lacksLeader = false
  /** The next offset to hand to the application; meaningless while finding. */
  position = -1
  /** The leader epoch of the record before `position`, -1 when unknown. */
  positionEpoch = -1
  /** The next offset to ask for, and the leader epoch of the record before it. */
  fetchOffset = -1
  fetchEpoch = -1
  /** The leader epoch that was last validated against. */
  leaderEpoch = -1
  /** Counts jumps (seek, reset, truncation): answers and records of an earlier count are void. */
  jumps = 0

  isPaused = false
  /** Being given up: nothing more is handed out. */
  isRevoking = false
  /** Not assigned any more. */
  isGone = false

  readonly chunks: Chunk[] = []
  queuedBytes = 0
  /** Decoded records of the batch at hand, the next one to hand out, and how many the deserializers saw. */
  ready: readonly FetchedRecord[] = []
  readyAt = 0
  deserialized = 0
  /** What the deserializers said of the record behind `deserialized`. */
  unreadable: KafkaError | undefined
  /** Where reading goes on, once `ready` is handed out. */
  readyEnd = -1
  readyEndEpoch = -1

  /** First offset of what the application was handed and has not finished; undefined when it has nothing. */
  inHandFrom: number | undefined
  /** How many pieces of work the application is busy with. */
  active = 0
  /** Not handed out before, on the monotonic clock: a handler postponed it. */
  heldUntilMs = 0
  committed = -1

  highWatermark = -1
  lastStableOffset = -1
  logStartOffset = -1
  /** A follower in our rack to read from, and until when (KIP-392). */
  preferredReplica: { nodeId: number; untilMs: number } | undefined
  /** What keeps the partition from going on, until a seek; told when its turn comes. */
  failure: KafkaError | undefined

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
    this.key = partitionKey(topic, partition)
  }

  get hasPosition(): boolean {
    return this.phase !== 'finding'
  }

  /** Whether records may be handed out now. */
  get isOpen(): boolean {
    return !this.isPaused && !this.isRevoking && !this.isGone
  }

  get hasData(): boolean {
    return this.readyAt < this.ready.length || this.chunks.length > 0
  }

  /** What may be committed: everything below was finished. */
  get finished(): number {
    return this.inHandFrom ?? this.position
  }

  /** Takes the next `count` ready records: they are in the application's hands now. */
  takeReady(count: number): readonly FetchedRecord[] {
    const { ready, readyAt } = this
    const taken = count === ready.length && readyAt === 0 ? ready : ready.slice(readyAt, readyAt + count)
    this.inHandFrom = ready[readyAt]!.offset
    this.readyAt = readyAt + count
    this.#moveOn()
    return taken
  }

  /** The group has this offset now. What the application committed of what it has in hand, it is done with. */
  noteCommitted(offset: number): void {
    this.committed = offset
    if (this.inHandFrom === undefined || offset <= this.inHandFrom || offset > this.position) return
    this.inHandFrom = offset < this.position ? offset : undefined
  }

  /** The application is done with everything it had. */
  finishAll(): void {
    this.inHandFrom = undefined
  }

  /** Takes back the last `count` records handed out: they come again. */
  putBack(count: number): void {
    this.inHandFrom = undefined
    if (count === 0) return
    assert(count <= this.readyAt, 'records are put back where they were taken from')
    this.readyAt -= count
    this.position = this.ready[this.readyAt]!.offset
  }

  #moveOn(): void {
    const last = this.ready[this.readyAt - 1]!
    const isEnd = this.readyAt === this.ready.length
    this.position = isEnd ? this.readyEnd : last.offset + 1
    this.positionEpoch = last.leaderEpoch ?? -1
  }

  /** Goes on at an offset: what was fetched is void. */
  jumpTo(offset: number, epoch = -1): void {
    this.#drop()
    this.search = undefined
    this.failures = 0
    this.phase = 'fetching'
    this.position = offset
    this.positionEpoch = epoch
    this.fetchOffset = offset
    this.fetchEpoch = epoch
    this.leaderEpoch = -1
  }

  /** Has its position searched for: what was fetched is void. */
  find(search: Search): void {
    this.#drop()
    this.search = search
    this.retryAtMs = 0
    this.failures = 0
    this.phase = 'finding'
  }

  /** Nothing of it will be handed out any more. */
  end(): void {
    this.#drop()
    this.isGone = true
  }

  #drop(): void {
    this.jumps++
    this.chunks.length = 0
    this.queuedBytes = 0
    this.ready = []
    this.readyAt = 0
    this.deserialized = 0
    this.unreadable = undefined
    this.heldUntilMs = 0
    this.failure = undefined
    this.inHandFrom = undefined
    this.preferredReplica = undefined
  }
}
