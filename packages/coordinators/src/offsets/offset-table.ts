/** One committed position of a group. */
export interface CommittedOffset {
  readonly offset: number
  /** Leader epoch of the last consumed record; -1 when unknown. */
  readonly leaderEpoch: number
  readonly metadata: string
  /** Wall-clock time of the commit. */
  readonly commitTimestampMs: number
  /** When the offset expires, if a client of an old version said so; otherwise the broker's retention rules. */
  readonly expireTimestampMs: number | undefined
  /** Id of the topic at the time of the commit; ZERO_UUID when unknown. */
  readonly topicId: string
  /** Where in `__consumer_offsets` the commit stands: the newer one of two commits is the one further on. */
  readonly logOffset: number
}

/** Committed offsets by topic name and partition. No topic is without partitions. */
export type OffsetTable = Map<string, Map<number, CommittedOffset>>

export function offsetAt(
  table: OffsetTable | undefined,
  topic: string,
  partition: number,
): CommittedOffset | undefined {
  return table?.get(topic)?.get(partition)
}

export function putOffset(
  table: OffsetTable,
  topic: string,
  partition: number,
  offset: CommittedOffset,
): void {
  const partitions = table.get(topic)
  if (partitions === undefined) table.set(topic, new Map([[partition, offset]]))
  else partitions.set(partition, offset)
}

export function dropOffset(table: OffsetTable, topic: string, partition: number): void {
  const partitions = table.get(topic)
  if (partitions === undefined) return
  partitions.delete(partition)
  if (partitions.size === 0) table.delete(topic)
}
