import { type Decision, type DecisionContext, DecisionDraft } from '../groups/classic/decision.ts'
import type { Group } from '../groups/classic/group.ts'
import { subscriptionsOf } from '../groups/classic/subscriptions.ts'
import { hasTransactionalOffset } from './evolve-offsets.ts'
import type { CommittedOffset } from './offset-table.ts'

/**
 * Forgets what was kept long enough (KIP-211), and the group with its last offset when it has no members.
 *
 * The retention counts from when the group lost its last member, or, while it has members, from the commit for topics
 * that none of them reads; for groups that only store offsets always from the commit. A retention that a client of an
 * old version asked for counts instead, where there is one.
 */
export function decideOffsetExpiry(group: Group, context: DecisionContext): Decision {
  const draft = new DecisionDraft()
  const isAllGone = expireOffsets(draft, group, context)
  const isUnused = group.state === 'Empty' && group.pendingJoins.size === 0 && !group.isProvisional
  if (isAllGone && isUnused && group.transactionalOffsets.size === 0) {
    draft.add({ type: 'groupDeleted', groupId: group.id })
  }
  return draft.done()
}

function expireOffsets(draft: DecisionDraft, group: Group, { now, limits }: DecisionContext): boolean {
  if (group.offsets.size === 0) return true
  const retentionStart = retentionStartOf(group)
  if (retentionStart === undefined) return false
  const isRead = subscriptionsOf(group)
  let isAllGone = true
  for (const [topic, partitions] of group.offsets) {
    const isInUse = isRead(topic)
    for (const [partition, committed] of partitions) {
      const isExpired = !isInUse && now >= expiryOf(committed, retentionStart, limits.offsetsRetentionMs)
      if (isExpired && !hasTransactionalOffset(group, topic, partition)) {
        draft.add({ type: 'offsetRemoved', groupId: group.id, topic, partition })
      } else isAllGone = false
    }
  }
  return isAllGone
}

type RetentionStart = (committed: CommittedOffset) => number

/** When the retention of an offset starts; undefined while no offset of the group may expire. */
function retentionStartOf(group: Group): RetentionStart | undefined {
  const sinceCommit: RetentionStart = committed => committed.commitTimestampMs
  if (group.protocolType === undefined) return sinceCommit
  if (group.state === 'Empty') return committed => group.stateTimestampMs ?? committed.commitTimestampMs
  return group.protocolType === 'consumer' && group.state === 'Stable' ? sinceCommit : undefined
}

function expiryOf(committed: CommittedOffset, retentionStart: RetentionStart, retentionMs: number): number {
  return committed.expireTimestampMs ?? retentionStart(committed) + retentionMs
}
