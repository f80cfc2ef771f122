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
import { joinOf } from './group-member.ts'
import type { AnyAnswer, Pair, Side } from './pair.ts'
import { idsOf } from './record-script.ts'

export async function groups(pair: Pair): Promise<void> {
  const topics = [{ name: 'grouped', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, 'grouped')
  await awaitCoordinator(pair)
  for (const version of pair.versions(JoinGroup)) await life(pair, version)
  for (const version of pair.versions(JoinGroup)) await badJoins(pair, version)
  for (const version of pair.versions(OffsetCommit)) await commits(pair, version)
  for (const version of pair.versions(OffsetFetch)) await fetches(pair, version)
  for (const version of pair.versions(DescribeGroups)) {
    await pair.ask('an empty group, a dead one', DescribeGroups, version, {
      groups: ['commit-2', 'nobody', ''],
    })
  }
  for (const version of pair.versions(ListGroups)) {
    if (version >= 4)
      await pair.ask('groups that are stable', ListGroups, version, { statesFilter: ['Stable'] })
    if (version >= 4) await pair.ask('an unknown state', ListGroups, version, { statesFilter: ['Happy'] })
    if (version >= 5) await pair.ask('an unknown type', ListGroups, version, { typesFilter: ['happy'] })
    if (version >= 5)
      await pair.ask('classic groups that are stable, in other letters', ListGroups, version, {
        statesFilter: ['empty'],
        typesFilter: ['Classic'],
      })
  }
  for (const version of pair.versions(OffsetDelete)) {
    const topics = [{ name: 'grouped', partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] }]
    await pair.ask('some offsets', OffsetDelete, version, { groupId: 'commit-3', topics })
    await pair.ask('of an unknown group', OffsetDelete, version, { groupId: 'nobody', topics })
    await pair.ask('of a group without a name', OffsetDelete, version, { groupId: '', topics })
  }
  for (const version of pair.versions(DeleteGroups)) {
    await pair.ask('an empty group, a dead one', DeleteGroups, version, {
      groupsNames: [`commit-${version + 4}`, 'nobody', ''],
    })
  }
}

/** The first question for a coordinator makes its topic: until then answers depend on who is quicker. */
export async function awaitCoordinator(pair: Pair): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    await pair.prepare(FindCoordinator, { keyType: 0, coordinatorKeys: ['any'] })
    const answers = await pair.prepare(DescribeGroups, { groups: ['any'] })
    if (
      [answers.kafka, answers.samsa].every(
        one => !/COORDINATOR/.test(one.groups?.[0]?.errorCode ?? 'COORDINATOR'),
      )
    )
      return
    await new Promise(done => setTimeout(done, 100))
  }
}

/** One member joins, is told its assignment, beats, is described, and leaves; with wrong questions in between. */
async function life(pair: Pair, version: number): Promise<void> {
  const groupId = `life-${version}`
  const near = <A extends { key: number }>(api: A & Parameters<Pair['versions']>[0]) =>
    Math.min(pair.newest(api), Math.max(version, pair.versions(api)[0] ?? 0))
  let answers = await pair.ask('without a member id', JoinGroup, version, joinOf(version, groupId, ''))
  if (version >= 4) {
    const first = answers
    answers = await pair.ask('with the id given', JoinGroup, version, side =>
      joinOf(version, groupId, first[side].memberId),
    )
  }
  const member = (side: Side): string => answers[side].memberId ?? ''
  const generationId = (side: Side): number => answers[side].generationId ?? 1
  await pair.ask('before the assignment', Heartbeat, near(Heartbeat), side => ({
    groupId,
    generationId: generationId(side),
    memberId: member(side),
  }))
  const sync = (side: Side, more: object = {}) => ({
    groupId,
    generationId: generationId(side),
    memberId: member(side),
    assignments: [{ memberId: member(side), assignment: encodeUtf8('yours') }],
    ...more,
  })
  await pair.ask('of a wrong generation', SyncGroup, near(SyncGroup), side =>
    sync(side, { generationId: 77 }),
  )
  await pair.ask('of a stranger', SyncGroup, near(SyncGroup), side => sync(side, { memberId: 'stranger' }))
  if (near(SyncGroup) >= 5)
    await pair.ask('of another protocol', SyncGroup, near(SyncGroup), side =>
      sync(side, { protocolType: 'connect', protocolName: 'range' }),
    )
  await pair.ask('of the leader', SyncGroup, near(SyncGroup), side => sync(side))
  const beat = (side: Side, more: object = {}) => ({
    groupId,
    generationId: generationId(side),
    memberId: member(side),
    ...more,
  })
  await pair.ask('a beat', Heartbeat, near(Heartbeat), side => beat(side))
  await pair.ask('a beat of a wrong generation', Heartbeat, near(Heartbeat), side =>
    beat(side, { generationId: 77 }),
  )
  await pair.ask('a beat of a stranger', Heartbeat, near(Heartbeat), side =>
    beat(side, { memberId: 'stranger' }),
  )
  await pair.ask('a beat for nobody', Heartbeat, near(Heartbeat), side => beat(side, { groupId: 'nobody' }))
  await pair.ask('a beat without a group', Heartbeat, near(Heartbeat), side => beat(side, { groupId: '' }))
  await pair.ask('a group with a member', DescribeGroups, near(DescribeGroups), { groups: [groupId] })
  await pair.ask('a group with a member', DeleteGroups, pair.newest(DeleteGroups), { groupsNames: [groupId] })
  await memberCommits(pair, groupId, side => answers[side])
  await pair.ask('joined again', JoinGroup, version, side => joinOf(version, groupId, member(side)))
  const leave = (memberId: string) =>
    near(LeaveGroup) >= 3 ? { groupId, members: [{ memberId }] } : { groupId, memberId }
  await pair.ask('a stranger leaves', LeaveGroup, near(LeaveGroup), leave('stranger'))
  await pair.ask('the member leaves', LeaveGroup, near(LeaveGroup), side => leave(member(side)))
  await pair.ask('it leaves again', LeaveGroup, near(LeaveGroup), side => leave(member(side)))
}

