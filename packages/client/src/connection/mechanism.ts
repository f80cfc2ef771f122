import type { Clock, Random } from '@samsa/base'
import {
  type JaasEntry,
  type PlainCredentials,
  type SaslClientMechanism,
  SaslError,
  type ScramCredentials,
  oauthBearerMechanism,
  parseJaas,
  plainMechanism,
  scramMechanism,
} from '@samsa/security'
import type { ClientConfig } from '../config/client-config.ts'
import { KafkaError } from '../errors.ts'
import type { Authentication } from './authentication.ts'
import { tokenSource } from './token-source.ts'

const modules: Readonly<Record<string, string>> = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'SCRAM-SHA-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  OAUTHBEARER: 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule',
}

/**
 * The SASL mechanism that the configuration asks for; undefined when `security.protocol` wants no login. Throws
 * `KafkaError` INVALID_CONFIG.
 */
export function mechanismOf(
  config: ClientConfig,
  authentication: Authentication,
  outside: { clock: Clock; random: Random },
): SaslClientMechanism | undefined {
  if (!config['security.protocol'].startsWith('SASL')) return undefined
  const name = config['sasl.mechanism'].toUpperCase()
  if (authentication.mechanism !== undefined) return givenMechanism(name, authentication.mechanism)
  const jaas = jaasOf(config, name)
  switch (name) {
    case 'PLAIN':
      return plainMechanism(authentication.credentials ?? credentialsIn(jaas, name))
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512':
      return scramMechanism(name, authentication.credentials ?? credentialsIn(jaas, name))
    case 'OAUTHBEARER':
      return oauthBearerMechanism(tokenSource(config, jaas?.options ?? {}, authentication.token, outside))
    case 'GSSAPI':
      throw invalid(
        'sasl.mechanism is GSSAPI (its default): give an implementation in `authentication.mechanism`, or choose ' +
          'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER',
      )
    default:
      throw invalid(
        `sasl.mechanism '${config['sasl.mechanism']}' is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER and ` +
          'GSSAPI: give an implementation in `authentication.mechanism`',
      )
  }
}

function givenMechanism(name: string, mechanism: SaslClientMechanism): SaslClientMechanism {
  if (mechanism.name.toUpperCase() === name) return mechanism
  throw invalid(`sasl.mechanism is ${name}, but \`authentication.mechanism\` is ${mechanism.name}`)
}

function jaasOf(config: ClientConfig, mechanism: string): JaasEntry | undefined {
  const text = config['sasl.jaas.config']
  if (text === null) return undefined
  const entry = parsed(text)
  const expected = modules[mechanism]
  if (expected !== undefined && simpleName(entry.module) !== simpleName(expected)) {
    throw invalid(
      `sasl.jaas.config has the module ${entry.module}, but sasl.mechanism ${mechanism} takes ${expected}`,
    )
  }
  return entry
}

function parsed(text: string): JaasEntry {
  try {
    return parseJaas(text)
  } catch (error) {
    if (error instanceof SaslError) throw invalid(`sasl.jaas.config: ${error.message}`)
    throw error
  }
}

function credentialsIn(jaas: JaasEntry | undefined, mechanism: string): PlainCredentials & ScramCredentials {
  const { username, password, tokenauth } = jaas?.options ?? {}
  if (username === undefined || password === undefined) {
    throw invalid(
      `sasl.mechanism ${mechanism} needs a name and a password: set sasl.jaas.config to ` +
        `'${modules[mechanism]} required username="…" password="…";' or give \`authentication.credentials\``,
    )
  }
  return { username, password, isToken: tokenauth?.toLowerCase() === 'true' }
}

function simpleName(className: string): string {
  return className.slice(className.lastIndexOf('.') + 1)
}

function invalid(what: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', `${what}.`)
}
