import { createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signAssertion, unsecuredToken } from './assertion.ts'
import { jwtClaims, jwtExpiryMs, oauthBearerMechanism } from './oauthbearer.ts'
import { TokenUnavailable, requestToken } from './token-endpoint.ts'

const context = { host: 'h', port: 1 }
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe('OAUTHBEARER', () => {
  it('shows the token, and extensions beside it', async () => {
    const plain = await oauthBearerMechanism(() => ({ value: 'abc.def' })).begin(context)
    expect(text(await plain.initialResponse())).toBe('n,,\u0001auth=Bearer abc.def\u0001\u0001')
    const token = { value: 'abc', extensions: { traceId: '7' } }
    const extended = await oauthBearerMechanism(() => token).begin(context)
    expect(text(await extended.initialResponse())).toBe('n,,\u0001auth=Bearer abc\u0001traceId=7\u0001\u0001')
    expect(await plain.respond(new Uint8Array())).toBeUndefined()
    expect(text((await plain.respond(Buffer.from('{"status":"invalid_token"}')))!)).toBe('\u0001')
  })

  it('takes no token that could smuggle something in', async () => {
    const smuggling = oauthBearerMechanism(() => ({ value: 'abc\u0001auth=x' }))
    await expect(smuggling.begin(context)).rejects.toThrow('the token given is not one')
  })

  it('reads when a JWT expires', () => {
    expect(jwtExpiryMs(unsecuredToken({ sub: 'a', exp: 5 }))).toBe(5000)
    expect(jwtExpiryMs('opaque')).toBeUndefined()
  })
})

describe('the OAuth provider', () => {
  const endpoint = {
    url: 'https://idp/token',
    form: { grant_type: 'client_credentials' },
    timeoutMs: 1000,
    nowMs: 1000,
  }
  const client = { id: 'me', secret: 'hush' }

  const answering = (status: number, body: string, seen: RequestInit[] = []) =>
    (async (_url: unknown, init: RequestInit) => {
      seen.push(init)
      return new Response(body, { status })
    }) as unknown as typeof fetch

  it('is asked by form, with the secret in the header', async () => {
    const seen: RequestInit[] = []
    const fetch = answering(200, '{"access_token":"abc","expires_in":60}', seen)
    expect(await requestToken({ ...endpoint, client, fetch })).toEqual({ value: 'abc', expiresAtMs: 61_000 })
    expect(seen[0]!.body).toBe('grant_type=client_credentials')
    expect((seen[0]!.headers as Record<string, string>)['authorization']).toBe(
      `Basic ${Buffer.from('me:hush').toString('base64')}`,
    )
  })

  it('that refuses is quoted, without the secret; one that is busy may be asked again', async () => {
    const refused = requestToken({ ...endpoint, client, fetch: answering(401, '{"error":"invalid_client"}') })
    await expect(refused).rejects.toThrow('gives no token (status 401, invalid_client)')
    await expect(refused).rejects.not.toThrow('hush')
    await expect(refused).rejects.not.toBeInstanceOf(TokenUnavailable)
    const busy = requestToken({ ...endpoint, client, fetch: answering(503, 'busy') })
    await expect(busy).rejects.toBeInstanceOf(TokenUnavailable)
  })

  it('gets an assertion that its public key verifies', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    const assertion = signAssertion({
      algorithm: 'RS256',
      key,
      claims: { iss: 'me', aud: undefined },
      template: { payload: { extra: 1 } },
      nowMs: 10_000,
      validSeconds: 300,
      notBeforeSeconds: 60,
      hasId: true,
    })
    const [header, payload, signature] = assertion.split('.')
    expect(jwtClaims(assertion)).toMatchObject({ iss: 'me', extra: 1, iat: 10, exp: 310, nbf: -50 })
    const verify = createVerify('sha256').update(`${header}.${payload}`)
    expect(verify.verify(publicKey, signature!, 'base64url')).toBe(true)
  })
})
