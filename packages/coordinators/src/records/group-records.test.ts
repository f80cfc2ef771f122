import { MalformedError, ZERO_UUID, encodeUtf8 } from '@samsa/base'
import { LegacyOffsetCommitRecord, encodeStoredKey, encodeStoredValue } from '@samsa/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DurableEvent } from '../groups/classic/events.ts'
import { eventOf, recordOf } from './group-records.ts'

const text = fc.string({ maxLength: 12 })
const name = fc.string({ minLength: 1, maxLength: 12 })
const int32 = fc.integer({ min: 0, max: 2_147_483_647 })
const time = fc.maxSafeNat()
const uuid = fc.constantFrom(ZERO_UUID, 'AAAAAAAAAAAAAAAAAAAAAQ')
const bytes = fc.uint8Array({ maxLength: 12 })
const key = { groupId: text, topic: name, partition: int32 }

const member = fc.record({
  id: name,
  instanceId: fc.option(name),
  clientId: text,
  clientHost: text,
  rebalanceTimeoutMs: int32,
  sessionTimeoutMs: int32,
  subscription: bytes,
  assignment: bytes,
})

const durableEvent: fc.Arbitrary<DurableEvent> = fc.oneof(
  fc.record({
    type: fc.constant('groupRecorded' as const),
    groupId: text,
    generation: int32,
    protocolType: fc.option(name, { nil: undefined }),
    protocol: fc.option(name, { nil: undefined }),
    leader: fc.option(name, { nil: undefined }),
    stateTimestampMs: fc.option(time, { nil: undefined }),
    members: fc.array(member, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('groupDeleted' as const), groupId: text }),
  fc.record({ type: fc.constant('offsetRemoved' as const), ...key }),
  fc.record({
    type: fc.constant('offsetCommitted' as const),
    ...key,
    offset: time,
    leaderEpoch: fc.oneof(fc.constant(-1), int32),
    metadata: text,
    commitTimestampMs: time,
    expireTimestampMs: fc.constant(undefined),
    topicId: uuid,
  }),
)

describe('records of __consumer_offsets', () => {
  test('every durable event is told whole by its record', () => {
    fc.assert(
      fc.property(durableEvent, event => {
        expect(eventOf(recordOf(event))).toEqual(event)
      }),
    )
  })

  test('an offset with an expiry of its own is written in the only version that has one', () => {
    const event = {
      type: 'offsetCommitted',
      groupId: 'g',
      topic: 't',
      partition: 3,
      offset: 5,
      leaderEpoch: 7,
      metadata: '',
      commitTimestampMs: 1,
      expireTimestampMs: 2,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    } as const
    const record = recordOf(event)
    expect([...record.value!.subarray(0, 2)]).toEqual([0, 1])
    expect(eventOf(record)).toEqual({ ...event, leaderEpoch: -1, topicId: ZERO_UUID })
  })

  test('an offset of Kafka 0.8.2 is understood', () => {
    const record = {
      key: encodeStoredKey(LegacyOffsetCommitRecord, { group: 'g', topic: 't', partition: 1 }),
      value: encodeStoredValue(LegacyOffsetCommitRecord, 0, {
        offset: 5,
        metadata: 'm',
        commitTimestamp: 9,
      }),
    }
    expect(eventOf(record)).toMatchObject({ type: 'offsetCommitted', offset: 5, commitTimestampMs: 9 })
  })

  test('records of the newer group protocols tell nothing here', () => {
    expect(eventOf({ key: Uint8Array.of(0, 3, 0, 1, 0x67), value: null })).toBe(undefined)
  })

  test('a record that is cut short, or of a version from the future, is malformed', () => {
    const whole = recordOf({
      type: 'groupRecorded',
      groupId: 'g',
      generation: 1,
      protocolType: 'consumer',
      protocol: 'range',
      leader: 'm',
      stateTimestampMs: 1,
      members: [],
    })
    const cut = { key: whole.key, value: whole.value!.subarray(0, 9) }
    const future = { key: whole.key, value: encodeUtf8('\0\u0009') }
    expect(() => eventOf(cut)).toThrow(MalformedError)
    expect(() => eventOf(future)).toThrow(MalformedError)
    expect(() => eventOf({ key: Uint8Array.of(0), value: null })).toThrow(MalformedError)
  })
})
