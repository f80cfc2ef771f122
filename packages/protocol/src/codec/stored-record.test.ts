import { MalformedError, encodeUtf8 } from '@samsa/base'
import { expect, test, vi } from 'vitest'
import {
  ConsumerGroupMemberMetadataRecord,
  GroupMetadataRecord,
  OffsetCommitRecord,
  groupRecords,
} from '../messages/stored/index.ts'
import {
  decodeStoredKey,
  decodeStoredValue,
  encodeStoredKey,
  encodeStoredValue,
  storedRecordOf,
} from './stored-record.ts'

test('a key starts with the number of its kind and says which record it is', () => {
  const bytes = encodeStoredKey(OffsetCommitRecord, { group: 'g', topic: 't', partition: 3 })
  expect([...bytes]).toEqual([0, 1, 0, 1, 0x67, 0, 1, 0x74, 0, 0, 0, 3])
  expect(storedRecordOf(groupRecords, bytes)).toBe(OffsetCommitRecord)
  expect(decodeStoredKey(OffsetCommitRecord, bytes)).toEqual({ group: 'g', topic: 't', partition: 3 })
})

test('ten thousand keys are written into a few chunks of memory, which they share', () => {
  const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow')
  for (let partition = 0; partition < 10_000; partition++) {
    encodeStoredKey(OffsetCommitRecord, { group: 'g', topic: 't', partition })
  }
  expect(allocated.mock.calls.length).toBeLessThan(20)
  allocated.mockRestore()
})

test('a key of a kind that is not known is nothing, and one too short to tell is malformed', () => {
  expect(storedRecordOf(groupRecords, new Uint8Array([3, 0]))).toBeUndefined()
  expect(() => storedRecordOf(groupRecords, new Uint8Array([3]))).toThrow(MalformedError)
})

test('a value starts with its version; what the version lacks reads as its default', () => {
  const offset = { offset: 42, metadata: 'm', commitTimestamp: 1000 }
  for (let version = 0; version <= 4; version++) {
    const bytes = encodeStoredValue(OffsetCommitRecord, version, offset)
    expect(bytes[1]).toBe(version)
    expect(decodeStoredValue(OffsetCommitRecord, bytes)).toMatchObject({ ...offset, leaderEpoch: -1 })
  }
})

test('a value of a version that is not known is malformed', () => {
  expect(() => decodeStoredValue(GroupMetadataRecord, new Uint8Array([0, 9]))).toThrow(
    'GroupMetadataValue has no version 9',
  )
  expect(() => decodeStoredValue(GroupMetadataRecord, encodeUtf8('x'))).toThrow(MalformedError)
})

test('a nullable struct in a tag section starts with a varint, as in Kafka: 0 for null, 1 for one that is there', () => {
  const member = {
    instanceId: '',
    rackId: '',
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    subscribedTopicRegex: '',
    serverAssignor: '',
  }
  const encode = (
    classicMemberMetadata: { sessionTimeoutMs: number; supportedProtocols: [] } | null | undefined,
  ) =>
    [...encodeStoredValue(ConsumerGroupMemberMetadataRecord, 0, { ...member, classicMemberMetadata })].slice(
      2,
    )
  const start = [1, 1, 1, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 1]
  expect(encode(undefined)).toEqual([...start, 0])
  expect(encode(null)).toEqual([...start, 1, 0, 1, 0])
  expect(encode({ sessionTimeoutMs: 5, supportedProtocols: [] })).toEqual([
    ...start,
    1,
    0,
    7,
    1,
    0,
    0,
    0,
    5,
    1,
    0,
  ])
})
