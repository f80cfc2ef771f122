import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock, Random } from '@samsa/base'
import {
  type OauthToken,
  SaslError,
  TokenUnavailable,
  jwtExpiryMs,
  requestToken,
  signAssertion,
  unsecuredToken,
} from '@samsa/security'
import { backOffMs } from '../cluster/back-off.ts'
import type { ClientConfig } from '../config/client-config.ts'
import { KafkaError } from '../errors.ts'

type Source = () => OauthToken | Promise<OauthToken>
type JaasOptions = Readonly<Record<string, string>>
interface Outside {
  readonly clock: Clock
  readonly random: Random
}

const REQUEST_TIMEOUT_MS = 10_000
const ATTEMPTS = 4
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * Where tokens for OAUTHBEARER come from: the application's callback, a file, an OAuth provider, or, without any of these,
 * an unsecured token as Kafka's clients make for tests. A token is kept until shortly before it expires. Throws
 * `KafkaError` INVALID_CONFIG.
 */
export function tokenSource(
  config: ClientConfig,
  jaas: JaasOptions,
  given: Source | undefined,
  outside: Outside,
): () => Promise<OauthToken> {
  const source = given ?? configuredSource(config, jaas, outside)
  return kept(config, source, outside)
}

function configuredSource(config: ClientConfig, jaas: JaasOptions, outside: Outside): Source {
  const url = config['sasl.oauthbearer.token.endpoint.url']
  const extensions = extensionsIn(jaas)
  if (url === null) return unsecuredSource(jaas, extensions, outside.clock)
  if (url.startsWith('file:'))
    return () => withExtensions({ value: readText(fileURLToPath(url)) }, extensions)
  if (!/^https?:\/\//.test(url)) {
    throw invalid('sasl.oauthbearer.token.endpoint.url has to begin with https:, http: or file:')
  }
  const form = formOf(config, jaas, outside.clock)
  return async () => withExtensions(await askPatiently(url, config, form, outside), extensions)
}

interface Form {
  /** Made anew for each request: an assertion is good for minutes. */
  fields(): Record<string, string>
  readonly client?: { id: string; secret: string; urlEncode: boolean }
}

function formOf(config: ClientConfig, jaas: JaasOptions, clock: Clock): Form {
  const scope = config['sasl.oauthbearer.scope'] ?? jaas['scope']
  const scoped: Record<string, string> = scope === undefined ? {} : { scope }
  if (config['sasl.oauthbearer.jwt.retriever.class'].endsWith('JwtBearerJwtRetriever')) {
    return { fields: () => ({ grant_type: JWT_BEARER, assertion: assertionOf(config, clock), ...scoped }) }
  }
  const id = config['sasl.oauthbearer.client.credentials.client.id'] ?? jaas['clientId']
  const secret = config['sasl.oauthbearer.client.credentials.client.secret'] ?? jaas['clientSecret']
  if (id === undefined || secret === undefined) {
    throw invalid(
      'sasl.mechanism OAUTHBEARER needs sasl.oauthbearer.client.credentials.client.id and .client.secret ' +
        '(or clientId and clientSecret in sasl.jaas.config), or `authentication.token`',
    )
  }
  const client = { id, secret, urlEncode: config['sasl.oauthbearer.header.urlencode'] }
  return { fields: () => ({ grant_type: 'client_credentials', ...scoped }), client }
}

function assertionOf(config: ClientConfig, clock: Clock): string {
  const file = config['sasl.oauthbearer.assertion.file']
  if (file !== null) return readText(file)
  const keyFile = config['sasl.oauthbearer.assertion.private.key.file']
  if (keyFile === null) {
    throw invalid(
      'sasl.oauthbearer.assertion.file or sasl.oauthbearer.assertion.private.key.file has to be set',
    )
  }
  const passphrase = config['sasl.oauthbearer.assertion.private.key.passphrase']
  const template = config['sasl.oauthbearer.assertion.template.file']
  return signAssertion({
    algorithm: config['sasl.oauthbearer.assertion.algorithm'],
    key: readText(keyFile),
    ...(passphrase !== null && { passphrase }),
    ...(template !== null && { template: templateIn(template) }),
    claims: {
      iss: config['sasl.oauthbearer.assertion.claim.iss'] ?? undefined,
      sub: config['sasl.oauthbearer.assertion.claim.sub'] ?? undefined,
      aud: config['sasl.oauthbearer.assertion.claim.aud'] ?? undefined,
    },
    nowMs: clock.now(),
    validSeconds: config['sasl.oauthbearer.assertion.claim.exp.seconds'],
    notBeforeSeconds: config['sasl.oauthbearer.assertion.claim.nbf.seconds'],
    hasId: config['sasl.oauthbearer.assertion.claim.jti.include'],
  })
}

