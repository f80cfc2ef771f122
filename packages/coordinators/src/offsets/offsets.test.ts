import { ZERO_UUID } from '@samsa/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OffsetCommitted } from '../index.ts'
import {
  type Groups,
  decideCommit,
  decideOffsetDelete,
  decideOffsetExpiry,
  decideTopicsDeleted,
  endTransaction,
  evolve,
  fetchAllOffsets,
  fetchOffsets,
  newGroups,
} from '../index.ts'
import { GROUP_ID, GroupModel, limits, replay } from '../testing/group-model.ts'

const OLD_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const NEW_ID = 'AAAAAAAAAAAAAAAAAAAAAg'
const PRODUCER = 77

function committed(offset: number, change: Partial<OffsetCommitted> = {}): OffsetCommitted {
  return {
    type: 'offsetCommitted',
    groupId: GROUP_ID,
    topic: 't',
    partition: 0,
    offset,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 1_000,
    expireTimestampMs: undefined,
    topicId: ZERO_UUID,
    ...change,
  }
}

function fetched(groups: Groups, topicId = ZERO_UUID, requireStable = false) {
  const topics = [{ name: 't', topicId, partitionIndexes: [0] }]
  return fetchOffsets(groups.byId.get(GROUP_ID), topics, requireStable)[0]!.partitions[0]!
}

describe('fetching offsets', () => {
  test('a group that does not exist has committed nothing, which is not an error', () => {
    expect(fetched(newGroups())).toMatchObject({ committedOffset: -1, metadata: '', errorCode: 'NONE' })
  })

  test('an offset committed to a deleted topic does not count for a new topic of the same name', () => {
    const groups = replay([committed(5, { topicId: OLD_ID })])
    expect(fetched(groups, OLD_ID).committedOffset).toBe(5)
    expect(fetched(groups, ZERO_UUID).committedOffset).toBe(5)
    expect(fetched(groups, NEW_ID).committedOffset).toBe(-1)
  })

  test('without a list of topics, everything committed is told', () => {
    const groups = replay([committed(5), committed(6, { partition: 1 }), committed(7, { topic: 'u' })])
    const topics = fetchAllOffsets(groups.byId.get(GROUP_ID), false)
    expect(topics.map(({ name, partitions }) => [name, partitions.map(p => p.committedOffset)])).toEqual([
      ['t', [5, 6]],
      ['u', [7]],
    ])
  })
})

describe('offsets of transactions', () => {
  function open(): Groups {
    const groups = replay([committed(5)])
    evolve(groups, committed(9), { logOffset: 1, producerId: PRODUCER })
    return groups
  }

  test('they do not count before the transaction ends, and make the offset unstable', () => {
    const groups = open()
    expect(fetched(groups).committedOffset).toBe(5)
    expect(fetched(groups, ZERO_UUID, true)).toMatchObject({
      committedOffset: -1,
      errorCode: 'UNSTABLE_OFFSET_COMMIT',
    })
  })

  test('a commit makes them count, an abort drops them', () => {
    const [kept, dropped] = [open(), open()]
    endTransaction(kept, PRODUCER, true)
    endTransaction(dropped, PRODUCER, false)
    expect([fetched(kept).committedOffset, fetched(dropped).committedOffset]).toEqual([9, 5])
    expect([kept.openTransactions.size, dropped.openTransactions.size]).toEqual([0, 0])
  })

  test('a plain commit that was written later wins', () => {
    const groups = open()
    evolve(groups, committed(7), { logOffset: 2 })
    endTransaction(groups, PRODUCER, true)
    expect(fetched(groups).committedOffset).toBe(7)
  })

  test('a tombstone drops the open one too', () => {
    const groups = open()
    evolve(groups, { type: 'offsetRemoved', groupId: GROUP_ID, topic: 't', partition: 0 })
    endTransaction(groups, PRODUCER, true)
    expect(fetched(groups).committedOffset).toBe(-1)
    expect(groups.openTransactions.size).toBe(0)
  })

  test('an open transaction keeps its offset and its group from expiring', () => {
    const groups = open()
    const expire = () => {
      const decision = decideOffsetExpiry(groups.byId.get(GROUP_ID)!, { now: 10 ** 12, limits })
      return decision.events.map(({ type }) => type)
    }
    expect(expire()).toEqual([])
    endTransaction(groups, PRODUCER, false)
    expect(expire()).toEqual(['offsetRemoved', 'groupDeleted'])
  })
})

