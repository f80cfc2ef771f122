import { describe, expect, it } from 'vitest'
import { scramMechanism } from './scram.ts'

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
const bytes = (said: string) => new Uint8Array(Buffer.from(said))
const context = { host: 'h', port: 1 }

// The example of RFC 7677, section 3.
const nonce = 'rOprNGfwEbeRWgbNEkqO'
const full = `${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
const first = `r=${full},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
const exchange = async (password = 'pencil', username = 'user') =>
  scramMechanism('SCRAM-SHA-256', { username, password }, () => nonce).begin(context)

describe('SCRAM', () => {
  it('says what the example of RFC 7677 says', async () => {
    const login = await exchange()
    expect(text(await login.initialResponse())).toBe(`n,,n=user,r=${nonce}`)
    expect(text(await login.respond(bytes(first)))).toBe(
      `c=biws,r=${full},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    )
    expect(await login.respond(bytes('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='))).toBeUndefined()
  })

  it('ends when the server cannot prove that it knows the password', async () => {
    const login = await exchange()
    await login.initialResponse()
    await login.respond(bytes(first))
    const proof = Buffer.alloc(32).toString('base64')
    await expect(login.respond(bytes(`v=${proof}`))).rejects.toThrow('does not know the password')
  })

  it.each([
    ['a nonce that is not an extension', first.replace(nonce, 'other'), 'does not extend'],
    ['too few iterations', first.replace('4096', '1000'), '4096 to 1000000 are acceptable'],
    ['more iterations than are sane', first.replace('4096', '99999999'), 'are acceptable'],
    ['no salt', first.replace(/s=[^,]*/, 's='), 'no salt'],
    ['an error', 'e=unknown-user', 'unknown-user'],
  ])('ends at %s', async (_, said, complaint) => {
    const login = await exchange()
    await login.initialResponse()
    await expect(login.respond(bytes(said))).rejects.toThrow(complaint)
  })

  it('writes commas and equal signs of a name by their codes, and marks delegation tokens', async () => {
    const login = await exchange('p', 'a,b=c')
    expect(text(await login.initialResponse())).toContain('n=a=2Cb=3Dc,')
    const token = await scramMechanism('SCRAM-SHA-512', {
      username: 'id',
      password: 'hmac',
      isToken: true,
    }).begin(context)
    expect(text(await token.initialResponse())).toMatch(/,tokenauth=true$/)
  })
})
