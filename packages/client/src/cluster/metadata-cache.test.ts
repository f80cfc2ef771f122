import { silentLogger, simulatedWorld } from '@samsa/base'
import { FindCoordinator, Heartbeat, Metadata } from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import { ScriptedPeer, type ScriptedTopic, metadataAnswer } from '../testing/scripted-peer.ts'
import { Cluster } from './cluster.ts'

const world = simulatedWorld(2, { name: 'client' })
const open: Array<{ close(): Promise<void> }> = []
let hosts = 0

afterEach(async () => {
  for (const one of open.splice(0)) await world.finish(one.close())
})

interface Setting {
  readonly peer: ScriptedPeer
  readonly cluster: Cluster
  /** What the peer knows; may be replaced. */
  topics: (
    | ScriptedTopic
    | { name: string; error: 'UNKNOWN_TOPIC_OR_PARTITION' | 'TOPIC_AUTHORIZATION_FAILED' }
  )[]
  brokers: Record<number, string>
}

async function setting(entries: ConfigEntries<typeof clientConfig> = {}): Promise<Setting> {
  const peer = await peerOn(`m${hosts++}`)
  const cluster = new Cluster(readConfig(clientConfig, { 'bootstrap.servers': peer.address, ...entries }), {
    world,
    logger: silentLogger,
  })
  open.push(cluster)
  const made: Setting = { peer, cluster, topics: [], brokers: { 1: peer.address } }
  peer.on(Metadata, ({ request }) => {
    const wanted = request.topics?.map(({ name, topicId }) => name ?? topicId)
    const known = made.topics.filter(
      ({ name, ...topic }) =>
        wanted === undefined || wanted.includes(name) || wanted.includes((topic as ScriptedTopic).id ?? ''),
    )
    return metadataAnswer(made.brokers, known)
  })
  return made
}

async function peerOn(host: string): Promise<ScriptedPeer> {
  const peer = await world.finish(ScriptedPeer.listen(world, { host }))
  open.push(peer)
  return peer
}

async function failure(promise: Promise<unknown>): Promise<KafkaError> {
  const outcome = await world.finish(promise.catch(error => error))
  expect(outcome).toBeInstanceOf(KafkaError)
  return outcome as KafkaError
}

const beat = { groupId: 'g', generationId: 1, memberId: 'm' }
const A = 'AAAAAAAAAAAAAAAAAAAAAg'
const B = 'AAAAAAAAAAAAAAAAAAAAAw'

