import { encodeUtf8 } from '@samsa/base'
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
import { joinOf, joined, protocols } from './group-member.ts'
import { awaitCoordinator } from './group-script.ts'
import { LONG, TOPIC, commits, fetches, offsetDeletions } from './offset-edges.ts'
import type { Pair, Side } from './pair.ts'

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
    { memberId: own(side), assignment: encodeUtf8('first') },
    { memberId: 'stranger', assignment: encodeUtf8('lost') },
    { memberId: own(side), assignment: encodeUtf8('second') },
  ]
  await ask('a member twice, and a stranger', side => ({ assignments: twice(side) }))
  await ask('once more', () => ({}))
  await ask('once more, with another assignment', side => ({
    assignments: [{ memberId: own(side), assignment: encodeUtf8('third') }],
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
