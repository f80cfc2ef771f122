import type { OauthToken } from './oauthbearer.ts'
import { jwtExpiryMs } from './oauthbearer.ts'
import { SaslError } from './sasl.ts'

export interface TokenEndpoint {
  /** `https:` or `http:` address that gives out tokens. */
  readonly url: string
  /** Form fields of the request: grant type, scope, assertion. */
  readonly form: Readonly<Record<string, string>>
  /** Sent by HTTP basic authentication. */
  readonly client?: { readonly id: string; readonly secret: string; readonly urlEncode?: boolean }
  readonly timeoutMs: number
  readonly nowMs: number
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

/** A failure that may pass: the provider could not be reached, or was busy. */
export class TokenUnavailable extends SaslError {}

const ANSWER_BYTES_MAX = 1024 * 1024

/**
 * Asks an OAuth provider for a token (RFC 6749, client credentials or another grant). Throws `TokenUnavailable` when
 * asking again may help, otherwise `SaslError`; neither holds a secret.
 */
export async function requestToken(endpoint: TokenEndpoint): Promise<OauthToken> {
  const response = await post(endpoint)
  const text = await response.text()
  if (!response.ok) throw refusal(endpoint.url, response.status, text)
  if (text.length > ANSWER_BYTES_MAX) throw new SaslError(`${endpoint.url} answers with more than a token`)
  return tokenIn(endpoint, text)
}

async function post({ url, form, client, timeoutMs, fetch: ask = fetch }: TokenEndpoint): Promise<Response> {
  try {
    return await ask(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(client !== undefined && { authorization: basic(client) }),
      },
      body: new URLSearchParams(form).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code
    const reason = cause ?? (error as Error).name
    throw new TokenUnavailable(`the OAuth provider at ${url} cannot be asked for a token (${reason})`)
  }
}

function basic({ id, secret, urlEncode }: { id: string; secret: string; urlEncode?: boolean }): string {
  const encode = urlEncode === true ? encodeURIComponent : (text: string) => text
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`
}

function refusal(url: string, status: number, text: string): SaslError {
  let said = ''
  try {
    const { error, error_description: description } = JSON.parse(text) as Record<string, unknown>
    said = [error, description].filter(one => typeof one === 'string').join(': ')
  } catch {
    // Not JSON: the status has to do.
  }
  const message = `the OAuth provider at ${url} gives no token (status ${status}${said === '' ? '' : `, ${said}`})`
  return status >= 500 || status === 429 || status === 408
    ? new TokenUnavailable(message)
    : new SaslError(message)
}

function tokenIn({ url, nowMs }: TokenEndpoint, text: string): OauthToken {
  let answer: Record<string, unknown>
  try {
    answer = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw new SaslError(`the OAuth provider at ${url} answers with what is not JSON`)
  }
  const value = answer['access_token'] ?? answer['id_token']
  if (typeof value !== 'string' || value === '')
    throw new SaslError(`the OAuth provider at ${url} answers without a token`)
  const lifetime = Number(answer['expires_in'])
  const expiresAtMs = jwtExpiryMs(value) ?? (lifetime > 0 ? nowMs + lifetime * 1000 : undefined)
  return expiresAtMs === undefined ? { value } : { value, expiresAtMs }
}
