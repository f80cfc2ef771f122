import type * as Crypto from 'node:crypto'
import { builtin } from '@samsa/base'
import { SaslError } from './sasl.ts'

const crypto = builtin<typeof Crypto>('node:crypto')

/** What an assertion says, and the key that signs it (RFC 7523). */
export interface AssertionOptions {
  readonly algorithm: 'RS256' | 'ES256'
  /** The private key, in PEM. */
  readonly key: string
  readonly passphrase?: string
  /** Header and claims to start from. */
  readonly template?: { readonly header?: object; readonly payload?: object }
  /** Claims by name; `undefined` ones are left out. */
  readonly claims: Readonly<Record<string, string | undefined>>
  readonly nowMs: number
  readonly validSeconds: number
  readonly notBeforeSeconds: number
  readonly hasId: boolean
}

/** Makes a signed JWT that asks an OAuth provider for a token in the name of its subject. Throws `SaslError`. */
export function signAssertion(options: AssertionOptions): string {
  const now = Math.floor(options.nowMs / 1000)
  const header = { typ: 'JWT', ...options.template?.header, alg: options.algorithm }
  const given = Object.fromEntries(Object.entries(options.claims).filter(([, value]) => value !== undefined))
  const payload = {
    ...options.template?.payload,
    ...given,
    iat: now,
    exp: now + options.validSeconds,
    nbf: now - options.notBeforeSeconds,
    ...(options.hasId && { jti: crypto().randomUUID() }),
  }
  const body = `${encode(header)}.${encode(payload)}`
  return `${body}.${signature(options, body)}`
}

function signature({ key, passphrase, algorithm }: AssertionOptions, body: string): string {
  try {
    const privateKey = crypto().createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
    // ES256 signatures in a JWT are the two numbers, not ASN.1.
    const options =
      algorithm === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
    return crypto().sign('sha256', Buffer.from(body), options).toString('base64url')
  } catch (error) {
    const reason = (error as { code?: string }).code ?? 'it is not a private key in PEM'
    throw new SaslError(`the key that signs assertions cannot be used (${reason})`)
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** An unsecured JWT, as Kafka's clients make for tests: anyone could have made it. */
export function unsecuredToken(claims: object): string {
  return `${encode({ alg: 'none' })}.${encode(claims)}.`
}
