import { readFileSync } from 'node:fs'
import type * as Tls from 'node:tls'
import { type TlsOptions, type TlsVersion, builtin, decodeUtf8 } from '@samsa/base'
import type { ClientConfig } from '../config/client-config.ts'
import { KafkaError } from '../errors.ts'

const tls = builtin<typeof Tls>('node:tls')
const BEGIN = '-----BEGIN '

/**
 * What `ssl.*` keys say of TLS; undefined when `security.protocol` wants none. Stores in files are told by their content:
 * PEM, or PKCS #12 for the client's own key. Throws `KafkaError` INVALID_CONFIG, never with a secret in it.
 */
export function tlsOptions(config: ClientConfig): Omit<TlsOptions, 'serverName'> | undefined {
  if (!config['security.protocol'].endsWith('SSL')) return undefined
  const authorities = trusted(config)
  const ciphers = config['ssl.cipher.suites'].map(openSslName).join(':')
  const options = {
    checksName: checksName(config),
    ...(authorities !== undefined && { authorities }),
    ...identity(config),
    ...versions(config),
    ...(ciphers !== '' && { ciphers }),
  }
  tryOut(options)
  return options
}

/** Keys, certificates, passwords and suites are found wrong now, and not at each connection. */
function tryOut({ authorities, certificates, key, pkcs12, passphrase, ciphers }: Partial<TlsOptions>): void {
  try {
    tls().createSecureContext({
      ...(authorities !== undefined && { ca: authorities }),
      ...(certificates !== undefined && { cert: certificates }),
      ...(key !== undefined && { key }),
      ...(pkcs12 !== undefined && { pfx: Buffer.from(pkcs12) }),
      ...(passphrase !== undefined && { passphrase }),
      ...(ciphers !== undefined && { ciphers }),
    })
  } catch (error) {
    const said = (error as { reason?: string; message: string }).reason ?? (error as Error).message
    throw invalid(
      `the ssl.* keys cannot be used: ${said}. Are key, certificates, passwords and cipher suites right?`,
    )
  }
}

function checksName(config: ClientConfig): boolean {
  const algorithm = config['ssl.endpoint.identification.algorithm'].toLowerCase()
  if (algorithm === '' || algorithm === 'https') return algorithm === 'https'
  throw invalid(`ssl.endpoint.identification.algorithm is https or empty, not '${algorithm}'`)
}

function trusted(config: ClientConfig): string | undefined {
  const inline = config['ssl.truststore.certificates']
  const location = config['ssl.truststore.location']
  if (inline !== null && location !== null) {
    throw invalid('ssl.truststore.certificates and ssl.truststore.location are both set: keep one')
  }
  if (inline !== null) return pem('ssl.truststore.certificates', inline)
  if (location === null) return undefined
  const content = readStore('ssl.truststore.location', location)
  if (kindOf(content) === 'PEM') return decodeUtf8(content)
  throw invalid(
    `ssl.truststore.location: ${location} is a ${kindOf(content)} store. Certificates to trust are taken in PEM: ` +
      `\`keytool -exportcert -rfc -keystore ${location} -alias NAME -file ca.pem\` writes one`,
  )
}

function identity(config: ClientConfig): Partial<TlsOptions> {
  const key = config['ssl.keystore.key']
  const chain = config['ssl.keystore.certificate.chain']
  const location = config['ssl.keystore.location']
  const keyPassword = config['ssl.key.password']
  if ((key === null) !== (chain === null)) {
    throw invalid('ssl.keystore.key and ssl.keystore.certificate.chain belong together: set both')
  }
  if (key !== null && chain !== null) {
    if (location !== null) throw invalid('ssl.keystore.key and ssl.keystore.location are both set: keep one')
    return {
      key: pem('ssl.keystore.key', key),
      certificates: pem('ssl.keystore.certificate.chain', chain),
      ...(keyPassword !== null && { passphrase: keyPassword }),
    }
  }
  return location === null ? {} : identityIn(config, location, readStore('ssl.keystore.location', location))
}

function identityIn(config: ClientConfig, location: string, content: Uint8Array): Partial<TlsOptions> {
  const keyPassword = config['ssl.key.password']
  const storePassword = config['ssl.keystore.password']
  switch (kindOf(content)) {
    case 'PEM': {
      const text = decodeUtf8(content)
      // One file holds both; each reader picks its part.
      return { key: text, certificates: text, ...(keyPassword !== null && { passphrase: keyPassword }) }
    }
    case 'PKCS12': {
      const passphrase = storePassword ?? keyPassword
      return { pkcs12: content, ...(passphrase !== null && { passphrase }) }
    }
    default:
      throw invalid(
        `ssl.keystore.location: ${location} is neither PEM nor PKCS12. For a JKS store ` +
          `\`keytool -importkeystore -srckeystore ${location} -destkeystore client.p12 -deststoretype PKCS12\` makes one`,
      )
  }
}

const order: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

function versions(config: ClientConfig): Partial<TlsOptions> {
  const enabled = config['ssl.enabled.protocols'].map(name => order.indexOf(name as TlsVersion))
  const unknown = config['ssl.enabled.protocols'].find(name => !order.includes(name as TlsVersion))
  if (unknown !== undefined)
    throw invalid(`ssl.enabled.protocols: '${unknown}' is none of ${order.join(', ')}`)
  if (enabled.length === 0) return {}
  const newest = order.indexOf(config['ssl.protocol'] as TlsVersion)
  const min = Math.min(...enabled)
  const max = newest < 0 ? Math.max(...enabled) : Math.max(min, Math.min(newest, Math.max(...enabled)))
  return { minVersion: order[min]!, maxVersion: order[max]! }
}

// TLS 1.3 suites have the same names everywhere; Java writes the older ones as IANA does.
function openSslName(suite: string): string {
  if (!/^TLS_.*_WITH_/.test(suite)) return suite
  return suite
    .replace(/^TLS_/, '')
    .replace('_WITH_', '_')
    .replace(/^RSA_(?=AES|CHACHA)/, '')
    .replace(/AES_(128|256)/, 'AES$1')
    .replace('_CBC_', '_')
    .replace(/(CHACHA20_POLY1305)_SHA256$/, '$1')
    .replaceAll('_', '-')
}

function kindOf(content: Uint8Array): 'PEM' | 'PKCS12' | 'JKS' {
  if (content[0] === 0xfe && content[1] === 0xed) return 'JKS'
  if (decodeUtf8(content).includes(BEGIN)) return 'PEM'
  return content[0] === 0x30 ? 'PKCS12' : 'JKS'
}

/** In properties files the lines of a PEM text are joined by blanks or by a written \n. */
function pem(key: string, text: string): string {
  if (!text.includes(BEGIN)) throw invalid(`${key} is not PEM: it has to contain '${BEGIN}…'`)
  const lines = text.replaceAll('\\n', '\n').trim()
  if (lines.includes('\n')) return `${lines}\n`
  return lines
    .replaceAll(/(-----(?:BEGIN|END) [A-Z0-9 ]+-----)/g, '\n$1\n')
    .split('\n')
    .flatMap(line => (line.startsWith('-----') ? [line] : line.trim().split(/\s+/)))
    .filter(line => line !== '')
    .join('\n')
    .concat('\n')
}

function readStore(key: string, path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw invalid(`${key}: ${path} cannot be read (${(error as { code?: string }).code ?? 'unknown reason'})`)
  }
}

function invalid(what: string): KafkaError {
  return new KafkaError('INVALID_CONFIG', what.endsWith('?') ? what : `${what}.`)
}
