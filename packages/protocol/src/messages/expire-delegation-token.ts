import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { bytes, errorCode, int32, int64 } from '../schema/field.ts'

/**
 * ExpireDelegationToken: ends a token, now or at a time (KIP-48).
 *
 * v2 is flexible.
 */
export const ExpireDelegationToken = api({
  name: 'ExpireDelegationToken',
  key: 40,
  versions: [0, 2],
  flexible: 2,
  request: () => ({
    hmac: bytes,
    expiryTimePeriodMs: int64,
  }),
  response: () => ({
    errorCode,
    expiryTimestampMs: int64,
    throttleTimeMs: int32.default(0),
  }),
})
export interface ExpireDelegationTokenRequest extends RequestOf<typeof ExpireDelegationToken> {}
export interface ExpireDelegationTokenResponse extends ResponseOf<typeof ExpireDelegationToken> {}
