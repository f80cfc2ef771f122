import { silentLogger, simulatedWorld, uuidFromBytes } from '@samsa/base'
import {
  ConsumerGroupHeartbeat,
  Fetch,
  FindCoordinator,
  GetTelemetrySubscriptions,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  Produce,
  PushTelemetry,
} from '@samsa/protocol'
import { expect, it } from 'vitest'
import { Consumer } from '../consumer/index.ts'
import { Producer } from '../producer/index.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'

// What KIP-714 asks every client for, under "Standard producer metrics" and "Standard consumer metrics".
const required = {
  producer: [
    'connection.creation.rate',
    'connection.creation.total',
    'node.request.latency.avg',
    'node.request.latency.max',
    'produce.throttle.time.avg',
    'produce.throttle.time.max',
    'record.queue.time.avg',
    'record.queue.time.max',
  ],
  consumer: [
    'connection.creation.rate',
    'connection.creation.total',
    'node.request.latency.avg',
    'node.request.latency.max',
    'poll.idle.ratio.avg',
    'coordinator.commit.latency.avg',
    'coordinator.commit.latency.max',
    'coordinator.assigned.partitions',
    'coordinator.rebalance.latency.avg',
    'coordinator.rebalance.latency.max',
    'coordinator.rebalance.latency.total',
    'fetch.manager.fetch.latency.avg',
    'fetch.manager.fetch.latency.max',
  ],
}

const world = simulatedWorld(9, { name: 'client' })
const outside = { world, logger: silentLogger }
const topicId = uuidFromBytes(new Uint8Array(16).fill(7), 0)
const NONE = 'NONE' as const

/** A broker with an empty topic `t`, which it leads, that wants all metrics of clients each second. */
async function peerOn(host: string): Promise<ScriptedPeer> {
  const peer = await world.finish(ScriptedPeer.listen(world, { host }))
  peer.on(Metadata, () => metadataAnswer({ 1: peer.address }, [{ name: 't', id: topicId, leaders: [1] }]))
  peer.on(GetTelemetrySubscriptions, () => ({
    errorCode: NONE,
    clientInstanceId: uuidFromBytes(new Uint8Array(16).fill(1), 0),
    subscriptionId: 1,
    acceptedCompressionTypes: [0],
    pushIntervalMs: 1000,
    telemetryMaxBytes: 1_000_000,
    deltaTemporality: false,
    requestedMetrics: ['*'],
  }))
  peer.on(PushTelemetry, () => ({ errorCode: NONE }))
  return peer
}

/** The names in the last push. */
function pushedTo(peer: ScriptedPeer): Set<string> {
  const text = Buffer.from(peer.of(PushTelemetry).at(-1)!.request.metrics).toString('latin1')
  return new Set(text.match(/org\.apache\.kafka\.[a-z.]+/g))
}

it('producers tell what KIP-714 requires of them', async () => {
  const peer = await peerOn('telling-producer')
  peer.on(Produce, () => ({
    responses: [{ topicId, partitionResponses: [{ index: 0, errorCode: NONE, baseOffset: 0 }] }],
    throttleTimeMs: 3,
  }))
  const entries = { 'bootstrap.servers': peer.address, 'enable.idempotence': false }
  const producer = new Producer<string, string>(entries, outside)
  await world.finish(producer.send({ topic: 't', value: 'v' }))
  expect(producer.metrics()).toMatchObject({
    'produce-throttle-time-max': 3,
    'record-queue-time-max': expect.any(Number),
    'record-send-total': 1,
  })
  await world.advance(10_000)
  await world.finish(producer.close())
  const names = pushedTo(peer)
  expect(required.producer.filter(name => !names.has(`org.apache.kafka.producer.${name}`))).toEqual([])
})

it('consumers tell what KIP-714 requires of them', async () => {
  const peer = await peerOn('telling-consumer')
  scriptGroup(peer)
  const entries = {
    'bootstrap.servers': peer.address,
    'group.id': 'readers',
    'group.protocol': 'consumer',
    'fetch.max.wait.ms': 100,
  }
  const consumer = new Consumer(entries, outside)
  consumer.subscribe(['t'])
  const loop = (async () => {
    for await (const _ of consumer);
  })()
  await world.advance(5000)
  await world.finish(consumer.commit([{ topic: 't', partition: 0, offset: 0 }]))
  const { 'fetch-latency-avg': latencyMs, 'poll-idle-ratio-avg': idle, ...metrics } = consumer.metrics()
  expect(latencyMs).toBeGreaterThanOrEqual(100)
  expect(idle).toBeGreaterThan(0.9)
  expect(metrics).toMatchObject({ 'commit-latency-max': expect.any(Number), 'assigned-partitions': 1 })
  await world.advance(10_000)
  await world.finish(consumer.close())
  await world.finish(loop)
  const names = pushedTo(peer)
  expect(required.consumer.filter(name => !names.has(`org.apache.kafka.consumer.${name}`))).toEqual([])
})

/** A group whose one member gets the partition, from which nothing comes. */
function scriptGroup(peer: ScriptedPeer): void {
  const [host, port] = peer.address.split(':') as [string, string]
  peer.on(FindCoordinator, ({ request: { coordinatorKeys } }) => ({
    coordinators: coordinatorKeys.map(key => ({
      ...{ key, nodeId: 1, host, port: Number(port), errorCode: NONE, errorMessage: null },
    })),
  }))
  peer.on(ConsumerGroupHeartbeat, ({ request: { memberId, memberEpoch } }) => ({
    ...{ errorCode: NONE, memberId, memberEpoch: 1, heartbeatIntervalMs: 500 },
    assignment: memberEpoch === 0 ? { topicPartitions: [{ topicId, partitions: [0] }] } : null,
  }))
  const topicOf = (more: object) => ({ name: 't', topicId, partitions: [{ partitionIndex: 0, ...more }] })
  peer.on(ListOffsets, () => ({
    topics: [topicOf({ errorCode: NONE, offset: 0, leaderEpoch: 0 })] as never,
  }))
  const uncommitted = { errorCode: NONE, committedOffset: -1, metadata: '' }
  peer.on(OffsetFetch, () => ({
    groups: [{ groupId: 'readers', topics: [topicOf(uncommitted)] as never }],
  }))
  peer.on(OffsetCommit, () => ({ topics: [topicOf({ errorCode: NONE })] as never }))
  peer.on(Fetch, async () => {
    await new Promise<void>(resolve => peer.world.clock.timer(100, resolve))
    return { errorCode: NONE, responses: [] }
  })
}
