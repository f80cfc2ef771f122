import { readFileSync } from 'node:fs'
import { type AddressInfo, type Server, connect as connectTcp } from 'node:net'
import { type TlsOptions, createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { realWorld, silentLogger } from '@samsa/base'
import { Heartbeat } from '@samsa/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster/cluster.ts'
import { clientConfig } from '../config/client-config.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import type { KafkaError } from '../errors.ts'
import { ScriptedPeer } from '../testing/scripted-peer.ts'
import { tlsOptions } from './tls.ts'

const file = (name: string) => fileURLToPath(new URL(`../../../../fixtures/tls/${name}`, import.meta.url))
const pem = (name: string) => readFileSync(file(name), 'utf8')
const world = realWorld()
const open: Cluster[] = []
const servers: Server[] = []
let peer: ScriptedPeer

beforeAll(async () => {
  peer = await ScriptedPeer.listenHere(world, { host: '127.0.0.1', port: 0 })
  peer.on(Heartbeat, () => ({ errorCode: 'NONE' as const }))
})

afterEach(async () => {
  for (const cluster of open.splice(0)) await cluster.close()
  for (const server of servers.splice(0)) server.close()
})

afterAll(() => peer.close())

/** A broker behind TLS: what it decrypts goes to the scripted peer. Returns its port. */
async function tlsPort(name: string, options: TlsOptions = {}): Promise<number> {
  const server = createServer({ cert: pem(`${name}.pem`), key: pem(`${name}.key`), ...options }, secured => {
    const plain = connectTcp(Number(peer.address.split(':')[1]), '127.0.0.1')
    secured.pipe(plain).pipe(secured)
    secured.on('error', () => plain.destroy())
    plain.on('error', () => secured.destroy())
  })
  server.on('tlsClientError', () => {})
  servers.push(server)
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return (server.address() as AddressInfo).port
}

async function beatAt(address: string, entries: ConfigEntries<typeof clientConfig>): Promise<string> {
  const config = readConfig(clientConfig, {
    'bootstrap.servers': address,
    'security.protocol': 'SSL',
    ...entries,
  })
  const beat = { groupId: 'g', generationId: 1, memberId: 'm' }
  try {
    const cluster = new Cluster(config, { world, logger: silentLogger })
    open.push(cluster)
    return (await cluster.send(Heartbeat, 'any', beat)).errorCode
  } catch (error) {
    return `${(error as KafkaError).code} ${(error as Error).message}`
  }
}

const trust = { 'ssl.truststore.certificates': pem('ca.pem') }
const mutual: TlsOptions = { requestCert: true, rejectUnauthorized: true, ca: pem('ca.pem') }

describe('TLS', () => {
  it('checks authority and name', async () => {
    const port = await tlsPort('server')
    expect(await beatAt(`localhost:${port}`, trust)).toBe('NONE')
    expect(await beatAt(`127.0.0.1:${port}`, { 'ssl.truststore.location': file('ca.pem') })).toBe('NONE')
  })

  it('takes PEM as properties files have it, on one line', async () => {
    const port = await tlsPort('server')
    const oneLine = { 'ssl.truststore.certificates': pem('ca.pem').replaceAll('\n', ' ') }
    expect(await beatAt(`localhost:${port}`, oneLine)).toBe('NONE')
  })

  it('refuses a stranger, and says why', async () => {
    const port = await tlsPort('stranger')
    const outcome = await beatAt(`localhost:${port}`, trust)
    expect(outcome).toMatch(/^AUTHENTICATION/)
    expect(outcome).toContain('made out to another name')
    expect(await beatAt(`localhost:${port}`, { ...trust, 'ssl.endpoint.identification.algorithm': '' })).toBe(
      'NONE',
    )
  })

  it('refuses an authority it does not trust', async () => {
    const port = await tlsPort('server')
    expect(await beatAt(`localhost:${port}`, {})).toContain('not signed by an authority that is trusted here')
  })

  it('shows its own certificate: in PEM, encrypted, or in PKCS #12', async () => {
    const port = await tlsPort('server', mutual)
    const certificates = { ...trust, 'ssl.keystore.certificate.chain': pem('client.pem') }
    expect(
      await beatAt(`localhost:${port}`, { ...certificates, 'ssl.keystore.key': pem('client.key') }),
    ).toBe('NONE')
    const encrypted = { 'ssl.keystore.key': pem('client-encrypted.key'), 'ssl.key.password': 'secret' }
    expect(await beatAt(`localhost:${port}`, { ...certificates, ...encrypted })).toBe('NONE')
    const store = { 'ssl.keystore.location': file('client.p12'), 'ssl.keystore.password': 'secret' }
    expect(await beatAt(`localhost:${port}`, { ...trust, ...store })).toBe('NONE')
  })

  it('tells that the broker wants a certificate, and that a password is wrong, without the password', async () => {
    const port = await tlsPort('server', mutual)
    expect(await beatAt(`localhost:${port}`, trust)).toMatch(/^AUTHENTICATION.*wants one/)
    const store = { 'ssl.keystore.location': file('client.p12'), 'ssl.keystore.password': 'not-secret' }
    const outcome = await beatAt(`localhost:${port}`, { ...trust, ...store })
    expect(outcome).toMatch(/^INVALID_CONFIG.*passwords/)
    expect(outcome).not.toContain('not-secret')
  })

  it('tells a port without TLS, and TLS where none was expected', async () => {
    expect(await beatAt(peer.address, trust)).toMatch(/^(AUTHENTICATION|DISCONNECTED)/)
    const port = await tlsPort('server')
    const plain = await beatAt(`localhost:${port}`, {
      'security.protocol': 'PLAINTEXT',
      'request.timeout.ms': 2000,
    })
    expect(plain).toMatch(/TLS/)
  })
})

describe('ssl.* keys', () => {
  const complaint = (entries: ConfigEntries<typeof clientConfig>) => {
    try {
      tlsOptions(readConfig(clientConfig, { 'security.protocol': 'SSL', ...entries }))
    } catch (error) {
      return `${(error as KafkaError).code} ${(error as Error).message}`
    }
    return 'nothing was thrown'
  }

  it('say what is wrong and what to do', () => {
    expect(complaint({ 'ssl.truststore.location': '/no/such' })).toContain('/no/such cannot be read (ENOENT)')
    expect(complaint({ 'ssl.truststore.location': file('client.p12') })).toContain('keytool -exportcert -rfc')
    expect(complaint({ 'ssl.keystore.key': pem('client.key') })).toContain('belong together')
    expect(complaint({ 'ssl.truststore.certificates': 'abc' })).toContain('is not PEM')
    expect(complaint({ 'ssl.enabled.protocols': 'SSLv3' })).toContain("'SSLv3' is none of")
  })

  it('translate versions and cipher suites', () => {
    const suites = 'TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_CBC_SHA'
    const config = readConfig(clientConfig, {
      'security.protocol': 'SSL',
      'ssl.cipher.suites': suites,
      'ssl.protocol': 'TLSv1.2',
    })
    expect(tlsOptions(config)).toMatchObject({
      ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA',
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    })
  })
})
