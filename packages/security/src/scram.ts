import type * as Crypto from 'node:crypto'
import { promisify } from 'node:util'
import { builtin, decodeUtf8, encodeUtf8 } from '@samsa/base'
import type { PlainCredentials } from './plain.ts'
import { type SaslClientExchange, type SaslClientMechanism, SaslError } from './sasl.ts'

export type ScramName = 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

/** Name and password; or id and HMAC of a delegation token. */
export interface ScramCredentials extends PlainCredentials {
  /** The credentials are those of a delegation token (KIP-48). */
  readonly isToken?: boolean
}

const hashes = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const
/** Fewer make guessing cheap: RFC 7677 and Kafka refuse them. */
const ITERATIONS_MIN = 4096
/** More would keep this machine busy at the server's word. */
const ITERATIONS_MAX = 1_000_000
/** No channel binding: TLS, if any, is not tied to the login. */
const GS2_HEADER = 'n,,'

const crypto = builtin<typeof Crypto>('node:crypto')

/**
 * SCRAM (RFC 5802 and 7677): the password never travels, and the server proves that it knows it.
 *
 * @param nonce for tests: what the client's nonce is made of
 */
export function scramMechanism(
  name: ScramName,
  credentials: ScramCredentials | (() => ScramCredentials | Promise<ScramCredentials>),
  nonce: () => string = () => crypto().randomBytes(24).toString('base64url'),
): SaslClientMechanism {
  return {
    name,
    async begin() {
      const given = typeof credentials === 'function' ? await credentials() : credentials
      if (given.username === '') throw new SaslError(`the user name for ${name} is empty`)
      return new ScramExchange(name, given, nonce())
    },
  }
}

//   client   n,,n=user,r=cnonce[,tokenauth=true]          the first message
//   server   r=cnonce+snonce,s=salt,i=iterations
//   client   c=biws,r=cnonce+snonce,p=proof               the final message
//   server   v=signature                                  or e=error
class ScramExchange implements SaslClientExchange {
  readonly #name: ScramName
  readonly #credentials: ScramCredentials
  readonly #nonce: string
  readonly #firstBare: string
  #signature: Uint8Array | undefined

  constructor(name: ScramName, credentials: ScramCredentials, nonce: string) {
    this.#name = name
    this.#credentials = credentials
    this.#nonce = nonce
    const extension = credentials.isToken === true ? ',tokenauth=true' : ''
    this.#firstBare = `n=${saslName(credentials.username)},r=${nonce}${extension}`
  }

  initialResponse(): Uint8Array {
    return encodeUtf8(GS2_HEADER + this.#firstBare)
  }

  async respond(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    const text = decodeUtf8(challenge)
    const fields = attributesOf(text)
    if (fields.has('e')) throw new SaslError(`the server refuses the login: ${fields.get('e')}`)
    if (this.#signature === undefined) return this.#prove(text, fields)
    this.#verify(fields)
    return undefined
  }

  async #prove(serverFirst: string, fields: ReadonlyMap<string, string>): Promise<Uint8Array> {
    const { nonce, salt, iterations } = this.#checked(fields)
    const algorithm = hashes[this.#name]
    const size = algorithm === 'sha256' ? 32 : 64
    const salted = await promisify(crypto().pbkdf2)(
      this.#credentials.password,
      salt,
      iterations,
      size,
      algorithm,
    )
    const clientKey = hmac(algorithm, salted, 'Client Key')
    const storedKey = crypto().createHash(algorithm).update(clientKey).digest()
    const finalBare = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${nonce}`
    const message = `${this.#firstBare},${serverFirst},${finalBare}`
    const clientSignature = hmac(algorithm, storedKey, message)
    this.#signature = hmac(algorithm, hmac(algorithm, salted, 'Server Key'), message)
    const proof = clientKey.map((byte, at) => byte ^ clientSignature[at]!)
    return encodeUtf8(`${finalBare},p=${Buffer.from(proof).toString('base64')}`)
  }

  #checked(fields: ReadonlyMap<string, string>): { nonce: string; salt: Buffer; iterations: number } {
    const nonce = fields.get('r') ?? ''
    const salt = Buffer.from(fields.get('s') ?? '', 'base64')
    const iterations = Number(fields.get('i'))
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      throw new SaslError("the server's nonce does not extend the client's: it may not be who it seems")
    }
    if (salt.length === 0) throw new SaslError('the server sent no salt')
    if (!Number.isInteger(iterations) || iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      const range = `${ITERATIONS_MIN} to ${ITERATIONS_MAX}`
      throw new SaslError(`the server asks for ${fields.get('i')} iterations; ${range} are acceptable`)
    }
    return { nonce, salt, iterations }
  }

  #verify(fields: ReadonlyMap<string, string>): void {
    const given = Buffer.from(fields.get('v') ?? '', 'base64')
    const expected = this.#signature!
    if (given.length !== expected.length || !crypto().timingSafeEqual(given, expected)) {
      throw new SaslError("the server's signature is wrong: it does not know the password")
    }
  }
}

function hmac(algorithm: string, key: Uint8Array, text: string): Uint8Array {
  return crypto().createHmac(algorithm, key).update(text).digest()
}

function saslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C')
}

function attributesOf(message: string): Map<string, string> {
  return new Map(message.split(',').map(part => [part.slice(0, 1), part.slice(2)]))
}
