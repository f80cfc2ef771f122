import { silentLogger, simulatedWorld } from '@samsa/base'
import {
  CreateTopics,
  DeleteGroups,
  DeleteRecords,
  DescribeConfigs,
  DescribeTopicPartitions,
  FindCoordinator,
  ListGroups,
  ListOffsets,
  Metadata,
} from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { KafkaError } from '../errors.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'
import { Admin } from './admin.ts'

const world = simulatedWorld(1, { name: 'client' })
let open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of open) await world.finish(one.close())
  open = []
})

async function peerOn(host: string, versions: Record<string, number | 'none'> = {}): Promise<ScriptedPeer> {
  const peer = await world.finish(ScriptedPeer.listen(world, { host, versions }))
  open.push(peer)
  return peer
}

function adminOf(servers: string, timeoutMs = 10_000): Admin {
  const entries = { 'bootstrap.servers': servers, 'default.api.timeout.ms': timeoutMs }
  const admin = new Admin(entries, { world, logger: silentLogger })
  open.push(admin)
  return admin
}

const done = <T>(work: PromiseLike<T>): Promise<T> => world.finish(Promise.resolve(work))

async function failure(work: PromiseLike<unknown>): Promise<KafkaError> {
  const outcome = await world.finish(
    Promise.resolve(work).then(
      () => undefined,
      error => error,
    ),
  )
  expect(outcome).toBeInstanceOf(KafkaError)
  return outcome as KafkaError
}

describe('calls that go to the controller', () => {
  it('follow it when it moves, for the topics that are not done yet', async () => {
    const a = await peerOn('a')
    const b = await peerOn('b')
    let controller = 1
    const metadata = () => ({
      ...metadataAnswer({ 1: 'a:9092', 2: 'b:9092' }),
      controllerId: controller,
    })
    a.on(Metadata, metadata)
    b.on(Metadata, metadata)
    a.on(CreateTopics, () => {
      controller = 2
      return {
        topics: [
          { name: 'x', errorCode: 'NONE' as const },
          { name: 'y', errorCode: 'NOT_CONTROLLER' as const },
        ],
      }
    })
    b.on(CreateTopics, ({ request }) => ({
      topics: request.topics.map(({ name }) => ({ name, errorCode: 'NONE' as const })),
    }))
    const results = await done(adminOf('a:9092').createTopics([{ name: 'x' }, { name: 'y' }]))
    expect([...results].map(({ item }) => item)).toEqual(['x', 'y'])
    expect(b.of(CreateTopics)[0]!.request.topics.map(({ name }) => name)).toEqual(['y'])
  })

  it('tell each item what became of it, and throw the first error when awaited', async () => {
    const peer = await peerOn('c')
    peer.on(Metadata, () => metadataAnswer({ 1: 'c:9092' }))
    peer.on(CreateTopics, () => ({
      topics: [
        { name: 'x', errorCode: 'NONE' as const },
        { name: 'y', errorCode: 'TOPIC_ALREADY_EXISTS' as const, errorMessage: 'there it is' },
      ],
    }))
    const admin = adminOf('c:9092')
    const call = () => admin.createTopics([{ name: 'x' }, { name: 'y' }])
    const results = await done(call().results())
    expect(results.errorOf('x')).toBeUndefined()
    expect(results.errorOf('y')).toMatchObject({ code: 'TOPIC_ALREADY_EXISTS' })
    expect(results.failures().map(({ item }) => item)).toEqual(['y'])
    expect((await failure(call())).message).toBe('TOPIC_ALREADY_EXISTS: there it is')
  })

  it('refuse counts left to the broker where the broker is too old to choose', async () => {
    const peer = await peerOn('d', { CreateTopics: 3 })
    peer.on(Metadata, () => metadataAnswer({ 1: 'd:9092' }))
    peer.on(CreateTopics, ({ request }) => ({
      topics: request.topics.map(({ name }) => ({ name, errorCode: 'NONE' as const })),
    }))
    const admin = adminOf('d:9092')
    expect((await failure(admin.createTopic({ name: 'x' }))).code).toBe('UNSUPPORTED')
    const created = await done(admin.createTopic({ name: 'x', partitions: 1, replicationFactor: 1 }))
    expect(created.topicId).toBeUndefined()
  })
})

