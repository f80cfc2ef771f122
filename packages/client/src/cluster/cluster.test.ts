import { silentLogger, simulatedWorld } from '@samsa/base'
import { FindCoordinator, Heartbeat, Metadata } from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { type ClientConfig, clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'
import { Cluster } from './cluster.ts'

const world = simulatedWorld(1, { name: 'client' })
let open: Array<{ close(): Promise<void> }> = []

afterEach(async () => {
  for (const one of open) await world.finish(one.close())
  open = []
})

async function peerOn(host: string, versions: Record<string, number | 'none'> = {}): Promise<ScriptedPeer> {
  const peer = await world.finish(ScriptedPeer.listen(world, { host, versions }))
  open.push(peer)
  return peer
}

function clusterOf(entries: ConfigEntries<typeof clientConfig>): Cluster {
  const config: ClientConfig = readConfig(clientConfig, entries)
  const cluster = new Cluster(config, { world, logger: silentLogger })
  open.push(cluster)
  return cluster
}

async function failure(promise: Promise<unknown>): Promise<KafkaError> {
  const outcome = await world.finish(
    promise.then(
      value => value,
      error => error,
    ),
  )
  expect(outcome).toBeInstanceOf(KafkaError)
  return outcome as KafkaError
}

const beat = { groupId: 'g', generationId: 1, memberId: 'm' }

describe('send', () => {
  it('speaks the newest version both sides know', async () => {
    const peer = await peerOn('a', { Heartbeat: 2 })
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    const cluster = clusterOf({ 'bootstrap.servers': 'a:9092', 'client.id': 'me' })
    const answer = await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(answer.errorCode).toBe('NONE')
    expect(peer.of(Heartbeat)[0]).toMatchObject({ version: 2, header: { clientId: 'me' } })
  })

  it('asks for versions again in an older one where the broker does not know the newest', async () => {
    const peer = await peerOn('b', { ApiVersions: 0, Heartbeat: 1 })
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    const cluster = clusterOf({ 'bootstrap.servers': 'b:9092' })
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(peer.of(Heartbeat)[0]!.version).toBe(1)
  })

  it('says which versions do not meet', async () => {
    const peer = await peerOn('c', { Heartbeat: 2, FindCoordinator: 'none' })
    const cluster = clusterOf({ 'bootstrap.servers': [peer.address] })
    const old = await failure(cluster.send(Heartbeat, 'any', beat, { minVersion: 3 }))
    expect(old.code).toBe('UNSUPPORTED')
    expect(old.message).toContain('speaks versions 0 to 2 of Heartbeat, and 3 to 4 are needed')
    const absent = await failure(cluster.send(FindCoordinator, 'any', { key: 'g' }))
    expect(absent.message).toContain('does not know FindCoordinator')
  })

  it('keeps the order of requests made before the connection was there', async () => {
    const peer = await peerOn('d')
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    peer.on(Metadata, () => metadataAnswer({ 1: 'd:9092' }))
    const cluster = clusterOf({ 'bootstrap.servers': 'd:9092' })
    await world.finish(cluster.metadata.refresh())
    const all = Array.from({ length: 300 }, (_, generationId) =>
      cluster.send(Heartbeat, 1, { ...beat, generationId }, { purpose: 'fetch' }),
    )
    await world.finish(Promise.all(all))
    expect(peer.of(Heartbeat).map(({ request }) => request.generationId)).toEqual(
      Array.from({ length: 300 }, (_, at) => at),
    )
  })
})

describe('connections', () => {
  it('a bootstrap server that is down is passed over for the next', async () => {
    const peer = await peerOn('e')
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    const cluster = clusterOf({ 'bootstrap.servers': 'nobody:9092,client:1,e:9092' })
    await world.finish(cluster.send(Heartbeat, 'any', beat))
  })

  it('when none answers, the error names each address and why', async () => {
    const cluster = clusterOf({ 'bootstrap.servers': 'nobody:9092,client:1' })
    const error = await failure(cluster.send(Heartbeat, 'any', beat))
    expect(error.code).toBe('DISCONNECTED')
    expect(error.message).toContain('nobody:9092: no such host')
    expect(error.message).toContain('client:1: nothing listens there')
    expect(error.message).toContain('bootstrap.servers')
  })

  it('an advertised address that cannot be reached is told with where it came from', async () => {
    const peer = await peerOn('f')
    peer.on(Metadata, () => metadataAnswer({ 7: 'hidden:9093' }))
    const cluster = clusterOf({ 'bootstrap.servers': 'f:9092' })
    await world.finish(cluster.metadata.refresh())
    const error = await failure(cluster.send(Heartbeat, 7, beat))
    expect(error.message).toContain('7 (hidden:9093)')
    expect(error.message).toContain('advertised by the broker at f:9092')
    expect(error.message).toContain('advertised.listeners')
  })

  it('an answer that does not come in time ends the connection, and the next request opens another', async () => {
    const peer = await peerOn('g')
    peer.on(Heartbeat, () => 'silence')
    const cluster = clusterOf({ 'bootstrap.servers': 'g:9092' })
    const late = await failure(cluster.send(Heartbeat, 'any', beat, { timeoutMs: 500 }))
    expect(late.code).toBe('TIMED_OUT')
    expect(late.retriable).toBe(true)
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(peer.connectionsSeen).toBe(2)
  })

  it('a connection cut while a request is under way rejects it, retriably', async () => {
    const peer = await peerOn('h')
    peer.on(Heartbeat, () => 'cut')
    const cluster = clusterOf({ 'bootstrap.servers': 'h:9092' })
    const error = await failure(cluster.send(Heartbeat, 'any', beat))
    expect(error.code).toBe('DISCONNECTED')
    expect(error.retriable).toBe(true)
  })

  it('close ends whatever waits, with CLOSED, and leaves no connection', async () => {
    const peer = await peerOn('i')
    peer.on(Heartbeat, async () => {
      await new Promise<void>(done => peer.world.clock.timer(2000, done))
      return { errorCode: 'NONE' as const }
    })
    const cluster = clusterOf({ 'bootstrap.servers': 'i:9092' })
    const waiting = cluster.send(Heartbeat, 'any', beat).catch(error => error)
    const retrying = cluster
      .retry('work', cluster.deadlineIn(60_000), async () => {
        throw new KafkaError('NOT_ENOUGH_REPLICAS')
      })
      .catch(error => error)
    await world.advance(1000)
    await world.finish(cluster.close())
    expect((await waiting).code).toBe('CLOSED')
    expect((await retrying).code).toBe('CLOSED')
    await world.advance(2000)
    expect(peer.openConnections).toBe(0)
    expect((await failure(cluster.send(Heartbeat, 'any', beat))).code).toBe('CLOSED')
  })

  it('an abort ends the wait of its request only', async () => {
    const peer = await peerOn('j')
    peer.on(Heartbeat, () => 'silence')
    const cluster = clusterOf({ 'bootstrap.servers': 'j:9092' })
    const stop = new AbortController()
    const waiting = cluster.send(Heartbeat, 'any', beat, { signal: stop.signal }).catch(error => error)
    await world.advance(100)
    stop.abort()
    expect((await world.finish(waiting)).code).toBe('ABORTED')
    expect(peer.openConnections).toBe(1)
  })

  it('idle ones are closed and opened again on demand', async () => {
    const peer = await peerOn('k')
    peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
    const cluster = clusterOf({ 'bootstrap.servers': 'k:9092', 'connections.max.idle.ms': 1000 })
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    await world.advance(700)
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    await world.advance(700)
    expect(peer.openConnections).toBe(1)
    await world.advance(700)
    expect(peer.openConnections).toBe(0)
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(peer.connectionsSeen).toBe(2)
  })
})