describe('metadata', () => {
  it('waits for a topic that is being created, and asks once for callers at the same time', async () => {
    const made = await setting()
    const { cluster, peer } = made
    world.clock.timer(250, () => made.topics.push({ name: 'new', leaders: [1, 1] }))
    const deadlineMs = cluster.deadlineIn(5000)
    const all = [1, 2, 3].map(() => cluster.metadata.ensure(['new'], { deadlineMs }))
    await world.finish(Promise.all(all))
    expect(cluster.metadata.leaderOf('new', 1)).toEqual({ nodeId: 1, epoch: 0 })
    expect(peer.of(Metadata).length).toBeLessThan(8)
  })

  it('asks once when a topic is wanted before it has asked for what is followed', async () => {
    const made = await setting()
    made.topics = [{ name: 'new', leaders: [1] }]
    const { cluster, peer } = made
    cluster.metadata.follow({ topics: () => ['new'] })
    await world.finish(cluster.metadata.ensure(['new'], { deadlineMs: cluster.deadlineIn(5000) }))
    await world.advance(1000)
    expect(peer.of(Metadata)).toHaveLength(1)
  })

  it('says at once that a topic does not exist which has to', async () => {
    const { cluster, peer } = await setting()
    const deadlineMs = cluster.deadlineIn(60_000)
    const missing = await failure(cluster.metadata.ensure(['nope'], { deadlineMs, mustExist: true }))
    expect(missing.code).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(peer.of(Metadata)).toHaveLength(1)
  })

  it('says at the deadline that a topic does not exist, and at once that it is forbidden', async () => {
    const made = await setting()
    made.topics = [{ name: 'secret', error: 'TOPIC_AUTHORIZATION_FAILED' }]
    const { cluster } = made
    const missing = await failure(cluster.metadata.ensure(['nope'], { deadlineMs: cluster.deadlineIn(700) }))
    expect(missing.code).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(missing.message).toContain("'nope' does not exist")
    const startMs = world.clock.monotonicMs()
    const forbidden = await failure(
      cluster.metadata.ensure(['secret'], { deadlineMs: cluster.deadlineIn(60_000) }),
    )
    expect(forbidden.code).toBe('TOPIC_AUTHORIZATION_FAILED')
    expect(world.clock.monotonicMs() - startMs).toBeLessThan(100)
  })

  it('lets the broker create topics only when asked to', async () => {
    const { cluster, peer } = await setting()
    await failure(cluster.metadata.ensure(['a'], { deadlineMs: cluster.deadlineIn(50) }))
    await failure(
      cluster.metadata.ensure(['a'], { deadlineMs: cluster.deadlineIn(50), allowAutoCreation: true }),
    )
    expect(peer.of(Metadata).map(({ request }) => request.allowAutoTopicCreation)).toEqual([false, true])
  })

  it('never goes back to an older leader epoch, unless the topic was made anew', async () => {
    const made = await setting()
    const { metadata } = made.cluster
    made.brokers = { 1: made.peer.address, 2: 'other:9092' }
    made.topics = [{ name: 't', id: A, leaders: [[2, 5]] }]
    metadata.follow({ topics: () => ['t'] })
    await world.finish(metadata.refresh())
    made.topics = [{ name: 't', id: A, leaders: [[1, 4]] }]
    await world.finish(metadata.refresh())
    expect(metadata.leaderOf('t', 0)).toEqual({ nodeId: 2, epoch: 5 })
    // A broker that is behind may not even know the topic.
    made.topics = [{ name: 't', error: 'UNKNOWN_TOPIC_OR_PARTITION' }]
    await world.finish(metadata.refresh())
    expect(metadata.topic('t')).toBeUndefined()
    made.topics = [{ name: 't', id: A, leaders: [[1, 4]] }]
    await world.finish(metadata.refresh())
    expect(metadata.leaderOf('t', 0)).toEqual({ nodeId: 2, epoch: 5 })
    made.topics = [{ name: 't', id: B, leaders: [[1, 0]] }]
    await world.finish(metadata.refresh())
    expect(metadata.leaderOf('t', 0)).toEqual({ nodeId: 1, epoch: 0 })
    expect(metadata.topicById(A)).toBeUndefined()
    expect(metadata.topicById(B)?.name).toBe('t')
  })

  it('takes a leader named by a refusal (KIP-951), with where it is, if it is news', async () => {
    const made = await setting()
    const { metadata } = made.cluster
    const next = await peerOn('next')
    next.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    made.topics = [{ name: 't', leaders: [[1, 5]] }]
    metadata.follow({ topics: () => ['t'] })
    await world.finish(metadata.refresh())
    let changes = 0
    metadata.onChange(() => changes++)
    expect(metadata.updateLeader('t', 0, 9, 5, { host: 'next', port: 9092 })).toBe(false)
    expect(metadata.updateLeader('t', 0, 9, 6, { host: 'next', port: 9092 })).toBe(true)
    expect(changes).toBe(1)
    expect(metadata.leaderOf('t', 0)).toEqual({ nodeId: 9, epoch: 6 })
    await world.finish(made.cluster.send(Heartbeat, 9, beat))
  })

  it('looks topics up by their ids', async () => {
    const made = await setting()
    made.topics = [{ name: 't', id: A, leaders: [1] }]
    const { metadata } = made.cluster
    await world.finish(metadata.ensureIds([A], { deadlineMs: made.cluster.deadlineIn(1000) }))
    expect(metadata.topicById(A)?.name).toBe('t')
    const unknown = await failure(metadata.ensureIds([B], { deadlineMs: made.cluster.deadlineIn(300) }))
    expect(unknown.code).toBe('UNKNOWN_TOPIC_ID')
  })

  it('asks again at its greatest age, and soon after something was said to be out of date', async () => {
    const made = await setting({ 'metadata.max.age.ms': 10_000 })
    made.topics = [{ name: 't', leaders: [1] }]
    const { metadata } = made.cluster
    metadata.follow({ topics: () => ['t'] })
    await world.advance(5000)
    expect(made.peer.of(Metadata).length).toBe(1)
    await world.advance(10_000)
    expect(made.peer.of(Metadata).length).toBe(2)
    metadata.invalidate('t')
    await world.advance(500)
    expect(made.peer.of(Metadata).length).toBe(3)
  })

  it('follows all topics, and forgets those that are gone', async () => {
    const made = await setting()
    made.topics = [
      { name: 'a', leaders: [1] },
      { name: 'b', leaders: [1] },
    ]
    const { metadata } = made.cluster
    const unfollow = metadata.follow({ topics: () => 'all' })
    await world.finish(metadata.refresh())
    expect(metadata.topicNames().sort()).toEqual(['a', 'b'])
    made.topics.pop()
    await world.finish(metadata.refresh())
    expect(metadata.topicNames()).toEqual(['a'])
    unfollow()
  })

  it('starts over from the bootstrap servers when no known broker answers (KIP-899)', async () => {
    const made = await setting()
    made.peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    made.brokers = { 5: 'gone-1:9092', 6: 'gone-2:9092' }
    await world.finish(made.cluster.metadata.refresh())
    // The bootstrap connection is no broker's, so it is given up; the next request finds its way back.
    await world.finish(made.cluster.send(Heartbeat, 'any', beat))
    expect(made.peer.of(Heartbeat).length).toBe(1)
  })

  it('stays with the known brokers when told to', async () => {
    const made = await setting({ 'metadata.recovery.strategy': 'none' })
    made.brokers = { 5: 'gone-1:9092' }
    await world.finish(made.cluster.metadata.refresh())
    const error = await failure(made.cluster.send(Heartbeat, 'any', beat))
    expect(error.code).toBe('DISCONNECTED')
    expect(error.message).toContain('gone-1:9092')
  })

  it('starts over when a broker asks for it (KIP-1102)', async () => {
    const made = await setting()
    let isAsking = true
    made.peer.on(Metadata, () => {
      if (!isAsking) return metadataAnswer(made.brokers)
      isAsking = false
      return { ...metadataAnswer({}), errorCode: 'REBOOTSTRAP_REQUIRED' as const }
    })
    const { cluster } = made
    await world.finish(cluster.retry('refresh', cluster.deadlineIn(5000), () => cluster.metadata.refresh()))
    expect(cluster.metadata.brokers().map(({ nodeId }) => nodeId)).toEqual([1])
  })

  it('goes on with the connection of a bootstrap server that turns out to be a broker', async () => {
    const made = await setting()
    made.peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    await world.finish(made.cluster.metadata.refresh())
    await world.finish(made.cluster.send(Heartbeat, 1, beat))
    expect(made.peer.connectionsSeen).toBe(1)
  })
})

