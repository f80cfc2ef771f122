import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, errorCode, string } from '../schema/field.ts'

/**
 * SaslHandshake: agrees on a SASL mechanism.
 *
 * After v0 the mechanism's tokens follow as bare frames; after v1 inside SaslAuthenticate (KIP-152).
 */
export const SaslHandshake = api({
  name: 'SaslHandshake',
  key: 17,
  versions: [0, 1],
  flexible: 'none',
  request: () => ({
    mechanism: string,
  }),
  response: () => ({
    errorCode,
    mechanisms: array(string),
  }),
})
export interface SaslHandshakeRequest extends RequestOf<typeof SaslHandshake> {}
export interface SaslHandshakeResponse extends ResponseOf<typeof SaslHandshake> {}