describe('calls that go to partition leaders', () => {
  it('ask each leader about its own partitions, and again where a leader moved', async () => {
    const a = await peerOn('e')
    const b = await peerOn('f')
    let leaders = [1, 2, 1]
    const metadata = () => metadataAnswer({ 1: 'e:9092', 2: 'f:9092' }, [{ name: 't', leaders }])
    for (const peer of [a, b]) peer.on(Metadata, metadata)
    a.on(DeleteRecords, ({ request }) => {
      leaders = [1, 2, 2]
      return lowWatermarks(request, partition => (partition === 2 ? 'NOT_LEADER_OR_FOLLOWER' : 'NONE'))
    })
    b.on(DeleteRecords, ({ request }) => lowWatermarks(request, () => 'NONE'))
    const records = [0, 1, 2].map(partition => ({ topic: 't', partition, offset: 5 }))
    const results = await done(adminOf('e:9092').deleteRecords(records))
    expect(results.values()).toEqual([5, 5, 5])
    const asked = b
      .of(DeleteRecords)
      .map(({ request }) => request.topics[0]!.partitions.map(p => p.partitionIndex))
    expect(asked).toEqual([[1], [2]])
  })

  it('give a topic that nobody knows up after a while, long before the call would time out', async () => {
    const peer = await peerOn('g')
    peer.on(Metadata, () =>
      metadataAnswer({ 1: 'g:9092' }, [{ name: 'no', error: 'UNKNOWN_TOPIC_OR_PARTITION' }]),
    )
    const startedMs = world.clock.monotonicMs()
    const error = await failure(adminOf('g:9092').listOffsets([{ topic: 'no', partition: 0 }]))
    expect(error.message).toBe('UNKNOWN_TOPIC_OR_PARTITION: There is no topic no.')
    expect(world.clock.monotonicMs() - startedMs).toBeLessThan(5000)
  })

  it('refuse only those offsets that the broker is too old for', async () => {
    const peer = await peerOn('h', { ListOffsets: 6 })
    peer.on(Metadata, () => metadataAnswer({ 1: 'h:9092' }, [{ name: 't', leaders: [1, 1] }]))
    peer.on(ListOffsets, ({ request }) => ({
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: 'NONE' as const,
          offset: 7,
        })),
      })),
    }))
    const queries = [
      { topic: 't', partition: 0, at: 'latest' as const },
      { topic: 't', partition: 1, at: 'max-timestamp' as const },
    ]
    const results = await done(adminOf('h:9092').listOffsets(queries).results())
    expect(results.get({ partition: 0, topic: 't' }).offset).toBe(7)
    const error = results.errorOf({ topic: 't', partition: 1 })!
    expect(error.code).toBe('UNSUPPORTED')
    expect(error.message).toContain('speaks versions 0 to 6 of ListOffsets, and 7 to 11 are needed')
  })
})

function lowWatermarks(
  request: {
    topics: readonly { name: string; partitions: readonly { partitionIndex: number; offset: number }[] }[]
  },
  errorOf: (partition: number) => 'NONE' | 'NOT_LEADER_OR_FOLLOWER',
) {
  return {
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => ({
        partitionIndex,
        lowWatermark: offset,
        errorCode: errorOf(partitionIndex),
      })),
    })),
  }
}

