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
  OTHER: 'the operating system refused',
}

/** Turns what `node:net` reported into a `NetworkError` that says what was tried and why it failed. */
export function networkFailure(action: string, cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause
  const systemCode = (cause as { code?: string }).code ?? 'unknown'
  const code = codes[systemCode] ?? 'OTHER'
  return new NetworkError(code, `cannot ${action}: ${reasons[code]} (${systemCode})`, { cause })
}
