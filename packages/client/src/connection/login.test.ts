import { type LogFields, type Logger, simulatedWorld } from '@samsa/base'
import { Heartbeat, SaslAuthenticate, SaslHandshake } from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster/cluster.ts'
import { type clientConfig as Table, clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import { ScriptedPeer } from '../testing/scripted-peer.ts'
import type { Authentication } from './authentication.ts'

const world = simulatedWorld(4, { name: 'client' })
const open: Array<{ close(): Promise<void> }> = []
const lines: string[] = []
let hosts = 0

afterEach(async () => {
  for (const one of open.splice(0)) await world.finish(one.close())
  expect(lines.join('\n')).not.toContain('hush')
})

const say = (message: string, fields?: LogFields) => lines.push(`${message} ${JSON.stringify(fields)}`)
const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger }

/** A peer that takes one name and password by PLAIN, for sessions of a given length. */
async function plainPeer(sessionLifetimeMs = 0): Promise<ScriptedPeer> {
  const peer = await world.finish(ScriptedPeer.listen(world, { host: `sasl${hosts++}` }))
  open.push(peer)
  return peer
    .on(SaslHandshake, ({ request }) => ({
      errorCode: request.mechanism === 'PLAIN' ? ('NONE' as const) : ('UNSUPPORTED_SASL_MECHANISM' as const),
      mechanisms: ['PLAIN'],
    }))
    .on(SaslAuthenticate, ({ request }) => {
      const isRight = Buffer.from(request.authBytes).toString() === '\0alice\0hush'
      return isRight
        ? { errorCode: 'NONE' as const, errorMessage: null, authBytes: new Uint8Array(), sessionLifetimeMs }
        : {
            errorCode: 'SASL_AUTHENTICATION_FAILED' as const,
            errorMessage: 'Invalid username or password',
            authBytes: new Uint8Array(),
          }
    })
    .on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
}

function clusterAt(
  peer: ScriptedPeer,
  entries: ConfigEntries<typeof Table>,
  authentication?: Authentication,
): Cluster {
  const config = readConfig(clientConfig, {
    'bootstrap.servers': peer.address,
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'PLAIN',
    ...entries,
  })
  const cluster = new Cluster(config, {
    world,
    logger,
    ...(authentication !== undefined && { authentication }),
  })
  open.push(cluster)
  return cluster
}

const jaas = (password: string) =>
  `org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="${password}";`
const beat = { groupId: 'g', generationId: 1, memberId: 'm' }

async function failure(act: () => Promise<unknown>): Promise<KafkaError> {
  const outcome = await world.finish(
    (async () => act())().then(
      value => value,
      error => error,
    ),
  )
  expect(outcome).toBeInstanceOf(KafkaError)
  expect((outcome as KafkaError).message).not.toContain('hush')
  return outcome as KafkaError
}

describe('logging in', () => {
  it('comes before any other request', async () => {
    const peer = await plainPeer()
    const cluster = clusterAt(peer, { 'sasl.jaas.config': jaas('hush') })
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(peer.asked.map(({ api }) => api.name)).toEqual([
      'ApiVersions',
      'SaslHandshake',
      'SaslAuthenticate',
      'Heartbeat',
    ])
  })

  it('asks the callback at each login, so that a password may change', async () => {
    const peer = await plainPeer()
    let password = 'wrong'
    const cluster = clusterAt(peer, {}, { credentials: async () => ({ username: 'alice', password }) })
    const refused = await failure(() => cluster.send(Heartbeat, 'any', beat))
    expect(refused.code).toBe('AUTHENTICATION')
    password = 'hush'
    await world.finish(cluster.send(Heartbeat, 'any', beat))
  })

  it('that fails is final, and says what the broker said', async () => {
    const peer = await plainPeer()
    const cluster = clusterAt(peer, { 'sasl.jaas.config': jaas('hush-hush') })
    const error = await failure(() => cluster.send(Heartbeat, 'any', beat))
    expect(error.code).toBe('AUTHENTICATION')
    expect(error.retriable).toBe(false)
    expect(error.message).toContain('Invalid username or password')
  })

  it('by a mechanism the broker lacks names those it has', async () => {
    const peer = await plainPeer()
    const scram = jaas('hush').replace('plain.PlainLoginModule', 'scram.ScramLoginModule')
    const cluster = clusterAt(peer, { 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram })
    const error = await failure(() => cluster.send(Heartbeat, 'any', beat))
    expect(error.message).toContain('it offers PLAIN')
  })

  it('happens again on the same connection before the session ends (KIP-368)', async () => {
    const peer = await plainPeer(10_000)
    const cluster = clusterAt(peer, { 'sasl.jaas.config': jaas('hush') })
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    await world.advance(5000)
    await world.finish(cluster.send(Heartbeat, 'any', beat))
    expect(peer.of(SaslAuthenticate).length).toBe(1)
    await world.advance(4900)
    await world.finish(Promise.all([1, 2, 3].map(() => cluster.send(Heartbeat, 'any', beat))))
    expect(peer.of(SaslAuthenticate).length).toBe(2)
    expect(peer.connectionsSeen).toBe(1)
    expect(peer.of(Heartbeat).length).toBe(5)
  })

  it('renews a token only when its time has come', async () => {
    const peer = await plainPeer(1000)
    peer.on(SaslHandshake, () => ({ errorCode: 'NONE' as const, mechanisms: ['OAUTHBEARER'] }))
    const shown: string[] = []
    peer.on(SaslAuthenticate, ({ request }) => {
      shown.push(
        Buffer.from(request.authBytes)
          .toString()
          .match(/Bearer (\w+)/)![1]!,
      )
      return {
        errorCode: 'NONE' as const,
        errorMessage: null,
        authBytes: new Uint8Array(),
        sessionLifetimeMs: 100_000,
      }
    })
    let count = 0
    const token = () => ({ value: `token${++count}`, expiresAtMs: world.clock.now() + 1_000_000 })
    const cluster = clusterAt(peer, { 'sasl.mechanism': 'OAUTHBEARER' }, { token })
    for (let at = 0; at < 12; at++) {
      await world.finish(cluster.send(Heartbeat, 'any', beat))
      await world.advance(96_000)
    }
    expect(shown.length).toBeGreaterThan(9)
    expect(count).toBe(2)
  })

  it.each([
    ['no credentials', {}, 'needs a name and a password'],
    ['GSSAPI without an implementation', { 'sasl.mechanism': 'GSSAPI' }, 'authentication.mechanism'],
    [
      'a module of another mechanism',
      { 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': jaas('hush') },
      'takes org.apache.kafka',
    ],
    ['a wrong JAAS text', { 'sasl.jaas.config': 'Plain required password="hush' }, 'quotation mark'],
    ['OAUTHBEARER without a source', { 'sasl.mechanism': 'OAUTHBEARER' }, 'token.endpoint.url'],
  ])('with %s is refused before anything is sent', async (_, entries, complaint) => {
    const peer = await plainPeer()
    const error = await failure(async () => clusterAt(peer, entries))
    expect(error.code).toBe('INVALID_CONFIG')
    expect(error.message).toContain(complaint)
    expect(peer.connectionsSeen).toBe(0)
  })
})
