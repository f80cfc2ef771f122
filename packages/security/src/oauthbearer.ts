import { decodeUtf8, encodeUtf8 } from '@samsa/base'
import { type SaslClientMechanism, SaslError } from './sasl.ts'

/** An access token, as an OAuth provider gives it. */
export interface OauthToken {
  readonly value: string
  /** Milliseconds since the epoch. Default: what the token says, if it is a JWT. */
  readonly expiresAtMs?: number
  /** SASL extensions (KIP-342) sent beside it. */
  readonly extensions?: Readonly<Record<string, string>>
}

const SEPARATOR = '\u0001'

/** OAUTHBEARER (RFC 7628, KIP-255): shows a token that an OAuth provider gave. */
export function oauthBearerMechanism(token: () => OauthToken | Promise<OauthToken>): SaslClientMechanism {
  return {
    name: 'OAUTHBEARER',
    async begin() {
      const { value, extensions = {} } = await token()
      checkToken(value)
      const entries = Object.entries(extensions).map(checkedExtension)
      return {
        initialResponse: () =>
          encodeUtf8(['n,,', `auth=Bearer ${value}`, ...entries, '', ''].join(SEPARATOR)),
        // A refusal comes as JSON; RFC 7628 has the client say ^A, upon which the server ends the login with an error.
        respond: challenge => (challenge.length === 0 ? undefined : acknowledge(challenge)),
      }
    },
  }
}

function acknowledge(challenge: Uint8Array): Uint8Array {
  const said = decodeUtf8(challenge)
  if (!said.startsWith('{'))
    throw new SaslError('the server answers a token with what is not a refusal by RFC 7628')
  return encodeUtf8(SEPARATOR)
}

function checkToken(value: string): void {
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value)) {
    throw new SaslError('the token given is not one: only letters, digits and -._~+/= may be in it')
  }
}

function checkedExtension([key, value]: [string, string]): string {
  if (!/^[A-Za-z]+$/.test(key) || key === 'auth')
    throw new SaslError(`'${key}' cannot be the name of a SASL extension`)
  if (!/^[\x21-\x7E \t\r\n]*$/.test(value))
    throw new SaslError(`the value of the SASL extension ${key} is not plain text`)
  return `${key}=${value}`
}

/** When a JWT expires by its own word, in milliseconds since the epoch; undefined when it does not say or is none. */
export function jwtExpiryMs(token: string): number | undefined {
  const { exp } = jwtClaims(token)
  return typeof exp === 'number' ? exp * 1000 : undefined
}

/** The claims of a JWT, unchecked: only the broker can verify them. Empty when it is none. */
export function jwtClaims(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