describe('committing', () => {
  const request = (partition: object) => ({
    groupId: GROUP_ID,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    retentionTimeMs: -1,
    topics: [
      {
        name: 't',
        topicId: OLD_ID,
        partitions: [
          {
            partitionIndex: 0,
            committedOffset: 5,
            committedLeaderEpoch: 3,
            commitTimestamp: -1,
            committedMetadata: null,
            ...partition,
          },
        ],
      },
    ],
  })
  const commit = (partition: object, apiVersion = 9) =>
    decideCommit(undefined, { request: request(partition), apiVersion }, { now: 50_000, limits })

  test('leader epoch, topic id and time are kept', () => {
    expect(commit({}).events).toEqual([
      committed(5, { leaderEpoch: 3, topicId: OLD_ID, commitTimestampMs: 50_000 }),
    ])
  })

  test('a client of v1 may say when it committed', () => {
    expect(commit({ commitTimestamp: 7 }, 1).events).toMatchObject([{ commitTimestampMs: 7 }])
  })

  test('a note longer than allowed is refused, one just as long is not', () => {
    const outcome = (length: number) => {
      const { events, response } = commit({ committedMetadata: 'x'.repeat(length) })
      return [response.topics[0]!.partitions[0]!.errorCode, events.length]
    }
    expect(outcome(4096)).toEqual(['NONE', 1])
    expect(outcome(4097)).toEqual(['OFFSET_METADATA_TOO_LARGE', 0])
  })

  test('of several entries for a partition the last that can be stored is, and each is answered', () => {
    const [topic] = request({}).topics
    const entry = (committedOffset: number, more: object = {}) => ({
      ...topic!.partitions[0]!,
      committedOffset,
      ...more,
    })
    const tooLong = { committedMetadata: 'x'.repeat(5000) }
    const topics = [
      { ...topic!, partitions: [entry(1), entry(2), entry(7, { partitionIndex: 1 })] },
      { ...topic!, partitions: [entry(3), entry(4, tooLong)] },
    ]
    const input = { request: { ...request({}), topics }, apiVersion: 9 }
    const { events, response } = decideCommit(undefined, input, { now: 0, limits })
    expect(events).toMatchObject([
      { partition: 1, offset: 7 },
      { partition: 0, offset: 3 },
    ])
    const codes = response.topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    expect(codes).toEqual([
      ['NONE', 'NONE', 'NONE'],
      ['NONE', 'OFFSET_METADATA_TOO_LARGE'],
    ])
  })

  test('before v9 a group that does not exist is told of as a wrong generation', () => {
    const input = { request: { ...request({}), generationIdOrMemberEpoch: 1 }, apiVersion: 8 }
    const { response } = decideCommit(undefined, input, { now: 0, limits })
    expect(response.topics[0]!.partitions[0]!.errorCode).toBe('ILLEGAL_GENERATION')
  })
})

describe('deleting offsets', () => {
  const request = { groupId: GROUP_ID, topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }] }

  test('of a topic nobody reads they go, of one that is read they stay', () => {
    const model = new GroupModel()
    model.join({ version: 3, topics: ['t'] })
    model.advance(3_000)
    model.sync({ memberId: 'client-1', generation: 1 })
    model.commit({ topic: 't', partition: 0, offset: 5, memberId: 'client-1', generation: 1 })
    expect(decideOffsetDelete(model.group, request).response.topics[0]!.partitions[0]!.errorCode).toBe(
      'GROUP_SUBSCRIBED_TO_TOPIC',
    )
    model.leave('client-1')
    const { events, response } = decideOffsetDelete(model.group, request)
    expect(response.topics[0]!.partitions[0]!.errorCode).toBe('NONE')
    expect(events).toEqual([{ type: 'offsetRemoved', groupId: GROUP_ID, topic: 't', partition: 0 }])
  })

  test('members of an unknown protocol type may read anything', () => {
    const model = new GroupModel()
    model.join({ version: 3, protocolType: 'connect' })
    model.advance(3_000)
    expect(decideOffsetDelete(model.group, request).response.errorCode).toBe('NON_EMPTY_GROUP')
  })

  test('a group that does not exist is an error', () => {
    expect(decideOffsetDelete(undefined, request).response.errorCode).toBe('GROUP_ID_NOT_FOUND')
    expect(decideOffsetDelete(undefined, { ...request, groupId: '' }).response.errorCode).toBe(
      'INVALID_GROUP_ID',
    )
  })

  test('deleted topics take their offsets along, and no others', () => {
    const groups = replay([
      committed(1, { topicId: OLD_ID }),
      committed(2, { topicId: NEW_ID, partition: 1 }),
      committed(3, { partition: 2 }),
      committed(4, { topic: 'u' }),
    ])
    const isDeleted = (topic: string, id: string) => topic === 't' && id !== NEW_ID
    const { events } = decideTopicsDeleted(groups.byId.get(GROUP_ID)!, isDeleted)
    expect(events.map(event => ('partition' in event ? event.partition : -1))).toEqual([0, 2])
  })
})

test('the offset table is what a plain map of the last commits would be', () => {
  const commit = fc.record({
    topic: fc.constantFrom('t', 'u'),
    partition: fc.nat({ max: 2 }),
    offset: fc.option(fc.nat()),
  })
  fc.assert(
    fc.property(fc.array(commit), commits => {
      const groups = newGroups()
      const plain = new Map<string, number>()
      for (const { topic, partition, offset } of commits) {
        if (offset === null) {
          evolve(groups, { type: 'offsetRemoved', groupId: GROUP_ID, topic, partition })
          plain.delete(`${topic}-${partition}`)
        } else {
          evolve(groups, committed(offset, { topic, partition }))
          plain.set(`${topic}-${partition}`, offset)
        }
      }
      const told = fetchAllOffsets(groups.byId.get(GROUP_ID), false).flatMap(({ name, partitions }) =>
        partitions.map(p => [`${name}-${p.partitionIndex}`, p.committedOffset]),
      )
      expect(new Map(told as [string, number][])).toEqual(plain)
    }),
  )
})
