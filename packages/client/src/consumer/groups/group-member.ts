import type { TopicPartition } from '../../records/consumer-record.ts'

/** Who a consumer is in its group: what commits, also those inside of transactions, are checked against. */
export interface GroupMetadata {
  readonly groupId: string
  /** The generation of a classic group, the member's epoch with KIP-848; -1 outside of both. */
  readonly generationId: number
  /** Empty outside of the group. */
  readonly memberId: string
  readonly groupInstanceId: string | undefined
  readonly protocol: 'classic' | 'consumer' | 'none'
}

/** What a member needs of the consumer it speaks for. */
export interface GroupHost {
  /** Names subscribed to, those that a pattern matches included. */
  subscribedTopics(): readonly string[]
  /** A pattern that the broker matches (KIP-848). */
  subscribedPattern(): string | undefined
  owned(): readonly TopicPartition[]
  /**
   * Gives partitions up in order: nothing more of them is handed out, what the application has is waited for, finished
   * offsets are committed and the listener is told.
   *
   * @param withinMs how long the application may take
   */
  revoke(partitions: readonly TopicPartition[], withinMs: number): Promise<void>
  /** Gives partitions up that others may have already: only the listener is told. */
  lose(partitions: readonly TopicPartition[]): Promise<void>
  /** Takes new partitions on and tells the listener. */
  assign(added: readonly TopicPartition[]): Promise<void>
  /** Cannot go on without the application: told to whoever waits for records. */
  fail(error: unknown): void
  /**
   * How long the application has been busy with the same work; infinity while it works on what was taken from it: no
   * partition may come back meanwhile.
   */
  busyForMs(): number
  /** Takes the time of rebalances, for metrics. What begins may begin again before it ends. */
  readonly rebalance: { begin(): void; end(): void }
}

/** A consumer's membership of its group. */
export interface GroupMember {
  readonly metadata: GroupMetadata
  /** Joins, and stays in until `leave`. Does nothing when it already does. */
  start(): void
  /** What is subscribed to, or what is known of it, changed. */
  subscriptionChanged(): void
  /** Joins anew, for a reason. */
  rejoin(reason: string): void
  /** The coordinator does not know this member any more, says a commit. */
  fenced(code: string): void
  /**
   * Leaves the group, and stops. Static members only stop: their partitions wait for them.
   *
   * @param deadlineMs a point of the monotonic clock
   */
  leave(deadlineMs: number): Promise<void>
}

/** Elements of one list that are not in the other. */
export function without(list: readonly TopicPartition[], other: readonly TopicPartition[]): TopicPartition[] {
  const keys = new Set(other.map(({ topic, partition }) => `${partition}:${topic}`))
  return list.filter(({ topic, partition }) => !keys.has(`${partition}:${topic}`))
}
