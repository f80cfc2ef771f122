import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TlsOptions } from '../world.ts'

/**
 * Speaks TLS on a connected socket. Calls one of the two functions, the failing one possibly at once.
 *
 * @returns the socket to use, and to destroy, from now on
 */
export function openTls(
  socket: Socket,
  options: TlsOptions,
  failed: (error: Error) => void,
  secured: (socket: TLSSocket) => void,
): Socket {
  const { serverName, checksName, authorities, certificates, key, pkcs12, passphrase } = options
  try {
    const tls = process.getBuiltinModule('node:tls').connect({
      socket,
      ...(!isAddress(serverName) && { servername: serverName }),
      ...(checksName ? { host: serverName } : { checkServerIdentity: () => undefined }),
      ...(authorities !== undefined && { ca: authorities }),
      ...(certificates !== undefined && { cert: certificates }),
      ...(key !== undefined && { key }),
      ...(pkcs12 !== undefined && { pfx: Buffer.from(pkcs12) }),
      ...(passphrase !== undefined && { passphrase }),
      ...(options.minVersion !== undefined && { minVersion: options.minVersion }),
      ...(options.maxVersion !== undefined && { maxVersion: options.maxVersion }),
      ...(options.ciphers !== undefined && { ciphers: options.ciphers }),
    })
    tls.once('error', failed)
    tls.once('close', () => failed(new Error('the server closed the connection during the TLS handshake')))
    tls.once('secureConnect', () => {
      tls.off('error', failed)
      tls.removeAllListeners('close')
      secured(tls)
    })
    return tls
  } catch (error) {
    failed(error as Error)
    return socket
  }
}

function isAddress(name: string): boolean {
  return process.getBuiltinModule('node:net').isIP(name) !== 0
}