describe('calls that go to coordinators', () => {
  const coordinators = (of: Record<string, number>) => ({
    coordinators: Object.entries(of).map(([key, nodeId]) => ({
      key,
      nodeId,
      host: '',
      port: 0,
      errorCode: nodeId < 0 ? ('COORDINATOR_NOT_AVAILABLE' as const) : ('NONE' as const),
      errorMessage: null,
    })),
  })
  const deleted = ({ request }: { request: { groupsNames: readonly string[] } }) => ({
    results: request.groupsNames.map(groupId => ({ groupId, errorCode: 'NONE' as const })),
  })

  it('look all up with one request, and only those again that are not there', async () => {
    const a = await peerOn('i')
    const b = await peerOn('j')
    for (const peer of [a, b]) peer.on(Metadata, () => metadataAnswer({ 1: 'i:9092', 2: 'j:9092' }))
    let lookups = 0
    const lookup = () => coordinators(lookups++ === 0 ? { x: 1, y: 2, z: -1 } : { z: 2 })
    for (const peer of [a, b]) peer.on(FindCoordinator, lookup).on(DeleteGroups, deleted)
    await done(adminOf('i:9092').deleteGroups(['x', 'y', 'z']))
    const keys = [...a.of(FindCoordinator), ...b.of(FindCoordinator)].map(
      asked => asked.request.coordinatorKeys,
    )
    expect(keys).toHaveLength(2)
    expect(keys.map(list => [...list].sort())).toEqual(expect.arrayContaining([['x', 'y', 'z'], ['z']]))
    expect(b.of(DeleteGroups).map(({ request }) => request.groupsNames)).toEqual([['y'], ['z']])
  })

  it('look them up one by one where the broker is old', async () => {
    const peer = await peerOn('k', { FindCoordinator: 3 })
    peer.on(Metadata, () => metadataAnswer({ 1: 'k:9092' }))
    peer.on(FindCoordinator, () => ({ nodeId: 1, host: 'k', port: 9092 }))
    peer.on(DeleteGroups, deleted)
    await done(adminOf('k:9092').deleteGroups(['x', 'y']))
    expect(peer.of(FindCoordinator).map(({ request }) => request.key)).toEqual(['x', 'y'])
    expect(peer.of(DeleteGroups)).toHaveLength(1)
  })

  it('look them up again when a coordinator moved', async () => {
    const a = await peerOn('l')
    const b = await peerOn('m')
    for (const peer of [a, b]) peer.on(Metadata, () => metadataAnswer({ 1: 'l:9092', 2: 'm:9092' }))
    let coordinator = 1
    for (const peer of [a, b]) peer.on(FindCoordinator, () => coordinators({ x: coordinator }))
    a.on(DeleteGroups, () => {
      coordinator = 2
      return { results: [{ groupId: 'x', errorCode: 'NOT_COORDINATOR' as const }] }
    })
    b.on(DeleteGroups, deleted)
    await done(adminOf('l:9092').deleteGroups(['x']))
    expect(b.of(DeleteGroups)).toHaveLength(1)
  })

  it('say at the deadline what was wrong last', async () => {
    const peer = await peerOn('n')
    peer.on(Metadata, () => metadataAnswer({ 1: 'n:9092' }))
    peer.on(FindCoordinator, () => coordinators({ x: -1 }))
    const error = await failure(adminOf('n:9092').deleteGroups(['x'], { timeoutMs: 900 }))
    expect(error).toMatchObject({ code: 'TIMED_OUT', cause: { code: 'COORDINATOR_NOT_AVAILABLE' } })
  })
})

