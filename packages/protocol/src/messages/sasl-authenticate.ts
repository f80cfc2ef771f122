import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { bytes, errorCode, int64, string } from '../schema/field.ts'

/**
 * SaslAuthenticate: carries the tokens of a SASL mechanism (KIP-152).
 *
 * v1 tells for how long the session is good (KIP-368), v2 is flexible.
 */
export const SaslAuthenticate = api({
  name: 'SaslAuthenticate',
  key: 36,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    authBytes: bytes,
  }),
  response: () => ({
    errorCode,
    errorMessage: string.nullable(),
    authBytes: bytes,
    sessionLifetimeMs: int64.since(1).default(0).ignorable(),
  }),
})
export interface SaslAuthenticateRequest extends RequestOf<typeof SaslAuthenticate> {}
export interface SaslAuthenticateResponse extends ResponseOf<typeof SaslAuthenticate> {}