async function memberCommits(pair: Pair, groupId: string, joined: (side: Side) => AnyAnswer): Promise<void> {
  const version = Math.min(pair.newest(OffsetCommit), 9)
  const topics = [
    { name: 'grouped', partitions: [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }] },
  ]
  const ask = (label: string, change: object) =>
    pair.ask(label, OffsetCommit, version, side => ({
      groupId,
      generationIdOrMemberEpoch: joined(side).generationId ?? 1,
      memberId: joined(side).memberId ?? '',
      topics,
      ...change,
    }))
  await ask('of a member', {})
  await ask('of a wrong generation', { generationIdOrMemberEpoch: 77 })
  await ask('of a stranger', { memberId: 'stranger' })
  await ask('of nobody, in a group with members', { memberId: '', generationIdOrMemberEpoch: -1 })
}

async function badJoins(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, groupId: string, memberId = '', more: object = {}) =>
    pair.ask(label, JoinGroup, version, joinOf(version, groupId, memberId, more))
  await ask('a stranger', `bad-${version}`, 'stranger')
  await ask('no group', '')
  await ask('too short a session', `bad-${version}`, '', { sessionTimeoutMs: 1 })
  await ask('too long a session', `bad-${version}`, '', { sessionTimeoutMs: 100_000_000 })
  await ask('no protocols', `bad-${version}-a`, '', { protocols: [] })
  await ask('no protocol type', `bad-${version}-b`, '', { protocolType: '' })
  if (version < 5) return
  const fixed = { groupInstanceId: 'fixed' }
  await ask('a static member', `static-${version}`, '', fixed)
  await ask('a static member that is new again', `static-${version}`, '', fixed)
  await ask('a static member with a wrong id', `static-${version}`, 'stranger', fixed)
  const members = [
    { memberId: '', groupInstanceId: 'fixed' },
    { memberId: '', groupInstanceId: 'other' },
  ]
  await pair.ask('static members leave', LeaveGroup, Math.max(3, pair.newest(LeaveGroup)), {
    groupId: `static-${version}`,
    members,
  })
}

async function commits(pair: Pair, version: number): Promise<void> {
  const groupId = `commit-${version}`
  const ids = version >= 10 ? await idsOf(pair, 'grouped') : undefined
  const ask = (
    label: string,
    change: {
      name?: string
      partitionIndex?: number
      metadata?: string | null
      group?: string
      member?: string
      offset?: number
    },
  ) =>
    pair.ask(label, OffsetCommit, version, side => {
      const topic =
        version >= 10
          ? { topicId: change.name === undefined ? ids![side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }
          : { name: change.name ?? 'grouped' }
      const partition = {
        partitionIndex: change.partitionIndex ?? 0,
        committedOffset: change.offset ?? 3,
        committedMetadata: change.metadata === undefined ? 'note' : change.metadata,
      }
      return {
        groupId: change.group ?? groupId,
        ...(version >= 1 ? { generationIdOrMemberEpoch: -1, memberId: change.member ?? '' } : {}),
        topics: [{ ...topic, partitions: [partition] }],
      }
    })
  await ask('an offset without a group life', {})
  await ask('an unknown topic', { name: 'nobody' })
  await ask('an unknown partition', { partitionIndex: 9 })
  await ask('no metadata', { metadata: null, partitionIndex: 1 })
  await ask('too much metadata', { metadata: 'x'.repeat(5000) })
  await ask('no group', { group: '' })
  await ask('an offset below zero', { offset: -5 })
  if (version >= 1) await ask('a member of no group', { member: 'stranger' })
}

async function fetches(pair: Pair, version: number): Promise<void> {
  const ids = version >= 10 ? await idsOf(pair, 'grouped') : undefined
  const ask = (label: string, groupId: string, topic: string | null, partitionIndexes: number[] = [0, 1]) =>
    pair.ask(label, OffsetFetch, version, side => {
      const named =
        version >= 10
          ? { topicId: topic === 'grouped' ? ids![side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }
          : { name: topic ?? '' }
      const topics = topic === null ? null : [{ ...named, partitionIndexes }]
      if (version >= 8) return { groups: [{ groupId, topics }] }
      return { groupId, topics: topics as { name: string; partitionIndexes: number[] }[] | null }
    })
  const newest = `commit-${Math.min(pair.newest(OffsetCommit), 9)}`
  await ask('known partitions', newest, 'grouped')
  await ask('an unknown partition', newest, 'grouped', [9])
  await ask('an unknown topic', newest, 'nobody')
  await ask('an unknown group', 'nobody', 'grouped')
  await ask('no group', '', 'grouped')
  if (version >= 2) await ask('everything', newest, null)
  if (version >= 2) await ask('everything of an unknown group', 'nobody', null)
}
