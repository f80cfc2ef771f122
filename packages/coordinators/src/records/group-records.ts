import { ByteReader, ByteWriter, MalformedError, ZERO_UUID, never } from '@samsa/base'
import {
  type AnyMessage,
  GroupMetadataKey,
  GroupMetadataValue,
  LegacyOffsetCommitKey,
  LegacyOffsetCommitValue,
  type MessageDraftOf,
  type MessageOf,
  OffsetCommitKey,
  OffsetCommitValue,
  decodeMessage,
  encodeMessage,
} from '@samsa/protocol'
import type { DurableEvent, GroupEvent, GroupRecorded } from '../groups/classic/events.ts'
import { NO_BYTES } from '../groups/classic/group.ts'
import type { OffsetCommitted } from '../offsets/offset-events.ts'

/** A record of `__consumer_offsets`. A null value is a tombstone. */
export interface GroupRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/**
 * Kinds of records by the number their key starts with. Numbers above these belong to the newer group protocols.
 *
 *   key:   kind:2 │ fields        value:   version:2 │ fields
 */
const LEGACY_OFFSET = 0
const OFFSET = 1
const GROUP = 2

const KEY_VERSION = 0
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
export function eventOf(record: GroupRecord): DurableEvent | undefined {
  const kind = new ByteReader(record.key).int16()
  switch (kind) {
    case LEGACY_OFFSET:
    case OFFSET:
      return offsetEvent(kind, record)
    case GROUP:
      return groupEvent(record)
    default:
      return undefined
  }
}

function groupKey(groupId: string): Uint8Array {
  return prefixed(GROUP, encodeMessage(GroupMetadataKey, KEY_VERSION, { group: groupId }))
}

function offsetKey(event: { groupId: string; topic: string; partition: number }): Uint8Array {
  const { groupId, topic, partition } = event
  return prefixed(OFFSET, encodeMessage(OffsetCommitKey, KEY_VERSION, { group: groupId, topic, partition }))
}

function groupValue(event: GroupRecorded): Uint8Array {
  const value: MessageDraftOf<typeof GroupMetadataValue> = {
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
  }
  return prefixed(GROUP_VALUE_VERSION, encodeMessage(GroupMetadataValue, GROUP_VALUE_VERSION, value))
}

function offsetValue(event: OffsetCommitted): Uint8Array {
  const version = event.expireTimestampMs === undefined ? OFFSET_VALUE_VERSION : EXPIRING_OFFSET_VALUE_VERSION
  const value: MessageDraftOf<typeof OffsetCommitValue> = {
    offset: event.offset,
    leaderEpoch: event.leaderEpoch,
    metadata: event.metadata,
    commitTimestamp: event.commitTimestampMs,
    expireTimestamp: event.expireTimestampMs ?? -1,
    topicId: event.topicId,
  }
  return prefixed(version, encodeMessage(OffsetCommitValue, version, value))
}

function prefixed(number: number, message: Uint8Array): Uint8Array {
  const writer = new ByteWriter(message.length + 2)
  writer.int16(number)
  writer.bytes(message)
  return writer.toBytes()
}

function offsetEvent(kind: typeof LEGACY_OFFSET | typeof OFFSET, record: GroupRecord): DurableEvent {
  const schema = kind === OFFSET ? OffsetCommitKey : LegacyOffsetCommitKey
  const { group: groupId, topic, partition } = decodeMessage(schema, KEY_VERSION, record.key.subarray(2))
  if (record.value === null) return { type: 'offsetRemoved', groupId, topic, partition }
  const value = kind === OFFSET ? offsetValueOf(record.value) : legacyOffsetValueOf(record.value)
  return { type: 'offsetCommitted', groupId, topic, partition, ...value }
}

type OffsetFields = Omit<OffsetCommitted, 'type' | 'groupId' | 'topic' | 'partition'>

function offsetValueOf(bytes: Uint8Array): OffsetFields {
  const value = decodeVersioned(OffsetCommitValue, bytes)
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp === -1 ? undefined : value.expireTimestamp,
    topicId: value.topicId,
  }
}

function legacyOffsetValueOf(bytes: Uint8Array): OffsetFields {
  const { offset, metadata, commitTimestamp } = decodeVersioned(LegacyOffsetCommitValue, bytes)
  return {
    offset,
    leaderEpoch: -1,
    metadata,
    commitTimestampMs: commitTimestamp,
    expireTimestampMs: undefined,
    topicId: ZERO_UUID,
  }
}

function groupEvent({ key, value }: GroupRecord): DurableEvent {
  const { group: groupId } = decodeMessage(GroupMetadataKey, KEY_VERSION, key.subarray(2))
  if (value === null) return { type: 'groupDeleted', groupId }
  const group = decodeVersioned(GroupMetadataValue, value)
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

type MemberValue = MessageOf<typeof GroupMetadataValue>['members'][number]

function memberOf(member: MemberValue): GroupRecorded['members'][number] {
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

function decodeVersioned<M extends AnyMessage>(schema: M, bytes: Uint8Array): MessageOf<M> {
  const version = new ByteReader(bytes).int16()
  if (version < schema.minVersion || version > schema.maxVersion) {
    throw new MalformedError(
      `${schema.name} v${version} is not known here: v${schema.minVersion} to v${schema.maxVersion} are`,
    )
  }
  return decodeMessage(schema, version, bytes.subarray(2)) as MessageOf<M>
}