describe('retry', () => {
  it('tries again with a growing pause, and refreshes metadata where the error asks for it', async () => {
    const { cluster, peer } = await setting()
    const atMs: number[] = []
    const outcome = await world.finish(
      cluster.retry('work', cluster.deadlineIn(60_000), async attempt => {
        atMs.push(world.clock.monotonicMs())
        if (attempt < 5) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
        return attempt
      }),
    )
    expect(outcome).toBe(5)
    expect(peer.of(Metadata).length).toBeGreaterThanOrEqual(4)
    const pauses = atMs.slice(1).map((at, index) => at - atMs[index]!)
    expect(pauses[3]!).toBeGreaterThan(pauses[0]! * 3)
  })

  it('throws at once what waiting cannot mend, and the last failure inside TIMED_OUT', async () => {
    const { cluster } = await setting()
    const final = await failure(
      cluster.retry('work', cluster.deadlineIn(60_000), async () => {
        throw new KafkaError('MESSAGE_TOO_LARGE')
      }),
    )
    expect(final.code).toBe('MESSAGE_TOO_LARGE')
    const late = await failure(
      cluster.retry('the work', cluster.deadlineIn(1000), async () => {
        throw new KafkaError('NOT_ENOUGH_REPLICAS')
      }),
    )
    expect(late.code).toBe('TIMED_OUT')
    expect(late.message).toMatch(
      /^TIMED_OUT: the work did not succeed within \d+ ms, tried \d times\. Last: NOT_ENOUGH/,
    )
    expect((late.cause as KafkaError).code).toBe('NOT_ENOUGH_REPLICAS')
  })

  it('tells why attempts failed, rather than that the last ran out of time', async () => {
    const { cluster } = await setting()
    const late = await failure(
      cluster.retry('the work', cluster.deadlineIn(1000), async attempt => {
        throw new KafkaError(attempt < 3 ? 'DISCONNECTED' : 'TIMED_OUT')
      }),
    )
    expect((late.cause as KafkaError).code).toBe('DISCONNECTED')
    const slow = await failure(
      cluster.retry('the work', cluster.deadlineIn(1000), () => new Promise(() => {})),
    )
    expect((slow.cause as KafkaError).message).toBe('TIMED_OUT: the work was not done in time')
  })

  it('finds the coordinator again when it moved', async () => {
    const made = await setting()
    const { cluster, peer } = made
    const other = await peerOn('coordinator-2')
    let coordinator = { nodeId: 1, host: peer.address.split(':')[0]!, port: 9092 }
    peer.on(FindCoordinator, ({ request }) => ({
      coordinators: [
        { key: request.coordinatorKeys[0]!, ...coordinator, errorCode: 'NONE' as const, errorMessage: null },
      ],
    }))
    peer.on(Heartbeat, () => {
      coordinator = { nodeId: 2, host: 'coordinator-2', port: 9092 }
      return { errorCode: 'NOT_COORDINATOR' as const }
    })
    other.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    made.brokers = { 1: peer.address, 2: other.address }
    const key = { kind: 'group', key: 'g' } as const
    await world.finish(
      cluster.retry(
        'beat',
        cluster.deadlineIn(5000),
        async () => {
          const node = await cluster.coordinatorOf('group', 'g')
          const { errorCode } = await cluster.send(Heartbeat, node, beat, { purpose: 'coordinator' })
          if (errorCode !== 'NONE') throw new KafkaError(errorCode)
        },
        { coordinator: key },
      ),
    )
    expect(other.of(Heartbeat).length).toBe(1)
    expect(peer.of(FindCoordinator).length).toBe(2)
  })
})
