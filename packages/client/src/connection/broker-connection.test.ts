import { type SimulatedWorld, silentLogger, simulatedWorld } from '@samsa/base'
import { ApiVersions, Heartbeat, Metadata } from '@samsa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cluster } from '../cluster/cluster.ts'
import { clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import { ScriptedPeer, metadataAnswer } from '../testing/scripted-peer.ts'

const none = { errorCode: 'NONE' } as const
const beat = { groupId: 'g', generationId: 1, memberId: 'm' }

interface Setting {
  readonly world: SimulatedWorld
  readonly peer: ScriptedPeer
  readonly cluster: Cluster
}

async function setting(entries: ConfigEntries<typeof clientConfig> = {}, seed = 7): Promise<Setting> {
  const world = simulatedWorld(seed, { name: 'client' })
  const peer = await world.finish(ScriptedPeer.listen(world))
  peer.on(Heartbeat, () => none)
  peer.on(Metadata, () => metadataAnswer({ 1: peer.address }))
  const config = readConfig(clientConfig, { 'bootstrap.servers': peer.address, ...entries })
  return { world, peer, cluster: new Cluster(config, { world, logger: silentLogger }) }
}

async function outcomeOf(world: SimulatedWorld, promise: Promise<unknown>): Promise<string> {
  return world.finish(
    promise.then(
      () => 'answered',
      error => {
        expect(error).toBeInstanceOf(KafkaError)
        return (error as KafkaError).code
      },
    ),
  )
}

describe('a connection', () => {
  it('holds back what a broker throttles (KIP-219)', async () => {
    const { world, peer, cluster } = await setting()
    peer.on(Heartbeat, ({ request }) => ({ ...none, throttleTimeMs: request.generationId === 1 ? 5000 : 0 }))
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    await world.finish(cluster.send(Heartbeat, 'any', { ...beat, generationId: 2 }))
    const [first, second] = peer.of(Heartbeat)
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(5000)
  })

  it('has a bounded number of requests under way, and the rest wait in order', async () => {
    const { world, peer, cluster } = await setting()
    let underWay = 0
    let most = 0
    peer.on(Heartbeat, async () => {
      most = Math.max(most, ++underWay)
      await new Promise<void>(done => peer.world.clock.timer(10, done))
      underWay--
      return none
    })
    const all = Array.from({ length: 500 }, (_, generationId) =>
      cluster.send(Heartbeat, 'any', { ...beat, generationId }),
    )
    await world.finish(Promise.all(all))
    expect(most).toBeLessThanOrEqual(100)
    expect(peer.of(Heartbeat).map(({ request }) => request.generationId)).toEqual(all.map((_, at) => at))
  })

  it('gives up on what waits in its queue for too long, and on that only', async () => {
    const { world, peer, cluster } = await setting()
    await world.finish(cluster.metadata.refresh())
    peer.on(Heartbeat, () => ({ ...none, throttleTimeMs: 3000 }))
    await world.finish(cluster.send(Heartbeat, 1, beat))
    const late = outcomeOf(world, cluster.send(Heartbeat, 1, beat, { timeoutMs: 1000 }))
    const patient = cluster.send(Heartbeat, 1, beat, { timeoutMs: 10_000 })
    expect(await late).toBe('TIMED_OUT')
    await world.finish(patient)
    expect(peer.connectionsSeen).toBe(1)
  })

  it('ends at an answer that cannot be read, and says whose', async () => {
    const { world, peer, cluster } = await setting()
    peer.on(Heartbeat, () => new Uint8Array([1]))
    const error = await world.finish(
      cluster.send(Heartbeat, 'any', beat).catch(caught => caught as KafkaError),
    )
    expect(error).toMatchObject({ code: 'MALFORMED', retriable: false })
    expect((error as KafkaError).message).toContain('answered Heartbeat v4 with what cannot be read')
  })

  it('ends when the handshake is not answered, by request.timeout.ms', async () => {
    const { world, peer, cluster } = await setting({ 'request.timeout.ms': 2000 })
    peer.on(ApiVersions, () => 'silence')
    expect(await outcomeOf(world, cluster.send(Heartbeat, 'any', beat, { timeoutMs: 60_000 }))).not.toBe(
      'answered',
    )
    expect(world.clock.monotonicMs()).toBeLessThan(5000)
  })

  it('is not opened again at once after failures, but with a growing pause', async () => {
    const { world, peer, cluster } = await setting()
    peer.on(ApiVersions, () => 'cut')
    for (let at = 0; at < 8; at++) await outcomeOf(world, cluster.send(Heartbeat, 'any', beat))
    const pauses = peer.of(ApiVersions).map(({ atMs }, at, all) => (at === 0 ? 0 : atMs - all[at - 1]!.atMs))
    expect(pauses.at(-1)!).toBeGreaterThan(700)
    expect(pauses[1]!).toBeLessThan(100)
  })

  it('is one for each purpose, so that a long wait holds up nobody else', async () => {
    const { world, peer, cluster } = await setting()
    await world.finish(cluster.metadata.refresh())
    peer.on(Heartbeat, ({ request }) => (request.memberId === 'slow' ? 'silence' : none))
    const slow = cluster
      .send(Heartbeat, 1, { ...beat, memberId: 'slow' }, { purpose: 'fetch' })
      .catch(() => {})
    await world.finish(cluster.send(Heartbeat, 1, beat, { purpose: 'coordinator' }))
    await world.finish(cluster.send(Heartbeat, 1, beat))
    expect(peer.connectionsSeen).toBe(3)
    await world.finish(cluster.close())
    await world.finish(slow)
  })
})

describe('whatever happens on the way', () => {
  it('every request settles, retried work succeeds once the network is well, and closing ends it all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async seed => {
        const { world, peer, cluster } = await setting({ 'request.timeout.ms': 3000 }, seed)
        const settled: string[] = []
        for (let at = 0; at < 30; at++) {
          cluster.send(Heartbeat, 'any', { ...beat, generationId: at }, { timeoutMs: 2000 }).then(
            () => settled.push('answered'),
            error => settled.push((error as KafkaError).code),
          )
          await world.advance(world.random.integer(200))
          const fault = world.random.integer(6)
          if (fault === 0) world.wires.dropConnections({ chance: 0.7 })
          if (fault === 1) world.wires.partition('client', 'kafka')
          if (fault === 2) world.wires.heal()
        }
        world.wires.heal()
        const work = cluster.retry('a beat', cluster.deadlineIn(60_000), () =>
          cluster.send(Heartbeat, 'any', beat),
        )
        expect(await outcomeOf(world, work)).toBe('answered')
        await world.advance(10_000)
        expect(settled.length).toBe(30)
        expect(settled.every(code => ['answered', 'DISCONNECTED', 'TIMED_OUT'].includes(code))).toBe(true)
        await world.finish(cluster.close())
        await world.finish(peer.close())
        await world.run(60_000)
        expect(world.wires.connections.size).toBe(0)
      }),
      { numRuns: 25 },
    )
  })
})
