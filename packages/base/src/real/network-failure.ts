import { NetworkError, type NetworkErrorCode } from '../world.ts'

const codes: Record<string, NetworkErrorCode> = {
  EADDRINUSE: 'ADDRESS_IN_USE',
  EADDRNOTAVAIL: 'ADDRESS_NOT_AVAILABLE',
  EACCES: 'PERMISSION',
  EPERM: 'PERMISSION',
  ECONNREFUSED: 'REFUSED',
  ECONNRESET: 'RESET',
  ECONNABORTED: 'RESET',
  EPIPE: 'RESET',
  ETIMEDOUT: 'TIMED_OUT',
  EHOSTUNREACH: 'TIMED_OUT',
  ENETUNREACH: 'TIMED_OUT',
  ENOTFOUND: 'HOST_NOT_FOUND',
  EAI_AGAIN: 'HOST_NOT_FOUND',
}

const reasons: Record<NetworkErrorCode, string> = {
  ADDRESS_IN_USE: 'another program listens there already',
  ADDRESS_NOT_AVAILABLE: 'this machine has no such address',
  PERMISSION: 'permission denied (ports below 1024 need special rights)',
  REFUSED: 'nothing listens there',
  RESET: 'the other side closed the connection',
  TIMED_OUT: 'no answer in time',
  HOST_NOT_FOUND: 'no such host',
  TLS: 'TLS could not be agreed on',
  OTHER: 'the operating system refused',
}

/** What the reason of a failed TLS handshake means for people, by OpenSSL's and Node's names. */
const tlsReasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/ALTNAME_INVALID/, "the server's certificate is made out to another name"],
  [/CERT_HAS_EXPIRED/, "the server's certificate has expired"],
  [/CERT_NOT_YET_VALID/, "the server's certificate is not valid yet"],
  [
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|INVALID_CA/,
    "the server's certificate is not signed by an authority that is trusted here",
  ],
  [/CERT_REVOKED/, "the server's certificate was revoked"],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, 'the server does not speak TLS on this port'],
  [
    /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNKNOWN_CA/,
    'the server does not accept the certificate shown, or wants one',
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS/,
    'client and server have no version of TLS in common',
  ],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHER/,
    'client and server have no cipher suite in common, or the server wants a certificate',
  ],
  [/^(EPROTO|ERR_SSL|ERR_TLS|CERT_|ERR_OSSL)/, 'TLS could not be agreed on'],
]

/** Turns what `node:net` reported into a `NetworkError` that says what was tried and why it failed. */
export function networkFailure(action: string, cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause
  const systemCode = (cause as { code?: string }).code ?? 'unknown'
  const tls = tlsReasonOf(systemCode, cause)
  if (tls !== undefined) return new NetworkError('TLS', `cannot ${action}: ${tls} (${systemCode})`, { cause })
  const code = codes[systemCode] ?? 'OTHER'
  return new NetworkError(code, `cannot ${action}: ${reasons[code]} (${systemCode})`, { cause })
}

function tlsReasonOf(systemCode: string, cause: unknown): string | undefined {
  if (systemCode in codes) return undefined
  const { reason = '' } = cause as { reason?: string }
  // OpenSSL's own reason is more precise than EPROTO.
  const said = systemCode === 'EPROTO' ? `${systemCode} ${reason || (cause as Error).message}` : systemCode
  const spelled = said.toUpperCase().replaceAll(' ', '_')
  return tlsReasons.find(([pattern]) => pattern.test(spelled))?.[1]
}
