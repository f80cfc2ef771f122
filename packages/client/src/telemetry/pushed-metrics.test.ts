import { silentLogger, simulatedWorld, uuidFromBytes } from '@samsa/base'
import {
  GetTelemetrySubscriptions,
  Metadata,
  PushTelemetry,
  compressionOfId,
  decompress,
} from '@samsa/protocol'
import { expect, it } from 'vitest'
import { Admin } from '../admin/index.ts'
import { Consumer } from '../consumer/index.ts'
import { Producer } from '../producer/index.ts'
import { ShareConsumer } from '../share/index.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'

const world = simulatedWorld(8, { name: 'client' })
let hosts = 0

interface Client {
  close(): Promise<unknown>
}

/** What a client tells a broker that wants all its metrics, as text in which names and labels can be found. */
async function pushedBy(make: (bootstrap: string) => Client): Promise<string> {
  const host = `broker${hosts++}`
  const peer = await world.finish(ScriptedPeer.listen(world, { host }))
  peer.on(Metadata, () => metadataAnswer({ 1: `${host}:9092` }))
  peer.on(GetTelemetrySubscriptions, () => ({
    errorCode: 'NONE' as const,
    clientInstanceId: uuidFromBytes(new Uint8Array(16).fill(1), 0),
    subscriptionId: 1,
    acceptedCompressionTypes: [0],
    pushIntervalMs: 1000,
    telemetryMaxBytes: 1_000_000,
    deltaTemporality: false,
    requestedMetrics: ['*'],
  }))
  peer.on(PushTelemetry, () => ({ errorCode: 'NONE' as const }))
  const client = make(`${host}:9092`)
  await world.advance(10_000)
  const [push] = peer.of(PushTelemetry)
  await world.finish(client.close())
  await world.finish(peer.close())
  const { metrics, compressionType } = push!.request
  return Buffer.from(decompress(compressionOfId(compressionType), metrics, 1 << 20)).toString('latin1')
}

const outside = { world, logger: silentLogger }

it('producers tell what they sent, and their transactional id', async () => {
  const text = await pushedBy(bootstrap => {
    const config = { 'bootstrap.servers': bootstrap, 'transactional.id': 'payments' }
    const producer = new Producer(config, outside)
    producer.send({ topic: 't', value: 'v' }).catch(() => {})
    return producer
  })
  for (const name of ['record.send.total', 'buffer.available.bytes', 'request.total', 'node.request.total'])
    expect(text).toContain(`org.apache.kafka.producer.${name}`)
  expect(text).toContain('transactional_id')
  expect(text).toContain('payments')
})

it('consumers tell what they read, and their group', async () => {
  const text = await pushedBy(bootstrap => {
    const consumer = new Consumer({ 'bootstrap.servers': bootstrap, 'group.id': 'readers' }, outside)
    consumer.assign([{ topic: 't', partition: 0 }])
    consumer.endOffsets([{ topic: 't', partition: 0 }], { timeoutMs: 5000 }).catch(() => {})
    return consumer
  })
  expect(text).toContain('org.apache.kafka.consumer.fetch.manager.records.consumed.total')
  expect(text).toContain('org.apache.kafka.consumer.coordinator.assigned.partitions')
  expect(text).toContain('readers')
})

it('share consumers tell what they acknowledged', async () => {
  const text = await pushedBy(bootstrap => {
    const config = { 'bootstrap.servers': bootstrap, 'group.id': 'workers', 'client.rack': 'r1' }
    const consumer = new ShareConsumer(config, outside)
    consumer.subscribe(['t'])
    return consumer
  })
  expect(text).toContain('org.apache.kafka.consumer.share.fetch.manager.acknowledgements.send.total')
  expect(text).toContain('org.apache.kafka.consumer.connection.creation.total')
  expect(text).toContain('workers')
  expect(text).toContain('client_rack')
})

it('admin clients tell of their requests when they are let', async () => {
  const text = await pushedBy(bootstrap => {
    const admin = new Admin({ 'bootstrap.servers': bootstrap, 'enable.metrics.push': true }, outside)
    admin.listTopics().catch(() => {})
    return admin
  })
  expect(text).toContain('org.apache.kafka.admin.client.request.total')
})