/** Asks the provider, and again with `sasl.login.retry.backoff.*` while the failure may pass. */
async function askPatiently(
  url: string,
  config: ClientConfig,
  form: Form,
  outside: Outside,
): Promise<OauthToken> {
  const { clock, random } = outside
  const pause = {
    initialMs: config['sasl.login.retry.backoff.ms'],
    maxMs: config['sasl.login.retry.backoff.max.ms'],
  }
  const timeoutMs =
    config['sasl.login.read.timeout.ms'] ?? config['sasl.login.connect.timeout.ms'] ?? REQUEST_TIMEOUT_MS
  for (let attempt = 1; ; attempt++) {
    try {
      const client = form.client === undefined ? {} : { client: form.client }
      return await requestToken({ url, form: form.fields(), ...client, timeoutMs, nowMs: clock.now() })
    } catch (error) {
      if (!(error instanceof TokenUnavailable) || attempt >= ATTEMPTS) throw error
      await new Promise<void>(resolve => clock.timer(backOffMs(pause, attempt, random), resolve))
    }
  }
}

/** Keeps a token until it has to be refreshed, and goes on with it while it is valid and no new one can be had. */
function kept(config: ClientConfig, source: Source, { clock, random }: Outside): () => Promise<OauthToken> {
  let token: OauthToken | undefined
  let refreshAtMs = 0
  let asking: Promise<OauthToken> | undefined
  const ask = async (): Promise<OauthToken> => {
    try {
      token = await source()
      refreshAtMs = refreshTime(config, token, clock.now(), random)
      return token
    } catch (error) {
      if (token !== undefined && clock.now() < (expiryOf(token) ?? 0)) return token
      throw error
    } finally {
      asking = undefined
    }
  }
  return async () => {
    if (token !== undefined && clock.now() < refreshAtMs) return token
    asking ??= ask()
    return asking
  }
}

/** As Kafka's `sasl.login.refresh.*`: at a share of the token's life, early enough and not too soon. */
function refreshTime(config: ClientConfig, token: OauthToken, now: number, random: Random): number {
  const expiresAtMs = expiryOf(token)
  // Who does not say for how long is asked each time.
  if (expiresAtMs === undefined) return now
  const lifeMs = expiresAtMs - now
  const jitter = (config['sasl.login.refresh.window.jitter'] * random.integer(1001)) / 1000
  const wanted = now + lifeMs * (config['sasl.login.refresh.window.factor'] + jitter)
  const latest = expiresAtMs - config['sasl.login.refresh.buffer.seconds'] * 1000
  const soonest = now + config['sasl.login.refresh.min.period.seconds'] * 1000
  // Where both cannot be kept, as with a short-lived token, the share of its life decides.
  return soonest > latest ? wanted : Math.min(latest, Math.max(soonest, wanted))
}

function expiryOf(token: OauthToken): number | undefined {
  return token.expiresAtMs ?? jwtExpiryMs(token.value)
}

/** As Kafka's OAuthBearerUnsecuredLoginCallbackHandler: claims from `unsecuredLogin…` options. */
function unsecuredSource(jaas: JaasOptions, extensions: Record<string, string>, clock: Clock): Source {
  const subject = jaas['unsecuredLoginStringClaim_sub']
  if (subject === undefined) {
    throw invalid(
      'sasl.mechanism OAUTHBEARER needs sasl.oauthbearer.token.endpoint.url, or `authentication.token` ' +
        '(or, for tests, unsecuredLoginStringClaim_sub in sasl.jaas.config)',
    )
  }
  const lifetime = Number(jaas['unsecuredLoginLifetimeSeconds'] ?? 3600)
  const claims: Record<string, unknown> = {}
  for (const [option, value] of Object.entries(jaas)) {
    const match = /^unsecuredLogin(String|Number|List)Claim_(.+)$/.exec(option)
    if (match !== null) claims[match[2]!] = claimValue(match[1]!, value)
  }
  return () => {
    const now = clock.now() / 1000
    return withExtensions({ value: unsecuredToken({ ...claims, iat: now, exp: now + lifetime }) }, extensions)
  }
}

function claimValue(type: string, text: string): unknown {
  if (type === 'Number') return Number(text)
  return type === 'List' ? text.slice(1).split(text[0] ?? ',') : text
}

function extensionsIn(jaas: JaasOptions): Record<string, string> {
  const entries = Object.entries(jaas)
  const prefixes = ['extension_', 'unsecuredLoginExtension_']
  return Object.fromEntries(
    prefixes.flatMap(prefix =>
      entries
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    ),
  )
}

function withExtensions(token: OauthToken, extensions: Record<string, string>): OauthToken {
  return Object.keys(extensions).length === 0 ? token : { ...token, extensions }
}

function templateIn(path: string): { header?: object; payload?: object } {
  try {
    return JSON.parse(readText(path)) as { header?: object; payload?: object }
  } catch {
    throw new SaslError(`${path} is not a JSON object with header and payload`)
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new SaslError(`${path} cannot be read (${(error as { code?: string }).code ?? 'unknown reason'})`)
  }
}

function invalid(what: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', `${what}.`)
}
