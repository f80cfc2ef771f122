import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import {
  type Api,
  DeleteGroups,
  DeleteTopics,
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
import { describe, expect, it } from 'vitest'
import { TestBroker } from '../testing/test-broker.ts'

const versionsOf = ({ minVersion, maxVersion }: Api) =>
  Array.from({ length: maxVersion - minVersion + 1 }, (_, i) => minVersion + i)

async function started(config: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const broker = await TestBroker.start({ 'offsets.topic.num.partitions': '5', ...config })
  await broker.ask(FindCoordinator, 2, { key: 'g', keyType: 0 })
  return broker
}

/** The version of another API that is as old as this one. */
const alike = (api: Api, version: number) => Math.min(version, api.maxVersion)

function joinRequest(groupId: string, memberId: string) {
  return {
    groupId,
    memberId,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 1, 0x74) }],
  }
}

/** One member joins the way clients of a version do, and assigns everything to itself. */
async function member(broker: TestBroker, groupId: string, version: number) {
  const first = await broker.ask(JoinGroup, version, joinRequest(groupId, ''))
  const joined =
    first.errorCode === 'MEMBER_ID_REQUIRED'
      ? await broker.ask(JoinGroup, version, joinRequest(groupId, first.memberId))
      : first
  const { memberId, generationId } = joined
  const syncVersion = alike(SyncGroup, version)
  const names = syncVersion < 5 ? {} : { protocolType: 'consumer', protocolName: 'range' }
  const synced = await broker.ask(SyncGroup, syncVersion, {
    groupId,
    generationId,
    memberId,
    ...names,
    assignments: [{ memberId, assignment: encodeUtf8('all') }],
  })
  return { memberId, generationId, joined, synced }
}

async function commit(broker: TestBroker, groupId: string, version: number, identity: object = {}) {
  const topicId = topicIdOf(broker)
  const partitions = [{ partitionIndex: 0, committedOffset: 7, committedMetadata: 'note' }]
  const topics = [version < 10 ? { name: 't', partitions } : { topicId, partitions }]
  const { topics: answers } = await broker.ask(OffsetCommit, version, { groupId, topics, ...identity })
  return answers[0]!.partitions[0]!.errorCode
}

const topicIds = new WeakMap<TestBroker, string>()

/** A broker with a topic t of two partitions. */
async function withTopic(config: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const broker = await started(config)
  topicIds.set(broker, await broker.createTopic('t', {}, 2))
  return broker
}

const topicIdOf = (broker: TestBroker) => topicIds.get(broker) as string

describe('FindCoordinator', () => {
  it.each(versionsOf(FindCoordinator))('v%i makes the topic of the groups and names the broker', async v => {
    const broker = await TestBroker.start()
    const asked = v < 4 ? { key: 'g' } : { coordinatorKeys: ['g', 'h'] }
    const answer = await broker.ask(FindCoordinator, v, { keyType: 0, ...asked })
    const coordinators = v < 4 ? [answer] : answer.coordinators
    expect(coordinators).toHaveLength(v < 4 ? 1 : 2)
    for (const coordinator of coordinators) {
      expect(coordinator).toMatchObject({ errorCode: 'NONE', nodeId: 1, host: 'broker', port: 9092 })
    }
  })

  it('of transactions is refused with a reason', async () => {
    const broker = await TestBroker.start()
    const { coordinators } = await broker.ask(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['tx'] })
    expect(coordinators[0]).toMatchObject({ errorCode: 'INVALID_REQUEST', nodeId: -1 })
  })
})

describe('a member of clients from every age', () => {
  it.each(versionsOf(JoinGroup))('joins (v%i), gets its assignment, commits, and leaves', async v => {
    const broker = await withTopic()
    const { memberId, generationId, joined, synced } = await member(broker, 'g', v)
    expect(joined).toMatchObject({
      errorCode: 'NONE',
      generationId: 1,
      protocolName: 'range',
      leader: memberId,
    })
    expect(joined.members.map(({ memberId }) => memberId)).toEqual([memberId])
    expect(memberId).toMatch(/^test-[0-9a-f-]{36}$/)
    expect([synced.errorCode, decodeUtf8(synced.assignment)]).toEqual(['NONE', 'all'])
    const alive = { groupId: 'g', generationId, memberId }
    expect((await broker.ask(Heartbeat, alike(Heartbeat, v), alive)).errorCode).toBe('NONE')
    const identity = { generationIdOrMemberEpoch: generationId, memberId }
    expect(await commit(broker, 'g', Math.max(1, v), identity)).toBe('NONE')
    const leaver = v < 3 ? { memberId } : { members: [{ memberId, groupInstanceId: null }] }
    const left = await broker.ask(LeaveGroup, alike(LeaveGroup, v), { groupId: 'g', ...leaver })
    expect(left.errorCode).toBe('NONE')
    expect(left.members.map(({ errorCode }) => errorCode)).toEqual(v < 3 ? [] : ['NONE'])
    expect((await broker.ask(Heartbeat, alike(Heartbeat, v), alive)).errorCode).toBe('UNKNOWN_MEMBER_ID')
  })

  it.each(versionsOf(JoinGroup))('is refused (v%i) in words its version has', async v => {
    const broker = await started()
    const refused = await broker.ask(JoinGroup, v, { ...joinRequest('g', ''), sessionTimeoutMs: 1 })
    expect(refused.errorCode).toBe('INVALID_SESSION_TIMEOUT')
    expect(refused.protocolName).toBe(v < 7 ? '' : null)
  })
})

