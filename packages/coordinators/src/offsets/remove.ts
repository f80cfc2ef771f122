import type { OffsetDeleteRequest, OffsetDeleteResponse } from '@samsa/protocol'
import { type Decision, DecisionDraft, respond } from '../groups/classic/decision.ts'
import type { Group } from '../groups/classic/group.ts'
import { type Subscriptions, subscriptionsOf } from '../groups/classic/subscriptions.ts'
import { hasTransactionalOffset } from './evolve-offsets.ts'
import { type OffsetTable, offsetAt } from './offset-table.ts'

/** OffsetDelete v0 (KIP-496): forget positions of topics no member reads. */
export function decideOffsetDelete(
  group: Group | undefined,
  request: OffsetDeleteRequest,
): Decision<OffsetDeleteResponse> {
  const error = checkOffsetDelete(group, request)
  if (error !== 'NONE') return respond({ errorCode: error, throttleTimeMs: 0, topics: [] })
  const draft = new DecisionDraft()
  const isRead = subscriptionsOf(group!)
  const topics = request.topics.map(topic => ({
    name: topic.name,
    partitions: deletePartitions(draft, group!, topic, isRead),
  }))
  return draft.respond({ errorCode: 'NONE', throttleTimeMs: 0, topics })
}

function checkOffsetDelete(group: Group | undefined, { groupId }: OffsetDeleteRequest) {
  if (groupId === '') return 'INVALID_GROUP_ID'
  if (group === undefined) return 'GROUP_ID_NOT_FOUND'
  // What members of another protocol type read is unknown.
  if (group.state !== 'Empty' && group.protocolType !== 'consumer') return 'NON_EMPTY_GROUP'
  return 'NONE'
}

type RequestedTopic = OffsetDeleteRequest['topics'][number]
type DeletedPartition = OffsetDeleteResponse['topics'][number]['partitions'][number]

function deletePartitions(
  draft: DecisionDraft,
  group: Group,
  topic: RequestedTopic,
  isRead: Subscriptions,
): DeletedPartition[] {
  const errorCode = isRead(topic.name) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE'
  return topic.partitions.map(({ partitionIndex }) => {
    if (errorCode === 'NONE' && hasOffset(group, topic.name, partitionIndex)) {
      draft.add({ type: 'offsetRemoved', groupId: group.id, topic: topic.name, partition: partitionIndex })
    }
    return { partitionIndex, errorCode }
  })
}

function hasOffset(group: Group, topic: string, partition: number): boolean {
  return (
    offsetAt(group.offsets, topic, partition) !== undefined || hasTransactionalOffset(group, topic, partition)
  )
}

/** Forgets all positions of a group, those of open transactions included. */
export function removeAllOffsets(draft: DecisionDraft, group: Group): void {
  removeOffsets(draft, group, () => true)
}

/**
 * Topics were deleted: their offsets go too.
 *
 * @param isDeleted whether the topic that an offset was committed to is gone; the id is `ZERO_UUID` where the offset has
 *   none
 */
export function decideTopicsDeleted(
  group: Group,
  isDeleted: (topic: string, topicId: string) => boolean,
): Decision {
  const draft = new DecisionDraft()
  removeOffsets(draft, group, isDeleted)
  return draft.done()
}

function removeOffsets(
  draft: DecisionDraft,
  group: Group,
  isChosen: (topic: string, topicId: string) => boolean,
): void {
  const chosen = new Map<string, Set<number>>()
  for (const table of [group.offsets, ...group.transactionalOffsets.values()]) choose(chosen, table, isChosen)
  for (const [topic, partitions] of chosen) {
    for (const partition of partitions) {
      draft.add({ type: 'offsetRemoved', groupId: group.id, topic, partition })
    }
  }
}

function choose(
  chosen: Map<string, Set<number>>,
  table: OffsetTable,
  isChosen: (topic: string, topicId: string) => boolean,
): void {
  for (const [topic, partitions] of table) {
    for (const [partition, { topicId }] of partitions) {
      if (!isChosen(topic, topicId)) continue
      const known = chosen.get(topic)
      if (known === undefined) chosen.set(topic, new Set([partition]))
      else known.add(partition)
    }
  }
}
