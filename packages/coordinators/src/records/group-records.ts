import { ZERO_UUID, never } from '@samsa/base'
import {
  GroupMetadataRecord,
  type GroupMetadataValue,
  LegacyOffsetCommitRecord,
  OffsetCommitRecord,
  decodeStoredKey,
  decodeStoredValue,
  encodeStoredKey,
  encodeStoredValue,
  storedRecordOf,
} from '@samsa/protocol'
import type { DurableEvent, GroupEvent, GroupRecorded } from '../groups/classic/events.ts'
import { NO_BYTES } from '../groups/classic/group.ts'
import type { OffsetCommitted } from '../offsets/offset-events.ts'

/** A record of `__consumer_offsets`. A null value is a tombstone. */
export interface GroupRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

const kinds = [OffsetCommitRecord, GroupMetadataRecord, LegacyOffsetCommitRecord] as const

/** What Kafka 4.3 writes. Version 4 of the group would lock out the releases before. */
const GROUP_VALUE_VERSION = 3
const OFFSET_VALUE_VERSION = 4
/** The only version that can say when an offset expires. */
const EXPIRING_OFFSET_VALUE_VERSION = 1

/** Whether an event has a record. */
export function isDurable(event: GroupEvent): event is DurableEvent {
  switch (event.type) {
    case 'groupRecorded':
    case 'groupDeleted':
    case 'offsetCommitted':
    case 'offsetRemoved':
      return true
    default:
      return false
  }
}

/** The record that makes an event durable, in Kafka's format. */
export function recordOf(event: DurableEvent): GroupRecord {
  switch (event.type) {
    case 'groupRecorded':
      return { key: groupKey(event.groupId), value: groupValue(event) }
    case 'groupDeleted':
      return { key: groupKey(event.groupId), value: null }
    case 'offsetCommitted':
      return { key: offsetKey(event), value: offsetValue(event) }
    case 'offsetRemoved':
      return { key: offsetKey(event), value: null }
    default:
      return never(event, 'event')
  }
}

/**
 * What a record tells; undefined for kinds of records that classic groups and offsets do not have.
 *
 * @throws MalformedError when the record is of a known kind and cannot be read
 */
export function eventOf({ key, value }: GroupRecord): DurableEvent | undefined {
  switch (storedRecordOf<(typeof kinds)[number]>(kinds, key)) {
    case OffsetCommitRecord:
      return offsetEvent(decodeStoredKey(OffsetCommitRecord, key), value === null ? null : offsetOf(value))
    case LegacyOffsetCommitRecord:
      return offsetEvent(
        decodeStoredKey(LegacyOffsetCommitRecord, key),
        value === null ? null : legacyOffsetOf(value),
      )
    case GroupMetadataRecord:
      return groupEvent(decodeStoredKey(GroupMetadataRecord, key).group, value)
    default:
      return undefined
  }
}

function groupKey(group: string): Uint8Array {
  return encodeStoredKey(GroupMetadataRecord, { group })
}

function offsetKey(event: { groupId: string; topic: string; partition: number }): Uint8Array {
  const { groupId: group, topic, partition } = event
  return encodeStoredKey(OffsetCommitRecord, { group, topic, partition })
}

function groupValue(event: GroupRecorded): Uint8Array {
  return encodeStoredValue(GroupMetadataRecord, GROUP_VALUE_VERSION, {
    protocolType: event.protocolType ?? '',
    generation: event.generation,
    protocol: event.protocol ?? null,
    leader: event.leader ?? null,
    currentStateTimestamp: event.stateTimestampMs ?? -1,
    members: event.members.map(member => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: member.subscription,
      assignment: member.assignment,
    })),
  })
}

function offsetValue(event: OffsetCommitted): Uint8Array {
  const { expireTimestampMs } = event
  const version = expireTimestampMs === undefined ? OFFSET_VALUE_VERSION : EXPIRING_OFFSET_VALUE_VERSION
  return encodeStoredValue(OffsetCommitRecord, version, {
    offset: event.offset,
    leaderEpoch: event.leaderEpoch,
    metadata: event.metadata,
    commitTimestamp: event.commitTimestampMs,
    expireTimestamp: expireTimestampMs ?? -1,
    topicId: event.topicId,
  })
}

type OffsetFields = Omit<OffsetCommitted, 'type' | 'groupId' | 'topic' | 'partition'>

function offsetEvent(
  key: { readonly group: string; readonly topic: string; readonly partition: number },
  fields: OffsetFields | null,
): DurableEvent {
  const { group: groupId, topic, partition } = key
  if (fields === null) return { type: 'offsetRemoved', groupId, topic, partition }
  return { type: 'offsetCommitted', groupId, topic, partition, ...fields }
}

function offsetOf(bytes: Uint8Array): OffsetFields {
  const value = decodeStoredValue(OffsetCommitRecord, bytes)
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp === -1 ? undefined : value.expireTimestamp,
    topicId: value.topicId,
  }
}

function legacyOffsetOf(bytes: Uint8Array): OffsetFields {
  const { offset, metadata, commitTimestamp } = decodeStoredValue(LegacyOffsetCommitRecord, bytes)
  const unknown = { leaderEpoch: -1, expireTimestampMs: undefined, topicId: ZERO_UUID }
  return { offset, metadata, commitTimestampMs: commitTimestamp, ...unknown }
}

function groupEvent(groupId: string, value: Uint8Array | null): DurableEvent {
  if (value === null) return { type: 'groupDeleted', groupId }
  const group = decodeStoredValue(GroupMetadataRecord, value)
  return {
    type: 'groupRecorded',
    groupId,
    generation: group.generation,
    protocolType: group.protocolType === '' ? undefined : group.protocolType,
    protocol: group.protocol ?? undefined,
    leader: group.leader ?? undefined,
    stateTimestampMs: group.currentStateTimestamp === -1 ? undefined : group.currentStateTimestamp,
    members: group.members.map(memberOf),
  }
}

function memberOf(member: GroupMetadataValue['members'][number]): GroupRecorded['members'][number] {
  return {
    id: member.memberId,
    instanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    // Groups of the oldest format have one timeout for both.
    rebalanceTimeoutMs: member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
    sessionTimeoutMs: member.sessionTimeout,
    subscription: kept(member.subscription),
    assignment: kept(member.assignment),
  }
}

// Bytes of a record are views of the batch it was read from.
function kept(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? NO_BYTES : bytes.slice()
}
