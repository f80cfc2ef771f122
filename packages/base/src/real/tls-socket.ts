import type * as Net from 'node:net'
import type { Socket } from 'node:net'
import type * as Tls from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { builtin } from '../builtin.ts'
import type { TlsOptions } from '../world.ts'

const net = builtin<typeof Net>('node:net')
const tls = builtin<typeof Tls>('node:tls')

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
    const secure = tls().connect({
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
    secure.once('error', failed)
    secure.once('close', () => failed(new Error('the server closed the connection during the TLS handshake')))
    secure.once('secureConnect', () => {
      secure.off('error', failed)
      secure.removeAllListeners('close')
      secured(secure)
    })
    return secure
  } catch (error) {
    failed(error as Error)
    return socket
  }
}

function isAddress(name: string): boolean {
  return net().isIP(name) !== 0
}
