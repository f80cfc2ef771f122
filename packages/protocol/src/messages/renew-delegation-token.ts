import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { bytes, errorCode, int32, int64 } from '../schema/field.ts'

/**
 * RenewDelegationToken: puts off the expiry of a token (KIP-48).
 *
 * v2 is flexible.
 */
export const RenewDelegationToken = api({
  name: 'RenewDelegationToken',
  key: 39,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    hmac: bytes,
    renewPeriodMs: int64,
  }),
  response: () => ({
    errorCode,
    expiryTimestampMs: int64,
    throttleTimeMs: int32.default(0),
  }),
})
export interface RenewDelegationTokenRequest extends RequestOf<typeof RenewDelegationToken> {}
export interface RenewDelegationTokenResponse extends ResponseOf<typeof RenewDelegationToken> {}
