/** What can happen to committed offsets; each is one record, or one control record, in `__consumer_offsets`. */
export type OffsetEvent = OffsetCommitted | OffsetRemoved

export interface OffsetCommitted {
  readonly type: 'offsetCommitted'
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  readonly expireTimestampMs: number | undefined
  readonly topicId: string
}

/** The tombstone of an offset. */
export interface OffsetRemoved {
  readonly type: 'offsetRemoved'
  readonly groupId: string
  readonly topic: string
  readonly partition: number
}
