import type { Random } from '@samsa/base'
import { SaslAuthenticate, SaslHandshake } from '@samsa/protocol'
import { type SaslClientExchange, type SaslClientMechanism, SaslError } from '@samsa/security'
import { KafkaError } from '../errors.ts'
import type { BrokerVersions } from './api-versions.ts'
import type { BrokerAddress } from './broker-address.ts'
import type { RawChannel } from './handshake.ts'
import { decodeFrame } from './request-codec.ts'

/**
 * Logs in at a broker. Returns after how many milliseconds to do it again; infinity for never. Rejects with `KafkaError`
 * AUTHENTICATION.
 */
export type Login = (channel: RawChannel, versions: BrokerVersions, address: BrokerAddress) => Promise<number>

// KIP-368: a session is renewed when this share of its life is over, so that the request after it is not refused.
const RENEWED_AFTER = 0.85
const RENEWAL_JITTER = 0.1

/** More rounds than any mechanism has. */
const ROUNDS_MAX = 20

/** Logs in by SASL: agrees on the mechanism, then carries its tokens in SaslAuthenticate (KIP-152). */
export function saslLogin(mechanism: SaslClientMechanism, random: Random): Login {
  return async (channel, versions, address) => {
    try {
      await shakeHands(mechanism, channel, versions)
      const exchange = await mechanism.begin({ host: address.host, port: address.port })
      try {
        const lifetimeMs = await authenticate(exchange, channel, versions)
        return renewalAfter(lifetimeMs, random)
      } finally {
        exchange.dispose?.()
      }
    } catch (error) {
      throw authenticationFailure(error, mechanism, channel.broker)
    }
  }
}

async function shakeHands(
  { name }: SaslClientMechanism,
  channel: RawChannel,
  versions: BrokerVersions,
): Promise<void> {
  // After a handshake of v0, brokers before 1.0 want bare tokens: those are not spoken here.
  const version = versions.choose(SaslHandshake, { minVersion: 1 }, channel.broker)
  const bytes = await channel.ask(SaslHandshake, version, { mechanism: name })
  const { errorCode, mechanisms } = decodeFrame(SaslHandshake, version, bytes, channel.broker)
  if (errorCode === 'NONE') return
  const offered = mechanisms.length === 0 ? 'none' : mechanisms.join(', ')
  throw new SaslError(`it refuses the mechanism (${errorCode}); it offers ${offered}: see sasl.mechanism`)
}

async function authenticate(
  exchange: SaslClientExchange,
  channel: RawChannel,
  versions: BrokerVersions,
): Promise<number> {
  const version = versions.choose(SaslAuthenticate, {}, channel.broker)
  let message: Uint8Array | undefined = await exchange.initialResponse()
  let lifetimeMs = 0
  for (let round = 0; message !== undefined; round++) {
    if (round >= ROUNDS_MAX) throw new SaslError('the login does not come to an end')
    const bytes = await channel.ask(SaslAuthenticate, version, { authBytes: message })
    const answer = decodeFrame(SaslAuthenticate, version, bytes, channel.broker)
    if (answer.errorCode !== 'NONE') {
      throw new SaslError(answer.errorMessage ?? `it refuses the login (${answer.errorCode})`)
    }
    lifetimeMs = answer.sessionLifetimeMs
    message = await exchange.respond(answer.authBytes)
  }
  return lifetimeMs
}

function renewalAfter(lifetimeMs: number, random: Random): number {
  if (lifetimeMs <= 0) return Number.POSITIVE_INFINITY
  return lifetimeMs * (RENEWED_AFTER + (RENEWAL_JITTER * random.integer(1001)) / 1000)
}

function authenticationFailure(error: unknown, { name }: SaslClientMechanism, broker: string): unknown {
  // What the network says is told by who opened the connection.
  if (error instanceof KafkaError || (error as Error).name === 'NetworkError') return error
  const message = `broker ${broker}, ${name}: ${(error as Error).message}`
  return new KafkaError('AUTHENTICATION', message, { broker, cause: error })
}
