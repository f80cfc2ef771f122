import {
  CreateTopics,
  DeleteGroups,
  DescribeGroups,
  FindCoordinator,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  ListGroups,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
  SyncGroup,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import { awaitCoordinator } from './group-script.ts'
import type { AnyAnswer, Pair, Side } from './pair.ts'
import { idsOf } from './record-script.ts'

const bytes = (value: string) => new TextEncoder().encode(value)
const TOPIC = 'group-edges'
const LONG = 'x'.repeat(5000)

/** What requests about groups may say that nobody means: empty, doubled, too long, below zero, of another group. */
export async function groupEdges(pair: Pair): Promise<void> {
  const topics = [{ name: TOPIC, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, TOPIC)
  await awaitCoordinator(pair)
  for (const version of pair.versions(FindCoordinator)) await coordinators(pair, version)
  for (const version of pair.versions(JoinGroup)) await joins(pair, version)
  for (const version of pair.versions(SyncGroup)) await syncs(pair, version)
  for (const version of pair.versions(LeaveGroup)) await departures(pair, version)
  for (const version of pair.versions(OffsetCommit)) await commits(pair, version)
  for (const version of pair.versions(OffsetFetch)) await fetches(pair, version)
  for (const version of pair.versions(OffsetDelete)) await offsetDeletions(pair, version)
  await descriptions(pair)
  for (const version of pair.versions(DeleteGroups)) {
    const ask = (label: string, ...groupsNames: string[]) =>
      pair.ask(label, DeleteGroups, version, { groupsNames })
    await ask('no groups')
    await ask('an unknown group twice', 'nobody', 'nobody')
    await ask('a group twice', `edge-commit-${version + 2}`, `edge-commit-${version + 2}`)
    await ask('too long a name', LONG)
  }
}

async function coordinators(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, keyType: number, ...keys: string[]) =>
    pair.ask(label, FindCoordinator, version, {
      ...(version >= 4 ? { coordinatorKeys: keys } : { key: keys[0]! }),
      ...(version >= 1 ? { keyType } : {}),
    })
  await ask('too long a name', 0, LONG)
  if (version >= 1) await ask('a type below zero', -1, 'x')
  if (version < 4) return
  await ask('no name among names', 0, 'a', '')
  await ask('no name twice', 0, '', '')
}

const protocols = (...names: string[]) => names.map(name => ({ name, metadata: bytes(name) }))

const joinOf = (version: number, groupId: string, memberId: string, more: object = {}) => ({
  groupId,
  memberId,
  sessionTimeoutMs: 10_000,
  protocolType: 'consumer',
  protocols: protocols('range', 'other'),
  ...(version >= 1 ? { rebalanceTimeoutMs: 10_000 } : {}),
  ...more,
})

/** Joins, twice where the first answer only gives an id. */
async function joined(pair: Pair, version: number, groupId: string, more: object = {}) {
  const first = await pair.ask('a member', JoinGroup, version, joinOf(version, groupId, '', more))
  if (first.samsa.errorCode !== 'MEMBER_ID_REQUIRED') return first
  return pair.ask('a member, with its id', JoinGroup, version, side =>
    joinOf(version, groupId, first[side].memberId, more),
  )
}

async function joins(pair: Pair, version: number): Promise<void> {
  const groupId = `edge-join-${version}`
  const ask = (label: string, more: object, group = groupId) =>
    pair.ask(label, JoinGroup, version, joinOf(version, group, '', more))
  await ask('a session below zero', { sessionTimeoutMs: -1 })
  await ask('a session of no time', { sessionTimeoutMs: 0 })
  await ask('too long an id of a member', { memberId: LONG })
  const member = await joined(pair, version, groupId)
  const id = (side: Side): string => member[side].memberId ?? ''
  const again = (label: string, more: object) =>
    pair.ask(label, JoinGroup, version, side => joinOf(version, groupId, id(side), more))
  await again('it joins again', {})
  await again('with other metadata', { protocols: protocols('range') })
  await again('with a protocol without a name', { protocols: protocols('') })
  await again('with another type', { protocolType: 'connect' })
  await again('without a type', { protocolType: '' })
  await again('without protocols', { protocols: [] })
  // A second member would wait for the first to join again, unless it is refused.
  await ask('another with other protocols', { protocols: protocols('third') })
  await ask('another of another type', { protocolType: 'connect' })
  await ask('another without protocols', { protocols: [] })
  if (version >= 1) {
    await pair.ask('with less than no time to join', JoinGroup, version, side =>
      joinOf(version, groupId, id(side), { rebalanceTimeoutMs: -5 }),
    )
  }
  if (version >= 5) await staticJoins(pair, version)
  const other = `bad-twice-${version}`
  const twice = protocols('range', 'range')
  await pair.ask('a protocol twice', JoinGroup, version, joinOf(version, other, '', { protocols: twice }))
  await pair.ask('described', DescribeGroups, pair.newest(DescribeGroups), { groups: [groupId] })
}

async function staticJoins(pair: Pair, version: number): Promise<void> {
  const groupId = `edge-static-${version}`
  const ask = (label: string, memberId: string, groupInstanceId: string | null) =>
    pair.ask(label, JoinGroup, version, joinOf(version, groupId, memberId, { groupInstanceId }))
  await ask('an empty instance', '', '')
  await ask('an instance of two dots', '', '..')
  await ask('an instance with spaces', '', 'no spaces')
  await ask('too long an instance', '', 'x'.repeat(250))
  await ask('an unknown instance with an id', 'stranger', 'unknown')
  const member = await ask('an instance', '', 'one')
  const beat = (label: string, more: object) =>
    pair.ask(label, Heartbeat, pair.newest(Heartbeat), side => ({
      groupId,
      generationId: member[side].generationId ?? 1,
      memberId: member[side].memberId ?? '',
      groupInstanceId: 'one',
      ...more,
    }))
  await beat('a beat of the instance', {})
  await beat('a beat of another instance', { groupInstanceId: 'other' })
  await beat('a beat of the instance with another id', { memberId: 'stranger' })
  await beat('a beat without the instance', { groupInstanceId: null })
  await beat('a beat of an empty instance', { groupInstanceId: '' })
}

async function syncs(pair: Pair, version: number): Promise<void> {
  const groupId = `edge-sync-${version}`
  const member = await joined(pair, pair.newest(JoinGroup), groupId)
  const own = (side: Side) => member[side].memberId ?? ''
  const generationId = (side: Side): number => member[side].generationId ?? 1
  const ask = (label: string, more: (side: Side) => object) =>
    pair.ask(label, SyncGroup, version, side => ({
      groupId,
      generationId: generationId(side),
      memberId: own(side),
      assignments: [],
      ...more(side),
    }))
  await ask('no group', () => ({ groupId: '' }))
  await ask('an unknown group', () => ({ groupId: 'nobody' }))
  await ask('no member', () => ({ memberId: '' }))
  await ask('a generation below zero', () => ({ generationId: -1 }))
  await ask('an earlier generation', side => ({ generationId: generationId(side) - 1 }))
  if (version >= 3) await ask('an unknown instance', () => ({ groupInstanceId: 'unknown' }))
  if (version >= 5) {
    await ask('another type', () => ({ protocolType: 'connect' }))
    await ask('another protocol', () => ({ protocolName: 'other' }))
    await ask('an empty type', () => ({ protocolType: '' }))
  }
  const twice = (side: Side) => [
    { memberId: own(side), assignment: bytes('first') },
    { memberId: 'stranger', assignment: bytes('lost') },
    { memberId: own(side), assignment: bytes('second') },
  ]
  await ask('a member twice, and a stranger', side => ({ assignments: twice(side) }))
  await ask('once more', () => ({}))
  await ask('once more, with another assignment', side => ({
    assignments: [{ memberId: own(side), assignment: bytes('third') }],
  }))
  await pair.ask('described', DescribeGroups, pair.newest(DescribeGroups), { groups: [groupId] })
  const beat = (label: string, more: object) =>
    pair.ask(label, Heartbeat, Math.min(version, pair.newest(Heartbeat)), side => ({
      groupId,
      generationId: generationId(side),
      memberId: own(side),
      ...more,
    }))
  await beat('a beat of no member', { memberId: '' })
  await beat('a beat of a generation below zero', { generationId: -1 })
}

async function departures(pair: Pair, version: number): Promise<void> {
  const groupId = `edge-leave-${version}`
  const member = await joined(pair, pair.newest(JoinGroup), groupId)
  const own = (side: Side) => member[side].memberId ?? ''
  if (version < 3) {
    const ask = (label: string, more: object) =>
      pair.ask(label, LeaveGroup, version, side => ({ groupId, memberId: own(side), ...more }))
    await ask('no group', { groupId: '' })
    await ask('an unknown group', { groupId: 'nobody' })
    await ask('no member', { memberId: '' })
    await ask('the member', {})
    await ask('of a group that is empty', {})
    return
  }
  type Leaving = { memberId: string; groupInstanceId?: string | null }
  const ask = (label: string, members: (side: Side) => Leaving[], group = groupId) =>
    pair.ask(label, LeaveGroup, version, side => ({ groupId: group, members: members(side) }))
  await ask('no members', () => [])
  await ask('no group', () => [{ memberId: 'a' }], '')
  await ask('an unknown group', () => [{ memberId: 'a' }], 'nobody')
  await ask('no members of an unknown group', () => [], 'nobody')
  await ask('no member', () => [{ memberId: '' }])
  await ask('an unknown instance', () => [{ memberId: '', groupInstanceId: 'unknown' }])
  await ask('the member as an instance', side => [{ memberId: own(side), groupInstanceId: 'unknown' }])
  await ask('a stranger twice', () => [{ memberId: 'a' }, { memberId: 'a' }])
  await ask('the member twice, and a stranger', side => [
    { memberId: own(side) },
    { memberId: 'stranger' },
    { memberId: own(side) },
  ])
  await ask('of a group that is empty', () => [{ memberId: 'a' }])
}

type Partition = { partitionIndex: number; committedOffset: number; committedMetadata: string | null }

async function commits(pair: Pair, version: number): Promise<void> {
  const ids = version >= 10 ? await idsOf(pair, TOPIC) : undefined
  if (ids !== undefined) pair.nameTopic(ids, TOPIC)
  const groupId = `edge-commit-${version}`
  const at = (partitionIndex: number, committedOffset: number, more: object = {}): Partition => ({
    partitionIndex,
    committedOffset,
    committedMetadata: '',
    ...more,
  })
  const ask = (label: string, topics: [name: string, partitions: Partition[]][], more: object = {}) =>
    pair.ask(label, OffsetCommit, version, side => ({
      groupId,
      topics: topics.map(([name, partitions]) => ({
        ...(ids === undefined
          ? { name }
          : { topicId: name === TOPIC ? ids[side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }),
        partitions,
      })),
      ...more,
    }))
  await ask('nothing', [])
  await ask('no partitions', [[TOPIC, []]])
  await ask('a partition twice', [[TOPIC, [at(0, 3), at(0, 4)]]])
  await ask('a topic twice', [
    [TOPIC, [at(0, 5)]],
    [TOPIC, [at(0, 6)]],
  ])
  await ask('good and bad ones', [
    [TOPIC, [at(1, 5), at(9, 5), at(-1, 5), at(2, 5, { committedMetadata: LONG })]],
    ['nobody', [at(0, 5)]],
  ])
  if (version < 10) await ask('a topic without a name', [['', [at(0, 5)]]])
  if (version < 10) await ask('an impossible topic', [['a/b', [at(0, 5)]]])
  await ask('offset minus one', [[TOPIC, [at(1, -1)]]])
  await ask('the longest metadata', [[TOPIC, [at(1, 7, { committedMetadata: 'x'.repeat(4096) })]]])
  await ask('a byte more of metadata', [[TOPIC, [at(1, 7, { committedMetadata: 'x'.repeat(4097) })]]])
  await ask('too much metadata in bytes, not in letters', [
    [TOPIC, [at(1, 7, { committedMetadata: 'ü'.repeat(4000) })]],
  ])
  if (version >= 1) {
    await ask('a generation without a member', [[TOPIC, [at(0, 5)]]], { generationIdOrMemberEpoch: 3 })
    await ask('a generation of no group', [[TOPIC, [at(0, 5)]]], {
      groupId: 'edge-nobody',
      generationIdOrMemberEpoch: 0,
      memberId: 'a',
    })
    await ask('a generation far below zero', [[TOPIC, [at(0, 5)]]], { generationIdOrMemberEpoch: -7 })
  }
  if (version >= 2 && version <= 4)
    await ask('kept for no time', [[TOPIC, [at(0, 5)]]], { retentionTimeMs: 0 })
  if (version >= 6) {
    await ask('an epoch', [[TOPIC, [at(0, 8, { committedLeaderEpoch: 4 })]]])
    await ask('an epoch below zero', [[TOPIC, [at(1, 8, { committedLeaderEpoch: -7 })]]])
  }
  if (version >= 7)
    await ask('an instance of no group', [[TOPIC, [at(0, 5)]]], { groupInstanceId: 'unknown' })
  await pair.ask('what is kept', OffsetFetch, Math.min(pair.newest(OffsetFetch), 9), {
    groups: [{ groupId, topics: null }],
  })
}

async function fetches(pair: Pair, version: number): Promise<void> {
  const ids = version >= 10 ? await idsOf(pair, TOPIC) : undefined
  const newest = `edge-commit-${Math.min(pair.newest(OffsetCommit), 9)}`
  type Topics = [name: string, partitionIndexes: number[]][] | null
  const ask = (
    label: string,
    groups: [groupId: string, topics: Topics, more?: object][],
    more: object = {},
  ) =>
    pair.ask(label, OffsetFetch, version, side => {
      const named = (topics: Topics): AnyAnswer =>
        topics?.map(([name, partitionIndexes]) => ({
          ...(ids === undefined
            ? { name }
            : { topicId: name === TOPIC ? ids[side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }),
          partitionIndexes,
        })) ?? null
      if (version < 8) return { groupId: groups[0]![0], topics: named(groups[0]![1]), ...more }
      return {
        groups: groups.map(([groupId, topics, extra]) => ({ groupId, topics: named(topics), ...extra })),
        ...more,
      }
    })
  await ask('nothing', [[newest, []]])
  await ask('no partitions', [[newest, [[TOPIC, []]]]])
  await ask('a partition twice', [[newest, [[TOPIC, [0, 0]]]]])
  await ask('a partition below zero', [[newest, [[TOPIC, [-1]]]]])
  await ask('a topic twice', [
    [
      newest,
      [
        [TOPIC, [0]],
        [TOPIC, [1]],
      ],
    ],
  ])
  if (version < 10) await ask('a topic without a name', [[newest, [['', [0]]]]])
  if (version >= 7) await ask('only what is stable', [[newest, [[TOPIC, [0, 1]]]]], { requireStable: true })
  if (version < 8) return
  await ask('no groups', [])
  await ask('several groups', [
    [newest, null],
    ['nobody', null],
    ['', null],
    [newest, [[TOPIC, [1]]]],
  ])
  if (version < 9) return
  await ask('for a member that is none', [[newest, null, { memberId: 'stranger', memberEpoch: 3 }]])
  await ask('for a member of no group', [['nobody', null, { memberId: 'stranger', memberEpoch: 3 }]])
  await ask('for an epoch of nobody', [[newest, null, { memberId: null, memberEpoch: 0 }]])
}

async function offsetDeletions(pair: Pair, version: number): Promise<void> {
  const groupId = 'edge-commit-7'
  const ask = (label: string, topics: [name: string, partitions: number[]][], group = groupId) =>
    pair.ask(label, OffsetDelete, version, {
      groupId: group,
      topics: topics.map(([name, partitions]) => ({
        name,
        partitions: partitions.map(partitionIndex => ({ partitionIndex })),
      })),
    })
  await ask('nothing', [])
  await ask('no partitions', [[TOPIC, []]])
  await ask('a partition below zero', [[TOPIC, [-1]]])
  await ask('an unknown topic', [['nobody', [0]]])
  await ask('a topic without a name', [['', [0]]])
  await ask('a partition twice', [[TOPIC, [0, 0]]])
  await ask('a topic twice', [
    [TOPIC, [1]],
    [TOPIC, [2]],
  ])
  await ask('one that is not kept', [[TOPIC, [2]]])
  const member = await joined(pair, pair.newest(JoinGroup), 'edge-subscribed', {
    protocols: [{ name: 'range', metadata: subscription(TOPIC) }],
  })
  await ask('before the assignment', [[TOPIC, [0]]], 'edge-subscribed')
  await pair.ask('the leader assigns', SyncGroup, 3, side => ({
    groupId: 'edge-subscribed',
    generationId: member[side].generationId ?? 1,
    memberId: member[side].memberId ?? '',
    assignments: [{ memberId: member[side].memberId ?? '', assignment: bytes('') }],
  }))
  await ask('of a topic that a member reads', [[TOPIC, [0]]], 'edge-subscribed')
  await ask('of a topic that nobody reads', [['grouped', [0]]], 'edge-subscribed')
}

/** A consumer's subscription, version 0, to one topic. */
function subscription(topic: string): Uint8Array {
  const name = bytes(topic)
  return Uint8Array.of(0, 0, 0, 0, 0, 1, 0, name.length, ...name, 255, 255, 255, 255)
}

async function descriptions(pair: Pair): Promise<void> {
  for (const version of pair.versions(DescribeGroups)) {
    const ask = (label: string, groups: string[], more: object = {}) =>
      pair.ask(label, DescribeGroups, version, { groups, ...more })
    await ask('no groups', [])
    await ask('a group twice', ['edge-commit-5', 'edge-commit-5'])
    await ask('a member that has joined', ['edge-subscribed'])
    await ask('too long a name', [LONG])
    if (version >= 3)
      await ask('operations', ['edge-commit-5', 'nobody'], { includeAuthorizedOperations: true })
  }
  for (const version of pair.versions(ListGroups)) {
    const ask = (label: string, more: object) => pair.ask(label, ListGroups, version, more)
    await ask('all', {})
    if (version < 4) continue
    await ask('of two states', { statesFilter: ['Stable', 'Empty'] })
    await ask('of a state twice', { statesFilter: ['Stable', 'Stable'] })
    await ask('of no state', { statesFilter: [''] })
    await ask('of a state in capitals', { statesFilter: ['STABLE'] })
    if (version < 5) continue
    await ask('of another type', { typesFilter: ['consumer'] })
    await ask('of two types', { typesFilter: ['share', 'CLASSIC'] })
    await ask('of no type', { typesFilter: [''] })
  }
}
