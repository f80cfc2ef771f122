import { silentLogger, simulatedWorld, uuidFromBytes } from '@samsa/base'
import {
  GetTelemetrySubscriptions,
  Metadata,
  PushTelemetry,
  compressionOfId,
  decompress,
} from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster/cluster.ts'
import { clientConfig } from '../config/client-config.ts'
import { readConfig } from '../config/read-config.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'
import { telemetryName } from './metrics-push.ts'
import { encodeMetricsData } from './otlp.ts'

const world = simulatedWorld(5, { name: 'client' })
const open: Array<{ close(): Promise<void> }> = []
let hosts = 0

afterEach(async () => {
  for (const one of open.splice(0)) await world.finish(one.close())
})

const instanceId = uuidFromBytes(
  Uint8Array.from({ length: 16 }, (_, at) => at + 1),
  0,
)

async function setting(requestedMetrics: string[], deltaTemporality = false) {
  const peer = await world.finish(ScriptedPeer.listen(world, { host: `telemetry${hosts++}` }))
  let subscriptionId = 7
  peer.on(Metadata, () => metadataAnswer({ 1: peer.address }))
  peer.on(GetTelemetrySubscriptions, () => ({
    errorCode: 'NONE' as const,
    clientInstanceId: instanceId,
    subscriptionId: subscriptionId++,
    acceptedCompressionTypes: [1],
    pushIntervalMs: 10_000,
    telemetryMaxBytes: 100_000,
    deltaTemporality,
    requestedMetrics,
  }))
  peer.on(PushTelemetry, () => ({ errorCode: 'NONE' as const }))
  const config = readConfig(clientConfig, { 'bootstrap.servers': peer.address })
  const identity = { role: 'producer', labels: () => ({ transactional_id: 'tx' }) }
  const cluster = new Cluster(config, { world, logger: silentLogger }, identity)
  open.push(cluster, peer)
  await world.finish(cluster.metadata.refresh())
  return { peer, cluster }
}

/** Reads protocol buffers without a schema: fields in order, messages as far as they read as such. */
function fieldsOf(bytes: Uint8Array): [field: number, value: Uint8Array | number][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const fields: [number, Uint8Array | number][] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    if (wire === 0) fields.push([tag >> 3, varint()])
    else if (wire === 2) {
      const length = varint()
      fields.push([tag >> 3, bytes.subarray(at, at + length)])
      at += length
    } else {
      const isTime = tag >> 3 !== 4
      fields.push([tag >> 3, isTime ? Number(view.getBigUint64(at, true)) : view.getFloat64(at, true)])
      at += 8
    }
  }
  return fields
}

const child = (bytes: Uint8Array, ...path: number[]): Uint8Array =>
  path.reduce((inner, field) => fieldsOf(inner).find(([number]) => number === field)![1] as Uint8Array, bytes)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

/** Names and values of what was pushed. */
function pointsOf(metrics: Uint8Array, compressionType: number): Record<string, number> {
  const data = decompress(compressionOfId(compressionType), metrics, 1_000_000)
  const points: Record<string, number> = {}
  for (const [field, metric] of fieldsOf(child(data, 1, 2))) {
    expect(field).toBe(2)
    const parts = new Map(fieldsOf(metric as Uint8Array))
    const series = (parts.get(5) ?? parts.get(7)) as Uint8Array
    const point = new Map(fieldsOf(child(series, 1)))
    const isOfNode = fieldsOf(child(series, 1)).some(([number]) => number === 7)
    if (!isOfNode) points[text(parts.get(1) as Uint8Array)] = point.get(4) as number
  }
  return points
}

describe('pushing metrics', () => {
  it('sends what the broker asked for, when it asked for it, and a last time at the end', async () => {
    const { peer, cluster } = await setting(['org.apache.kafka.producer.connection.creation.total'])
    await world.advance(17_000)
    expect(cluster.clientInstanceId).toBe(instanceId)
    const [first] = peer.of(PushTelemetry)
    expect(first!.request).toMatchObject({ subscriptionId: 7, terminating: false, compressionType: 1 })
    expect(pointsOf(first!.request.metrics, 1)).toEqual({
      'org.apache.kafka.producer.connection.creation.total': 1,
    })
    await world.advance(20_000)
    expect(peer.of(PushTelemetry).length).toBe(3)
    await world.finish(cluster.close())
    expect(peer.of(PushTelemetry).at(-1)!.request.terminating).toBe(true)
  })

  it('sends nothing while nothing is asked for, and asks again', async () => {
    const { peer } = await setting([])
    await world.advance(25_000)
    expect(peer.of(PushTelemetry).length).toBe(0)
    expect(peer.of(GetTelemetrySubscriptions).length).toBe(3)
    expect(peer.of(GetTelemetrySubscriptions)[1]!.request.clientInstanceId).toBe(instanceId)
  })

  it('tells differences where the broker wants them', async () => {
    const { peer, cluster } = await setting(['org.apache.kafka.producer.request.total'], true)
    const wanted = cluster.metrics.counter({ name: 'request', group: 'producer-metrics', about: 'Requests' })
    await world.advance(2000)
    wanted.add(5)
    await world.advance(15_000)
    wanted.add(2)
    await world.advance(10_000)
    const totals = peer.of(PushTelemetry).map(({ request }) => Object.values(pointsOf(request.metrics, 1))[0])
    expect(totals).toEqual([5, 2])
  })

  it('asks for its subscription again when the broker knows another', async () => {
    const { peer } = await setting(['*'])
    peer.on(PushTelemetry, ({ request }) => ({
      errorCode: request.subscriptionId === 7 ? ('UNKNOWN_SUBSCRIPTION_ID' as const) : ('NONE' as const),
    }))
    await world.advance(40_000)
    expect(peer.of(GetTelemetrySubscriptions).length).toBe(2)
    expect(peer.of(PushTelemetry).at(-1)!.request.subscriptionId).toBe(8)
  })

  it('writes sums and gauges as OpenTelemetry does', () => {
    const bytes = encodeMetricsData({
      resource: { group_id: 'g' },
      timeMs: 2000,
      isDelta: false,
      points: [{ name: 'a.total', value: 1.5, isSum: true, startMs: 1000, attributes: { node_id: '1' } }],
    })
    expect(text(child(bytes, 1, 1, 1, 1))).toBe('group_id')
    expect(text(child(bytes, 1, 1, 1, 2, 1))).toBe('g')
    const sum = fieldsOf(child(bytes, 1, 2, 2, 7))
    expect(sum.slice(1)).toEqual([
      [2, 2],
      [3, 1],
    ])
    const point = new Map(fieldsOf(child(bytes, 1, 2, 2, 7, 1)))
    expect([point.get(2), point.get(3), point.get(4)]).toEqual([1_000_000_000, 2_000_000_000, 1.5])
  })

  it('names metrics as KIP-714 does', () => {
    expect(telemetryName({ group: 'producer-node-metrics', name: 'request-latency-avg' })).toBe(
      'org.apache.kafka.producer.node.request.latency.avg',
    )
  })
})
