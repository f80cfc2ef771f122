import type { RecordPosition } from '../groups/classic/evolve.ts'
import type { Group } from '../groups/classic/group.ts'
import type { Groups } from '../groups/groups.ts'
import type { OffsetCommitted, OffsetRemoved } from './offset-events.ts'
import { type CommittedOffset, type OffsetTable, dropOffset, offsetAt, putOffset } from './offset-table.ts'

/** Applies a commit: at once, or when its transaction ends. */
export function commitOffset(
  groups: Groups,
  group: Group,
  event: OffsetCommitted,
  { logOffset, producerId }: RecordPosition,
): void {
  const { topic, partition } = event
  const committed: CommittedOffset = {
    offset: event.offset,
    leaderEpoch: event.leaderEpoch,
    metadata: event.metadata,
    commitTimestampMs: event.commitTimestampMs,
    expireTimestampMs: event.expireTimestampMs,
    topicId: event.topicId,
    logOffset,
  }
  group.isProvisional = false
  if (producerId === undefined) putOffset(group.offsets, topic, partition, committed)
  else putOffset(openTable(groups, group, producerId), topic, partition, committed)
}

/** Applies a tombstone: the committed offset and those of open transactions are gone. */
export function removeOffset(groups: Groups, group: Group | undefined, event: OffsetRemoved): void {
  if (group === undefined) return
  dropOffset(group.offsets, event.topic, event.partition)
  for (const [producerId, table] of group.transactionalOffsets) {
    dropOffset(table, event.topic, event.partition)
    if (table.size === 0) forgetTransaction(groups, group, producerId)
  }
}

/**
 * Applies the marker that ends a producer's transaction: its offsets become the groups', unless a later commit was
 * written while the transaction was open.
 */
export function endTransaction(groups: Groups, producerId: number, isCommitted: boolean): void {
  for (const groupId of groups.openTransactions.get(producerId) ?? []) {
    const group = groups.byId.get(groupId)
    const table = group?.transactionalOffsets.get(producerId)
    if (group === undefined || table === undefined) continue
    group.transactionalOffsets.delete(producerId)
    if (isCommitted) mergeOffsets(group.offsets, table)
  }
  groups.openTransactions.delete(producerId)
}

/** Whether an open transaction would change the offset. */
export function hasTransactionalOffset(group: Group, topic: string, partition: number): boolean {
  for (const table of group.transactionalOffsets.values()) {
    if (offsetAt(table, topic, partition) !== undefined) return true
  }
  return false
}

function mergeOffsets(into: OffsetTable, table: OffsetTable): void {
  for (const [topic, partitions] of table) {
    for (const [partition, offset] of partitions) {
      const existing = offsetAt(into, topic, partition)
      if (existing === undefined || existing.logOffset < offset.logOffset)
        putOffset(into, topic, partition, offset)
    }
  }
}

function openTable(groups: Groups, group: Group, producerId: number): OffsetTable {
  const known = group.transactionalOffsets.get(producerId)
  if (known !== undefined) return known
  const table: OffsetTable = new Map()
  group.transactionalOffsets.set(producerId, table)
  const groupIds = groups.openTransactions.get(producerId)
  if (groupIds === undefined) groups.openTransactions.set(producerId, new Set([group.id]))
  else groupIds.add(group.id)
  return table
}

function forgetTransaction(groups: Groups, group: Group, producerId: number): void {
  group.transactionalOffsets.delete(producerId)
  const groupIds = groups.openTransactions.get(producerId)
  groupIds?.delete(group.id)
  if (groupIds?.size === 0) groups.openTransactions.delete(producerId)
}