describe('calls that go to brokers', () => {
  it('ask every broker for groups, and once more when one is not ready', async () => {
    const a = await peerOn('o')
    const b = await peerOn('p')
    for (const peer of [a, b]) peer.on(Metadata, () => metadataAnswer({ 1: 'o:9092', 2: 'p:9092' }))
    const group = (groupId: string) => ({
      groupId,
      protocolType: 'consumer',
      groupState: 'STABLE',
      groupType: 'Share',
    })
    a.on(ListGroups, () => ({ errorCode: 'NONE' as const, groups: [group('x')] }))
    b.on(ListGroups, () =>
      b.of(ListGroups).length === 1
        ? { errorCode: 'COORDINATOR_LOAD_IN_PROGRESS' as const, groups: [] }
        : { errorCode: 'NONE' as const, groups: [group('y')] },
    )
    const groups = await done(adminOf('o:9092').listGroups())
    expect(groups).toEqual([
      { groupId: 'x', type: 'share', state: 'Stable', protocolType: 'consumer' },
      { groupId: 'y', type: 'share', state: 'Stable', protocolType: 'consumer' },
    ])
  })

  it("ask a broker for its own configuration and any for a topic's; one that is not there is told at once", async () => {
    const a = await peerOn('q')
    const b = await peerOn('r')
    for (const peer of [a, b])
      peer
        .on(Metadata, () => metadataAnswer({ 1: 'q:9092', 2: 'r:9092' }))
        .on(DescribeConfigs, ({ request }) => ({
          results: request.resources.map(resource => ({
            ...resource,
            errorCode: 'NONE' as const,
            errorMessage: null,
            configs: [],
          })),
        }))
    const resources = [
      { type: 'BROKER' as const, name: '2' },
      { type: 'BROKER' as const, name: '9' },
      { type: 'TOPIC' as const, name: 't' },
    ]
    const results = await done(adminOf('q:9092').describeConfigs(resources).results())
    expect(results.errorOf({ type: 'BROKER', name: '9' })).toMatchObject({
      code: 'BROKER_NOT_AVAILABLE',
      message: 'BROKER_NOT_AVAILABLE: The cluster has no node 9 now; it has 1, 2.',
    })
    expect(results.get({ type: 'TOPIC', name: 't' }).size).toBe(0)
    expect(b.of(DescribeConfigs)[0]!.request.resources[0]!.resourceName).toBe('2')
  })
})

describe('describing topics', () => {
  const partition = (partitionIndex: number) => ({
    partitionIndex,
    errorCode: 'NONE' as const,
    leaderId: 1,
    replicaNodes: [1],
    isrNodes: [1],
    offlineReplicas: [],
  })
  const topic = (name: string, partitions: number[]) => ({
    errorCode: 'NONE' as const,
    name,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    partitions: partitions.map(partition),
  })

  it('joins the pages of large topics', async () => {
    const peer = await peerOn('s')
    const pages = [
      { topics: [topic('a', [0, 1])], nextCursor: { topicName: 'a', partitionIndex: 2 } },
      { topics: [topic('a', [2]), topic('b', [0])], nextCursor: { topicName: 'b', partitionIndex: 1 } },
      { topics: [topic('b', [1])], nextCursor: null },
    ]
    peer.on(DescribeTopicPartitions, () => pages[peer.of(DescribeTopicPartitions).length - 1]!)
    const results = await done(adminOf('s:9092').describeTopics(['b', 'a']))
    expect([...results].map(({ item, value }) => [item, value!.partitions.length])).toEqual([
      ['b', 2],
      ['a', 3],
    ])
    const asked = peer
      .of(DescribeTopicPartitions)
      .map(({ request }) => request.topics.map(({ name }) => name))
    expect(asked).toEqual([['a', 'b'], ['a', 'b'], ['b']])
  })

  it('stops at a broker that tells the same page for ever', async () => {
    const peer = await peerOn('t')
    const page = { topics: [topic('a', [0])], nextCursor: { topicName: 'a', partitionIndex: 1 } }
    peer.on(DescribeTopicPartitions, () => page)
    expect((await failure(adminOf('t:9092').describeTopic('a'))).code).toBe('MALFORMED')
  })

  it('asks for metadata where the broker is old', async () => {
    const peer = await peerOn('u', { DescribeTopicPartitions: 'none' })
    peer.on(Metadata, () => metadataAnswer({ 1: 'u:9092' }, [{ name: 'a', leaders: [1, 1] }]))
    const description = await done(adminOf('u:9092').describeTopic('a'))
    expect(description.partitions.map(({ leader }) => leader)).toEqual([1, 1])
  })
})