describe('DescribeGroups', () => {
  it.each(versionsOf(DescribeGroups))('v%i tells of members, and of groups that do not exist', async v => {
    const broker = await started()
    const { memberId } = await member(broker, 'g', 3)
    const wish = v < 3 ? {} : { includeAuthorizedOperations: true }
    const { groups } = await broker.ask(DescribeGroups, v, { groups: ['g', 'nobody'], ...wish })
    expect(groups[0]).toMatchObject({ errorCode: 'NONE', groupState: 'Stable', protocolData: 'range' })
    expect(groups[0]!.members[0]).toMatchObject({ memberId, clientId: 'test' })
    expect(groups[0]!.members[0]!.clientHost).toMatch(/^\//)
    expect(groups[0]!.authorizedOperations).toBe(v < 3 ? -2_147_483_648 : 3400)
    const missing = v < 6 ? 'NONE' : 'GROUP_ID_NOT_FOUND'
    expect(groups[1]).toMatchObject({ errorCode: missing, groupState: 'Dead' })
  })
})

describe('ListGroups', () => {
  it.each(versionsOf(ListGroups))('v%i lists the groups of all partitions', async v => {
    const broker = await withTopic()
    await member(broker, 'g', 3)
    for (const groupId of ['h', 'i', 'j']) await commit(broker, groupId, 9)
    const { groups } = await broker.ask(ListGroups, v, {})
    expect(groups.map(({ groupId }) => groupId).sort()).toEqual(['g', 'h', 'i', 'j'])
    if (v < 4) return
    const stable = await broker.ask(ListGroups, v, { statesFilter: ['stable'] })
    expect(stable.groups.map(({ groupId }) => groupId)).toEqual(['g'])
    if (v < 5) return
    expect(stable.groups[0]!.groupType).toBe('classic')
    const consumers = await broker.ask(ListGroups, v, { typesFilter: ['Consumer'] })
    expect(consumers.groups).toEqual([])
  })

  it('before there is any group lists none', async () => {
    const broker = await TestBroker.start()
    expect(await broker.ask(ListGroups, 5, {})).toMatchObject({ errorCode: 'NONE', groups: [] })
  })
})

describe('offsets', () => {
  it.each(versionsOf(OffsetCommit))('committed with v%i are fetched in every version', async v => {
    const broker = await withTopic()
    expect(await commit(broker, 'g', v)).toBe('NONE')
    const topicId = topicIdOf(broker)
    for (const fetchVersion of versionsOf(OffsetFetch)) {
      const named = [{ name: 't', partitionIndexes: [0, 1] }]
      const topics = fetchVersion < 10 ? named : [{ topicId, partitionIndexes: [0, 1] }]
      const asked =
        fetchVersion < 8 ? { groupId: 'g', topics: named } : { groups: [{ groupId: 'g', topics }] }
      const answer = await broker.ask(OffsetFetch, fetchVersion, asked)
      const [topic] = fetchVersion < 8 ? answer.topics : answer.groups[0]!.topics
      const [committed, nothing] = topic!.partitions
      expect(committed).toMatchObject({ committedOffset: 7, metadata: 'note', errorCode: 'NONE' })
      const missing = fetchVersion === 0 ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'NONE'
      expect(nothing).toMatchObject({ committedOffset: -1, errorCode: missing })
    }
  })

  it('of all topics are told in one answer, by name or by id', async () => {
    const broker = await withTopic()
    await commit(broker, 'g', 9)
    const byName = await broker.ask(OffsetFetch, 9, { groups: [{ groupId: 'g', topics: null }] })
    const byId = await broker.ask(OffsetFetch, 10, { groups: [{ groupId: 'g', topics: null }] })
    expect(byName.groups[0]!.topics.map(({ name }) => name)).toEqual(['t'])
    expect(byId.groups[0]!.topics.map(({ topicId }) => topicId)).toEqual([topicIdOf(broker)])
  })

  it('of partitions that do not exist are refused, the others stored', async () => {
    const broker = await withTopic()
    const partition = (partitionIndex: number) => ({
      partitionIndex,
      committedOffset: 1,
      committedMetadata: null,
    })
    const { topics } = await broker.ask(OffsetCommit, 9, {
      groupId: 'g',
      topics: [
        { name: 't', partitions: [partition(0), partition(9)] },
        { name: 'missing', partitions: [partition(0)] },
      ],
    })
    const outcome = topics.map(({ name, partitions }) => [
      name,
      ...partitions.map(p => `${p.partitionIndex} ${p.errorCode}`),
    ])
    expect(outcome).toEqual([
      ['t', '9 UNKNOWN_TOPIC_OR_PARTITION', '0 NONE'],
      ['missing', '0 UNKNOWN_TOPIC_OR_PARTITION'],
    ])
    const unknown = [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: [partition(0)] }]
    const byId = await broker.ask(OffsetCommit, 10, { groupId: 'g', topics: unknown })
    expect(byId.topics[0]!.partitions[0]!.errorCode).toBe('UNKNOWN_TOPIC_ID')
  })

  it('are deleted unless a member reads the topic', async () => {
    const broker = await withTopic()
    const { memberId, generationId } = await member(broker, 'g', 3)
    await commit(broker, 'g', 9, { generationIdOrMemberEpoch: generationId, memberId })
    const partitions = [{ partitionIndex: 0 }, { partitionIndex: 9 }]
    const request = { groupId: 'g', topics: [{ name: 't', partitions }] }
    const errorsOf = async () => {
      const { topics } = await broker.ask(OffsetDelete, 0, request)
      return topics[0]!.partitions.map(({ errorCode }) => errorCode)
    }
    expect(await errorsOf()).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', 'GROUP_SUBSCRIBED_TO_TOPIC'])
    await broker.ask(LeaveGroup, 3, { groupId: 'g', members: [{ memberId, groupInstanceId: null }] })
    expect(await errorsOf()).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', 'NONE'])
    const { groups } = await broker.ask(OffsetFetch, 8, { groups: [{ groupId: 'g', topics: null }] })
    expect(groups[0]!.topics).toEqual([])
  })

  it('go with their topic', async () => {
    const broker = await withTopic()
    await commit(broker, 'g', 9)
    await broker.ask(DeleteTopics, 1, { topicNames: ['t'], timeoutMs: 1000 })
    await broker.advance(1_000)
    const { groups } = await broker.ask(OffsetFetch, 8, { groups: [{ groupId: 'g', topics: null }] })
    expect(groups[0]!.topics).toEqual([])
  })

  it('expire, and their group with them', async () => {
    const broker = await withTopic({ 'offsets.retention.minutes': '30' })
    await commit(broker, 'g', 9)
    await broker.advance(29 * 60_000)
    expect((await broker.ask(ListGroups, 4, {})).groups).toHaveLength(1)
    await broker.advance(12 * 60_000)
    expect((await broker.ask(ListGroups, 4, {})).groups).toEqual([])
  })
})

