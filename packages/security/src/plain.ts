import { encodeUtf8 } from '@samsa/base'
import { type SaslClientMechanism, SaslError } from './sasl.ts'

/** Name and password, given or asked for at each login. */
export interface PlainCredentials {
  readonly username: string
  readonly password: string
  /** Whom to act as, when it is not the user. */
  readonly authorizationId?: string
}

/** PLAIN (RFC 4616): name and password in clear; use it over TLS only. */
export function plainMechanism(
  credentials: PlainCredentials | (() => PlainCredentials | Promise<PlainCredentials>),
): SaslClientMechanism {
  return {
    name: 'PLAIN',
    async begin() {
      const {
        username,
        password,
        authorizationId = '',
      } = typeof credentials === 'function' ? await credentials() : credentials
      if (username === '') throw new SaslError('the user name for PLAIN is empty')
      if (`${authorizationId}${username}${password}`.includes('\0')) {
        throw new SaslError('a user name or password for PLAIN may not contain the character NUL')
      }
      return {
        initialResponse: () => encodeUtf8(`${authorizationId}\0${username}\0${password}`),
        respond: () => undefined,
      }
    },
  }
}