describe('DeleteGroups', () => {
  it.each(versionsOf(DeleteGroups))('v%i deletes groups without members', async v => {
    const broker = await withTopic()
    await member(broker, 'busy', 3)
    await commit(broker, 'idle', 9)
    const { results } = await broker.ask(DeleteGroups, v, { groupsNames: ['busy', 'idle', 'idle', 'nobody'] })
    expect(results.map(({ groupId, errorCode }) => `${groupId} ${errorCode}`)).toEqual([
      'busy NON_EMPTY_GROUP',
      'idle NONE',
      'nobody GROUP_ID_NOT_FOUND',
    ])
  })
})

describe('a broker that restarts', () => {
  it.each(['in order', 'after its process was killed'])('%s still knows members and offsets', async how => {
    const broker = await withTopic()
    const { memberId, generationId } = await member(broker, 'g', 3)
    await commit(broker, 'g', 9, { generationIdOrMemberEpoch: generationId, memberId })
    if (how === 'in order') await broker.stop()
    else broker.kill()
    await broker.start()
    const alive = { groupId: 'g', generationId, memberId }
    expect((await broker.ask(Heartbeat, 4, alive)).errorCode).toBe('NONE')
    const { topics } = await broker.ask(OffsetFetch, 5, { groupId: 'g', topics: null })
    expect(topics[0]!.partitions[0]!.committedOffset).toBe(7)
  })

  it('does not wait for members that wait for each other', async () => {
    const broker = await started({ 'group.initial.rebalance.delay.ms': '600000' })
    const waiting = (await broker.connect()).ask(JoinGroup, 3, joinRequest('g', ''))
    await broker.advance(100)
    const startMs = broker.world.clock.monotonicMs()
    await broker.stop()
    expect((await broker.finish(waiting)).errorCode).toBe('NOT_COORDINATOR')
    expect(broker.world.clock.monotonicMs() - startMs).toBeLessThan(2_000)
  })
})

it('without a topic for them, groups are asked to look for their coordinator', async () => {
  const broker = await TestBroker.start()
  const alive = { groupId: 'g', generationId: 1, memberId: 'm' }
  expect((await broker.ask(Heartbeat, 4, alive)).errorCode).toBe('NOT_COORDINATOR')
  const { topics } = await broker.ask(OffsetFetch, 1, {
    groupId: 'g',
    topics: [{ name: 't', partitionIndexes: [0] }],
  })
  expect(topics[0]!.partitions[0]!.errorCode).toBe('NOT_COORDINATOR')
})
